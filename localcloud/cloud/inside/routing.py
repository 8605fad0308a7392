"""Everything the front door routes by, for several accounts, in one answer.

The same that Route 53, Elastic Load Balancing, CloudFront and API Gateway answer to some forty calls, which would cost
more than the traffic itself when they are asked several times a second. Names and shapes are those of the AWS APIs.
"""

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs

from ministack.core.responses import request_scope, set_request_account_id
from ministack.services import alb, apigateway, apigateway_v1, cloudfront, cognito, ec2, route53

from .asgi import Receive, Scope, Send, answer_json
from .httpapi import parameters
from .settings import SETTINGS

ACCOUNT_HEADER = b"x-slipway-account"
"""The account whose distributions and domains a request of the front door is meant for."""

LINK_HOST = 10
"""Which address of its subnet a VPC link has: the first after those that AWS keeps."""


async def routing(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer `GET /_slipway/routing?accounts=ID,ID` with their view."""
    await answer_json(send, 200, view(accounts_of(scope["query_string"]), SETTINGS.region))


def accounts_of(query: bytes) -> list[str]:
    """Return the 12-digit accounts of a query `accounts=ID,ID`."""
    asked = parse_qs(query.decode("latin-1")).get("accounts", [""])[0].split(",")
    return [account for account in asked if len(account) == 12 and account.isdigit()]


def view(accounts: Iterable[str], region: str) -> dict[str, Any]:
    """Return `{"accounts": {ID: {"zones", "load_balancers", "target_groups", "distributions", "api_domains",
    "auth_domains", "http_apis"}}}`; the last are those with routes that the door carries to a load balancer by itself.
    """
    found = {}
    for account in accounts:
        with request_scope(account, region):
            found[account] = {
                "zones": _zones(),
                "load_balancers": [_load_balancer(balancer) for balancer in alb._lbs.values()],
                "target_groups": {arn: _target_group(arn, group) for arn, group in alb._tgs.items()},
                "distributions": [_distribution(each) for each in cloudfront._distributions.values()],
                "api_domains": [_api_domain(record) for record in apigateway_v1._domain_names.values()],
                "auth_domains": [_auth_domain(name, region) for name in cognito._pool_domain_map],
                "http_apis": {api: _http_api(api) for api in apigateway._apis if carried(api)},
            }
    return {"accounts": found}


def enter_account(headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Let the rest of this request run in the account that the front door names, if it names one.

    Visitors send no AWS signature, from which MiniStack otherwise learns the account.
    """
    for name, value in headers:
        if name == ACCOUNT_HEADER and len(value) == 12 and value.isdigit():
            set_request_account_id(value.decode())


def _zones() -> list[dict[str, Any]]:
    return [
        {"Name": zone["name"], "Records": [_record(record) for record in route53._records.get(identity, [])]}
        for identity, zone in route53._zones.items()
        if not zone.get("private")
    ]


def _record(record: Mapping[str, Any]) -> dict[str, Any]:
    alias = (record.get("AliasTarget") or {}).get("DNSName")
    return {
        "Name": record["Name"],
        "Type": record["Type"],
        "Alias": alias,
        "Values": [] if alias else list(record.get("ResourceRecords") or []),
    }


def _load_balancer(balancer: Mapping[str, Any]) -> dict[str, Any]:
    arn = balancer["LoadBalancerArn"]
    return {
        "Name": balancer["LoadBalancerName"],
        "DNSName": balancer["DNSName"],
        "Listeners": [_listener(each) for each in alb._listeners.values() if each["LoadBalancerArn"] == arn],
    }


def _listener(listener: Mapping[str, Any]) -> dict[str, Any]:
    arn = listener["ListenerArn"]
    rules = [
        {key: rule.get(key) for key in ("Priority", "Conditions", "Actions", "IsDefault")}
        for rule in alb._rules.values()
        if rule["ListenerArn"] == arn and not rule.get("IsDefault")
    ]
    default = {"Priority": "default", "Conditions": [], "Actions": listener["DefaultActions"], "IsDefault": True}
    return {"Arn": arn, "Port": listener["Port"], "Protocol": listener["Protocol"], "Rules": [*rules, default]}


def _target_group(arn: str, group: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **{key: value for key, value in group.items() if isinstance(value, str | int | bool | dict)},
        "Targets": [
            {"Id": target["Id"], "Port": int(target.get("Port") or group["Port"])}
            for target in alb._targets.get(arn, [])
        ],
    }


def _distribution(distribution: Mapping[str, Any]) -> dict[str, Any]:
    aliases = cloudfront._get_distribution_aliases(distribution)
    return {"Id": distribution["Id"], "DomainName": distribution["DomainName"], "Aliases": aliases}


def _api_domain(record: Mapping[str, Any]) -> dict[str, Any]:
    targets = [record.get(key) for key in ("regionalDomainName", "distributionDomainName")]
    mappings = {
        "" if key == "(none)" else key: [mapping["restApiId"], mapping["stage"]]
        for key, mapping in apigateway_v1._base_path_mappings.get(record["domainName"], {}).items()
    }
    return {
        "DomainName": record["domainName"],
        "Targets": [target for target in targets if target],
        "Mappings": mappings,
    }


def _auth_domain(name: str, region: str) -> str:
    """Return the host of a user pool's pages: its prefix's, or its own domain."""
    return name if "." in name else f"{name}.auth.{region}.amazoncognito.com"


def carried(api: str) -> dict[str, dict[str, Any]]:
    """Return the routes of an API that anybody may call and that lead to a listener: the door can do what is asked.

    By their key, each with `{"Listener": ARN, "Parameters": REQUEST PARAMETERS, "Address": THE LINK'S}`.
    """
    integrations = apigateway._integrations.get(api, {})
    found = {}
    for route in apigateway._routes.get(api, {}).values():
        integration = integrations.get(str(route.get("target", "")).rpartition("/")[2]) or {}
        changes = integration.get("requestParameters") or {}
        private = integration.get("connectionType") == "VPC_LINK" and parameters.can_be_carried(changes)
        if private and route.get("authorizationType", "NONE") == "NONE":
            found[route["routeKey"]] = {
                "Listener": integration["integrationUri"],
                "Parameters": changes,
                "Address": _address(integration.get("connectionId", "")),
            }
    return found


def _address(link: str) -> str:
    """Return the address that a VPC link has in the first of its subnets."""
    subnets = (apigateway._vpc_links.get(link) or {}).get("subnetIds") or []
    block = next((ec2._subnets[each]["CidrBlock"] for each in subnets if each in ec2._subnets), None)
    return str(ipaddress.ip_network(block, strict=False)[LINK_HOST]) if block else ""


def _http_api(api: str) -> dict[str, Any]:
    """Return all routes of an API, each with how the door carries it, or nothing."""
    links = carried(api)
    names = ("defaultRouteSettings", "routeSettings")
    return {
        "Cors": apigateway._apis[api].get("corsConfiguration") or {},
        "Routes": {
            route["routeKey"]: links.get(route["routeKey"]) for route in apigateway._routes.get(api, {}).values()
        },
        "Stages": {
            stage: {name: settings.get(name) or {} for name in names}
            for stage, settings in apigateway._stages.get(api, {}).items()
        },
    }
