"""Groups of subnets, which RDS and ElastiCache keep and change in the same way."""

from collections.abc import Callable
from typing import Any

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Properties
from localcloud.plugins.aws.rules import value
from localcloud.plugins.aws.services.parameter_groups import DESCRIPTION
from localcloud.plugins.aws.steps import Named, Op, Read


def subnet_group(
    service: str,
    kind: str,
    member: str,
    *,
    least: int,
    where: str = "",
    extra: Callable[[Call, Properties], Properties],
    **more: Any,
) -> Entry:
    """Return the entry of a service's groups: `kind` is in its methods (`db`), `member` in its answers.

    A group has at least `least` subnets, `where` says in how many zones; `extra` adds properties to a read.
    """
    rename = {"name": f"{member}Name", "description": f"{member}Description", "arn": f"{member}Arn"}
    named = {f"{member}Name": "$id"}
    changed = ("description", "subnetIds")
    method = f"{kind}_subnet_group"
    return Entry(
        token=f"aws:{service}/subnetGroup:SubnetGroup",
        service=service,
        inputs=("description", "name", "subnetIds"),
        create=Op(
            f"create_{method}",
            {f"{member}Description": DESCRIPTION},
            take=("name", *changed),
            rename=rename,
            pick=f"{member}.{member}Name",
        ),
        read=Read(f"describe_{method}s", named, f"{member}s[0]", rename=rename, extra=_with_subnets(extra)),
        update=Op(f"modify_{method}", named, take=changed, rename=rename, when=changed),
        delete=Op(f"delete_{method}", named),
        find=Named(),
        replace={"name": "a group is known by its name"},
        sets=("subnetIds",),
        rules=(
            value("name", lambda name: name != "default", "must not be default, which is AWS's own"),
            value("subnetIds", lambda ids: len(ids) >= least, f"must be at least {least}{where}"),
        ),
        **more,
    )


def _with_subnets(extra: Callable[[Call, Properties], Properties]) -> Callable[[Call, Properties], Properties]:
    def both(call: Call, live: Properties) -> Properties:
        return {"subnetIds": [each["SubnetIdentifier"] for each in live["Subnets"]], **extra(call, live)}

    return both
