"""Everything the front door routes by, for several accounts, in one answer.

The same that Route 53, Elastic Load Balancing, CloudFront and API Gateway answer to some forty calls, which would cost
more than the traffic itself when they are asked several times a second. Names and shapes are those of the AWS APIs.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs

from ministack.core.responses import request_scope, set_request_account_id
from ministack.services import alb, apigateway_v1, cloudfront, route53

from .asgi import Receive, Scope, Send, answer_json
from .settings import SETTINGS

ACCOUNT_HEADER = b"x-slipway-account"
"""The account whose distributions and domains a request of the front door is meant for."""


async def routing(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer `GET /_slipway/routing?accounts=ID,ID` with their view."""
    await answer_json(send, 200, view(accounts_of(scope["query_string"]), SETTINGS.region))


def accounts_of(query: bytes) -> list[str]:
    """Return the 12-digit accounts of a query `accounts=ID,ID`."""
    asked = parse_qs(query.decode("latin-1")).get("accounts", [""])[0].split(",")
    return [account for account in asked if len(account) == 12 and account.isdigit()]


def view(accounts: Iterable[str], region: str) -> dict[str, Any]:
    """Return `{"accounts": {ID: {"zones", "load_balancers", "target_groups", "distributions", "api_domains"}}}`."""
    found = {}
    for account in accounts:
        with request_scope(account, region):
            found[account] = {
                "zones": _zones(),
                "load_balancers": [_load_balancer(balancer) for balancer in alb._lbs.values()],
                "target_groups": {arn: _target_group(arn, group) for arn, group in alb._tgs.items()},
                "distributions": [_distribution(each) for each in cloudfront._distributions.values()],
                "api_domains": [_api_domain(record) for record in apigateway_v1._domain_names.values()],
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
    return {"Port": listener["Port"], "Protocol": listener["Protocol"], "Rules": [*rules, default]}


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
    return {"DomainName": record["domainName"], "Targets": [target for target in targets if target]}
