"""The aws provider: what the engine asks, answered by the table."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping
from typing import Any

from localcloud import ledger
from localcloud.errors import Trouble
from localcloud.ledger import BEGUN, HALF_MADE, Made
from localcloud.plugins.aws import checking, drift, marks, schema, shapes, steps, table
from localcloud.plugins.aws.call import GENERATION, Call
from localcloud.plugins.aws.entry import Entry, Properties
from localcloud.plugins.aws.errors import Gone, Refused
from localcloud.plugins.aws.known import Known
from localcloud.plugins.aws.session import Session, configured
from localcloud.plugins.provider import (
    UNKNOWN,
    Check,
    Checked,
    Create,
    Created,
    Delete,
    Diff,
    DiffRequest,
    InitFailed,
    Read,
    Request,
    Secret,
    Update,
    pause,
)


class Provider:
    """Resources and functions of the table, on the cloud that AWS_ENDPOINT_URL names; loopback only."""

    name = "aws"
    version = "7.51.1"
    secret_settings = frozenset({"accessKey", "secretKey", "token"})

    def __init__(self) -> None:
        self._session: Session | None = None
        self._known = Known()

    @property
    def session(self) -> Session:
        """The configured session."""
        if self._session is None:
            raise Trouble("the aws provider was asked before it was configured")
        return self._session

    def configure(self, settings: Properties) -> None:
        """Take the provider's settings; Trouble for an endpoint that is not loopback or a setting unknown here."""
        self._session = configured(settings)

    def check(self, request: Check) -> Checked:
        """Refuse what AWS or the table would refuse; fill in name and tags."""
        entry = self._entry(request)
        before = self._known.check(request.urn, request.old_inputs)
        taken = str(before.get(entry.name.property, "")) if entry.name and not request.old_inputs else ""
        return checking.check(entry, request, self.session.default_tags, taken)

    def diff(self, request: DiffRequest) -> Diff:
        """Compare inputs with inputs; the cloud is not asked."""
        self._known.add(request.urn, request.id)
        return checking.diff(self._entry(request), request, self.session.region)

    def create(self, request: Create) -> Created:
        """Make the resource or take over what a killed run has made; InitFailed keeps a half-made one."""
        entry = self._entry(request)
        if request.preview:
            return Created("", self._secret(entry, self._unknown_yet(entry, request.inputs)))
        call = self._call(entry, request, request.inputs, timeout=request.timeout)
        generation = checking.generation(entry, request.inputs)
        begun = Made(request.urn, BEGUN, generation, checking.kept(entry, request.inputs))
        ledger.current().take_room()
        found = self._left(entry, call, request.urn)
        adopted = found is not None
        if not adopted and (entry.find or entry.id_of):
            ledger.current().made(begun)
        call.id = found if found is not None else str(self._make(entry, call))
        self._known.add(request.urn, call.id)
        ledger.current().made(dataclasses.replace(begun, id=call.id))
        try:
            if adopted:
                self._change(entry, call)
            elif entry.tags and entry.tags.after:
                self._write_tags(entry, call)
            if entry.settle:
                entry.settle(call)
            outputs = self._outputs(entry, call)
        except Exception as error:
            kept = {name: value for name, value in request.inputs.items() if not name.startswith("__")}
            kept[HALF_MADE] = generation
            raise InitFailed(call.id, kept, request.inputs, [_sentence(error)]) from error
        return Created(call.id, outputs)

    def read(self, request: Read) -> Created | None:
        """Return the live resource, with what the program would have to say to get it; InitFailed: it does not work."""
        entry = self._entry(request)
        known = request.id if request.id != BEGUN else self._sought(entry, request)
        if known is None:
            return None
        self._known.add(request.urn, known, stands=False)
        call = self._call(entry, request, request.inputs, state=request.old_outputs, id=known)
        live = self._live(entry, call)
        if live is None:
            return None
        given = {**request.inputs}
        inputs = drift.inputs(entry, given, live)
        half_made = {key: each for key, each in request.old_outputs.items() if key == HALF_MADE}
        if half_made:
            inputs = self._secret(entry, drift.inputs(entry, {}, live)) | inputs
        if entry.tags:
            inputs |= drift.tags(live.pop("__tags"), given, self.session.default_tags)
        outputs = self._secret(entry, self._fit(entry, drift.outputs(entry, given, {**live, **_tags_of(inputs)})))
        outputs |= half_made
        if entry.broken and (reason := entry.broken(call)):
            raise InitFailed(known, {**outputs, HALF_MADE: True}, inputs, [reason])
        return Created(known, outputs, inputs)

    def update(self, request: Update) -> Properties:
        """Change the resource; with equal old and new inputs every step after the create call is redone."""
        entry = self._entry(request)
        self._known.add(request.urn, request.id)
        if request.preview:
            news = {key: value for key, value in request.inputs.items() if not key.startswith("__")}
            return self._secret(entry, {**request.old_outputs, **news})
        call = self._call(entry, request, request.inputs, request.old_outputs, request.id, request.timeout)
        call.old = request.old_inputs
        call.redo = request.old_inputs == request.inputs or bool(request.old_outputs.get(HALF_MADE))
        self._change(entry, call)
        if entry.settle:
            entry.settle(call)
        return self._outputs(entry, call)

    def delete(self, request: Delete) -> None:
        """End the resource; while something still hangs on it, try again until the time is up."""
        if self._known.is_taken(request.urn, request.id):
            return  # it was left to be deleted, and is wanted again
        entry = self._entry(request)
        call = self._call(entry, request, request.old_inputs, request.old_outputs, request.id, request.timeout)
        end, every = time.monotonic() + call.seconds, 0.2
        while True:
            try:
                entry.delete(call)
                return
            except Gone:
                return
            except Refused as error:
                if not error.is_busy or time.monotonic() > end:
                    raise
                call.log.status(f"waiting, as AWS says: {error.message or error.code}")
            pause(every)
            every = min(every * 1.5, 3.0)

    def invoke(self, token: str, arguments: Properties) -> Properties:
        """Answer a function of the table; its secret results are marked."""
        function = table.functions().get(token)
        if function is None:
            raise Trouble(f"{token} is not in the embedded cloud's table of functions", "add it to plugins/aws")
        given = {key: value for key, value in arguments.items() if value is not None}
        for name in given:
            if name not in (*function.inputs, "region"):
                raise Trouble(f"{token}: the argument {name} is not in the embedded cloud's table")
        described = schema.function(token)
        call = Call(self.session, function, given, kinds=described["outputs"])
        found = {"id": call.region, "region": call.region, **given, **function.run(call)}
        fitted: Properties = shapes.fit({"properties": described["outputs"]}, found)
        return {key: Secret(each) if key in function.secret else each for key, each in fitted.items()}

    def _entry(self, request: Request) -> Entry:
        entry = table.entries().get(request.type)
        if entry is None:
            raise Trouble(
                f"{request.type} is not in the embedded cloud's table of resource types",
                "use a type of docs/parity.md, or add an entry to localcloud/plugins/aws/services",
            )
        return entry

    def _call(
        self,
        entry: Entry,
        request: Request,
        inputs: Properties,
        state: Properties | None = None,
        id: str = "",  # noqa: A002 - the word of the protocol
        timeout: float = 0,
    ) -> Call:
        """Return what an entry's step is given."""
        return Call(
            self.session,
            entry,
            inputs,
            kinds=schema.resource(entry.token)["outputs"],
            state=state or {},
            id=id,
            marks=marks.marks(entry, request.urn, inputs, checking.replacing(entry)) if entry.tags else {},
            known=self._known.ids(request.urn),
            log=getattr(request, "log"),  # noqa: B009 - not every request has one
            seconds=timeout or entry.seconds,
        )

    def _left(self, entry: Entry, call: Call, urn: str) -> str | None:
        """Return the id of what an earlier run has made for just these inputs, which a create takes over.

        The state does not have it, or has it as left to be deleted: the program is again what it was before a
        replacement that did not come to its end. That is told by marks alone, not by names.
        """
        if not entry.find or self._known.is_replaced_blindly(urn):
            return None
        look, standing = entry.find, self._known.standing(urn)
        found = _or_none(lambda: look(call))
        if found is None and entry.tags and call.known - standing:
            call.known = standing
            found = _or_none(lambda: look(call))
        if found is None or str(found) in call.known:
            return None
        self._known.take(urn, str(found))
        return str(found)

    def _sought(self, entry: Entry, request: Read) -> str | None:
        """Return the id of what a create was begun for, found as a create finds it; nothing when it came to nothing."""
        call = self._call(entry, request, request.inputs, state=request.old_outputs)
        call.known = frozenset()
        if call.marks:
            call.marks = {**call.marks, GENERATION: str(request.old_outputs[HALF_MADE])}
        look = entry.find or entry.id_of
        found = _or_none(lambda: look(call)) if look else None
        return None if found is None else str(found)

    def _make(self, entry: Entry, call: Call) -> Any:
        """Run the create step, with the tags in the same call where the service can."""
        if isinstance(entry.create, steps.Op):
            method, pick = entry.create.method, entry.create.pick
            tagged = steps.Op(method, entry.create.params, entry.create.take, entry.create.rename, pick, tagged=True)
            return tagged(call)
        return entry.create(call)

    def _change(self, entry: Entry, call: Call) -> None:
        """Bring an existing resource to its inputs."""
        call.redo = call.redo or not call.old
        if entry.tags:
            self._write_tags(entry, call)
        if entry.update:
            entry.update(call)

    def _write_tags(self, entry: Entry, call: Call) -> None:
        """Write what differs between the tags of the last run and those wanted; marks stay."""
        if entry.tags is None:
            return
        wanted = call.tags
        if entry.tags.write:
            if call.redo or wanted != {**call.old.get("tagsAll", {}), **call.marks}:
                entry.tags.write(call, wanted)
            return
        before = {**call.old.get("tagsAll", {}), **call.marks} if not call.redo and call.old else {}
        gone = sorted(set(before) - set(wanted))
        if gone:
            keys: Any = [{entry.tags.key: key} for key in gone] if entry.tags.remove_pairs else gone
            call.api(entry.tags.remove, **entry.tags.owner(call), **{entry.tags.keys: keys})
        added = {key: value for key, value in wanted.items() if before.get(key) != value}
        if added:
            pairs = steps.tag_pairs(call, added)
            call.api(entry.tags.add, **entry.tags.owner(call), **{entry.tags.member: pairs})

    def _live(self, entry: Entry, call: Call) -> Properties | None:
        """Return the live properties with the visible tags under `__tags`, or None when it is gone."""
        try:
            live: Properties | None = entry.read(call)
            if live is None:
                return None
            if entry.tags:
                live["__tags"] = marks.without(steps.live_tags(call, live))
                live = {key: each for key, each in live.items() if key not in ("tags", "tagsAll")}
        except Gone:
            return None
        live.setdefault("region", call.region)
        return live

    def _outputs(self, entry: Entry, call: Call) -> Properties:
        """Return the outputs of a resource that was just made or changed."""
        live = self._live(entry, call)
        if live is None:
            raise Trouble(f"{entry.token} {call.id} was made and cannot be found")
        if entry.tags:
            live |= _tags_of(drift.tags(live.pop("__tags"), call.inputs, self.session.default_tags))
        return self._secret(entry, self._fit(entry, drift.outputs(entry, call.inputs, live)))

    def _fit(self, entry: Entry, outputs: Properties) -> Properties:
        """Drop what the SDK's types would not take."""
        fitted: Properties = shapes.fit({"properties": schema.resource(entry.token)["outputs"]}, outputs)
        return fitted

    def _unknown_yet(self, entry: Entry, inputs: Properties) -> Properties:
        """Return a preview's outputs: given inputs, and unknown for all the rest."""
        kinds: Mapping[str, Any] = schema.resource(entry.token)["outputs"]
        known = {"region": self.session.region, **inputs}
        return {name: known.get(name, UNKNOWN) for name in kinds}

    def _secret(self, entry: Entry, outputs: Properties) -> Properties:
        return {key: Secret(each) if key in entry.secret else each for key, each in outputs.items()}


def _tags_of(properties: Properties) -> Properties:
    return {key: properties[key] for key in ("tags", "tagsAll") if key in properties}


def _or_none(look: Callable[[], Any]) -> Any:
    """Return what a look finds; what does not exist is None."""
    try:
        return look()
    except Gone:
        return None


def _sentence(error: Exception) -> str:
    """Return one line for a person."""
    return str(error) if isinstance(error, Trouble) else f"{type(error).__name__}: {error}"
