"""RDS: proxies that share the connections of a database."""

from typing import Any

from localcloud.errors import Trouble
from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties, Tags
from localcloud.plugins.aws.errors import Gone
from localcloud.plugins.aws.rules import ARN, given
from localcloud.plugins.aws.steps import Named, Patch, tag_parameters

_ENGINES = ["MYSQL", "POSTGRESQL", "SQLSERVER"]
_AUTH = "auths"
_POOL = "connectionPoolConfig"
_RENAME = {
    "name": "DBProxyName",
    "auths.iamAuth": "IAMAuth",
    "auths.username": "UserName",
    "requireTls": "RequireTLS",
    "arn": "DBProxyArn",
}
_PROXY = {
    _AUTH: [],
    "debugLogging": False,
    "idleClientTimeout": 1800,
    "requireTls": False,
    "roleArn": None,
    "vpcSecurityGroupIds": [],
}
_GROUP, _KIND = "default", "RDS_INSTANCE"
_SETTINGS = {
    "ConnectionBorrowTimeout": 120,
    "MaxConnectionsPercent": 100,
    "MaxIdleConnectionsPercent": 50,
    "SessionPinningFilters": [],
    "InitQuery": "",
}


def _create(call: Call) -> str:
    names = ("engineFamily", "name", "vpcSubnetIds", *_PROXY)
    sent = call.parameters("create_db_proxy", names, _RENAME)
    call.api("create_db_proxy", **sent, **tag_parameters(call))
    return str(call.inputs["name"])


def _proxy(call: Call, name: str = "") -> Properties:
    found: list[Properties] = call.api("describe_db_proxies", DBProxyName=name or call.id)["DBProxies"]
    if not found:
        raise Gone("DescribeDBProxies", "DBProxyNotFoundFault", name or call.id)
    return found[0]


def _is_ready(call: Call) -> bool:
    live = _proxy(call)
    if live["Status"] in ("incompatible-network", "insufficient-resource-limits"):
        raise Trouble(f"the proxy {call.id} does not work: {live['Status']}")
    return bool(live["Status"] == "available")


def _is_gone(call: Call) -> bool:
    try:
        _proxy(call)
    except Gone:
        return True
    return False


def _delete(call: Call) -> None:
    call.api("delete_db_proxy", DBProxyName=call.id)
    call.wait(lambda: _is_gone(call), f"the proxy {call.id} to be deleted", 0.5)


def _group(call: Call) -> Properties:
    answer = call.api("describe_db_proxy_target_groups", DBProxyName=call.id, TargetGroupName=_GROUP)["TargetGroups"]
    live: Properties = answer[0]
    return live


def _put_group(call: Call) -> str:
    """Write the settings of the group that every proxy has; what is not given is as AWS makes it."""
    given = call.inputs.get(_POOL) or {}
    sent = call.parameters("modify_db_proxy_target_group", (_POOL,), values={_POOL: given}).get("ConnectionPoolConfig")
    name = str(call.inputs["dbProxyName"])
    settings = {**_SETTINGS, **(sent or {})}
    call.api("modify_db_proxy_target_group", DBProxyName=name, TargetGroupName=_GROUP, ConnectionPoolConfig=settings)
    return name


def _read_group(call: Call) -> Properties:
    live = _group(call)
    found = call.properties(live)
    return {**found, "arn": live["TargetGroupArn"], "dbProxyName": call.id, "name": live["TargetGroupName"]}


def _register(call: Call) -> str:
    inputs = call.inputs
    call.api("register_db_proxy_targets", **_target(inputs))
    return _id(inputs)


def _target(inputs: Properties) -> Properties:
    return {
        "DBProxyName": inputs["dbProxyName"],
        "TargetGroupName": inputs["targetGroupName"],
        "DBInstanceIdentifiers": [inputs["dbInstanceIdentifier"]],
    }


def _id(inputs: Properties) -> str:
    return "/".join((inputs["dbProxyName"], inputs["targetGroupName"], _KIND, str(inputs["dbInstanceIdentifier"])))


