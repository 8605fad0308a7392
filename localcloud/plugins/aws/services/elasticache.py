"""ElastiCache: what a cache stands on, its subnets and its parameters."""

import re

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties
from localcloud.plugins.aws.rules import value
from localcloud.plugins.aws.services.elasticache_tags import tags
from localcloud.plugins.aws.services.parameter_groups import DESCRIPTION, Parameters, once_each
from localcloud.plugins.aws.services.subnet_groups import subnet_group
from localcloud.plugins.aws.steps import Named, Op, Read, settled

_PARAMETERS = {"name": "CacheParameterGroupName", "family": "CacheParameterGroupFamily"}
_GROUP = Parameters(
    group="CacheParameterGroupName",
    describe="describe_cache_parameters",
    modify="modify_cache_parameter_group",
    reset="reset_cache_parameter_group",
    member="ParameterNameValues",
)
PARTS = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
"""A name that ElastiCache takes: from a letter, with single hyphens between."""


def _of_parameters(call: Call, _: Properties) -> Properties:
    return {"parameters": _GROUP.live(call), "arn": call.arn(f"parametergroup:{call.id}")}


ENTRIES = (
    subnet_group(
        "elasticache",
        "cache",
        "CacheSubnetGroup",
        least=1,
        extra=lambda call, _: {"arn": call.arn(f"subnetgroup:{call.id}")},
        name=Name(longest=255, lower=True, pattern=r"[a-z0-9-]+"),
        tags=tags("subnetgroup"),
    ),
    Entry(
        token="aws:elasticache/parameterGroup:ParameterGroup",
        service="elasticache",
        inputs=("description", "family", "name", "parameters"),
        name=Name(longest=255, lower=True, pattern=PARTS),
        create=Op(
            "create_cache_parameter_group",
            {"Description": DESCRIPTION},
            take=("description", "family", "name"),
            rename=_PARAMETERS,
            pick="CacheParameterGroup.CacheParameterGroupName",
        ),
        settle=_GROUP.settle,
        read=Read(
            "describe_cache_parameter_groups",
            {"CacheParameterGroupName": "$id"},
            "CacheParameterGroups[0]",
            rename=_PARAMETERS,
            extra=_of_parameters,
        ),
        update=settled,
        delete=Op("delete_cache_parameter_group", {"CacheParameterGroupName": "$id"}),
        find=Named(),
        tags=tags("parametergroup"),
        replace={
            "description": "AWS has no call for it",
            "family": "a group is of one family for life",
            "name": "a group is known by its name",
        },
        defaults={"parameters": []},
        sets=("parameters",),
        rules=(
            once_each,
            value(
                "family",
                lambda family: bool(re.fullmatch(r"(redis|valkey|memcached)\d[0-9.x]*", family)),
                "must be a family such as valkey8",
            ),
            value(
                "name", lambda name: not name.startswith("default"), "must not begin with default, which is AWS's own"
            ),
        ),
    ),
)
