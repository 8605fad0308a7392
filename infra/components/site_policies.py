"""What CloudFront keeps of a site, passes on, and adds to each answer; and which addresses are pages."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.core.resources import Component

DAY_SECONDS = 86_400
YEAR_SECONDS = 365 * DAY_SECONDS
HSTS_SECONDS = 2 * YEAR_SECONDS

# Addresses whose last part ends in no file's extension are pages, which the one document of the site shows. A dot alone
# makes no file: the link of an invitation has one in its token.
PAGES = """\
function handler(event) {
  var request = event.request;
  var last = request.uri.split('/').pop();
  if (!/\\.[a-z0-9]{1,11}$/.test(last)) {
    request.uri = '/index.html';
  }
  return request;
}
"""


@dataclass(frozen=True, kw_only=True)
class SitePoliciesArgs:
    """What the site's pages may do."""

    security_policy: str
    """The `Content-Security-Policy` of every file."""


class SitePolicies(Component):
    """Policies of one distribution: files are kept as their own headers say, an API's answers are not kept at all."""

    TYPE = "platform:edge:SitePolicies"

    def __init__(self, name: str, args: SitePoliciesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.files_id = self._keep("files", YEAR_SECONDS).id
        self.nothing_id = self._keep("nothing", 0).id
        self.everything_id = self._pass_on().id
        self.headers_id = self._add_headers(args).id
        self.pages_arn = self._find_pages().arn
        self.publish({})

    def _keep(self, what: str, most: int) -> aws.cloudfront.CachePolicy:
        return aws.cloudfront.CachePolicy(
            f"{self.name}-{what}",
            comment=f"{self.name}: {what} is kept",
            min_ttl=0,  # `no-cache` of a file means what it says
            default_ttl=min(DAY_SECONDS, most),
            max_ttl=most,
            parameters_in_cache_key_and_forwarded_to_origin={
                "cookies_config": {"cookie_behavior": "none"},
                "headers_config": {"header_behavior": "none"},
                "query_strings_config": {"query_string_behavior": "none"},
                "enable_accept_encoding_brotli": most > 0,
                "enable_accept_encoding_gzip": most > 0,
            },
            opts=self.child(),
        )

    def _pass_on(self) -> aws.cloudfront.OriginRequestPolicy:
        return aws.cloudfront.OriginRequestPolicy(
            f"{self.name}-everything",
            comment=f"{self.name}: all that a visitor sends, but the host, which is the API's own",
            cookies_config={"cookie_behavior": "all"},
            headers_config={"header_behavior": "allExcept", "headers": {"items": ["host"]}},
            query_strings_config={"query_string_behavior": "all"},
            opts=self.child(),
        )

    def _add_headers(self, args: SitePoliciesArgs) -> aws.cloudfront.ResponseHeadersPolicy:
        return aws.cloudfront.ResponseHeadersPolicy(
            f"{self.name}-headers",
            comment=f"{self.name}: what browsers are told not to do",
            security_headers_config={
                "content_security_policy": {"content_security_policy": args.security_policy, "override": True},
                "content_type_options": {"override": True},
                "frame_options": {"frame_option": "DENY", "override": True},
                "referrer_policy": {"referrer_policy": "strict-origin-when-cross-origin", "override": True},
                "strict_transport_security": {
                    "access_control_max_age_sec": HSTS_SECONDS,
                    "include_subdomains": True,
                    "override": True,
                },
            },
            custom_headers_config={
                "items": [
                    {
                        "header": "permissions-policy",
                        "value": "camera=(), geolocation=(), microphone=()",
                        "override": True,
                    }
                ]
            },
            opts=self.child(),
        )

    def _find_pages(self) -> aws.cloudfront.Function:
        return aws.cloudfront.Function(
            f"{self.name}-pages",
            comment=f"{self.name}: every page is index.html",
            runtime="cloudfront-js-2.0",
            code=PAGES,
            publish=True,
            opts=self.child(),
        )
