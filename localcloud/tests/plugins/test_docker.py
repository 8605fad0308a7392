from typing import Any

import grpc
import pytest

from localcloud.plugins import wire
from localcloud.plugins.docker.provider import GET_REGISTRY_IMAGE, Docker
from localcloud.plugins.messages import provider_pb2
from localcloud.plugins.registry import Login
from localcloud.tests.plugins import images
from localcloud.tests.plugins.conftest import Serve, Stub
from localcloud.tests.plugins.tiny_registry import TinyRegistry


@pytest.fixture
def stub(serve: Serve) -> Stub:
    return serve(Docker())


def invoke(stub: Stub, token: str = GET_REGISTRY_IMAGE, **arguments: Any) -> dict[str, Any]:
    answer = stub.Invoke(provider_pb2.InvokeRequest(tok=token, args=wire.pack(arguments)))
    return wire.unpack(getattr(answer, "return"))


def refusal(stub: Stub, token: str = GET_REGISTRY_IMAGE, **arguments: Any) -> str:
    with pytest.raises(grpc.RpcError) as caught:
        invoke(stub, token, **arguments)
    return str(caught.value.details())


def test_an_image_is_read_by_tag_and_by_digest_with_the_providers_login(stub: Stub, registry: TinyRegistry) -> None:
    name = f"{registry.host}/counter/backend:v1"
    digest = images.push_empty(name)
    registry.login = "AWS:hunter2"
    auth = [{"address": f"http://{registry.host}", "username": "AWS", "password": "hunter2"}]
    stub.Configure(provider_pb2.ConfigureRequest(args=wire.pack({"registryAuth": auth})))
    assert invoke(stub, name=name) == {"name": name, "id": digest, "sha256Digest": digest}
    pinned = f"{name}@{digest}"
    assert invoke(stub, name=pinned, insecureSkipVerify=True) == {
        "name": pinned,
        "insecureSkipVerify": True,
        "id": digest,
        "sha256Digest": digest,
    }


def test_an_image_that_is_not_there_is_named_with_tag_or_digest(stub: Stub, registry: TinyRegistry) -> None:
    place = f"{registry.host}/counter/backend"
    fix = "push it first, or correct what the stack pins"
    assert refusal(stub, name=f"{place}:v9") == f"{place} has no image with the tag v9 → {fix}"
    digest = f"sha256:{'b' * 64}"
    assert refusal(stub, name=f"{place}@{digest}") == f"{place} has no image with the digest {digest} → {fix}"


def test_what_has_no_entry_is_refused_by_name(stub: Stub) -> None:
    assert refusal(stub, name="x", platform="y").startswith("the argument of getRegistryImage platform has no entry")
    assert "has no function docker:index/getLogs:getLogs" in refusal(stub, "docker:index/getLogs:getLogs")
    with pytest.raises(grpc.RpcError) as setting:
        stub.Configure(provider_pb2.ConfigureRequest(args=wire.pack({"sshOpts": "[]"})))
    assert "the setting docker:sshOpts has no entry" in str(setting.value.details())
    urn = "urn:pulumi:dev::p::docker:index/network:Network::n"
    with pytest.raises(grpc.RpcError) as resource:
        stub.Check(provider_pb2.CheckRequest(urn=urn, type="docker:index/network:Network"))
    assert "has no resource docker:index/network:Network" in str(resource.value.details())


def test_a_login_that_is_disabled_is_not_sent(registry: TinyRegistry) -> None:
    provider = Docker()
    provider.configure({"registryAuth": [{"address": registry.host, "authDisabled": True, "username": "x"}]})
    name = f"{registry.host}/counter/backend:v1"
    digest = images.push_empty(name, {registry.host: Login("any", "any")})
    assert provider.invoke(GET_REGISTRY_IMAGE, {"name": name})["sha256Digest"] == digest
