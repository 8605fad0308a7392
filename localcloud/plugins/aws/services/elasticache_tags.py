"""Tags of everything that ElastiCache makes, and waiting until it may be touched."""

from collections.abc import Callable

from localcloud.errors import Trouble
from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Properties, Tags
from localcloud.plugins.aws.errors import Gone


def tags(kind: str) -> Tags:
    """Return how tags are written for a kind of ElastiCache (`user`, `replicationgroup`…), whose id is its name."""
    return Tags(
        add="add_tags_to_resource",
        remove="remove_tags_from_resource",
        owner=lambda call: {"ResourceName": call.arn(f"{kind}:{call.id}")},
        list="list_tags_for_resource",
        listed="TagList",
    )


def until(call: Call, look: Callable[[], Properties | None], ready: str, what: str) -> Properties:
    """Wait until what `look` describes has the status `ready`, and return it; Trouble when it has failed or is gone."""

    def is_ready() -> Properties | None:
        live = look()
        if live is None:
            raise Trouble(f"{what} is gone")
        if "failed" in live["Status"]:
            raise Trouble(f"{what} is {live['Status']}", "see its events in ElastiCache, then mend it")
        return live if live["Status"] == ready else None

    found: Properties = call.wait(is_ready, what, 0.5)
    return found


def gone(call: Call, look: Callable[[], Properties | None], what: str) -> None:
    """Wait until what `look` describes is there no more."""

    def is_gone() -> bool:
        try:
            return look() is None
        except Gone:
            return True

    call.wait(is_gone, f"the end of {what}", 0.5)
