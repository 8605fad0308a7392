"""RDS: what an instance stands on, its subnets and its parameters."""

import re
from typing import Any

from localcloud.errors import Trouble
from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties
from localcloud.plugins.aws.errors import Gone
from localcloud.plugins.aws.rules import value
from localcloud.plugins.aws.services.parameter_groups import DESCRIPTION, METHODS, Parameters, once_each
from localcloud.plugins.aws.services.rds_tags import tags
from localcloud.plugins.aws.steps import Named, Op, Read, settled

_FAMILIES = ("aurora-mysql", "aurora-postgresql", "db2", "mariadb", "mysql", "oracle", "postgres", "sqlserver")
_GROUP = Parameters(
    group="DBParameterGroupName",
    describe="describe_db_parameters",
    modify="modify_db_parameter_group",
    reset="reset_db_parameter_group",
    member="Parameters",
    methods=True,
)
PARTS = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
"""A name that RDS takes: from a letter, with single hyphens between."""


_SUBNETS = {"name": "DBSubnetGroupName", "description": "DBSubnetGroupDescription", "arn": "DBSubnetGroupArn"}
_PARAMETERS = {"name": "DBParameterGroupName", "family": "DBParameterGroupFamily", "arn": "DBParameterGroupArn"}
_MAKE_SUBNETS = Op(
    "create_db_subnet_group",
    {"DBSubnetGroupDescription": DESCRIPTION},
    take=("description", "name", "subnetIds"),
    rename=_SUBNETS,
    tagged=True,
)


def _make_subnets(call: Call) -> str:
    """Make the group; AWS refuses a name that is taken, and the emulator would write over it."""
    name = str(call.inputs["name"])
    try:
        call.api("describe_db_subnet_groups", DBSubnetGroupName=name)
    except Gone:
        _MAKE_SUBNETS(call)
        return name
    raise Trouble(f"a subnet group named {name} exists and is not this stack's", "give another name")


def _of_group(_: Call, live: Properties) -> Properties:
    return {
        "subnetIds": [each["SubnetIdentifier"] for each in live["Subnets"]],
        "supportedNetworkTypes": live.get("SupportedNetworkTypes") or ["IPV4"],
    }


def _family(family: Any) -> bool:
    return bool(re.fullmatch(rf"({'|'.join(_FAMILIES)})[a-z0-9.-]*\d[a-z0-9.-]*", str(family)))


ENTRIES = (
    Entry(
        token="aws:rds/subnetGroup:SubnetGroup",
        service="rds",
        inputs=("description", "name", "subnetIds"),
        name=Name(longest=255, lower=True, pattern=r"[a-z0-9 ._-]+"),
        create=_make_subnets,
        read=Read(
            "describe_db_subnet_groups",
            {"DBSubnetGroupName": "$id"},
            "DBSubnetGroups[0]",
            rename=_SUBNETS,
            extra=_of_group,
        ),
        update=Op(
            "modify_db_subnet_group",
            {"DBSubnetGroupName": "$id"},
            take=("description", "subnetIds"),
            rename=_SUBNETS,
            when=("description", "subnetIds"),
        ),
        delete=Op("delete_db_subnet_group", {"DBSubnetGroupName": "$id"}),
        find=Named(),
        tags=tags("subgrp", "name"),
        replace={"name": "a group is known by its name"},
        sets=("subnetIds",),
        rules=(
            value("name", lambda name: name != "default", "must not be default, which is AWS's own"),
            value("subnetIds", lambda ids: len(ids) >= 2, "must be at least 2, in two zones"),
        ),
        unlike=("subnets of one zone only are taken",),
    ),
    Entry(
        token="aws:rds/parameterGroup:ParameterGroup",
        service="rds",
        cfn="AWS::RDS::DBParameterGroup",
        names={"name": "DBParameterGroupName"},
        inputs=("description", "family", "name", "parameters", "skipDestroy"),
        name=Name(longest=255, lower=True, pattern=PARTS),
        create=Op(
            "create_db_parameter_group",
            {"Description": DESCRIPTION},
            take=("description", "family", "name"),
            rename=_PARAMETERS,
            pick="DBParameterGroup.DBParameterGroupName",
        ),
        settle=_GROUP.settle,
        read=Read(
            "describe_db_parameter_groups",
            {"DBParameterGroupName": "$id"},
            "DBParameterGroups[0]",
            rename=_PARAMETERS,
            extra=lambda call, _: {"parameters": _GROUP.live(call)},
        ),
        update=settled,
        delete=lambda call: (
            None
            if call.inputs.get("skipDestroy")
            else call.api("delete_db_parameter_group", DBParameterGroupName=call.id)
        ),
        find=Named(),
        tags=tags("pg", "name"),
        replace={
            "description": "AWS has no call for it",
            "family": "a group is of one family for life",
            "name": "a group is known by its name",
        },
        defaults={"parameters": []},
        local=("skipDestroy",),
        sets=("parameters",),
        limits={"parameters": {"maxItems": 1000}, "parameters[*].applyMethod": {"enum": list(METHODS)}},
        rules=(
            once_each,
            value("family", _family, "must be a family such as postgres17"),
            value(
                "name", lambda name: not name.startswith("default"), "must not begin with default, which is AWS's own"
            ),
        ),
    ),
)
