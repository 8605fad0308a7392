"""The workspace of the embedded cloud: copies of the project file and the stack files, never the committed ones.

The program itself is not copied: the project file's `main` points at the repository. A copied stack file is
written again when the committed one or an override changes; its `encryptionsalt`, which Pulumi puts there,
is kept.
"""

import hashlib
import io
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from localcloud import home
from localcloud.errors import Trouble

FOREIGN_KEYS = ("secretsprovider", "encryptedkey", "encryptionsalt")
"""Where a committed stack file says how its secrets on AWS are encrypted; the embedded state has its passphrase."""


def folder() -> Path:
    """Return the workspace folder."""
    return home.folder("workspace")


def prepare(repository: Path) -> Path:
    """Bring the workspace up to date with the committed files of a repository and return its folder.

    Raises Trouble when the repository has no Pulumi.yaml, or a stack file holds a secret that only AWS can
    decrypt and that no override replaces.
    """
    project = repository / "Pulumi.yaml"
    if not project.is_file():
        raise Trouble(f"{repository} has no Pulumi.yaml", "start in the repository's folder")
    _write(folder() / "Pulumi.yaml", _project(project))
    overrides = _read("overrides.json")
    known = _read("sources.json")
    committed = {path.name: path for path in sorted(repository.glob("Pulumi.*.yaml"))}
    sources: dict[str, Any] = {}
    for name, path in committed.items():
        changes = overrides.get(_stack_of(name), {})
        sources[name] = hashlib.sha256(path.read_bytes() + json.dumps(changes, sort_keys=True).encode()).hexdigest()
        if known.get(name) != sources[name] or not (folder() / name).exists():
            _write(folder() / name, _stack(path, changes, _salt(folder() / name)))
    for gone in known.keys() - committed.keys():
        (folder() / gone).unlink(missing_ok=True)
    _write(folder() / "sources.json", json.dumps(sources, indent=2))
    return folder()


def override(stack: str, values: Mapping[str, Any]) -> None:
    """Set configuration values of a stack for this machine alone, from the next `prepare` on.

    Keys are dotted paths whose first part is the configuration key (`platform:artifacts.counter/backend`);
    the value None takes an override back.
    """
    overrides = _read("overrides.json")
    merged = {**overrides.get(stack, {}), **values}
    overrides[stack] = {key: value for key, value in merged.items() if value is not None}
    _write(folder() / "overrides.json", json.dumps(overrides, indent=2))


def overrides_of(stack: str) -> dict[str, Any]:
    """Return the overrides of a stack by dotted path."""
    return dict(_read("overrides.json").get(stack, {}))


def _project(path: Path) -> str:
    """Return the project file with an absolute program folder and this environment's Python."""
    document = _load(path.read_text())
    document["main"] = str((path.parent / document.get("main", ".")).resolve())
    document["runtime"] = {"name": "python", "options": {"toolchain": "pip", "virtualenv": sys.prefix}}
    return _dump(document)


def _stack(path: Path, changes: Mapping[str, Any], salt: str | None) -> str:
    """Return a stack file with the overrides applied and the copy's own salt."""
    document = _load(path.read_text())
    for key in FOREIGN_KEYS:
        document.pop(key, None)
    config = document.setdefault("config", {})
    for dotted, value in changes.items():
        *parents, last = dotted.split(".")
        place = config
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = value
    for key in _secrets(config):
        raise Trouble(
            f"{path.name} has the secret {key}, which only its AWS account can decrypt",
            f"give the embedded cloud a value of its own for {key}",
        )
    if salt:
        document["encryptionsalt"] = salt
    return _dump(document)


def _secrets(value: Any, path: str = "") -> list[str]:
    """Return the dotted paths of encrypted values (`secure: …`)."""
    if not isinstance(value, Mapping):
        return []
    if set(value) == {"secure"}:
        return [path]
    return [found for key, inner in value.items() for found in _secrets(inner, f"{path}.{key}" if path else str(key))]


def _salt(copy: Path) -> str | None:
    return _load(copy.read_text()).get("encryptionsalt") if copy.exists() else None


def _stack_of(name: str) -> str:
    return name.removeprefix("Pulumi.").removesuffix(".yaml")


def _read(name: str) -> dict[str, Any]:
    path = folder() / name
    content: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return content


def _write(path: Path, text: str) -> None:
    if not path.exists() or path.read_text() != text:
        home.write(path, text)


def _load(text: str) -> Any:
    """Read YAML so that every scalar is written back as it stood (PyYAML would turn `yes` and dates)."""
    from ruamel.yaml import YAML  # most commands only want to know where the workspace is

    return YAML(typ="rt").load(text) or {}


def _dump(document: Any) -> str:
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt")
    yaml.width = 4096
    stream = io.StringIO()
    yaml.dump(document, stream)
    return stream.getvalue()
