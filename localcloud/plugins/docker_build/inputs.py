"""What `docker-build:index:Image` may be told here, read once into a `Build`; the rest is refused by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from localcloud.errors import Trouble
from localcloud.plugins.provider import Failure, Properties
from localcloud.plugins.registry import Login, parse
from localcloud.plugins.values import UNKNOWN, has_unknown

SECRET_NAME = re.compile(r"[A-Za-z0-9_.-]+")

# A property with a dict is a map with exactly these keys, with a list a list of such maps; None is anything.
KNOWN: dict[str, Any] = {
    "addHosts": None,
    "buildArgs": None,
    "buildOnPreview": None,
    "cacheFrom": [{"registry": {"ref": None}, "local": {"src": None}, "disabled": None}],
    "cacheTo": [
        {"inline": {}, "registry": {"ref": None, "mode": None}, "local": {"dest": None, "mode": None}, "disabled": None}
    ],
    "context": {"location": None},
    "dockerfile": {"location": None, "inline": None},
    "exec": None,
    "exports": [{"docker": {}, "registry": {}, "disabled": None}],
    "ignoreSecretsInDiffCalculation": None,
    "labels": None,
    "load": None,
    "network": None,
    "noCache": None,
    "platforms": None,
    "pull": None,
    "push": None,
    "registries": [{"address": None, "username": None, "password": None}],
    "secrets": None,
    "tags": None,
    "target": None,
}


@dataclass(frozen=True)
class Build:
    """One image to build. Secrets are values, not files, and never part of a text about the build."""

    context: Path
    dockerfile: Path
    inline: str
    """The Dockerfile's text where the program gives it, else ""."""
    tags: list[str]
    """Names as the program has them, so those of ECR; at least one when `push` is true."""
    push: bool
    load: bool
    arguments: dict[str, str]
    labels: dict[str, str]
    secrets: dict[str, str] = field(repr=False)
    logins: dict[str, Login]
    cache_from: list[dict[str, Any]]
    cache_to: list[dict[str, Any]]
    hosts: list[str]
    platform: str
    network: str
    target: str
    no_cache: bool
    pull: bool
    build_on_preview: bool


def failures(inputs: Properties) -> list[Failure]:
    """Return every input that this provider has no way to honour, by its path."""
    found = [Failure(path, "has no entry in the embedded docker-build provider") for path in _strangers(inputs)]
    known = {name: value for name, value in inputs.items() if value is not UNKNOWN}
    if inputs.get("push") is True and inputs.get("tags", []) == []:
        found.append(Failure("tags", "is empty, but push is true: say where to"))
    found += _bad_names(known)
    if len(known.get("platforms", [])) > 1:
        found.append(Failure("platforms", "names several; the embedded engine builds for one at a time"))
    if known.get("exec") is True:
        found.append(Failure("exec", "is true; here the docker client always builds"))
    for name in known.get("secrets", {}):
        if not SECRET_NAME.fullmatch(name):
            found.append(Failure(f"secrets.{name}", "has a name with other than letters, digits, _, . and -"))
    if {"location", "inline"} <= known.get("dockerfile", {}).keys():
        found.append(Failure("dockerfile", "has both location and inline"))
    return [*found, *_missing_files(inputs)]


def read(inputs: Properties, settings_logins: Mapping[str, Login]) -> Build:
    """Return the build that known inputs describe; relative paths are the program's."""
    context = Path(inputs.get("context", {}).get("location", ".")).absolute()
    dockerfile = inputs.get("dockerfile", {})
    exports = [each for each in inputs.get("exports", []) if not each.get("disabled")]
    return Build(
        context=context,
        dockerfile=Path(dockerfile["location"]).absolute() if "location" in dockerfile else context / "Dockerfile",
        inline=dockerfile.get("inline", ""),
        tags=list(inputs.get("tags", [])),
        push=bool(inputs.get("push")) or any("registry" in each for each in exports),
        load=bool(inputs.get("load")) or any("docker" in each for each in exports),
        arguments=dict(inputs.get("buildArgs", {})),
        labels=dict(inputs.get("labels", {})),
        secrets=dict(inputs.get("secrets", {})),
        logins={**settings_logins, **logins(inputs)},
        cache_from=[each for each in inputs.get("cacheFrom", []) if not each.get("disabled")],
        cache_to=[each for each in inputs.get("cacheTo", []) if not each.get("disabled")],
        hosts=list(inputs.get("addHosts", [])),
        platform=next(iter(inputs.get("platforms", [])), ""),
        network=inputs.get("network", "default"),
        target=inputs.get("target", ""),
        no_cache=bool(inputs.get("noCache")),
        pull=bool(inputs.get("pull")),
        build_on_preview=bool(inputs.get("buildOnPreview")),
    )


def logins(inputs: Properties) -> dict[str, Login]:
    """Return the logins in `registries`, by address; one without a user name is none."""
    return {
        each["address"]: Login(each["username"], each.get("password", ""))
        for each in inputs.get("registries", [])
        if each.get("username")
    }


def _strangers(inputs: Properties) -> Iterator[str]:
    for name, value in inputs.items():
        if name not in KNOWN:
            yield name
        else:
            yield from _strangers_in(value, KNOWN[name], name)


def _strangers_in(value: Any, known: Any, path: str) -> Iterator[str]:
    """Yield the paths in a value that its shape does not have."""
    if value is UNKNOWN or known is None:
        return
    if isinstance(known, list):
        for index, each in enumerate(value):
            yield from _strangers_in(each, known[0], f"{path}[{index}]")
        return
    for key, inner in value.items():
        if key not in known:
            yield f"{path}.{key}"
        else:
            yield from _strangers_in(inner, known[key], f"{path}.{key}")


def _bad_names(inputs: Properties) -> Iterator[Failure]:
    """Yield the tags to be pushed that name no registry."""
    if inputs.get("push") is not True:
        return
    for index, tag in enumerate(inputs.get("tags", [])):
        try:
            parse("localhost/unknown" if tag is UNKNOWN else tag)
        except Trouble as trouble:
            yield Failure(f"tags[{index}]", trouble.what)


def _missing_files(inputs: Properties) -> Iterator[Failure]:
    """Yield the paths that lead nowhere; those that are not known yet are not looked at."""
    if any(has_unknown(inputs.get(name)) for name in ("context", "dockerfile")):
        return
    build = read({key: inputs[key] for key in ("context", "dockerfile") if key in inputs}, {})
    if not build.context.is_dir():
        yield Failure("context.location", f"is no folder of this machine: {build.context}")
    elif not build.inline and not build.dockerfile.is_file():
        yield Failure("dockerfile.location", f"is no file: {build.dockerfile}")
