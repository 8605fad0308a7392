"""A pretended service for tests of the provider's generic part: cages, with names, tags and a key."""

from dataclasses import dataclass, field
from typing import Any

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.errors import Gone
from localcloud.plugins.aws.provider import Provider
from localcloud.plugins.provider import Check, Create

TOKEN = "aws:zoo/cage:Cage"
MADE = f"urn:pulumi:dev::slipway::{TOKEN}::lion"
KINDS = {
    "name": "string",
    "size": "integer",
    "place": "string",
    "rules": "string",
    "key": "string",
    "region": "string",
    "tags": {"*": "string"},
    "tagsAll": {"*": "string"},
}


@dataclass
class Zoo:
    """A service with cages, each with tags; `troubles` are raised by the next calls of a step."""

    cages: dict[str, dict[str, Any]] = field(default_factory=dict)
    troubles: dict[str, list[Exception]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def step(self, name: str) -> None:
        self.calls.append(name)
        if self.troubles.get(name):
            raise self.troubles[name].pop(0)

    def create(self, call: Call) -> str:
        self.step("create")
        made = f"cage-{len(self.cages) + 1}"
        kept = {key: call.inputs[key] for key in ("name", "place", "rules") if key in call.inputs}
        self.cages[made] = {**kept, "key": "k", "tags": call.tags}
        return made

    def find(self, call: Call) -> str | None:
        found = [name for name, cage in self.cages.items() if name not in call.known and call.mine(cage["tags"])]
        return found[0] if found else None

    def settle(self, call: Call) -> None:
        self.step("settle")
        if call.changed("size"):
            self.cages[call.id]["size"] = call.inputs.get("size")

    def broken(self, call: Call) -> str | None:
        return str(self.cages[call.id]["hole"]) if "hole" in self.cages[call.id] else None

    def update(self, call: Call) -> None:
        self.step("update")
        self.cages[call.id].pop("hole", None)

    def read(self, call: Call) -> dict[str, Any] | None:
        if call.id not in self.cages:
            raise Gone("DescribeCage", "CageNotFound", call.id)
        return dict(self.cages[call.id])

    def delete(self, call: Call) -> None:
        self.step("delete")
        if self.cages.pop(call.id, None) is None:
            raise Gone("DeleteCage", "CageNotFound", call.id)

    def tag(self, call: Call, tags: dict[str, str]) -> None:
        self.cages[call.id]["tags"] = tags


def check_cage(provider: Provider, old: dict[str, Any] | None = None, **inputs: Any) -> dict[str, Any]:
    answer = provider.check(Check(MADE, TOKEN, {"place": "north", **inputs}, old or {}))
    assert answer.failures == []
    return answer.inputs


def make_cage(provider: Provider, **inputs: Any) -> tuple[str, dict[str, Any], dict[str, Any]]:
    inputs = check_cage(provider, **inputs)
    created = provider.create(Create(MADE, TOKEN, inputs))
    return created.id, inputs, created.outputs
