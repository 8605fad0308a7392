"""One stack, driven through Pulumi's Automation API.

Apart from `stacks`, because importing that API takes half a second, which commands that only read a state save.
"""

import datetime
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pulumi.automation import LocalWorkspace, OutputMap, Stack, UpdateSummary
from pulumi.automation._stack import StackInitMode
from pulumi.automation.errors import CommandError

from localcloud import engine, home
from localcloud.errors import Trouble
from pipelines import behind, command, imports, recovery, stacks
from pipelines.machine import Machine
from pipelines.run import Run

Say = Callable[[str], None]

_WITH_PROGRAM = {"up", "preview"}
"""What the engine does by running the program; the rest it does by the state alone."""

_opening = threading.Lock()
"""Files that all stacks share are written while one is opened."""


class _Stack(Stack):
    """A stack after whose runs the CLI is not started three more times: outputs are read from the state here."""

    def outputs(self) -> OutputMap:
        """Return nothing: `stacks.outputs` knows them."""
        return {}

    def info(self, show_secrets: bool = True) -> UpdateSummary:
        """Return an empty summary: the events of the run have said it all."""
        return UpdateSummary("", datetime.datetime.now(datetime.UTC), "", {}, {}, "")


@dataclass
class Driver:
    """One stack and the engine that works on it."""

    stack: str
    machine: Machine

    def prepare(self) -> bool:
        """Put right what an earlier run left, so that the engine can be started; say whether the cloud was asked."""
        recovery.make_ready(self.stack)
        recovery.forget_if_gone(self.stack, self.machine.cloud.boot)
        recovery.belongs_to(self.stack, self.machine.cloud.boot)
        return self.catch_up()

    def catch_up(self) -> bool:
        """Bring a state whose last run was cut off to what its cloud holds; say whether that was needed."""
        state = recovery.state_file(self.stack)
        cut_off = behind.is_behind(self.stack) and state.exists()
        if cut_off:
            behind.add_made(self.stack, state)
            self.refresh()
            behind.settle(self.stack, state)
        behind.ended(self.stack)
        return cut_off

    def is_free(self) -> bool:
        """Say whether the stack has a state of the running cloud that no run holds, living or dead."""
        return self.exists() and not recovery.locks(self.stack) and not behind.is_behind(self.stack)

    def exists(self) -> bool:
        """Say whether the stack has a state that belongs to the running cloud."""
        return recovery.is_kept(self.stack, self.machine.cloud.boot)

    def open(self, variables: dict[str, str]) -> Stack:
        """Return the stack of the Automation API, made if there is none; its engine gets `variables` as well."""
        with _opening:
            return self._open(variables)

    def _open(self, variables: dict[str, str]) -> Stack:
        found = self.machine.engine
        workspace = LocalWorkspace(
            work_dir=str(engine.workspace.prepare(home.REPOSITORY)),
            pulumi_home=self.machine.environment["PULUMI_HOME"],
            env_vars={**self.machine.environment, **variables},
            secrets_provider="passphrase",
            pulumi_command=command.EngineCommand(found.pulumi, found.version),
        )
        known = recovery.state_file(self.stack).exists()
        return _Stack(self.stack, workspace, StackInitMode.SELECT if known else StackInitMode.CREATE)

    def up(self, say: Say, refresh: bool = False, targets: list[str] | None = None, seen: Run | None = None) -> Run:
        """Bring the stack to what the program says; what went wrong is a Trouble with the engine's own words.

        What a refresh of before has `seen` counts as found by this run.
        """
        return self._changes("up", _after(seen, say), refresh=refresh or None, target=targets)

    def preview(self, say: Say) -> Run:
        """Say what `up` would do and do nothing."""
        return self._run("preview", Run(say))

    def look(self, say: Say) -> Run:
        """Compare the state with the cloud without writing what is found."""
        return self._run("preview_refresh", Run(say))

    def refresh(self) -> Run:
        """Compare the state with the cloud and write what is found."""
        return self._run("refresh", Run())

    def destroy(self, say: Say) -> Run:
        """Delete every resource of the stack."""
        return self._changes("destroy", Run(say))

    def _changes(self, verb: str, run: Run, **arguments: Any) -> Run:
        """Do a run that writes its state once. One that failed has written it as well, and given its lock back.

        Not even then does it know of a create whose end the engine was never told, as where its provider was killed.
        """
        variables = behind.begins(self.stack)
        began = time.time()
        try:
            return self._run(verb, run, variables, **arguments)
        finally:
            written = recovery.was_written(self.stack, since=began) or behind.is_untouched(self.stack)
            ended = written and not recovery.locks(self.stack)
            if ended and not behind.has_made_more(self.stack, stacks.resources(self.stack)):
                behind.ended(self.stack)

    def _run(self, verb: str, run: Run, variables: dict[str, str] | None = None, **arguments: Any) -> Run:
        log = home.file("logs", f"{verb.replace('_', '-')}-{self.stack}.log")
        servers = imports.begin(with_program=verb in _WITH_PROGRAM)
        opened = self.open({**servers, **(variables or {})})
        with log.open("w") as text, command.interruptible():

            def write(line: str) -> None:
                text.write(line + "\n")

            try:
                getattr(opened, verb)(
                    on_event=run.hear,
                    on_output=write,
                    on_error=write,
                    color="never",
                    suppress_outputs=True,
                    **{name: value for name, value in arguments.items() if value is not None},
                )
            except CommandError as error:
                text.write(str(error))
                raise self._trouble(verb, run, error, log) from error
        return run

    def _trouble(self, verb: str, run: Run, error: CommandError, log: Path) -> Trouble:
        said = run.errors or [line for line in str(error).splitlines() if "error:" in line] or [str(error)[-500:]]
        unique = list(dict.fromkeys(line.strip() for line in said))
        if any("no space left on device" in line.lower() for line in unique):
            return Trouble(f"no space left on the disk: {verb} of {self.stack} stopped", "make room and run it again")
        more = f" (and {len(unique) - 3} more)" if len(unique) > 3 else ""
        return Trouble(f"{verb.split('_')[0]} of {self.stack} failed: " + "\n  ".join(unique[:3]) + more, f"read {log}")


def _after(seen: Run | None, say: Say) -> Run:
    """Return a run that goes on with what was seen before it."""
    return Run(say, dict(seen.changes), warnings=list(seen.warnings)) if seen else Run(say)
