"""Gets the Pulumi command line onto this machine: kept, found on PATH, downloaded, or built."""

import contextlib
import fcntl
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from localcloud import home
from localcloud.engine import build, cli, install
from localcloud.engine.cli import Engine, Source
from localcloud.errors import Trouble

Say = Callable[[str], None]


def ensure(step: Say | None = None) -> Engine:
    """Return a command line that fits the SDK, and get one if there is none.

    `step` is told what is going on, one short text at a time. Safe to kill and to run twice at a time: the
    second waits for the first. Raises Trouble when the machine can neither download nor build one.
    """
    say = step or (lambda _: None)
    if (engine := cli.find()) is not None:
        return engine
    with _alone(say):
        if (engine := cli.find()) is not None:
            return engine
        _sweep()
        arriving = home.file("pulumi", ".arriving")
        arriving.mkdir()
        source = _fill(arriving, say)
        answer = cli.answer_of(arriving / "pulumi")
        if answer is None or not cli.fits(answer):
            shutil.rmtree(arriving)
            raise Trouble(
                f"the Pulumi engine just made answers {answer or 'nothing'} to `pulumi version`",
                "try again; put a pulumi of your own on PATH if it stays",
            )
        arriving.replace(cli.cache())
    return Engine(pulumi=cli.cache() / "pulumi", version=answer, source=source)


def _fill(folder: Path, say: Say) -> Source:
    """Put the executables into a folder; say by which way they came."""
    try:
        install.download(cli.SDK_VERSION, folder, say)
    except install.Unreachable as reason:
        say(f"building the engine from source: {reason}")
        build.build(cli.SDK_VERSION, folder / "pulumi", say)
        return "build"
    return "installer"


def _sweep() -> None:
    """Remove what a killed run left, and a kept command line that does not answer or is too old."""
    shutil.rmtree(home.file("pulumi", ".arriving"), ignore_errors=True)
    shutil.rmtree(cli.cache(), ignore_errors=True)


@contextlib.contextmanager
def _alone(say: Say) -> Iterator[None]:
    """Hold the lock that lets one run at a time make the engine; it ends with the process."""
    with home.file("pulumi", "engine.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another run that gets the engine")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
