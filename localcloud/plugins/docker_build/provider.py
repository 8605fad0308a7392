"""`docker-build:index:Image`: an image as a resource whose inputs are what it is built from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from localcloud.errors import Trouble
from localcloud.plugins import differ
from localcloud.plugins.docker_build import command, context, empty
from localcloud.plugins.docker_build.inputs import Build, failures, logins, read
from localcloud.plugins.provider import (
    UNKNOWN,
    Check,
    Checked,
    Create,
    Created,
    Delete,
    Diff,
    DiffRequest,
    Failure,
    Kind,
    Log,
    Properties,
    Read,
    Request,
    Secret,
    Update,
    has_unknown,
)
from localcloud.plugins.registry import Login, Repository, local

if TYPE_CHECKING:
    from localcloud.docker import DockerEngine

IMAGE = "docker-build:index:Image"
LABEL = "slipway.build"
"""The image's label with the hash of all that it was built from: an image that has ours needs no build."""
NOT_COMPARED = ("registries[*].password", "registries[*].username", "buildOnPreview")
"""What may differ from run to run without another image: a registry's tokens are new every few hours."""


class DockerBuild:
    """The provider."""

    name = "docker-build"
    version = "0.0.22"
    secret_settings = frozenset({"registries"})

    def __init__(self) -> None:
        self._host = ""
        self._logins: dict[str, Login] = {}

    def configure(self, settings: Properties) -> None:
        """Take the engine's address and logins that count for every image."""
        for name in sorted(settings.keys() - {"host", "registries"}):
            raise Trouble(f"the setting docker-build:{name} has no entry in the embedded provider")
        self._host = settings.get("host", "")
        self._logins = logins(settings)

    def check(self, request: Check) -> Checked:
        """Refuse what is not honoured here; mark secrets as such even where the program has not."""
        _must_be_image(request)
        found = failures(request.inputs)
        for name in ("cacheFrom", "cacheTo"):
            found += [] if found else self._uncacheable(request.inputs, name)
        return Checked(_with_secrets(request.inputs), found)

    def diff(self, request: DiffRequest) -> Diff:
        """Every difference is a build, in place: the context by its content, the rest by the inputs."""
        _must_be_image(request)
        ignored = {f"secrets.{name}" for name in request.inputs.get("ignoreSecretsInDiffCalculation", [])}
        both = request.inputs.get("secrets", {}).keys() & request.old_inputs.get("secrets", {}).keys()
        skip = [*NOT_COMPARED, *(path for path in ignored if path.removeprefix("secrets.") in both)]
        changes = differ.diff(request.old_inputs, request.inputs, ignore=skip)
        if _context_hash(request.inputs) != request.old_outputs.get("contextHash"):
            changes["contextHash"] = Kind.UPDATE
        return Diff(changes)

    def create(self, request: Create) -> Created:
        """Build and push, or take over what is there already from the same sources."""
        _must_be_image(request)
        if request.preview:
            return Created("", self._preview(request.name, request.inputs, request.log))
        return Created(request.name, self._make(request.name, request.inputs, request.log))

    def update(self, request: Update) -> Properties:
        """The same as create: another image under the names that are wanted now."""
        _must_be_image(request)
        if request.preview:
            return self._preview(request.name, request.inputs, request.log)
        return self._make(request.name, request.inputs, request.log)

    def read(self, request: Read) -> Created | None:
        """Return the image as its registry has it, or None when one of its tags is gone."""
        _must_be_image(request)
        if not request.inputs:
            raise Trouble(f"the image {request.id} cannot be imported: what it is built from is not in it")
        build = read(request.inputs, self._logins)
        outputs = request.old_outputs
        if build.push:
            digests = [Repository(tag, build.logins).digest() for tag in build.tags]
            if None in digests:
                return None
            outputs = {**outputs, **_where(build.tags, str(digests[0]))}
        return Created(request.id, _with_secrets(outputs), _with_secrets(request.inputs))

    def delete(self, request: Delete) -> None:
        """Keep the image, as the official provider does: others may run from it; lifecycle policies remove it."""
        _must_be_image(request)

    def invoke(self, token: str, arguments: Properties) -> Properties:
        """Refuse: there are no functions."""
        raise Trouble(f"the embedded docker-build provider has no function {token}")

    @cached_property
    def _engine(self) -> DockerEngine:
        """The engine that builds; a Trouble says why there is none."""
        from localcloud import docker  # 0.15 s, which a run without a build saves

        if self._host:
            return docker.engine.examine(self._host)
        engine = docker.find()
        if engine is None:
            raise Trouble("no Docker engine answers", "; ".join(docker.explain()))
        return engine

    def _uncacheable(self, inputs: Properties, name: str) -> list[Failure]:
        """Return the caches that only buildx has, where the client is without it."""
        plain = {"cacheFrom": {"registry", "disabled"}, "cacheTo": {"inline", "disabled"}}[name]
        given = inputs.get(name, [])
        entries = [] if has_unknown(given) else [(index, key) for index, each in enumerate(given) for key in each]
        only = [(index, key) for index, key in entries if key not in plain]
        if not only or empty.wanted() or command.has_buildx(self._engine):
            return []
        reason = f"needs docker buildx, which {self._engine.client} is without"
        return [Failure(f"{name}[{index}].{key}", reason) for index, key in only]

    def _preview(self, name: str, inputs: Properties, log: Log) -> Properties:
        """Return what is known before a build; with `buildOnPreview` try it, and export nothing."""
        if inputs.get("buildOnPreview") is True and not has_unknown(inputs) and not empty.wanted():
            build = read(inputs, self._logins)
            labels = {LABEL: context.build_hash(build, context.context_hash(build))}
            if _known_digest(build, labels) is None:
                with command.workshop(self._engine, build, name) as workshop:
                    workshop.build([], labels, log.status)
        unknown = {"contextHash": _context_hash(inputs), "digest": UNKNOWN, "ref": UNKNOWN}
        return _with_secrets({**inputs, **unknown})

    def _make(self, name: str, inputs: Properties, log: Log) -> Properties:
        """Bring the image where it is wanted; return all outputs."""
        build = read(inputs, self._logins)
        digest_of_context = context.context_hash(build)
        labels = {LABEL: context.build_hash(build, digest_of_context)}
        digest = _known_digest(build, labels) or self._build(name, build, labels, log)
        outputs = {**inputs, "contextHash": digest_of_context, **_where(build.tags, digest)}
        return _with_secrets(outputs)

    def _build(self, name: str, build: Build, labels: Mapping[str, str], log: Log) -> str:
        """Build and push; return the digest that the registry gives, without a registry the image's id."""
        if empty.wanted():
            log.warning("there is no Docker engine: an empty image takes this one's place, nothing can run from it")
            return empty.push(build.tags, build.logins, {**labels, **build.labels}) if build.push else ""
        names = [local(tag) if build.push else tag for tag in build.tags]
        with command.workshop(self._engine, build, name) as workshop:
            image = workshop.build(names, labels, log.status)
            for tag in names if build.push else []:
                workshop.push(tag, log.status)
        if not build.push:
            return image
        return _must(Repository(build.tags[0], build.logins).digest, build.tags[0])


