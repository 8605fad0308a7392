"""Tags of everything that EC2 makes."""

from localcloud.plugins.aws.entry import Tags


def tags(kind: str, *, after: bool = False) -> Tags:
    """Return how tags are written for a resource type of EC2: `vpc`, `natgateway`, `security-group-rule`.

    `after`: the resource is there already, so they are written by a call of their own.
    """
    return Tags(
        add="create_tags",
        remove="delete_tags",
        owner=lambda call: {"Resources": [call.id]},
        keys="Tags",
        remove_pairs=True,
        create=lambda call, pairs: {"TagSpecifications": [{"ResourceType": kind, "Tags": pairs}]},
        after=after,
    )
