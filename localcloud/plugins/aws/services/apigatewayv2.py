"""API Gateway: HTTP APIs, their stages, and the links by which they reach into a network."""

from typing import Any

from localcloud.errors import Trouble
from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties, Tags
from localcloud.plugins.aws.rules import value
from localcloud.plugins.aws.steps import Op, Patch, Read, changes, each, pages, tag_parameters

API_ID = {"pattern": r"^[a-z0-9]{8,12}$"}
STAGE = r"(\$default|[A-Za-z0-9_-]{1,128})"
_KEY_SELECTION = "$request.header.x-api-key"
_API = {
    "apiKeySelectionExpression": _KEY_SELECTION,
    "corsConfiguration": None,
    "description": "",
    "disableExecuteApiEndpoint": False,
    "ipAddressType": "ipv4",
    "name": None,
    "routeSelectionExpression": "$request.method $request.path",
    "version": "",
}
_STAGE = {
    "accessLogSettings": None,
    "autoDeploy": False,
    "clientCertificateId": "",
    "defaultRouteSettings": {"detailedMetricsEnabled": False},
    "description": "",
}
_ROUTE_SETTINGS = {"throttlingBurstLimit": 0, "throttlingRateLimit": 0}
_DETAILS = ("dataTraceEnabled", "loggingLevel")


def api_of(call: Call) -> str:
    """Return the API that something belongs to: from inputs, state, or an imported id `API/THING`."""
    return str(call.inputs.get("apiId") or call.state.get("apiId") or call.id.partition("/")[0])


def own_id(call: Call) -> str:
    """Return the id without the API's in front, which an import has."""
    return call.id.rpartition("/")[2]


def tags(path: str) -> Tags:
    """Return how API Gateway tags what is at a path of its own ARNs; `{id}` and `{api}` stand for the ids."""
    return Tags(
        owner=lambda call: {"ResourceArn": arn(call, path.format(id=own_id(call), api=api_of(call)))},
        key="",
    )


def arn(call: Call, path: str) -> str:
    """Return the ARN of something of API Gateway: it has no account."""
    return f"arn:aws:apigateway:{call.region}::{path}"


def _execution_arn(call: Call, api: str) -> str:
    return call.arn(api, "execute-api")


def _of_api(call: Call, live: Properties) -> Properties:
    return {
        "arn": arn(call, f"/apis/{call.id}"),
        "executionArn": _execution_arn(call, call.id),
        "tags": live.get("Tags", {}),
    }


def _drop_cors(call: Call) -> None:
    if call.old.get("corsConfiguration") and not call.inputs.get("corsConfiguration"):
        call.api("delete_cors_configuration", ApiId=call.id)


def _found(method: str, key: str) -> Any:
    """Return the step that looks through all things of a kind for the one with this resource's marks."""

    def find(call: Call) -> str | None:
        for live in pages(call, method, "Items"):
            if live[key] not in call.known and call.mine(live.get("Tags")):
                return str(live[key])
        return None

    return find


def _wait_for_link(call: Call) -> None:
    def is_ready() -> bool:
        live = call.api("get_vpc_link", VpcLinkId=call.id)
        if live.get("VpcLinkStatus") == "FAILED":
            raise Trouble(f"the VPC link {call.id} failed: {live.get('VpcLinkStatusMessage') or 'no reason was given'}")
        return bool(live.get("VpcLinkStatus") in ("AVAILABLE", "INACTIVE"))

    call.wait(is_ready, f"the VPC link {call.id}")


def _route_settings(call: Call, source: Properties) -> Properties:
    """Return the settings of routes as AWS keeps them, by the route's key."""
    settings = source.get("routeSettings") or []
    sent = [{key: each[key] for key in each if key != "routeKey"} for each in settings]
    one = [call.parameters("create_stage", ("defaultRouteSettings",), values={"defaultRouteSettings": x}) for x in sent]
    return {each["routeKey"]: x["DefaultRouteSettings"] for each, x in zip(settings, one, strict=True)}


