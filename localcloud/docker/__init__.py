"""The Docker engine of this machine: the one that answers, or one of our own."""

from localcloud import progress
from localcloud.docker import api, client, daemon, packages, root
from localcloud.docker.api import answers
from localcloud.docker.engine import INSTALL, DockerEngine, candidates, examine, explain, find
from localcloud.errors import Trouble

__all__ = ["DockerEngine", "answers", "ensure", "explain", "find", "revive", "stop"]

PURPOSE = "a Docker engine"
PROGRAMS = ("dockerd", "iptables", "ip")
NEEDED = ("docker.io", "iptables", "iproute2", "ca-certificates")
# Debian 13 and Ubuntu split the client's parts off; Debian 12 has them in docker.io.
PARTS = ("docker-cli", "docker-buildx")


def ensure() -> DockerEngine | None:
    """Return the engine that answers, else start one of our own, installed before on a Debian where we may.

    Returns nothing after a notice where there is no way to one, or where DOCKER_HOST names one that is not there.
    """
    engine = find()
    own_allowed = daemon.host() in candidates()
    try:
        if engine is None and not _complete() and (own_allowed or api.answers(candidates()[0])):
            _install()
            engine = find()  # the package starts the machine's own engine where a service manager runs
        if engine is None and own_allowed and root.prefix() is not None and root.which("dockerd"):
            _start()
            return examine(daemon.host())
        if engine is not None and engine.ours:
            daemon.start()  # its rules may have been flushed since
    except Trouble as trouble:
        _notice([str(trouble)])
        return None
    if engine is None:
        _notice(explain())
    return engine


def revive(host: str) -> bool:
    """Say whether the engine at a value of DOCKER_HOST answers; one of our own that has died is started again first.

    What ran in it runs on. A Trouble when it does not come up.
    """
    if not api.answers(host) and host == daemon.host():
        _start()
    return api.answers(host)


def stop() -> None:
    """End our own engine with everything of it; an engine that is not ours is left alone."""
    daemon.stop()


def _start() -> None:
    with progress.step("starting a Docker engine of our own"):
        daemon.start()


def _complete() -> bool:
    """Say whether the engine's programs are here, and a client that can build."""
    found = client.find()
    return all(root.which(program) for program in PROGRAMS) and found is not None and found.buildkit


def _install() -> None:
    if packages.can_install():
        packages.install([*NEEDED, *_guards()], PURPOSE, extras=PARTS)
        client.forget()


def _guards() -> list[str]:
    """Return what the kernel's guards ask for: where AppArmor is on, no container starts without its parser."""
    try:
        with open("/sys/module/apparmor/parameters/enabled") as enabled:
            return ["apparmor"] if enabled.read().startswith("Y") else []
    except OSError:
        return []


def _notice(lines: list[str]) -> None:
    for line in lines or [f"Docker is not installed → {INSTALL}"]:
        progress.note(f"[yellow]no Docker engine:[/yellow] {line}")