def _must(digest: Callable[[], str | None], tag: str) -> str:
    """Return the digest of what was just pushed."""
    found = digest()
    if found is None:
        raise Trouble(f"the registry does not know {tag}, which was just pushed to it", "run the same command again")
    return found


def _must_be_image(request: Request) -> None:
    if request.type != IMAGE:
        raise Trouble(f"the embedded docker-build provider has no resource {request.type}")


def _known_digest(build: Build, labels: Mapping[str, str]) -> str | None:
    """Return the digest when every tag in the registry is already the image that these sources make."""
    if not build.push or build.no_cache:
        return None
    digests = set()
    for tag in build.tags:
        repository = Repository(tag, build.logins)
        there = repository.labels() or {}
        if not labels.items() <= there.items() or (empty.LABEL in there and not empty.wanted()):
            return None
        digests.add(repository.digest())
    return digests.pop() if len(digests) == 1 else None


def _context_hash(inputs: Properties) -> object:
    """Return the hash of the context, or UNKNOWN where the context is not known yet."""
    sources = {key: inputs[key] for key in ("context", "dockerfile") if key in inputs}
    return UNKNOWN if has_unknown(sources) else context.context_hash(read(sources, {}))


def _where(tags: list[str], digest: str) -> Properties:
    """Return the outputs that say where the image is: `ref` is its first name with its digest."""
    return {"digest": digest, "ref": f"{tags[0]}@{digest}" if tags and digest else next(iter(tags), "")}


def _with_secrets(properties: Properties) -> Properties:
    """Return properties with the values of build secrets and the passwords of registries marked as secret."""
    found = dict(properties)
    if isinstance(found.get("secrets"), dict):
        found["secrets"] = Secret(found["secrets"])
    if isinstance(found.get("registries"), list):
        found["registries"] = [
            {**each, "password": Secret(each["password"])} if isinstance(each, dict) and "password" in each else each
            for each in found["registries"]
        ]
    return found