def _create_stage(call: Call) -> str:
    sent = call.parameters("create_stage", [name for name in _STAGE if name != "routeSettings"])
    maps = {
        "StageVariables": call.inputs.get("stageVariables") or {},
        "RouteSettings": _route_settings(call, call.inputs),
    }
    sent |= {name: each for name, each in maps.items() if each}
    call.api("create_stage", ApiId=api_of(call), StageName=call.inputs["name"], **sent, **tag_parameters(call))
    return str(call.inputs["name"])


def _change_stage(call: Call) -> None:
    """Change the stage; what was taken away from a map of it goes by a call or a text of its own."""
    name, api = own_id(call), api_of(call)
    sent = changes(call, "update_stage", _STAGE)
    if call.changed("stageVariables"):
        gone = dict.fromkeys(call.old.get("stageVariables") or {}, "")
        sent["StageVariables"] = {**gone, **(call.inputs.get("stageVariables") or {})}
    if call.changed("routeSettings"):
        settings = _route_settings(call, call.inputs)
        for key in sorted(set(_route_settings(call, call.old)) - set(settings)):
            call.api("delete_route_settings", ApiId=api, StageName=name, RouteKey=key)
        if settings:
            sent["RouteSettings"] = settings
    if call.old.get("accessLogSettings") and not call.inputs.get("accessLogSettings"):
        call.api("delete_access_log_settings", ApiId=api, StageName=name)
    if sent:
        call.api("update_stage", ApiId=api, StageName=name, **sent)


def _read_stage(call: Call) -> Properties:
    name, api = own_id(call), api_of(call)
    live = call.api("get_stage", ApiId=api, StageName=name)
    found = call.properties({key: each for key, each in live.items() if key != "RouteSettings"}, {"name": "StageName"})
    endpoint = str(call.api("get_api", ApiId=api)["ApiEndpoint"])
    settings = [
        {"routeKey": key, **_settings(call, each)} for key, each in sorted((live.get("RouteSettings") or {}).items())
    ]
    default = _settings(call, live.get("DefaultRouteSettings") or {})
    return {
        **found,
        "apiId": api,
        "arn": arn(call, f"/apis/{api}/stages/{name}"),
        "defaultRouteSettings": default or None,
        "executionArn": f"{_execution_arn(call, api)}/{name}",
        "invokeUrl": f"{endpoint}/" if name == "$default" else f"{endpoint}/{name}",
        "routeSettings": settings,
        "stageVariables": live.get("StageVariables") or {},
        "tags": live.get("Tags", {}),
    }


def _settings(call: Call, live: Properties) -> Properties:
    found: Properties = call.properties({"DefaultRouteSettings": live}).get("defaultRouteSettings") or {}
    return {**_ROUTE_SETTINGS, **found} if found else {}


def _find_stage(call: Call) -> str | None:
    live = call.api("get_stage", ApiId=api_of(call), StageName=call.inputs["name"])
    return str(call.inputs["name"]) if call.mine(live.get("Tags")) else None


def _log_group(arn_of: str) -> bool:
    return arn_of.startswith(("arn:aws:logs:", "arn:aws:firehose:")) and not arn_of.endswith(":*")


def _logs(inputs: Properties) -> tuple[str, str] | None:
    """Judge that the log goes to a group, named without the `:*` that API Gateway refuses."""
    settings = inputs.get("accessLogSettings")
    where = settings.get("destinationArn") if isinstance(settings, dict) else None
    if not isinstance(where, str) or _log_group(where):
        return None
    return "accessLogSettings", f"must go to the ARN of a log group, without :* at its end, got {where!r}"


