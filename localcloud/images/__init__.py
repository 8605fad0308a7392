"""Base images: the upstream ones where a registry answers, else stand-ins from Debian packages."""

import contextlib
import fcntl
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from localcloud import home, progress
from localcloud.docker import DockerEngine
from localcloud.errors import Trouble
from localcloud.images import registry, standins
from localcloud.images.bases import Base, Bases, load

__all__ = ["ImageStatus", "ensure", "status"]

Source = Literal["registry", "stand-in", "missing"]
PULL_SECONDS = 1800


@dataclass(frozen=True)
class ImageStatus:
    """What stands under the name of a base image in an engine."""

    name: str
    """As Dockerfiles ask for it."""
    source: Source
    """Where the image comes from."""
    ready: bool
    """Whether it is what the list asks for now: the pinned digest, or a stand-in of today's recipe."""
    note: str = ""
    """What a person should know about it, in a few words."""


def status(engine: DockerEngine, names: Iterable[str] | None = None) -> list[ImageStatus]:
    """Return what the engine has of the base images (all without names); asks no registry."""
    bases = load()
    wanted = bases.choose(names)
    found = _inspect(engine, [base.name for base in wanted])
    return [_judge(bases, base, found.get(base.name)) for base in wanted]


def ensure(engine: DockerEngine, names: Iterable[str] | None = None, say: Callable[[str], None] | None = None) -> None:
    """Prepare base images (all without names): pulled where their registry answers, else built as stand-ins.

    What is ready stays as it is, so that nothing is asked of any network. `say` hears what is being done.
    """
    bases = load()
    tell = say or (lambda _: None)
    with _alone():
        missing = _not_ready(engine, bases, bases.choose(names))
        left = [base for base in missing if not _pull(engine, base, tell)]
        if not left:
            return
        wanted = _not_ready(engine, bases, bases.in_order(left))
        own = _inspect(engine, [bases.debian.name]).get(bases.debian.name)
        there = own is not None and _labels(own).get(standins.RECIPE_LABEL) == bases.debian.fingerprint()
        standins.build(engine, bases, wanted, there, tell)


def _not_ready(engine: DockerEngine, bases: Bases, wanted: Sequence[Base]) -> list[Base]:
    found = _inspect(engine, [base.name for base in wanted])
    return [base for base in wanted if not _judge(bases, base, found.get(base.name)).ready]


def _judge(bases: Bases, base: Base, image: dict[str, Any] | None) -> ImageStatus:
    if image is None:
        return ImageStatus(base.name, "missing", False)
    labels = _labels(image)
    if labels.get(standins.SOURCE_LABEL) == standins.STAND_IN:
        today = labels.get(standins.RECIPE_LABEL) == bases.fingerprint(base)
        return ImageStatus(base.name, "stand-in", today, "" if today else "its recipe has changed")
    # Digests under other names are pushes of this image to other registries.
    digests = [name for name in image.get("RepoDigests") or [] if name.startswith(f"{base.repository}@")]
    if not digests:
        return ImageStatus(base.name, "missing", False, "another image has its name: neither pulled nor made here")
    if not base.digest:
        return ImageStatus(base.name, "registry", True, "not pinned")
    pinned = f"{base.repository}@{base.digest}" in digests
    return ImageStatus(base.name, "registry", pinned, "" if pinned else "not the pinned digest")


def _pull(engine: DockerEngine, base: Base, say: Callable[[str], None]) -> bool:
    """Pull a base and say whether that went well; a failure of a registry that answers is worth a notice."""
    host = registry.split(base.name)[0]
    if not registry.reachable(host):
        return False
    say(f"pulling {base.name}")
    if not base.digest:
        progress.note(f"{base.name} is not pinned: pulled is what its tag names today")
    pulled = engine.run("pull", "--quiet", base.pulled, seconds=PULL_SECONDS)
    if pulled.returncode == 0 and base.digest:
        pulled = engine.run("tag", base.pulled, base.name)
    if pulled.returncode != 0:
        reason = (pulled.stderr.strip() or "no message").splitlines()[-1]
        progress.note(f"{base.name} cannot be pulled ({reason}): a stand-in takes its place")
    return pulled.returncode == 0


def _inspect(engine: DockerEngine, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the engine's description of each image that it has, by name."""
    if not names:
        return {}
    done = engine.run("image", "inspect", *names)
    if done.returncode != 0 and "No such image" not in done.stderr:
        raise Trouble(f"the engine does not list its images: {done.stderr.strip()}", "look at the engine's log")
    images: list[dict[str, Any]] = json.loads(done.stdout or "[]")
    return {name: image for image in images for name in image.get("RepoTags") or [] if name in names}


def _labels(image: dict[str, Any]) -> dict[str, str]:
    return (image.get("Config") or {}).get("Labels") or {}


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Let one process at a time prepare images; another one then finds them ready."""
    with home.file("images", "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
