"""The stacks on the embedded cloud, driven through Pulumi's Automation API."""

import datetime
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pulumi.automation import LocalWorkspace, OutputMap, Stack, UpdateSummary
from pulumi.automation._stack import StackInitMode
from pulumi.automation.errors import CommandError

from localcloud import engine, home
from localcloud.errors import Trouble
from pipelines import command, recovery
from pipelines.machine import Machine
from pipelines.run import Run

REPOSITORY = home.REPOSITORY
ORDER = ("tooling", "dev", "staging", "prod")

Say = Callable[[str], None]


def names() -> list[str]:
    """Return the stacks that have a file in the repository, in the order in which they are brought up."""
    found = [path.name.split(".")[1] for path in REPOSITORY.glob("Pulumi.*.yaml")]
    return sorted(found, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))


def check_names(wanted: list[str]) -> list[str]:
    """Return the stacks in the order of `names`; a Trouble for one that has no file."""
    known = names()
    for name in wanted:
        if name not in known:
            raise Trouble(
                f"there is no stack {name!r}: Pulumi.{name}.yaml does not exist", f"one of {', '.join(known)}"
            )
    return [name for name in known if name in wanted]


def settings(stack: str, folder: Path = REPOSITORY) -> dict[str, Any]:
    """Return the `config` of a stack file as it stands there; a Trouble where it is no YAML mapping."""
    path = folder / f"Pulumi.{stack}.yaml"
    try:
        loaded = yaml.safe_load(path.read_text())
        config = loaded.get("config", {}) if isinstance(loaded, dict) else None
    except FileNotFoundError:
        raise Trouble(f"{path.name} does not exist", f"one of {', '.join(names())}") from None
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        raise Trouble(f"{path.name} is not YAML: {' '.join(str(error).split())}", "mend the file") from None
    if not isinstance(config, dict):
        raise Trouble(f"{path.name} has no mapping `config`", "compare it with Pulumi.dev.yaml")
    return config


def section(stack: str, name: str, folder: Path = REPOSITORY) -> dict[str, Any]:
    """Return a section `platform:NAME` of a stack file, empty where it is missing: the program says what is wrong."""
    found = settings(stack, folder).get(f"platform:{name}", {})
    return found if isinstance(found, dict) else {}


def account(stack: str) -> str:
    """Return the 12-digit account that a stack's file names for it."""
    accounts = section(stack, "organisation").get("accounts", {})
    found = accounts.get(stack) if isinstance(accounts, dict) else None
    if not (isinstance(found, str) and len(found) == 12 and found.isdigit()):
        raise Trouble(
            f"Pulumi.{stack}.yaml names no account for {stack}: platform:organisation.accounts.{stack} is {found!r}",
            "give it the 12 digits of an account, as a text",
        )
    return found


class _Stack(Stack):
    """A stack after whose runs the CLI is not started three more times: outputs are read from the state here."""

    def outputs(self) -> OutputMap:
        """Return nothing: `outputs` below knows them."""
        return {}

    def info(self, show_secrets: bool = True) -> UpdateSummary:
        """Return an empty summary: the events of the run have said it all."""
        return UpdateSummary("", datetime.datetime.now(datetime.UTC), "", {}, {}, "")


@dataclass
class Driver:
    """One stack and the engine that works on it."""

    stack: str
    machine: Machine

    def prepare(self) -> None:
        """Put right what an earlier run left, so that the engine can be started on the stack."""
        recovery.make_ready(self.stack)
        recovery.forget_if_gone(self.stack, self.machine.cloud.boot)
        recovery.belongs_to(self.stack, self.machine.cloud.boot)

    def exists(self) -> bool:
        """Say whether the stack has a state that belongs to the running cloud."""
        kept = recovery.boots().get(self.stack) == self.machine.cloud.boot
        return kept and recovery.state_file(self.stack).exists()

    def open(self) -> Stack:
        """Return the stack of the Automation API, made if there is none."""
        found = self.machine.engine
        workspace = LocalWorkspace(
            work_dir=str(engine.workspace.prepare(REPOSITORY)),
            pulumi_home=self.machine.environment["PULUMI_HOME"],
            env_vars=self.machine.environment,
            secrets_provider="passphrase",
            pulumi_command=command.EngineCommand(found.pulumi, found.version),
        )
        known = recovery.state_file(self.stack).exists()
        return _Stack(self.stack, workspace, StackInitMode.SELECT if known else StackInitMode.CREATE)

    def up(self, say: Say, refresh: bool = False, targets: list[str] | None = None) -> Run:
        """Bring the stack to what the program says; what went wrong is a Trouble with the engine's own words."""
        return self._run("up", say, refresh=refresh or None, target=targets)

    def preview(self, say: Say) -> Run:
        """Say what `up` would do and do nothing."""
        return self._run("preview", say)

    def refresh(self, say: Say) -> Run:
        """Compare the state with the cloud without writing what is found."""
        return self._run("preview_refresh", say)

    def destroy(self, say: Say) -> Run:
        """Delete every resource of the stack."""
        return self._run("destroy", say)

    def _run(self, verb: str, say: Say, **arguments: Any) -> Run:
        run = Run(say)
        log = home.file("logs", f"{verb.replace('_', '-')}-{self.stack}.log")
        opened = self.open()
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
        more = f" (and {len(unique) - 3} more)" if len(unique) > 3 else ""
        return Trouble(f"{verb.split('_')[0]} of {self.stack} failed: " + "\n  ".join(unique[:3]) + more, f"read {log}")

    def unprotect(self) -> None:
        """Lift the engine's own protection from every resource of the stack."""
        opened = self.open()
        opened.workspace.pulumi_command.run(
            ["state", "unprotect", "--all", "--yes", "--stack", self.stack],
            opened.workspace.work_dir or ".",
            self.machine.environment,
        )


def checkpoint(stack: str) -> dict[str, Any]:
    """Return the latest deployment in a stack's state, empty when there is none."""
    path = recovery.state_file(stack)
    try:
        latest = json.loads(path.read_text())["checkpoint"]["latest"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return latest or {}


def resources(stack: str) -> list[dict[str, Any]]:
    """Return the resources of the cloud in a stack's state, without components and providers."""
    found = checkpoint(stack).get("resources") or []
    return [each for each in found if each.get("custom") and not each["type"].startswith("pulumi:")]


def outputs(stack: str) -> dict[str, Any]:
    """Return the outputs in a stack's state; what is encrypted there is left out."""
    for each in checkpoint(stack).get("resources") or []:
        if each["type"] == "pulumi:pulumi:Stack":
            found = each.get("outputs") or {}
            return {
                name: value for name, value in found.items() if not (isinstance(value, dict) and "ciphertext" in value)
            }
    return {}
