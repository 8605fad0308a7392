"""Images in a program, under the real Pulumi engine with the real Docker engine."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from localcloud import docker, engine
from localcloud.tests.plugins import images
from localcloud.tests.plugins.bench import Bench
from localcloud.tests.plugins.tiny_registry import TinyRegistry

pytestmark = [pytest.mark.engine, pytest.mark.docker, pytest.mark.slow]

PROGRAM = """
import pulumi
import pulumi_docker
import pulumi_docker_build as build

image = build.Image(
    "app",
    context={"location": CONTEXT},
    build_on_preview=False,
    push=True,
    tags=[TAG],
    secrets={"token": "hunter2-of-the-build"},
    registries=[{"address": HOST, "username": "AWS", "password": pulumi.Output.secret("hunter2-of-the-registry")}],
)
login = pulumi_docker.Provider(
    "login", registry_auth=[{"address": HOST, "username": "AWS", "password": "hunter2-of-the-registry"}]
)
found = pulumi_docker.get_registry_image_output(name=image.ref, opts=pulumi.InvokeOptions(provider=login))
pulumi.export("digest", image.digest)
pulumi.export("found", found.sha256_digest)
pulumi.export("ref", image.ref)
"""


def test_an_image_is_built_kept_rebuilt_and_read_in_a_program(
    pulumi_cli: engine.Engine,
    real_engine: docker.DockerEngine,
    registry: TinyRegistry,
    tmp_path: Path,
    cleaner: ExitStack,
) -> None:
    cleaner.callback(images.remove, real_engine, f"{registry.host}/app")
    registry.login = "AWS:hunter2-of-the-registry"
    folder = images.write_sources(tmp_path / "context")
    tag = f"{registry.host}/app:v1"
    bench = Bench(tmp_path, pulumi_cli)
    bench.environment["DOCKER_HOST"] = real_engine.host
    program = PROGRAM.replace("CONTEXT", repr(str(folder))).replace("TAG", repr(tag))
    program = program.replace("HOST", repr(registry.host))

    bench.write(program)
    assert "docker-build:index:Image" in bench.run("preview")
    assert registry.manifests == {}
    bench.up(program)
    first = registry.digest("app", "v1")
    assert bench.outputs() == {"digest": first, "found": first, "ref": f"{tag}@{first}"}
    assert "hunter2" not in bench.state()

    bench.run("preview", "--expect-no-changes")
    bench.run("refresh", "--yes", "--skip-preview", "--expect-no-changes")

    (folder / "message").write_text("bye\n")
    plan = bench.run("preview", "--diff")
    assert "~ docker-build:index:Image: (update)" in plan
    assert "contextHash" in plan
    bench.up(program)
    second = registry.digest("app", "v1")
    assert second != first
    assert bench.outputs()["found"] == second

    bench.run("destroy", "--yes", "--skip-preview")
    assert registry.digest("app", "v1") == second
