"""A provider whose resources are JSON files in a folder: `toy:index:Thing`."""

import json
import os
import uuid
from pathlib import Path
from typing import Any

from localcloud.errors import Trouble
from localcloud.plugins import differ
from localcloud.plugins.provider import (
    UNKNOWN,
    Check,
    Checked,
    Create,
    Created,
    Delete,
    Diff,
    DiffRequest,
    Failure,
    InitFailed,
    Properties,
    Read,
    Secret,
    Update,
    pause,
)
from localcloud.plugins.server import serve

KNOWN = {"name", "size", "labels", "password", "broken", "slow"}


class Toy:
    name = "toy"
    version = "0.1.0"
    secret_settings: frozenset[str] = frozenset()

    def __init__(self) -> None:
        self.folder = Path()
        self.settings: Properties = {}

    def configure(self, settings: Properties) -> None:
        self.settings = settings
        self.folder = Path(settings["folder"])

    def check(self, request: Check) -> Checked:
        inputs = dict(request.inputs)
        failures = [Failure(key, "is not known") for key in sorted(inputs.keys() - KNOWN)]
        if "name" not in inputs:
            proposed = request.autonaming.proposed_name if request.autonaming else f"{request.name}-made-up"
            inputs["name"] = request.old_inputs.get("name") or proposed
        return Checked(inputs, failures)

    def diff(self, request: DiffRequest) -> Diff:
        return Diff(differ.diff(request.old_inputs, request.inputs, replace={"name"}))

    def create(self, request: Create) -> Created:
        if request.preview:
            return Created("", {**request.inputs, "serial": UNKNOWN})
        request.log.status("making the file")
        if request.inputs.get("slow"):
            (self.folder / "waiting").touch()
            pause(600)
        identity = request.inputs["name"]
        outputs = {**request.inputs, "serial": uuid.uuid4().hex, "token": Secret("token-of-the-thing")}
        self._write(identity, request.inputs, outputs["serial"])
        if request.inputs.get("broken"):
            raise InitFailed(identity, outputs, request.inputs, ["it does not start"])
        return Created(identity, outputs)

    def read(self, request: Read) -> Created | None:
        path = self.folder / f"{request.id}.json"
        if not path.exists():
            return None
        live: dict[str, Any] = json.loads(path.read_text())
        outputs = {**live["inputs"], "serial": live["serial"], "token": Secret("token-of-the-thing")}
        return Created(request.id, outputs, live["inputs"])

    def update(self, request: Update) -> Properties:
        if request.preview:
            return {**request.old_outputs, **request.inputs}
        if request.inputs.get("size") == 13:
            raise Trouble("size 13 is sold out", "take 12")
        self._write(request.id, request.inputs, request.old_outputs["serial"])
        return {**request.old_outputs, **request.inputs}

    def delete(self, request: Delete) -> None:
        (self.folder / f"{request.id}.json").unlink(missing_ok=True)

    def invoke(self, token: str, arguments: Properties) -> Properties:
        if token != "toy:index:settings":
            raise KeyError(token)
        return {"settings": self.settings, "arguments": arguments, "pid": os.getpid(), "key": Secret("hidden")}

    def _write(self, identity: str, inputs: Properties, serial: str) -> None:
        (self.folder / f"{identity}.json").write_text(json.dumps({"inputs": inputs, "serial": serial}))


if __name__ == "__main__":
    serve(Toy())
