"""An HTTP API under a host of its own: who may call what and how often, and one line of JSON for each request."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pulumi
import pulumi_aws as aws

from infra.components.certificate import Certificate
from infra.components.function import Function
from infra.components.key import Key
from infra.components.load_balancer import LoadBalancer
from infra.components.log_group import LogGroup, LogGroupArgs
from infra.components.vpc_link import VpcLink
from infra.components.zone import Zone
from infra.core.resources import Component

STAGE = "$default"
ROOT = ""
"""The mapping without a key: the API at the host's root."""
TIMEOUT_MS = 29_000
CLIENT_HEADER = "x-client-ip"
"""Tells what is behind a load balancer who asks: the balancer itself sees the link's address, whoever it is."""

# Of a request its route is told, and nothing that could name a person: no path, no query, no claim of a token.
LOG_FORMAT = json.dumps(
    {
        "requestId": "$context.requestId",
        "time": "$context.requestTime",
        "route": "$context.routeKey",
        "status": "$context.status",
        "bytes": "$context.responseLength",
        "ms": "$context.responseLatency",
        "integrationMs": "$context.integrationLatency",
        "integrationStatus": "$context.integrationStatus",
        "error": "$context.error.messageString",
        "integrationError": "$context.integrationErrorMessage",
        "authorizerError": "$context.authorizer.error",
    }
)


@dataclass(frozen=True, kw_only=True)
class Throttle:
    """How many requests are let through, of all callers together; who comes above it is answered 429."""

    rate: float
    """Requests a second that are let through for as long as one likes."""
    burst: int
    """How many may come at once."""


