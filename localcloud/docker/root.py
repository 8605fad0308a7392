"""Commands that need root: as they are for root, through a sudo that asks no password for others."""

import functools
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence

from localcloud.errors import Trouble

# Where Debian keeps system commands; the PATH of a plain user lacks these folders.
SYSTEM_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/bin", "/bin")


def search_path() -> str:
    """Return PATH with the system's command folders at its end."""
    given = os.environ.get("PATH", "").split(os.pathsep)
    return os.pathsep.join([*given, *(folder for folder in SYSTEM_FOLDERS if folder not in given)])


def which(command: str) -> str | None:
    """Return the path of a command, found also where a plain user's PATH does not look."""
    return shutil.which(command, path=search_path())


@functools.cache
def prefix() -> tuple[str, ...] | None:
    """Return what stands before a command to run it as root; None when this user cannot."""
    if os.geteuid() == 0:
        return ()
    if which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0:
        return ("sudo", "-n")
    return None


def command(*words: str, environment: Mapping[str, str] | None = None) -> list[str]:
    """Return the words as a command that runs as root, with extra environment; a Trouble when there is no way."""
    before = prefix()
    if before is None:
        raise Trouble(f"{words[0]} needs root", "run as root, or as a user whose sudo asks no password")
    extra = ["env", *(f"{name}={value}" for name, value in environment.items())] if environment else []
    return [*before, *extra, *words]


def run(*words: str, environment: Mapping[str, str] | None = None, seconds: float = 60) -> tuple[int, str]:
    """Run a command as root; return its exit code and its output with its errors."""
    return _finish(command(*words, environment=environment), seconds)


def _finish(words: Sequence[str], seconds: float) -> tuple[int, str]:
    done = subprocess.run(
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=seconds,
        check=False,
        env={**os.environ, "PATH": search_path(), "LC_ALL": "C"},
    )
    return done.returncode, done.stdout


def must(*words: str, environment: Mapping[str, str] | None = None, seconds: float = 60) -> str:
    """Run a command as root and return its output; a Trouble with its last line when it fails."""
    code, output = run(*words, environment=environment, seconds=seconds)
    if code != 0:
        last = output.strip().splitlines()[-1] if output.strip() else "no message"
        raise Trouble(f"{' '.join(words[:4])} failed: {last}", "mend what it names, then run this again")
    return output