ENTRIES = (
    Entry(
        token="aws:apigatewayv2/api:Api",
        service="apigatewayv2",
        cfn="AWS::ApiGatewayV2::Api",
        inputs=("protocolType", *_API),
        name=Name(longest=128),
        create=Op("create_api", take=("protocolType", *_API), pick="ApiId"),
        read=Read("get_api", {"ApiId": "$id"}, "", extra=_of_api),
        update=each(Patch("update_api", {"ApiId": "$id"}, _API), _drop_cors),
        delete=Op("delete_api", {"ApiId": "$id"}),
        find=_found("get_apis", "ApiId"),
        tags=tags("/apis/{id}"),
        defaults={name: default for name, default in _API.items() if name != "name"},
        sets=tuple(
            f"corsConfiguration.{name}" for name in ("allowHeaders", "allowMethods", "allowOrigins", "exposeHeaders")
        ),
        limits={
            "corsConfiguration.allowMethods[*]": {"pattern": r"^(\*|[A-Z]+)$"},
            "corsConfiguration.allowOrigins[*]": {"pattern": r"^(\*|[a-z]+://\S+)$"},
            "corsConfiguration.maxAge": {"minimum": -1, "maximum": 86400},
            "description": {"maxLength": 1024},
            "ipAddressType": {"enum": ["ipv4", "dualstack"]},
            "version": {"minLength": 1, "maxLength": 64},
        },
        rules=(
            value("protocolType", lambda kind: kind == "HTTP", "must be HTTP on the embedded cloud"),
            value(
                "corsConfiguration",
                lambda cors: not (cors.get("allowCredentials") is True and "*" in (cors.get("allowOrigins") or ())),
                "cannot allow credentials to every origin",
            ),
        ),
        unlike=("the certificate of the address apiEndpoint is the front door's",),
    ),
    Entry(
        token="aws:apigatewayv2/vpcLink:VpcLink",
        service="apigatewayv2",
        cfn="AWS::ApiGatewayV2::VpcLink",
        inputs=("name", "securityGroupIds", "subnetIds"),
        name=Name(longest=128),
        create=Op("create_vpc_link", take=("name", "securityGroupIds", "subnetIds"), pick="VpcLinkId"),
        settle=_wait_for_link,
        read=Read(
            "get_vpc_link",
            {"VpcLinkId": "$id"},
            "",
            extra=lambda call, live: {"arn": arn(call, f"/vpclinks/{call.id}"), "tags": live.get("Tags", {})},
        ),
        update=Patch("update_vpc_link", {"VpcLinkId": "$id"}, {"name": None}),
        delete=Op("delete_vpc_link", {"VpcLinkId": "$id"}),
        find=_found("get_vpc_links", "VpcLinkId"),
        tags=tags("/vpclinks/{id}"),
        sets=("securityGroupIds", "subnetIds"),
        limits={
            "securityGroupIds[*]": {"pattern": r"^sg-[0-9a-f]+$"},
            "subnetIds": {"minItems": 1, "maxItems": 10},
            "subnetIds[*]": {"pattern": r"^subnet-[0-9a-f]+$"},
        },
        unlike=("its security groups let everything through",),
        seconds=600,
    ),
    Entry(
        token="aws:apigatewayv2/stage:Stage",
        service="apigatewayv2",
        cfn="AWS::ApiGatewayV2::Stage",
        names={"name": "StageName"},
        inputs=("apiId", "name", "routeSettings", "stageVariables", *_STAGE),
        name=Name(longest=128, pattern=STAGE),
        create=_create_stage,
        read=_read_stage,
        update=_change_stage,
        delete=lambda call: call.api("delete_stage", ApiId=api_of(call), StageName=own_id(call)),
        find=_find_stage,
        tags=tags("/apis/{api}/stages/{id}"),
        defaults={"autoDeploy": False, "accessLogSettings": None, "clientCertificateId": "", "description": ""},
        sets=("routeSettings",),
        limits={
            "description": {"maxLength": 1024},
            "defaultRouteSettings.throttlingBurstLimit": {"minimum": 0},
            "defaultRouteSettings.throttlingRateLimit": {"minimum": 0},
            "routeSettings[*].throttlingBurstLimit": {"minimum": 0},
            "routeSettings[*].throttlingRateLimit": {"minimum": 0},
        },
        refused={
            f"{where}.{name}": "an HTTP API has no such setting"
            for where in ("defaultRouteSettings", "routeSettings[*]")
            for name in _DETAILS
        },
        rules=(_logs,),
        unlike=("detailed metrics are not measured",),
    ),
)