def _read_target(call: Call) -> Properties | None:
    proxy, group, kind, database = call.id.split("/", 3)
    answer = call.api("describe_db_proxy_targets", DBProxyName=proxy, TargetGroupName=group)["Targets"]
    live = next((each for each in answer if each["Type"] == kind and each["RdsResourceId"] == database), None)
    if live is None:
        return None
    own = {"dbInstanceIdentifier": database, "dbProxyName": proxy, "targetGroupName": group}
    return {**call.properties(live), **own}


def _find_target(call: Call) -> str | None:
    """Return the proxy's target for that database: targets have no tags."""
    call.id = _id(call.inputs)
    try:
        return call.id if _read_target(call) else None
    finally:
        call.id = ""


def _deregister(call: Call) -> None:
    proxy, group, _, database = call.id.split("/", 3)
    call.api("deregister_db_proxy_targets", DBProxyName=proxy, TargetGroupName=group, DBInstanceIdentifiers=[database])


_NAME = r"[a-zA-Z](?!.*--)[a-zA-Z0-9-]*(?<!-)"
_ONE: dict[str, Any] = {"dbProxyName": "it belongs to one proxy"}

ENTRIES = (
    Entry(
        token="aws:rds/proxy:Proxy",
        service="rds",
        inputs=("engineFamily", "name", "vpcSubnetIds", *_PROXY),
        name=Name(longest=62, pattern=_NAME),
        create=_create,
        settle=lambda call: call.wait(lambda: _is_ready(call), f"the proxy {call.id}", 0.5),
        read=lambda call: call.properties(_proxy(call), _RENAME),
        update=Patch(
            "modify_db_proxy", {"DBProxyName": "$id"}, _PROXY, {**_RENAME, "vpcSecurityGroupIds": "SecurityGroups"}
        ),
        delete=_delete,
        find=Named(),
        tags=Tags(
            add="add_tags_to_resource",
            remove="remove_tags_from_resource",
            owner=lambda call: {"ResourceName": _proxy(call)["DBProxyArn"]},
            list="list_tags_for_resource",
            listed="TagList",
        ),
        replace={
            "engineFamily": "a proxy speaks one protocol",
            "name": "a proxy is known by its name",
            "vpcSubnetIds": "a proxy stays where it is",
        },
        defaults={name: default for name, default in _PROXY.items() if name not in ("roleArn", "vpcSecurityGroupIds")},
        sets=(_AUTH, "vpcSecurityGroupIds", "vpcSubnetIds"),
        limits={
            f"{_AUTH}[*].authScheme": {"enum": ["SECRETS"]},
            f"{_AUTH}[*].iamAuth": {"enum": ["DISABLED", "ENABLED", "REQUIRED"]},
            f"{_AUTH}[*].secretArn": {"pattern": r"^arn:aws:secretsmanager:[a-z0-9-]+:\d{12}:secret:.+"},
            "engineFamily": {"enum": _ENGINES},
            "idleClientTimeout": {"minimum": 1, "maximum": 28800},
            "roleArn": ARN,
            "vpcSubnetIds": {"minItems": 2},
        },
        unlike=("kept and given back: nothing listens at its endpoint",),
        seconds=900,
    ),
    Entry(
        token="aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup",
        service="rds",
        inputs=(_POOL, "dbProxyName"),
        create=_put_group,
        read=_read_group,
        update=_put_group,
        delete=lambda call: None,
        replace=_ONE,
        sets=(f"{_POOL}.sessionPinningFilters",),
        limits={
            f"{_POOL}.connectionBorrowTimeout": {"minimum": 0, "maximum": 3600},
            f"{_POOL}.maxConnectionsPercent": {"minimum": 1, "maximum": 100},
            f"{_POOL}.maxIdleConnectionsPercent": {"minimum": 0, "maximum": 100},
            f"{_POOL}.sessionPinningFilters[*]": {"enum": ["EXCLUDE_VARIABLE_SETS"]},
        },
        unlike=("kept and given back",),
    ),
    Entry(
        token="aws:rds/proxyTarget:ProxyTarget",
        service="rds",
        inputs=("dbInstanceIdentifier", "dbProxyName", "targetGroupName"),
        create=_register,
        read=_read_target,
        delete=_deregister,
        find=_find_target,
        rules=(
            lambda inputs: (
                None if given(inputs, "dbInstanceIdentifier") else ("dbInstanceIdentifier", "is required here")
            ),
        ),
        unlike=("kept and given back",),
    ),
)
