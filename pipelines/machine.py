"""This machine made ready: engine, Docker, base images, the embedded cloud and its front door."""

import concurrent.futures
import json
import ssl
from dataclasses import dataclass
from pathlib import Path

from localcloud import cloud, docker, door, engine, home, images
from localcloud.cloud import Cloud
from localcloud.docker import DockerEngine
from localcloud.door import Door
from localcloud.engine import Engine
from localcloud.errors import Trouble
from localcloud.progress import note, step

REGION = "eu-west-1"


@dataclass(frozen=True)
class Machine:
    """What a stack needs to come up on this machine."""

    engine: Engine
    docker_host: str | None
    """The Docker engine of the cloud, as a value of DOCKER_HOST; nothing without containers."""
    cloud: Cloud
    door: Door
    environment: dict[str, str]


def prepare(with_docker: bool = True) -> tuple[Engine, DockerEngine | None]:
    """Get the engine while Docker and the base images get ready beside it: both take minutes on a bare machine."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        engine_later = pool.submit(_engine)
        docker_later = pool.submit(_docker, with_docker)
        found = docker_later.result(), engine_later.result()
    return found[1], found[0]


def _engine() -> Engine:
    found = engine.find()
    if found is None:
        with step("Pulumi engine") as current:
            found = engine.ensure(current.say)
            current.result(f"{found.version}, {found.source}")
    engine.install_plugins(found)
    return found


def _docker(wanted: bool) -> DockerEngine | None:
    if not wanted:
        return None
    found = docker.find()
    if found is None:
        with step("Docker engine"):
            found = docker.ensure()
    if found is None:
        note("no Docker engine: services that run in containers will not be reachable (slipway doctor says more)")
        return None
    if not all(image.ready for image in images.status(found)):
        with step("base images") as current:
            images.ensure(found, say=current.say)
    return found


def ready(accounts: list[str], with_docker: bool = True) -> Machine:
    """Return the machine with everything running that a stack needs; quick when it runs already."""
    found, containers = prepare(with_docker)
    home.write(home.file("cloud", "accounts.json"), json.dumps(sorted(set(accounts))))
    running = cloud.running()
    if running is None or door.running() is None:
        with step("embedded cloud") as current:
            running = cloud.start(containers, REGION)
            front = door.start(running)
            current.result(f"{running.endpoint}, door at http://localhost:{front.port}")
    else:
        running, front = cloud.start(containers, REGION), door.start(running)
    return assemble(found, containers.host if containers else None, running, front)


def assemble(found: Engine, docker_host: str | None, running: Cloud, front: Door) -> Machine:
    """Put the parts together with the environment in which the engine works on the embedded cloud."""
    engine.shim.write(found.pulumi, engine.workspace.folder())
    environment = engine.environment(endpoint=running.endpoint, region=running.region, docker_host=docker_host)
    environment.setdefault("LOCALCLOUD_BUILD_CA", _authorities())
    if docker_host is None:
        environment["LOCALCLOUD_NO_DOCKER"] = "1"
    return Machine(found, docker_host, running, front, environment)


def _authorities() -> str:
    """Return this machine's bundle of certificate authorities, empty where there is none.

    Builds get it from the docker-build plugin: behind a proxy that inspects TLS, the package registries' certificates
    are signed by an authority that only the machine knows. It does not pass through the program, whose state would
    hold it once an image: 200 KB each, encrypted anew at every step.
    """
    bundle = ssl.get_default_verify_paths().cafile or "/etc/ssl/certs/ca-certificates.crt"
    return bundle if Path(bundle).is_file() else ""


def running() -> Machine:
    """Return the machine as it runs now; a Trouble when the embedded cloud does not, for it has forgotten everything.

    What else has died is started again. Docker is not looked for: the cloud knows the engine that it was started with,
    and looking takes half a second.
    """
    current = cloud.running()
    if current is None:
        raise Trouble("the embedded cloud is not running", "start it with: slipway up")
    found = engine.find() or _engine()
    front = door.running()
    if front is None:
        with step("front door"):
            front = door.start(current)
    host = cloud.docker_host()
    if host and not docker.revive(host):
        raise Trouble(
            f"the Docker engine at {host}, in which the embedded cloud runs its containers, does not answer",
            "start it, or give up all that it runs: slipway down --all",
        )
    return assemble(found, host, current, front)
