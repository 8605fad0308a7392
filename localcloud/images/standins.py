"""Stand-ins for base images, built from Debian packages under the names that Dockerfiles ask for."""

import contextlib
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from localcloud import home
from localcloud.docker import DockerEngine
from localcloud.errors import Trouble
from localcloud.images import debian, machine
from localcloud.images.bases import RECIPES, Base, Bases

RECIPE_LABEL = "slipway.recipe"
SOURCE_LABEL = "slipway.source"
STAND_IN = "stand-in"
SECONDS = 1800
AT_ONCE = 2

Say = Callable[[str], None]


def labels(fingerprint: str) -> list[str]:
    """Return the labels by which an image is known as a stand-in of a recipe."""
    return [f"{RECIPE_LABEL}={fingerprint}", f"{SOURCE_LABEL}={STAND_IN}"]


def build(engine: DockerEngine, bases: Bases, wanted: Sequence[Base], debian_there: bool, say: Say) -> None:
    """Build the stand-ins, two at a time, each after what it needs; `wanted` is in order of need."""
    if not debian_there:
        say(f"Debian {bases.debian.suite} from packages")
        debian.build(engine, bases.debian, labels(bases.debian.fingerprint()))
    with _secrets() as secrets, ThreadPoolExecutor(AT_ONCE) as pool:
        under_way: dict[str, Future[None]] = {}

        def make(base: Base) -> None:
            for needed in base.needs:
                if needed in under_way:
                    under_way[needed].result()
            say(base.name)
            _build_one(engine, base, command(engine, base, bases.fingerprint(base), secrets))

        for base in wanted:
            under_way[base.name] = pool.submit(make, base)
        for future in under_way.values():
            future.result()


def command(engine: DockerEngine, base: Base, fingerprint: str, secrets: dict[str, Path]) -> list[str]:
    """Return the build of one stand-in: the engine names the image only when it is whole."""
    return [
        engine.client,
        "build",
        "--progress=plain",
        *(f"--label={label}" for label in labels(fingerprint)),
        *(f"--secret=id={name},src={path}" for name, path in secrets.items()),
        *(word for name in machine.proxies() for word in ("--build-arg", name)),
        f"--tag={base.name}",
        str(RECIPES / base.recipe),
    ]


def _build_one(engine: DockerEngine, base: Base, words: list[str]) -> None:
    with home.file("logs", f"image-{base.recipe}.log").open("w") as log:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=engine.environment(),
            timeout=SECONDS,
            check=False,
        )
    if done.returncode != 0:
        raise Trouble(f"the stand-in for {base.name} cannot be built", f"read {log.name}")


@contextlib.contextmanager
def _secrets() -> Iterator[dict[str, Path]]:
    """Give the files that a build may read and that stay in no image: certificates and apt's settings."""
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as settings:
        settings.writelines(f"{line}\n" for line in machine.apt_settings())
        settings.flush()
        found = {"apt": Path(settings.name)}
        if bundle := machine.certificates():
            found["ca"] = bundle
        yield found
