"""`slipway shell`: the environment in which plain `pulumi` commands work on the embedded cloud."""

import subprocess
from pathlib import Path

from pipelines import behind, imports, machine, recovery, stacks


def shell(command: list[str]) -> int:
    """Run a command, or the person's own shell, with the embedded cloud's environment; return its exit status.

    A command that a signal ended gives 128 plus the signal's number, as shells do.
    """
    ready = machine.running()
    for stack in stacks.names():
        if recovery.is_kept(stack, ready.cloud.boot) and not recovery.is_busy(stack):
            recovery.make_ready(stack)
            if behind.is_behind(stack):
                from pipelines.driver import Driver  # importing it takes half a second

                Driver(stack, ready).catch_up()
    environment = dict(ready.environment)
    if command and Path(command[0]).name == "pulumi":
        environment.update(imports.begin())
    if not command:
        command = [environment.get("SHELL", "/bin/sh")]
        environment["SLIPWAY_SHELL"] = "1"
    try:
        code = subprocess.run(command, env=environment, check=False).returncode
    except FileNotFoundError:
        return 127
    return code if code >= 0 else 128 - code
