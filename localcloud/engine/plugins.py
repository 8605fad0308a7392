"""Puts the language host and the project's own provider plugins where the command line looks for them.

An embedded run must never load the official providers, which would talk to AWS: the project has a PULUMI_HOME
of its own, in which the exact versions that the SDK packages ask for are ours.
"""

import json
import shlex
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Mapping
from pathlib import Path

from localcloud import home
from localcloud.engine import cli
from localcloud.engine.cli import Engine
from localcloud.errors import Trouble

LANGUAGE_HOST = "pulumi-language-python"


def pulumi_home() -> Path:
    """Return the project's own PULUMI_HOME."""
    return home.folder("pulumi")


def install_plugins(engine: Engine, providers: Mapping[str, Path] | None = None) -> None:
    """Install the providers and, where the command line comes without one, the Python language host.

    `providers` gives folders with an executable `pulumi-resource-NAME` by NAME; without it, localcloud's own are
    written first. Cheap and idempotent: what is there already is not touched.
    """
    if providers is None:
        from localcloud import plugins  # only here, so that finding the engine stays cheap

        providers = plugins.install(home.folder("pulumi", "providers"))
    _install_language_host(engine)
    wanted = sdk_plugins()
    for name, folder in providers.items():
        if name not in wanted:
            raise Trouble(f"no installed SDK package asks for the provider {name}", "run `make setup`")
        executable = folder / f"pulumi-resource-{name}"
        _place(f"resource-{name}-v{wanted[name]}", {executable.name: executable.read_text()})


def sdk_plugins(packages: Path | None = None) -> Mapping[str, str]:
    """Return the provider versions that the SDK packages of an environment ask for: {"aws": "7.51.1", …}."""
    found: dict[str, str] = {}
    for path in sorted((packages or Path(sysconfig.get_paths()["purelib"])).glob("*/pulumi-plugin.json")):
        plugin = json.loads(path.read_text())
        if plugin.get("resource") and plugin.get("version"):
            found[plugin.get("name") or path.parent.name.removeprefix("pulumi_")] = plugin["version"]
    return found


def _install_language_host(engine: Engine) -> None:
    """Add ours beside a command line that was built here; one that was found elsewhere keeps its own if it has one."""
    text = _script([sys.executable, "-P", str(Path(__file__).with_name("language_host.py"))])
    if engine.pulumi.parent == cli.cache():
        host = engine.pulumi.with_name(LANGUAGE_HOST)
        if not host.exists() or _is_ours(host):
            _write_executable(host, text)
    elif not engine.pulumi.with_name(LANGUAGE_HOST).exists():
        _place(f"language-python-v{cli.SDK_VERSION}", {LANGUAGE_HOST: text})


def _is_ours(host: Path) -> bool:
    with host.open("rb") as file:
        return file.read(2) == b"#!"


def _script(command: list[str]) -> str:
    return f'#!/bin/sh\nunset PYTHONDONTWRITEBYTECODE\nexec {shlex.join(command)} "$@"\n'


def _write_executable(path: Path, text: str) -> None:
    if not path.exists() or path.read_text() != text:
        home.write(path, text, mode=0o755)


def _place(name: str, files: Mapping[str, str]) -> None:
    """Make `plugins/NAME` hold exactly these executables, and no other version of the same plugin.

    The command line takes a folder for installed when no `NAME.partial` lies beside it.
    """
    folder = home.folder("pulumi", "plugins")
    target = folder / name
    for other in folder.glob(f"{name.rpartition('-v')[0]}-v*"):
        if other.name != name and other.is_dir():
            shutil.rmtree(other)
    present = {file.name: file.read_text() for file in target.iterdir()} if target.is_dir() else None
    if present == files:
        return
    if target.exists():
        shutil.rmtree(target)
    arriving = Path(tempfile.mkdtemp(prefix=".arriving-", dir=folder))
    arriving.chmod(0o755)
    for file, text in files.items():
        home.write(arriving / file, text, mode=0o755)
    arriving.replace(target)
