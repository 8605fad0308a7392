"""API Gateway: domain names, and which API answers at which path of one."""

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Properties
from localcloud.plugins.aws.rules import value
from localcloud.plugins.aws.services.apigatewayv2 import STAGE, arn, tags
from localcloud.plugins.aws.steps import Named, Op, Patch, changes, pages

_CONFIGURATION = "domainNameConfiguration"
_RENAME = {
    _CONFIGURATION: "DomainNameConfigurations",
    f"{_CONFIGURATION}.targetDomainName": "ApiGatewayDomainName",
}
_DOMAIN = {_CONFIGURATION: None, "mutualTlsAuthentication": {"truststoreUri": ""}, "routingMode": "API_MAPPING_ONLY"}
_KINDS = ("API_MAPPING_ONLY", "ROUTING_RULE_ONLY", "ROUTING_RULE_THEN_API_MAPPING")


def _wait_for_domain(call: Call) -> None:
    def is_ready() -> bool:
        live = call.api("get_domain_name", DomainName=call.id)["DomainNameConfigurations"]
        return all(each.get("DomainNameStatus", "AVAILABLE") == "AVAILABLE" for each in live)

    call.wait(is_ready, f"the domain name {call.id}", 0.5)


def _read_domain(call: Call) -> Properties:
    live = call.api("get_domain_name", DomainName=call.id)
    found = call.properties(live, _RENAME)
    trusted = found.get("mutualTlsAuthentication")
    return {
        **found,
        "mutualTlsAuthentication": trusted if trusted and trusted.get("truststoreUri") else None,
        "arn": arn(call, f"/domainnames/{call.id}"),
        "tags": live.get("Tags", {}),
    }


def _domain(call: Call) -> str:
    """Return the domain of a mapping: from inputs, state, or an imported id `MAPPING/DOMAIN`."""
    return str(call.inputs.get("domainName") or call.state.get("domainName") or call.id.partition("/")[2])


def _mapping(call: Call) -> Properties:
    return {"DomainName": _domain(call), "ApiMappingId": call.id.partition("/")[0]}


def _create_mapping(call: Call) -> str:
    sent = call.parameters("create_api_mapping", ("apiId", "apiMappingKey", "domainName", "stage"))
    return str(call.api("create_api_mapping", **sent)["ApiMappingId"])


def _change_mapping(call: Call) -> None:
    sent = changes(call, "update_api_mapping", {"apiId": None, "apiMappingKey": "", "stage": None})
    if sent:
        call.api("update_api_mapping", **_mapping(call), **{"ApiId": call.inputs["apiId"], **sent})


def _read_mapping(call: Call) -> Properties:
    live = call.api("get_api_mapping", **_mapping(call))
    return {**call.properties(live), "domainName": _domain(call)}


def _find_mapping(call: Call) -> str | None:
    """Return the domain's mapping of that path: mappings have no tags."""
    path = call.inputs.get("apiMappingKey", "")
    found = pages(call, "get_api_mappings", "Items", DomainName=_domain(call))
    return next((str(each["ApiMappingId"]) for each in found if each.get("ApiMappingKey", "") == path), None)


ENTRIES = (
    Entry(
        token="aws:apigatewayv2/domainName:DomainName",
        service="apigatewayv2",
        cfn="AWS::ApiGatewayV2::DomainName",
        inputs=("domainName", *_DOMAIN),
        create=Op("create_domain_name", take=("domainName", *_DOMAIN), rename=_RENAME, pick="DomainName"),
        settle=_wait_for_domain,
        read=_read_domain,
        update=Patch("update_domain_name", {"DomainName": "$id"}, _DOMAIN, _RENAME),
        delete=Op("delete_domain_name", {"DomainName": "$id"}),
        find=Named("$input.domainName"),
        tags=tags("/domainnames/{id}"),
        defaults={"mutualTlsAuthentication": None, "routingMode": "API_MAPPING_ONLY"},
        limits={
            "domainName": {"pattern": r"^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$"},
            f"{_CONFIGURATION}.certificateArn": {"pattern": r"^arn:aws:acm:[a-z0-9-]+:\d{12}:certificate/.+"},
            f"{_CONFIGURATION}.endpointType": {"enum": ["REGIONAL"]},
            f"{_CONFIGURATION}.ipAddressType": {"enum": ["ipv4", "dualstack"]},
            f"{_CONFIGURATION}.securityPolicy": {"enum": ["TLS_1_2"]},
            "mutualTlsAuthentication.truststoreUri": {"pattern": r"^s3://.+/.+"},
            "routingMode": {"enum": list(_KINDS)},
        },
        refused={
            f"{_CONFIGURATION}.hostedZoneId": "AWS gives it",
            f"{_CONFIGURATION}.targetDomainName": "AWS gives it",
        },
        unlike=("client certificates are not asked for", "rules of routing are kept and not followed"),
        seconds=900,
    ),
    Entry(
        token="aws:apigatewayv2/apiMapping:ApiMapping",
        service="apigatewayv2",
        cfn="AWS::ApiGatewayV2::ApiMapping",
        inputs=("apiId", "apiMappingKey", "domainName", "stage"),
        create=_create_mapping,
        read=_read_mapping,
        update=_change_mapping,
        delete=lambda call: call.api("delete_api_mapping", **_mapping(call)),
        find=_find_mapping,
        sought=("apiMappingKey",),
        defaults={"apiMappingKey": ""},
        limits={"stage": {"pattern": f"^{STAGE}$"}},
        rules=(
            value(
                "apiMappingKey",
                lambda path: not path or (path == path.strip("/") and "//" not in path and len(path) <= 300),
                "must be a path such as v1/items, without a slash at its ends",
            ),
        ),
    ),
)
