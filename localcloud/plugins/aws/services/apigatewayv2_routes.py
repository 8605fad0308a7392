"""API Gateway: routes of an HTTP API, who may take them, and what answers behind them."""

import re
from typing import Any

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties
from localcloud.plugins.aws.rules import ARN, absent, given, needs, required, together, value, when
from localcloud.plugins.aws.services.apigatewayv2 import api_of, own_id
from localcloud.plugins.aws.steps import changes, pages

_INTEGRATION: Properties = {
    "connectionId": "",
    "connectionType": "INTERNET",
    "credentialsArn": "",
    "description": "",
    "integrationMethod": None,
    "integrationType": None,
    "integrationUri": None,
    "payloadFormatVersion": "1.0",
    "timeoutMilliseconds": 30000,
    "tlsConfig": {"serverNameToVerify": ""},
}
_RENAME = {"timeoutMilliseconds": "TimeoutInMillis"}
_ROUTE: Properties = {
    "authorizationScopes": [],
    "authorizationType": "NONE",
    "authorizerId": "",
    "operationName": "",
    "routeKey": None,
    "target": "",
}
_AUTHORIZER: Properties = {
    "authorizerCredentialsArn": "",
    "authorizerPayloadFormatVersion": None,
    "authorizerResultTtlInSeconds": 300,
    "authorizerType": None,
    "authorizerUri": None,
    "enableSimpleResponses": False,
    "identitySources": None,
    "jwtConfiguration": None,
    "name": None,
}
_ROUTE_KEY = re.compile(r"\$default|(ANY|GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (/\S*)")
_METHODS = ["ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]


def _texts(source: Properties) -> Properties:
    """Return both maps of parameters as AWS keeps them; those of responses by status."""
    responses = source.get("responseParameters") or []
    return {
        "RequestParameters": dict(source.get("requestParameters") or {}),
        "ResponseParameters": {str(one["statusCode"]): dict(one["mappings"]) for one in responses},
    }


def _create_integration(call: Call) -> str:
    sent = call.parameters("create_integration", tuple(_INTEGRATION), _RENAME)
    texts = {name: each for name, each in _texts(call.inputs).items() if each}
    return str(call.api("create_integration", ApiId=api_of(call), **sent, **texts)["IntegrationId"])


def _change_integration(call: Call) -> None:
    """Change the integration; a parameter that is taken away is sent as an empty text, which removes it."""
    sent = changes(call, "update_integration", _INTEGRATION, _RENAME)
    old, new = _texts(call.old), _texts(call.inputs)
    if call.changed("requestParameters"):
        sent["RequestParameters"] = {**dict.fromkeys(old["RequestParameters"], ""), **new["RequestParameters"]}
    if call.changed("responseParameters"):
        before, after = old["ResponseParameters"], new["ResponseParameters"]
        sent["ResponseParameters"] = {
            status: {**dict.fromkeys(before.get(status, {}), ""), **after.get(status, {})}
            for status in sorted({*before, *after})
        }
    if sent:
        call.api("update_integration", ApiId=api_of(call), IntegrationId=own_id(call), **sent)


def _read_integration(call: Call) -> Properties:
    live = call.api("get_integration", ApiId=api_of(call), IntegrationId=own_id(call))
    return _as_inputs(call, live)


def _as_inputs(call: Call, live: Properties) -> Properties:
    found = call.properties({key: each for key, each in live.items() if key != "ResponseParameters"}, _RENAME)
    responses = (live.get("ResponseParameters") or {}).items()
    kept = [{"statusCode": status, "mappings": texts} for status, texts in sorted(responses) if texts]
    return {**found, "apiId": api_of(call), "responseParameters": kept}


def _find_integration(call: Call) -> str | None:
    """Return an integration just like this one that no route leads to: they have neither names nor tags."""
    routes = pages(call, "get_routes", "Items", ApiId=api_of(call))
    taken = {each.get("Target", "").removeprefix("integrations/") for each in routes}
    wanted = {name: each for name, each in call.inputs.items() if name in (*_INTEGRATION, *_PARAMETERS)}
    for live in pages(call, "get_integrations", "Items", ApiId=api_of(call)):
        found = _as_inputs(call, live)
        same = all(str(found.get(name)) == str(each) for name, each in wanted.items())
        if same and live["IntegrationId"] not in taken | call.known:
            return str(live["IntegrationId"])
    return None


def _create_route(call: Call) -> str:
    sent = call.parameters("create_route", tuple(_ROUTE))
    return str(call.api("create_route", ApiId=api_of(call), **sent)["RouteId"])


def _change_route(call: Call) -> None:
    sent = changes(call, "update_route", _ROUTE)
    if sent:
        call.api("update_route", ApiId=api_of(call), RouteId=own_id(call), **sent)


def _read_route(call: Call) -> Properties:
    live = call.api("get_route", ApiId=api_of(call), RouteId=own_id(call))
    return {**call.properties(live), "apiId": api_of(call), "authorizationScopes": live.get("AuthorizationScopes", [])}


def _find_by(method: str, path: str, name: str, key: str) -> Any:
    """Return the step that finds what has no tags by the name that is its own in the API."""

    def find(call: Call) -> str | None:
        found = pages(call, method, "Items", ApiId=api_of(call))
        return next((str(each[key]) for each in found if each[path] == call.inputs[name]), None)

    return find


def _create_authorizer(call: Call) -> str:
    sent = call.parameters("create_authorizer", tuple(_AUTHORIZER))
    sent.setdefault("IdentitySource", [])
    return str(call.api("create_authorizer", ApiId=api_of(call), **sent)["AuthorizerId"])


def _change_authorizer(call: Call) -> None:
    sent = changes(call, "update_authorizer", _AUTHORIZER)
    if sent:
        call.api("update_authorizer", ApiId=api_of(call), AuthorizerId=own_id(call), **sent)


def _read_authorizer(call: Call) -> Properties:
    live = call.api("get_authorizer", ApiId=api_of(call), AuthorizerId=own_id(call))
    return {**call.properties(live), "apiId": api_of(call)}


def _linked(inputs: Properties) -> tuple[str, str] | None:
    """Judge that an address behind a VPC link is that of a listener or of a service of Cloud Map."""
    address = inputs.get("integrationUri")
    if inputs.get("connectionType") != "VPC_LINK" or not isinstance(address, str):
        return None
    right = address.startswith(("arn:aws:elasticloadbalancing:", "arn:aws:servicediscovery:"))
    reason = "must be the ARN of a listener or of a Cloud Map service behind a VPC link"
    return None if right else ("integrationUri", f"{reason}, got {address!r}")


def _is_route_key(key: str) -> bool:
    """Say whether a key is `$default`, or a method and a path whose only greedy part is its last."""
    found = _ROUTE_KEY.fullmatch(key)
    if not found or not found[2]:
        return bool(found)
    parts = found[2].strip("/").split("/")
    right = all(re.fullmatch(r"[^{}]*|\{[\w.-]+\+?\}", part) for part in parts)
    return right and not any(part.endswith("+}") for part in parts[:-1])


def _authorized(inputs: Properties) -> tuple[str, str] | None:
    kind = inputs.get("authorizationType", "NONE")
    if kind in ("JWT", "CUSTOM") and not given(inputs, "authorizerId"):
        return "authorizerId", f"is required for the authorization {kind}"
    if kind in ("NONE", "AWS_IAM") and given(inputs, "authorizerId"):
        return "authorizerId", f"cannot be given for the authorization {kind}"
    if kind != "JWT" and isinstance(kind, str) and given(inputs, "authorizationScopes"):
        return "authorizationScopes", f"cannot be given for the authorization {kind}"
    return None


_PARAMETERS = ("requestParameters", "responseParameters")

ENTRIES = (
    Entry(
        token="aws:apigatewayv2/integration:Integration",
        service="apigatewayv2",
        cfn="AWS::ApiGatewayV2::Integration",
        inputs=("apiId", *_PARAMETERS, *_INTEGRATION),
        create=_create_integration,
        read=_read_integration,
        update=_change_integration,
        delete=lambda call: call.api("delete_integration", ApiId=api_of(call), IntegrationId=own_id(call)),
        find=_find_integration,
        replace={"integrationType": "an integration is of one kind for life"},
        defaults={
            "connectionType": "INTERNET",
            "credentialsArn": "",
            "description": "",
            "requestParameters": None,
            "responseParameters": [],
            "timeoutMilliseconds": 30000,
        },
        sets=("responseParameters",),
        limits={
            "connectionType": {"enum": ["INTERNET", "VPC_LINK"]},
            "credentialsArn": ARN,
            "integrationMethod": {"enum": _METHODS},
            "integrationType": {"enum": ["AWS_PROXY", "HTTP_PROXY"]},
            "payloadFormatVersion": {"enum": ["1.0", "2.0"]},
            "responseParameters[*].statusCode": {"pattern": r"^[2-5]\d\d$"},
            "timeoutMilliseconds": {"minimum": 50, "maximum": 30000},
        },
        rules=(
            _linked,
            when("connectionType", ("VPC_LINK",), required("connectionId")),
            when("connectionType", ("INTERNET", None), absent("connectionId")),
            when("integrationType", ("HTTP_PROXY",), required("integrationUri", "integrationMethod")),
        ),
        unlike=("an identical integration that no route leads to is taken over after a kill: they have no tags",),
    ),
    Entry(
        token="aws:apigatewayv2/route:Route",
        service="apigatewayv2",
        cfn="AWS::ApiGatewayV2::Route",
        inputs=("apiId", *_ROUTE),
        create=_create_route,
        read=_read_route,
        update=_change_route,
        delete=lambda call: call.api("delete_route", ApiId=api_of(call), RouteId=own_id(call)),
        find=_find_by("get_routes", "RouteKey", "routeKey", "RouteId"),
        sought=("routeKey",),
        defaults={name: default for name, default in _ROUTE.items() if name != "routeKey"},
        sets=("authorizationScopes",),
        limits={
            "authorizationType": {"enum": ["NONE", "JWT", "AWS_IAM", "CUSTOM"]},
            "operationName": {"maxLength": 64},
            "target": {"pattern": r"^integrations/[a-z0-9]+$"},
        },
        rules=(_authorized, value("routeKey", _is_route_key, "must be $default or like GET /items/{id}")),
    ),
    Entry(
        token="aws:apigatewayv2/authorizer:Authorizer",
        service="apigatewayv2",
        cfn="AWS::ApiGatewayV2::Authorizer",
        inputs=("apiId", *_AUTHORIZER),
        name=Name(longest=128),
        create=_create_authorizer,
        read=_read_authorizer,
        update=_change_authorizer,
        delete=lambda call: call.api("delete_authorizer", ApiId=api_of(call), AuthorizerId=own_id(call)),
        find=_find_by("get_authorizers", "Name", "name", "AuthorizerId"),
        sought=("name",),
        defaults={"authorizerCredentialsArn": "", "enableSimpleResponses": False},
        sets=("jwtConfiguration.audiences",),
        limits={
            "authorizerCredentialsArn": ARN,
            "authorizerPayloadFormatVersion": {"enum": ["1.0", "2.0"]},
            "authorizerResultTtlInSeconds": {"minimum": 0, "maximum": 3600},
            "authorizerType": {"enum": ["JWT", "REQUEST"]},
            "authorizerUri": {"pattern": r"^arn:aws:apigateway:[a-z0-9-]+:lambda:path/.+/invocations$"},
            "identitySources[*]": {"pattern": r"^\$(request|context|stageVariables)\..+"},
            "jwtConfiguration.issuer": {"pattern": r"^https?://.+"},
        },
        rules=(
            when("authorizerType", ("JWT",), required("jwtConfiguration", "identitySources")),
            when("authorizerType", ("JWT",), absent("authorizerUri")),
            when("authorizerType", ("REQUEST",), required("authorizerUri", "authorizerPayloadFormatVersion")),
            when("authorizerType", ("REQUEST",), absent("jwtConfiguration")),
            when("authorizerPayloadFormatVersion", ("1.0",), absent("enableSimpleResponses")),
            needs("enableSimpleResponses", "authorizerUri"),
            together("authorizerUri", "authorizerPayloadFormatVersion"),
        ),
    ),
)
