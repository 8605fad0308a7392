"""Zips that are the same, byte for byte, on every machine; and how a Lambda function becomes one."""

import io
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from localcloud.cloud.environment import find_uv
from localcloud.errors import Trouble

PYTHON = "3.13"
"""The version of Lambda's Python."""
PLATFORMS = {"x86_64": "x86_64-manylinux_2_28", "arm64": "aarch64-manylinux_2_28"}
"""What Lambda's Python 3.13 runs on, Amazon Linux 2023, in the packages' words."""
TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip knows: when its files were written makes no difference."""
LEFT_OUT = ("__pycache__",)
LEFT_OUT_FILES = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", ".lock")
SCRIPTS = "bin"
"""Where an installation of packages puts their commands: a function calls none."""
SHOWN = 300


def pack(sources: Path, what: str, architecture: str = "x86_64") -> bytes:
    """Return a zip of a folder of sources and the packages that its `uv.lock` pins; always the same bytes."""
    with tempfile.TemporaryDirectory(prefix="slipway-pack-") as place:
        packages = Path(place) / "packages"
        packages.mkdir()
        _install(sources, packages, what, architecture)
        shutil.rmtree(packages / SCRIPTS, ignore_errors=True)
        for path in sources.iterdir():
            if path.is_dir():
                shutil.copytree(path, packages / path.name)
        return zipped(packages)


def zipped(folder: Path) -> bytes:
    """Return a zip of a folder's files, sorted by path, with fixed times and modes."""
    written = io.BytesIO()
    files = [path for path in folder.rglob("*") if path.is_file() and _wanted(path.relative_to(folder))]
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(files, key=lambda path: path.relative_to(folder).as_posix()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # modes are Unix's, whatever this machine is
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, path.read_bytes())
    return written.getvalue()


def run(command: list[str], folder: Path, what: str, environment: dict[str, str] | None = None) -> None:
    """Run a command of packing in a folder; a Trouble says the last line of what it complained about."""
    clean = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    done = subprocess.run(
        command, cwd=folder, env=clean | (environment or {}), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise Trouble(f"{what} cannot be packed: {last(done.stderr)}", "check the network and try again")


def last(text: str) -> str:
    """Return the last line of a text that says something, shortened."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:SHOWN] if lines else "no reason given"


def _wanted(path: Path) -> bool:
    return not set(path.parts) & set(LEFT_OUT) and path.name not in LEFT_OUT_FILES


def _install(sources: Path, target: Path, what: str, architecture: str) -> None:
    uv = find_uv()
    if uv is None:
        raise Trouble(f"{what} cannot be packed: there is no uv", "make the environment with: make up")
    requirements = target.with_name("requirements.txt")
    project = target.with_name("project")  # uv writes beside what it reads, and the copy of the sources stays as it is
    shutil.copytree(sources, project)
    run([uv, "export", "--quiet", "--frozen", "--no-dev", "--no-emit-project", "-o", str(requirements)], project, what)
    install = [uv, "pip", "install", "--quiet", "--target", str(target), "--python", sys.executable]
    machine = ["--python-version", PYTHON, "--python-platform", PLATFORMS[architecture]]
    exact = ["--only-binary", ":all:", "--require-hashes", "--no-compile-bytecode"]
    run([*install, *machine, *exact, "-r", str(requirements)], project, what)
