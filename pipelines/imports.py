"""What the engine will start is imported while the engine itself starts."""

from localcloud.engine import forkserver

PREPARED = "infra.prepared"
"""The module that imports the program, by name: the pipelines do not import it themselves."""


def begin(with_program: bool = True) -> dict[str, str]:
    """Start what this command has not started yet; return the variables that an engine's environment needs for it."""
    servers = [forkserver.PLUGINS, *([forkserver.PROGRAM] if with_program else [])]
    return forkserver.begin(*servers, program=[PREPARED])
