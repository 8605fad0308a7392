"""A Pulumi stack of a test's own under the real engine."""

import json
import subprocess
from pathlib import Path
from typing import Any

from localcloud import engine

PROJECT = """
name: toys
runtime: python
config:
  pulumi:autonaming:
    value:
      pattern: ${stack}-${name}
"""


class Bench:
    """A project with one stack, its state and providers in the test's own home."""

    def __init__(self, root: Path, pulumi: engine.Engine) -> None:
        self._pulumi = pulumi
        self.program = root / "program"
        self.program.mkdir()
        (self.program / "Pulumi.yaml").write_text(PROJECT)
        self.environment = engine.environment(endpoint=None, region="eu-west-1", docker_host=None)
        engine.install_plugins(pulumi)
        self.run("stack", "init", "dev")

    def run(self, *arguments: str, fails: bool = False) -> str:
        """Run the CLI; return what it says on both outputs."""
        done = subprocess.run(
            [self._pulumi.pulumi, *arguments, "--non-interactive", "--color=never"],
            cwd=self.program,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
        )
        assert (done.returncode != 0) is fails, done.stdout
        return done.stdout

    def write(self, program: str) -> None:
        """Write the program."""
        (self.program / "__main__.py").write_text(program)

    def up(self, program: str, fails: bool = False) -> str:
        """Deploy a program."""
        self.write(program)
        return self.run("up", "--yes", "--skip-preview", "--suppress-progress", fails=fails)

    def outputs(self) -> dict[str, Any]:
        """Return the stack's outputs, secrets in plain text."""
        return dict(json.loads(self.run("stack", "output", "--json", "--show-secrets")))

    def state(self) -> str:
        """Return the stack's state as it lies on the disk."""
        return self.run("stack", "export")

    def load(self, state: str) -> None:
        """Put a state in place of the stack's own."""
        (self.program / "state.json").write_text(state)
        self.run("stack", "import", "--file", "state.json")