@dataclass(frozen=True, kw_only=True)
class ApiRoute:
    """What may be asked, and by whom."""

    key: str
    """Method and path, `GET /lists/{listId}`, or `$default` for all that no other route is for."""
    access: Literal["everybody", "people", "machines"] = "people"
    """`people` bring a token of the API's issuer, `machines` sign by IAM."""
    throttle: Throttle | None = None
    """A limit of its own, within the API's."""


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """Whose tokens are taken, and for whom they must be made out."""

    url: pulumi.Input[str]
    audience: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class Cors:
    """Which pages of other hosts may call the API from a browser, without cookies."""

    origins: tuple[str, ...]
    methods: tuple[str, ...]
    headers: tuple[str, ...] = ()
    exposed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an API that every page of the web may call."""
        if not self.origins or any("*" in origin for origin in self.origins):
            raise ValueError(f"origins are named one by one, got {self.origins}")


@dataclass(frozen=True, kw_only=True)
class Behind:
    """A load balancer behind the API, reached through a link; it knows what is meant by the host."""

    load_balancer: LoadBalancer
    link: VpcLink


@dataclass(frozen=True, kw_only=True)
class HttpApiArgs:
    """Where the API is found, who may call what, and what answers."""

    host: str
    zone: Zone
    certificate: Certificate
    target: Function | Behind
    routes: tuple[ApiRoute, ...]
    throttle: Throttle
    key: Key
    """Encrypts the access log."""
    prefixes: tuple[str, ...] = (ROOT,)
    """Paths under which the API is found on its host; a function sees them still, in the raw path."""
    issuer: Issuer | None = None
    cors: Cors | None = None
    log_retention_days: int = 90

    def __post_init__(self) -> None:
        """Refuse routes that could not be told apart, or whose tokens nobody could check."""
        keys = [route.key for route in self.routes]
        if not keys or len(set(keys)) != len(keys):
            raise ValueError(f"an API has routes, each of them once, got {', '.join(keys) or 'none'}")
        if self.issuer is None and any(route.access == "people" for route in self.routes):
            raise ValueError("routes for people need an issuer of tokens")


class HttpApi(Component):
    """An API that only its own host leads to, by TLS 1.2 and later, by IPv4 and IPv6."""

    TYPE = "platform:edge:HttpApi"

    def __init__(self, name: str, args: HttpApiArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._api = self._create_api(args)
        self._integration = self._integrate(args)
        routes = self._create_routes(args)
        stage = self._create_stage(args, routes)
        domain = self._create_domain(args)
        mapped = self._map(args, stage, domain)
        self.api_id = self._api.id
        self.execution_arn = self._api.execution_arn
        # Whoever knows the address has waited until there is something behind it.
        self.url = pulumi.Output.all(*(mapping.id for mapping in mapped)).apply(lambda _: f"https://{args.host}")
        self.publish({"url": self.url, "api_id": self.api_id})

    def _create_api(self, args: HttpApiArgs) -> aws.apigatewayv2.Api:
        cors = args.cors
        return aws.apigatewayv2.Api(
            self.name,
            protocol_type="HTTP",
            description=f"What {args.host} answers",
            disable_execute_api_endpoint=True,
            ip_address_type="dualstack",
            cors_configuration=None if cors is None else _cors(cors),
            opts=self.child(),
        )

    def _integrate(self, args: HttpApiArgs) -> aws.apigatewayv2.Integration:
        if isinstance(args.target, Function):
            return self._call_function(args.target)
        return self._pass_on(args.target, args.host)

    def _call_function(self, function: Function) -> aws.apigatewayv2.Integration:
        source = pulumi.Output.concat(self._api.execution_arn, "/*/*")
        allowed = function.allow_call(self.name, service="apigateway.amazonaws.com", source_arn=source)
        return aws.apigatewayv2.Integration(
            self.name,
            api_id=self._api.id,
            integration_type="AWS_PROXY",
            integration_method="POST",
            integration_uri=function.invoke_arn,
            payload_format_version="2.0",
            timeout_milliseconds=TIMEOUT_MS,
            opts=self.child(depends_on=allowed),
        )

    def _pass_on(self, behind: Behind, host: str) -> aws.apigatewayv2.Integration:
        return aws.apigatewayv2.Integration(
            self.name,
            api_id=self._api.id,
            integration_type="HTTP_PROXY",
            integration_method="ANY",
            integration_uri=behind.load_balancer.listener_arn,
            connection_type="VPC_LINK",
            connection_id=behind.link.link_id,
            payload_format_version="1.0",
            timeout_milliseconds=TIMEOUT_MS,
            # HTTPS all the way, and the certificate must be the host's: without a name the link would speak plain HTTP.
            tls_config={"server_name_to_verify": host},
            # The listener's rules look at the host, which the gateway would make its own.
            request_parameters={
                "overwrite:header.host": host,
                f"overwrite:header.{CLIENT_HEADER}": "$context.identity.sourceIp",
            },
            opts=self.child(),
        )

    def _create_routes(self, args: HttpApiArgs) -> list[aws.apigatewayv2.Route]:
        authorizer = self._create_authorizer(args.issuer) if args.issuer is not None else None
        return [
            aws.apigatewayv2.Route(
                f"{self.name}-{_plain(route.key)}",
                api_id=self._api.id,
                route_key=route.key,
                target=pulumi.Output.concat("integrations/", self._integration.id),
                authorization_type={"everybody": "NONE", "people": "JWT", "machines": "AWS_IAM"}[route.access],
                authorizer_id=authorizer.id if authorizer is not None and route.access == "people" else None,
                opts=self.child(),
            )
            for route in args.routes
        ]

    def _create_authorizer(self, issuer: Issuer) -> aws.apigatewayv2.Authorizer:
        return aws.apigatewayv2.Authorizer(
            f"{self.name}-people",
            api_id=self._api.id,
            authorizer_type="JWT",
            identity_sources=["$request.header.Authorization"],
            jwt_configuration={"issuer": issuer.url, "audiences": [issuer.audience]},
            opts=self.child(),
        )

    def _create_stage(self, args: HttpApiArgs, routes: Sequence[pulumi.Resource]) -> aws.apigatewayv2.Stage:
        log = LogGroupArgs(
            key=args.key,
            retention_days=args.log_retention_days,
            # Under this prefix AWS needs no line of its own for the group in a policy that has room for few.
            physical_name=pulumi.Output.concat("/aws/vendedlogs/apis/", self._api.name),
        )
        group = LogGroup(f"{self.name}-access", log, self.child())
        own = {route.key: route.throttle for route in args.routes if route.throttle is not None}
        return aws.apigatewayv2.Stage(
            self.name,
            api_id=self._api.id,
            name=STAGE,
            auto_deploy=True,
            access_log_settings={"destination_arn": group.arn, "format": LOG_FORMAT},
            default_route_settings={**_limits(args.throttle), "detailed_metrics_enabled": True},
            route_settings=[
                {"route_key": key, **_limits(own[key]), "detailed_metrics_enabled": True} for key in sorted(own)
            ],
            opts=self.child(depends_on=list(routes)),  # a limit is of a route that is there
        )

    def _create_domain(self, args: HttpApiArgs) -> aws.apigatewayv2.DomainName:
        domain = aws.apigatewayv2.DomainName(
            self.name,
            domain_name=args.host,
            domain_name_configuration={
                "certificate_arn": args.certificate.arn,
                "endpoint_type": "REGIONAL",
                "security_policy": "TLS_1_2",
                "ip_address_type": "dualstack",
            },
            opts=self.child(),
        )
        found = domain.domain_name_configuration
        args.zone.alias_both(args.host, dns_name=found.target_domain_name, zone_id=found.hosted_zone_id)
        return domain

    def _map(
        self, args: HttpApiArgs, stage: aws.apigatewayv2.Stage, domain: aws.apigatewayv2.DomainName
    ) -> list[aws.apigatewayv2.ApiMapping]:
        return [
            aws.apigatewayv2.ApiMapping(
                f"{self.name}-{prefix or 'root'}",
                api_id=self._api.id,
                domain_name=domain.domain_name,
                stage=stage.name,
                api_mapping_key=prefix or None,
                opts=self.child(),
            )
            for prefix in args.prefixes
        ]


def _cors(cors: Cors) -> dict[str, Any]:
    return {
        "allow_origins": list(cors.origins),
        "allow_methods": list(cors.methods),
        "allow_headers": list(cors.headers),
        "expose_headers": list(cors.exposed),
        "allow_credentials": False,
        "max_age": 600,
    }


def _limits(throttle: Throttle) -> Mapping[str, Any]:
    return {"throttling_rate_limit": throttle.rate, "throttling_burst_limit": throttle.burst}


def _plain(key: str) -> str:
    """Return a route's key as a part of a name: `get-lists-listid` for `GET /lists/{listId}`."""
    key = f"{key} slash" if key.endswith("/") else key
    letters = "".join(letter if letter.isalnum() else " " for letter in key.lower())
    return "-".join(letters.split())
