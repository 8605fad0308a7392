"""Databases and caches in containers: made with their files, at an address that stays, back after a kill."""

import io
import logging
import tarfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from . import network
from .mends.containers import ending
from .removal import is_silence, surely
from .settings import SETTINGS
from .watch import Watch

logger = logging.getLogger("slipway.servers")

FOLDER = "slipway"
"""Folder of a container with what the cloud puts there, at its root."""
EVERY_SECONDS = 0.5
BETWEEN_RESTARTS_SECONDS = 2.0


@dataclass(frozen=True)
class File:
    """A file in a container."""

    content: str
    mode: int = 0o644
    group: int = 0


@dataclass(frozen=True, kw_only=True)
class Server:
    """What a server is made from, the first time and again."""

    service: str
    """AWS's service it belongs to, such as `rds`."""
    name: str
    """Unique in the engine: names its container and its volume."""
    image: str
    address: str
    command: tuple[str, ...]
    data: str
    """Folder in the container that is kept in a volume."""
    environment: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, File] = field(default_factory=dict)
    """Files by their absolute path."""


class Servers:
    """The servers of this cloud; `client` gives the engine's, `labels` the labels of a service's containers."""

    def __init__(self, client: Callable[[], Any], labels: Callable[[str], dict[str, str]], network_name: str) -> None:
        self._client = client
        self._labels = labels
        self._network = network_name
        self._known: dict[str, Server] = {}
        self._held: dict[str, dict[str, Any]] = {}
        self._guard = threading.RLock()
        self._watch = Watch(self._containers, self._ended, EVERY_SECONDS)

    def start(self, server: Server) -> None:
        """Make the container and its volume, start it and keep it running; what had its name before is gone then."""
        self._forget(server.name)
        self._clear(server.name)
        self._client().volumes.create(server.name, labels=self._labels(server.service))
        with self._guard:
            self._known[server.name] = server
            self._hold(server, self._make(server))

    def remove(self, name: str) -> None:
        """Remove container and volume; nothing happens when there are none."""
        if self._forget(name):
            surely(lambda: None if name in self._known else self._clear(name), name)

    def _forget(self, name: str) -> bool:
        """Keep a server running no longer; say whether it was known."""
        with self._guard:
            self._held.pop(name, None)  # one whose making failed has none
            return self._known.pop(name, None) is not None

    def _clear(self, name: str) -> None:
        """Remove what has the name, whoever made it."""
        from docker.errors import NotFound

        for found in (self._client().containers, self._client().volumes):
            try:
                thing = found.get(name)
                thing.remove(force=True, **({"v": True} if found is self._client().containers else {}))
            except NotFound:
                continue

    def outlast(self, error: Exception, wanted: Callable[[], bool]) -> bool:
        """Say whether to try once more what an engine that did not answer has made fail: when it answers again.

        False at once where the engine has nothing to do with it, or when the server is no longer `wanted`.
        """
        if not is_silence(error) and self._answers():
            return False
        while wanted() and not ending:
            if self._answers():
                return True
            time.sleep(EVERY_SECONDS / 2)
        return False

    def _answers(self) -> bool:
        try:
            return bool(self._client().ping())
        except Exception:  # whatever it says, it is no answer
            return False

    def restart(self, name: str) -> None:
        """Stop and start the container."""
        with self._guard:
            self._client().containers.get(name).restart(timeout=30)

    def put(self, name: str, files: Mapping[str, File]) -> None:
        """Replace files of the container, also for the time when it is made again."""
        with self._guard:
            server = self._known.get(name)
            if server is None:
                return
            self._known[name] = replace(server, files={**server.files, **files})
            self._client().containers.get(name).put_archive("/", archive(files))

    def of(self, account: str) -> list[str]:
        """Return the names of an account's containers that the engine has, whether they are known here or not."""
        names = [each["Names"][0].lstrip("/") for each in self._containers() if each.get("Names")]
        return sorted(name for name in names if f"-{account}-" in name)

    def has_image(self, image: str) -> bool:
        """Say whether the engine has an image."""
        from docker.errors import ImageNotFound

        try:
            self._client().images.get(image)
        except ImageNotFound:
            return False
        return True

    def _make(self, server: Server) -> Any:
        client = self._client()
        container = client.containers.create(
            server.image,
            list(server.command),
            name=server.name,
            environment=dict(server.environment),
            labels=self._labels(server.service),
            volumes={server.name: {"bind": server.data, "mode": "rw"}},
            network=self._network,
            networking_config={
                self._network: client.api.create_endpoint_config(ipv4_address=server.address),
            },
        )
        container.put_archive("/", archive(server.files))
        container.start()
        return container

    def _hold(self, server: Server, container: Any) -> None:
        held = {"name": server.name, "containers": [], "_docker_ids": [container.id], "since": time.monotonic()}
        self._held[server.name] = held
        self._watch.add(server.name, held, lambda: self._held.get(server.name) is held)

    def _containers(self) -> list[dict[str, Any]]:
        label = f"{network.LABEL}={SETTINGS.instance}"
        listed: list[dict[str, Any]] = self._client().api.containers(all=True, filters={"label": [label]})
        return listed

    def _ended(self, held: dict[str, Any], gone: bool) -> None:
        from docker.errors import DockerException, NotFound

        with self._guard:
            server = self._known.get(held["name"])
            if ending or server is None or time.monotonic() - held["since"] < BETWEEN_RESTARTS_SECONDS:
                return
            held["since"] = time.monotonic()
            logger.info("%s ended and is started again", server.name)
            try:
                if not gone:
                    self._client().containers.get(server.name).start()
                    return
            except NotFound:
                gone = True
            except DockerException as error:
                logger.warning("%s cannot be started: %s", server.name, error)
                return
            try:
                self._hold(server, self._make(server))
            except DockerException as error:
                logger.warning("%s cannot be made again: %s", server.name, error)


def archive(files: Mapping[str, File]) -> bytes:
    """Return the files as the engine unpacks them at the root of a container."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        if any(path.startswith(f"/{FOLDER}/") for path in files):
            folder = tarfile.TarInfo(FOLDER)
            folder.type, folder.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(folder)
        for path, file in files.items():
            content = file.content.encode()
            entry = tarfile.TarInfo(path.lstrip("/"))
            entry.mode, entry.gid, entry.size = file.mode, file.group, len(content)
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()
