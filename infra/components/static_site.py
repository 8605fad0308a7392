"""A site of files: a private bucket behind CloudFront, and other origins under paths of the same host; stateful."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.components.access_log import AccessLog, AccessLogArgs
from infra.components.certificate import Certificate
from infra.components.deploy_steps import DeploySteps
from infra.components.key import Key
from infra.components.log_bucket import LogBucket
from infra.components.private_bucket import PrivateBucket, PrivateBucketArgs, cloudfront_reads
from infra.components.site_policies import SitePolicies, SitePoliciesArgs
from infra.components.zip_artifact import ZipArtifact
from infra.components.zone import Zone
from infra.core.resources import Component

FILES = "files"
OLD_VERSION_DAYS = 30
TLS = "TLSv1.2_2021"
READ = ["GET", "HEAD", "OPTIONS"]
EVERY_METHOD = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]


@dataclass(frozen=True, kw_only=True)
class ApiPaths:
    """Paths of the site that an API answers, uncached and with everything that the visitor sent but the host."""

    host: str
    paths: tuple[str, ...]
    """Patterns as CloudFront reads them: `/api/*`."""


@dataclass(frozen=True, kw_only=True)
class BucketPaths:
    """Paths of the site that lie in a bucket of their own, under the same keys."""

    name: str
    bucket: PrivateBucket
    paths: tuple[str, ...]
    key_group_id: pulumi.Input[str] | None = None
    """Who has signed the address or the cookie; everybody may read where there is none."""


@dataclass(frozen=True, kw_only=True)
class StaticSiteArgs:
    """Where the site is found, what is in it, and what answers beside it."""

    host: str
    zone: Zone
    certificate: Certificate
    """One of us-east-1: CloudFront looks nowhere else."""
    content: ZipArtifact
    """What the build left: `index.html`, `assets/` with a hash in each name, and whatever else."""
    settings: Mapping[str, pulumi.Input[str]]
    """What the page needs to know of its environment: `config.json`."""
    steps: DeploySteps
    logs: LogBucket
    key: Key
    """A key that `cloudfront.amazonaws.com` may use."""
    account: str
    security_policy: str
    """What the page may load and call, as `Content-Security-Policy` says it."""
    apis: tuple[ApiPaths, ...] = ()
    buckets: tuple[BucketPaths, ...] = ()
    price_class: str = "PriceClass_100"
    """Where in the world it is kept near its visitors: 100, 200 or All."""
    after: Sequence[pulumi.Resource] = ()
    """What is there before the page is that calls it."""
    deletion_protection: bool = True


class StaticSite(Component):
    """A stateful site over HTTPS only, by IPv4 and IPv6; a release and a rollback are the unpacking of a zip.

    Old assets stay as long as a page of the last 30 days may ask for them; pages and settings are never cached.
    """

    TYPE = "platform:edge:StaticSite"

    def __init__(self, name: str, args: StaticSiteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._bucket = PrivateBucket(name, _readable_by_cloudfront(args), self.child())
        self._access = aws.cloudfront.OriginAccessControl(
            name,
            description=f"{args.host} reads its buckets",
            origin_access_control_origin_type="s3",
            signing_behavior="always",
            signing_protocol="sigv4",
            opts=self.child(),
        )
        self._policies = SitePolicies(name, SitePoliciesArgs(security_policy=args.security_policy), self.child())
        self._distribution = self._distribute(args)
        AccessLog(name, AccessLogArgs(distribution_arn=self._distribution.arn, logs=args.logs), self.child())
        args.zone.alias_both(
            args.host, dns_name=self._distribution.domain_name, zone_id=self._distribution.hosted_zone_id
        )
        unpacked = self._unpack(args)
        self.distribution_id = self._distribution.id
        self.artifact = args.content.unpacked(unpacked.result)
        # Whoever knows the address has waited until there is something to see.
        self.url = unpacked.id.apply(lambda _: f"https://{args.host}")
        self.publish({"url": self.url, "distribution_id": self.distribution_id})

    def _distribute(self, args: StaticSiteArgs) -> aws.cloudfront.Distribution:
        return aws.cloudfront.Distribution(
            self.name,
            comment=args.host,
            enabled=True,
            aliases=[args.host],
            default_root_object="index.html",
            http_version="http2and3",
            is_ipv6_enabled=True,
            price_class=args.price_class,
            origins=self._origins(args),
            default_cache_behavior=self._files(FILES) | self._pages(),
            ordered_cache_behaviors=self._other_paths(args),
            restrictions={"geo_restriction": {"restriction_type": "none"}},
            viewer_certificate={
                "acm_certificate_arn": args.certificate.arn,
                "minimum_protocol_version": TLS,
                "ssl_support_method": "sni-only",
            },
            opts=self.child(),
        )

    def _origins(self, args: StaticSiteArgs) -> list[dict[str, Any]]:
        buckets = {FILES: self._bucket, **{found.name: found.bucket for found in args.buckets}}
        return [
            *(
                {
                    "origin_id": name,
                    "domain_name": bucket.regional_domain_name,
                    "origin_access_control_id": self._access.id,
                }
                for name, bucket in buckets.items()
            ),
            *(
                {
                    "origin_id": api.host,
                    "domain_name": api.host,
                    "custom_origin_config": {
                        "http_port": 80,
                        "https_port": 443,
                        "origin_protocol_policy": "https-only",
                        "origin_ssl_protocols": ["TLSv1.2"],
                    },
                }
                for api in args.apis
            ),
        ]

    def _files(self, origin: str) -> dict[str, Any]:
        return {
            "target_origin_id": origin,
            "viewer_protocol_policy": "redirect-to-https",
            "allowed_methods": READ,
            "cached_methods": ["GET", "HEAD"],
            "compress": True,
            "cache_policy_id": self._policies.files_id,
            "response_headers_policy_id": self._policies.headers_id,
        }

    def _pages(self) -> dict[str, Any]:
        return {
            "function_associations": [{"event_type": "viewer-request", "function_arn": self._policies.pages_arn}],
        }

    def _other_paths(self, args: StaticSiteArgs) -> list[dict[str, Any]]:
        behaviours = []
        for api in args.apis:
            passed = {
                "target_origin_id": api.host,
                "viewer_protocol_policy": "https-only",  # what is sent in plain text has been read already
                "allowed_methods": EVERY_METHOD,
                "cached_methods": ["GET", "HEAD"],
                "compress": True,
                "cache_policy_id": self._policies.nothing_id,
                "origin_request_policy_id": self._policies.everything_id,
            }
            behaviours += [{"path_pattern": path, **passed} for path in api.paths]
        for found in args.buckets:
            read = self._files(found.name)
            if found.key_group_id is not None:
                read["trusted_key_groups"] = [found.key_group_id]
            behaviours += [{"path_pattern": path, **read} for path in found.paths]
        return behaviours

    def _unpack(self, args: StaticSiteArgs) -> aws.lambda_.Invocation:
        source = {"bucket": args.content.bucket, "key": args.content.key}
        event = {"step": "site", "source": source, "bucket": self._bucket.physical_name, "config": dict(args.settings)}
        allowed = args.steps.role.allow(f"{self.name}-site", *self._bucket.rewrite())
        needed = [allowed, self._distribution, *args.after]
        return args.steps.run(self.name, event, once=True, opts=self.child(depends_on=needed))


def _readable_by_cloudfront(args: StaticSiteArgs) -> PrivateBucketArgs:
    return PrivateBucketArgs(
        statements=lambda arn: cloudfront_reads(args.account, arn),
        age={"noncurrent_version_expiration": {"noncurrent_days": OLD_VERSION_DAYS}},
        key=args.key,
        deletion_protection=args.deletion_protection,
    )
