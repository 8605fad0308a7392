"""Tags of everything that RDS makes."""

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Tags


def tags(kind: str, name: str) -> Tags:
    """Return how tags are written for a kind of RDS (`db`, `pg`, `subgrp`) whose name is the property `name`."""

    def owner(call: Call) -> dict[str, str]:
        known = call.inputs.get(name) or call.state.get(name) or call.id
        return {"ResourceName": call.arn(f"{kind}:{known}")}

    return Tags(
        add="add_tags_to_resource",
        remove="remove_tags_from_resource",
        owner=owner,
        list="list_tags_for_resource",
        listed="TagList",
    )
