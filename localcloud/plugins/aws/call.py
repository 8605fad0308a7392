"""What a step of an entry has in its hands: the resource's values and the cloud's API."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from localcloud.errors import Trouble
from localcloud.plugins.aws import shapes
from localcloud.plugins.aws.entry import Entry, Function, Properties
from localcloud.plugins.aws.errors import Refused, refusal
from localcloud.plugins.aws.session import Session
from localcloud.plugins.provider import SILENT, Log, pause

URN = "slipway:urn"
GENERATION = "slipway:generation"
"""Tags that every resource carries on the emulator and no program sees; see marks.py."""


@dataclass
class Call:
    """One create, read, update, delete or invoke. `inputs` are known values only."""

    session: Session
    entry: Entry | Function
    inputs: Properties
    kinds: Mapping[str, Any] = field(default_factory=dict)
    """Types of the outputs, for `properties`."""
    old: Properties = field(default_factory=dict)
    """Inputs of the last run; empty at create."""
    state: Properties = field(default_factory=dict)
    """Outputs of the last run; empty at create."""
    id: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    """Ids that the state holds for this URN: a `find` never returns one of them."""
    redo: bool = False
    """Whether every given input counts as changed: for a resource that was adopted or left half-made."""
    log: Log = SILENT
    seconds: float = 120

    @property
    def region(self) -> str:
        """The resource's own region, else the provider's."""
        return str(self.inputs.get("region") or self.state.get("region") or self.session.region)

    @property
    def account(self) -> str:
        """The provider's account."""
        return self.session.account

    @property
    def tags(self) -> dict[str, str]:
        """Every tag to be written: the program's with the provider's defaults, and the hidden marks."""
        written: dict[str, str] = self.inputs.get("tagsAll") or self.inputs.get("tags") or {}
        return {**written, **self.marks}

    def arn(self, resource: str, service: str = "") -> str:
        """Return the ARN `arn:aws:<service>:<region>:<account>:<resource>`; of the entry's service by default."""
        return f"arn:aws:{service or self.entry.service}:{self.region}:{self.account}:{resource}"

    def client(self, service: str = "", account: str = "") -> Any:
        """Return the boto3 client of the entry's service or another, in the resource's region."""
        return self.session.client(service or self.entry.service, self.region, account)

    def api(self, method: str, /, *, of: str = "", account: str = "", **parameters: Any) -> Properties:
        """Call a boto3 method; `Gone` when it finds nothing, `Refused` with AWS's code for any other refusal.

        `of` and `account` are another service and account than the entry's and the provider's.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer: Properties = getattr(self.client(of, account), method)(**parameters)
        except ClientError as error:
            raise refusal(error.operation_name, dict(error.response)) from error
        except BotoCoreError as error:
            raise Refused(method, type(error).__name__, " ".join(str(error).split())) from error
        return answer

    def parameters(
        self,
        method: str,
        take: Sequence[str],
        rename: Mapping[str, str] | None = None,
        service: str = "",
        values: Properties | None = None,
    ) -> Properties:
        """Return the given inputs of `take` as parameters of a boto3 method.

        `rename` is `{"pulumiName": "BotoName"}`. LookupError for an input that the method has no parameter for.
        """
        client = self.client(service)
        shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method]).input_shape
        source = self.inputs if values is None else values
        given = {key: source[key] for key in take if source.get(key) is not None}
        found: Properties = shapes.to_boto(shape, given, rename or {})
        return found

    def properties(self, live: Mapping[str, Any], rename: Mapping[str, str] | None = None) -> Properties:
        """Return boto3's description of the resource under Pulumi's names, as far as it fits the SDK's types."""
        found: Properties = shapes.to_pulumi({"properties": self.kinds}, live, rename or {})
        return found

    def changed(self, *names: str) -> bool:
        """Say whether one of the inputs differs from the last run; every given one does in a `redo`."""
        if self.redo:
            return any(self.inputs.get(name) is not None for name in names)
        return any(self.inputs.get(name) != self.old.get(name) for name in names)

    def mine(self, tags: Any) -> bool:
        """Say whether live tags, in any shape, carry this resource's marks: an interrupted run has made it."""
        live = shapes.pairs(tags)
        return bool(self.marks) and all(live.get(key) == value for key, value in self.marks.items())

    def wait(self, ready: Callable[[], Any], what: str, every: float = 0.2) -> Any:
        """Poll `ready()` until it is true and return that; Trouble after `seconds`, at once on Ctrl-C.

        `what` ends the sentence "waiting for …" in the resource's line.
        """
        end = time.monotonic() + self.seconds
        while not (found := ready()):
            if time.monotonic() > end:
                raise Trouble(f"waited {self.seconds:.0f} s for {what}")
            self.log.status(f"waiting for {what}")
            pause(every)
            every = min(every * 1.3, 2.0)
        return found
