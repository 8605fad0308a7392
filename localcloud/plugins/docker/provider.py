"""`docker:index/getRegistryImage:getRegistryImage` over the registry's HTTP protocol; no Docker engine is needed."""

from __future__ import annotations

from typing import Any, NoReturn

from localcloud.errors import Trouble
from localcloud.plugins.provider import (
    Check,
    Checked,
    Create,
    Created,
    Delete,
    Diff,
    DiffRequest,
    Properties,
    Read,
    Request,
    Update,
)
from localcloud.plugins.registry import Login, digest_of, parse

GET_REGISTRY_IMAGE = "docker:index/getRegistryImage:getRegistryImage"
SETTINGS = frozenset({"host", "registryAuth", "disableDockerDaemonCheck"})
AUTH_SETTINGS = frozenset({"address", "username", "password", "authDisabled"})


class Docker:
    """The provider. It has no resources: images are built by docker-build, containers run by ECS."""

    name = "docker"
    version = "5.2.0"
    secret_settings = frozenset({"registryAuth"})

    def __init__(self) -> None:
        self._logins: dict[str, Login] = {}

    def configure(self, settings: Properties) -> None:
        """Take logins from `registryAuth`; every other setting of the official provider is refused by name."""
        _refuse(settings, SETTINGS, "the setting docker:")
        for auth in settings.get("registryAuth", []):
            _refuse(auth, AUTH_SETTINGS, "the setting docker:registryAuth.")
            if not auth.get("authDisabled"):
                self._logins[auth["address"]] = Login(auth.get("username", ""), auth.get("password", ""))

    def invoke(self, token: str, arguments: Properties) -> Properties:
        """Return `id`, `name`, `sha256Digest` of an image; a Trouble names one that is not in its registry."""
        if token != GET_REGISTRY_IMAGE:
            raise Trouble(f"the embedded docker provider has no function {token}")
        _refuse(arguments, {"name", "insecureSkipVerify"}, "the argument of getRegistryImage ")
        name: str = arguments["name"]
        digest = digest_of(name, self._logins)
        if digest is None:
            wanted = parse(name)
            kind = "digest" if wanted.digest else "tag"
            raise Trouble(
                f"{wanted.host}/{wanted.repository} has no image with the {kind} {wanted.reference}",
                "push it first, or correct what the stack pins",
            )
        return {**arguments, "id": digest, "sha256Digest": digest}

    def check(self, request: Check) -> Checked:
        """Refuse: there are no resources."""
        _no_resource(request)

    def diff(self, request: DiffRequest) -> Diff:
        """Refuse: there are no resources."""
        _no_resource(request)

    def create(self, request: Create) -> Created:
        """Refuse: there are no resources."""
        _no_resource(request)

    def read(self, request: Read) -> Created | None:
        """Refuse: there are no resources."""
        _no_resource(request)

    def update(self, request: Update) -> Properties:
        """Refuse: there are no resources."""
        _no_resource(request)

    def delete(self, request: Delete) -> None:
        """Refuse: there are no resources."""
        _no_resource(request)


def _no_resource(request: Request) -> NoReturn:
    raise Trouble(f"the embedded docker provider has no resource {request.type}")


def _refuse(given: dict[str, Any], known: frozenset[str] | set[str], what: str) -> None:
    """Raise for the first name that has no entry here."""
    for name in sorted(given.keys() - known):
        raise Trouble(f"{what}{name} has no entry in the embedded provider")
