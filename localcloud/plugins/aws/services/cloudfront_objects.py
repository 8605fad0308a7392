"""CloudFront: objects that distributions share, each read with an ETag that its change and its end must name.

They have no tags and are known by their names.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties
from localcloud.plugins.aws.steps import pages


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of object: how its methods and members are called."""

    noun: str
    """As in methods: `cache_policy`."""
    member: str
    """As in answers: `CachePolicy`; its settings are in `<member>Config`."""
    nouns: str = ""
    """Several of them, as in the method that lists them."""
    custom: bool = False
    """Whether AWS has ones of its own, which the list must leave out."""
    listed: str = "Items[].[Id, Name]"
    """jmespath of ids and names in the list."""
    base: Mapping[str, Any] = field(default_factory=dict)
    """Settings that AWS wants whether the program gives them or not."""
    once: Callable[[Call], Properties] = lambda call: {}
    """Settings that the program does not know."""
    arn: str = ""
    """What the resource's part of the ARN begins with; empty: it has no output of that name."""

    @property
    def config(self) -> str:
        """The member that holds the settings."""
        return f"{self.member}Config"


def _settings(kind: Kind, call: Call) -> Properties:
    """Return the parameter that carries an object's settings, all of them."""
    given = {name: call.inputs[name] for name in _own(call) if call.inputs.get(name) is not None}
    sent = call.parameters(f"create_{kind.noun}", ("settings",), {"settings": kind.config}, values={"settings": given})
    return {kind.config: {**kind.base, **kind.once(call), **sent[kind.config]}}


def _own(call: Call) -> Sequence[str]:
    return call.entry.inputs


def _create(kind: Kind) -> Callable[[Call], str]:
    def create(call: Call) -> str:
        return str(call.api(f"create_{kind.noun}", **_settings(kind, call))[kind.member]["Id"])

    return create


def _etag(kind: Kind, call: Call) -> str:
    """Return the mark of what is there now: a change names what it changes."""
    return str(call.api(f"get_{kind.noun}", Id=call.id)["ETag"])


def _update(kind: Kind) -> Callable[[Call], None]:
    def update(call: Call) -> None:
        call.api(f"update_{kind.noun}", Id=call.id, IfMatch=_etag(kind, call), **_settings(kind, call))

    return update


def _read(kind: Kind) -> Callable[[Call], Properties]:
    def read(call: Call) -> Properties:
        answer = call.api(f"get_{kind.noun}", Id=call.id)
        live = answer[kind.member][kind.config]
        found = {**call.properties(live), "etag": answer["ETag"]}
        if kind.arn:
            found["arn"] = f"arn:aws:cloudfront::{call.account}:{kind.arn}/{call.id}"
        return found

    return read


def _find(kind: Kind) -> Callable[[Call], str | None]:
    """Return the step that finds an object by its name, of which an account has one: they have no tags."""

    def find(call: Call) -> str | None:
        place, method = f"{kind.member}List", f"list_{kind.nouns or kind.noun + 's'}"
        own: Properties = {"Type": "custom"} if kind.custom else {}
        found = pages(call, method, f"{place}.{kind.listed}", "Marker", f"{place}.NextMarker", **own)
        return next((str(one) for one, name in found if name == call.inputs["name"]), None)

    return find


def entry(kind: Kind, token: str, inputs: Sequence[str], **more: Any) -> Entry:
    """Return the entry of a kind of object: `token` is its name in the SDK, `more` what else the entry says."""
    return Entry(
        token=f"aws:cloudfront/{token[0].lower()}{token[1:]}:{token}",
        service="cloudfront",
        inputs=inputs,
        name=Name(longest=128, pattern=r"[A-Za-z0-9_-]+"),
        create=_create(kind),
        read=_read(kind),
        update=_update(kind),
        delete=lambda call: call.api(f"delete_{kind.noun}", Id=call.id, IfMatch=_etag(kind, call)),
        find=_find(kind),
        sought=("name",),
        **more,
    )
