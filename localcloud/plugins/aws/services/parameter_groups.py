"""Parameters of a parameter group, which RDS and ElastiCache keep and change in the same way."""

from collections.abc import Sequence
from dataclasses import dataclass

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Properties
from localcloud.plugins.aws.steps import pages
from localcloud.plugins.provider import UNKNOWN

DESCRIPTION = "Managed by Pulumi"
"""What the official provider writes where AWS wants a description and the program has none."""
METHODS = ("immediate", "pending-reboot")
_AT_ONCE = 20
"""Parameters that one call may change."""


@dataclass(frozen=True)
class Parameters:
    """The calls of one service. `methods` says whether each parameter tells when it is applied."""

    group: str
    """The member that names the group: `DBParameterGroupName`."""
    describe: str
    modify: str
    reset: str
    member: str
    """The member that holds the parameters of a change."""
    methods: bool = False

    def live(self, call: Call) -> list[Properties]:
        """Return the parameters that differ from AWS's own values, under Pulumi's names."""
        sent = {self.group: call.id, "Source": "user"}
        found = pages(call, self.describe, "Parameters", "Marker", **sent)
        return [self._live(each) for each in found]

    def settle(self, call: Call) -> None:
        """Bring the parameters to the inputs; those that are not the program's any more get AWS's value again."""
        wanted = {each["name"]: self._wanted(each) for each in call.inputs.get("parameters") or ()}
        live = {each["name"]: each for each in self.live(call)}
        for some in _portions([each for name, each in wanted.items() if each != live.get(name)]):
            self._send(call, self.modify, [self._written(each) | {"ParameterValue": each["value"]} for each in some])
        for some in _portions([each for name, each in live.items() if name not in wanted]):
            self._send(call, self.reset, [self._written(each) for each in some])

    def _send(self, call: Call, method: str, parameters: list[Properties]) -> None:
        sent: Properties = {self.group: call.id, self.member: parameters}
        call.api(method, **sent)

    def _live(self, each: Properties) -> Properties:
        found = {"name": each["ParameterName"], "value": each.get("ParameterValue", "")}
        return found | ({"applyMethod": each.get("ApplyMethod", METHODS[0])} if self.methods else {})

    def _wanted(self, each: Properties) -> Properties:
        found = {"name": each["name"], "value": str(each["value"])}
        return found | ({"applyMethod": each.get("applyMethod") or METHODS[0]} if self.methods else {})

    def _written(self, each: Properties) -> Properties:
        return {"ParameterName": each["name"]} | ({"ApplyMethod": each["applyMethod"]} if self.methods else {})


def _portions(parameters: Sequence[Properties]) -> list[Sequence[Properties]]:
    return [parameters[start : start + _AT_ONCE] for start in range(0, len(parameters), _AT_ONCE)]


def once_each(inputs: Properties) -> tuple[str, str] | None:
    """Judge that no parameter is given twice."""
    given = inputs.get("parameters")
    names = [each.get("name") for each in given if isinstance(each, dict)] if isinstance(given, list) else []
    twin = next((name for name in names if name is not UNKNOWN and names.count(name) > 1), None)
    return ("parameters", f"must be given once each, got {twin!r} twice") if twin else None
