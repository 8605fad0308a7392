"""RDS: what an instance stands on, its subnets and its parameters."""

import re
from typing import Any

from localcloud.plugins.aws.entry import Entry, Name
from localcloud.plugins.aws.rules import value
from localcloud.plugins.aws.services.parameter_groups import DESCRIPTION, METHODS, Parameters, once_each
from localcloud.plugins.aws.services.rds_tags import tags
from localcloud.plugins.aws.services.subnet_groups import subnet_group
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


_PARAMETERS = {"name": "DBParameterGroupName", "family": "DBParameterGroupFamily", "arn": "DBParameterGroupArn"}


def _family(family: Any) -> bool:
    return bool(re.fullmatch(rf"({'|'.join(_FAMILIES)})[a-z0-9.-]*\d[a-z0-9.-]*", str(family)))


ENTRIES = (
    subnet_group(
        "rds",
        "db",
        "DBSubnetGroup",
        least=2,
        where=", in two zones",
        extra=lambda _, live: {"supportedNetworkTypes": live.get("SupportedNetworkTypes") or ["IPV4"]},
        name=Name(longest=255, lower=True, pattern=r"[a-z0-9 ._-]+"),
        tags=tags("subgrp", "name"),
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
