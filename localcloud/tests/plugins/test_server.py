import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import grpc
import psutil
import pytest
from google.protobuf import empty_pb2

from localcloud import processes
from localcloud.plugins import wire
from localcloud.plugins.messages import plugin_pb2, provider_pb2, status_pb2
from localcloud.plugins.provider import UNKNOWN, Provider, Secret
from localcloud.tests.plugins.conftest import Serve, Stub
from localcloud.tests.plugins.toy import Toy

URN = "urn:pulumi:dev::shop::platform:network:Network$toy:index:Thing::main"
PATIENCE = 60.0


def create(stub: Stub, preview: bool = False, **inputs: Any) -> provider_pb2.CreateResponse:
    request = provider_pb2.CreateRequest(urn=URN, properties=wire.pack(inputs), preview=preview)
    answer: provider_pb2.CreateResponse = stub.Create(request, timeout=PATIENCE)
    return answer


@pytest.fixture
def stub(serve: Serve, tmp_path: Path) -> Stub:
    stub = serve(Toy())
    stub.Configure(provider_pb2.ConfigureRequest(args=wire.pack({"folder": str(tmp_path)})))
    return stub


def test_the_handshake_asks_for_plain_values_and_offers_autonaming(stub: Stub) -> None:
    answer = stub.Handshake(provider_pb2.ProviderHandshakeRequest())
    assert answer == provider_pb2.ProviderHandshakeResponse(supports_autonaming_configuration=True)


def test_version_and_schema_are_those_of_the_provider(stub: Stub) -> None:
    assert stub.GetPluginInfo(empty_pb2.Empty()).version == "0.1.0"
    schema = stub.GetSchema(provider_pb2.GetSchemaRequest()).schema
    assert json.loads(schema) == {"name": "toy", "version": "0.1.0"}


@pytest.mark.parametrize("call", ["Parameterize", "Construct", "Call", "GetMapping", "GetMappings"])
def test_what_a_provider_does_not_have_is_unimplemented(stub: Stub, call: str) -> None:
    requests: dict[str, Any] = {
        "Parameterize": provider_pb2.ParameterizeRequest(),
        "Construct": provider_pb2.ConstructRequest(),
        "Call": provider_pb2.CallRequest(),
        "GetMapping": provider_pb2.GetMappingRequest(),
        "GetMappings": provider_pb2.GetMappingsRequest(),
    }
    with pytest.raises(grpc.RpcError) as caught:
        getattr(stub, call)(requests[call])
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_settings_arrive_parsed_and_without_the_engines_own(serve: Serve, tmp_path: Path) -> None:
    stub = serve(Toy())
    settings = {
        "folder": str(tmp_path),
        "allowedAccountIds": '["111111111111"]',
        "defaultTags": '{"tags": {"team": "x"}}',
        "skip": "true",
        "region": "eu-west-1",
        "number": "12",
        "version": "7.0.0",
        "__internal": {},
    }
    stub.Configure(provider_pb2.ConfigureRequest(args=wire.pack(settings)))
    answer = stub.Invoke(provider_pb2.InvokeRequest(tok="toy:index:settings", args=wire.pack({"a": 1})))
    got = wire.unpack(getattr(answer, "return"))
    assert got["arguments"] == {"a": 1}
    assert got["settings"] == {
        "folder": str(tmp_path),
        "allowedAccountIds": ["111111111111"],
        "defaultTags": {"tags": {"team": "x"}},
        "skip": True,
        "region": "eu-west-1",
        "number": "12",
    }


def test_secret_settings_are_marked_and_the_others_left_as_they_are(serve: Serve) -> None:
    toy = Toy()
    toy.secret_settings = frozenset({"password", "token"})
    kept = {"folder": "x", "key": Secret("k"), "__internal": {"a": 1}}
    news = wire.pack({**kept, "password": "p", "token": UNKNOWN})
    answer = serve(toy).CheckConfig(provider_pb2.CheckRequest(urn=URN, news=news))
    assert answer.inputs == wire.pack({**kept, "password": Secret("p"), "token": Secret(UNKNOWN)})


def test_no_setting_replaces_a_provider(stub: Stub) -> None:
    old, new = ({"region": "a", "list": "[1]"}, {"region": "b", "list": "[1]"})
    answer = stub.DiffConfig(provider_pb2.DiffRequest(urn=URN, olds=wire.pack(old), news=wire.pack(new)))
    assert (list(answer.diffs), list(answer.replaces)) == (["region"], [])


def test_a_secret_output_is_marked_on_the_wire(stub: Stub) -> None:
    token = create(stub, name="a").properties.fields["token"].struct_value
    assert token.fields[wire.SIGNATURE].string_value == wire.SECRET
    assert token.fields["value"].string_value == "token-of-the-thing"


def test_check_takes_the_proposed_name_and_names_every_refused_property(stub: Stub) -> None:
    autonaming = provider_pb2.CheckRequest.AutonamingOptions(proposed_name="shop-main")
    news = wire.pack({"size": 1, "colour": "red", "weight": 2})
    answer = stub.Check(provider_pb2.CheckRequest(urn=URN, news=news, autonaming=autonaming))
    assert wire.unpack(answer.inputs)["name"] == "shop-main"
    assert [(each.property, each.reason) for each in answer.failures] == [
        ("colour", "is not known"),
        ("weight", "is not known"),
    ]


def test_a_diff_names_paths_kinds_and_what_replaces(stub: Stub) -> None:
    request = provider_pb2.DiffRequest(
        urn=URN,
        id="a",
        old_inputs=wire.pack({"name": "a", "labels": {"x": "1"}}),
        olds=wire.pack({"name": "a", "labels": {"x": "1"}, "serial": "1"}),
        news=wire.pack({"name": "b", "labels": {"x": "2"}}),
    )
    answer = stub.Diff(request)
    assert answer.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert list(answer.replaces) == ["name"]
    assert list(answer.diffs) == ["labels", "name"]
    assert {path: each.inputDiff for path, each in answer.detailedDiff.items()} == {"name": True, "labels.x": True}
    kinds = {path: provider_pb2.PropertyDiff.Kind.Name(each.kind) for path, each in answer.detailedDiff.items()}
    assert kinds == {"name": "UPDATE_REPLACE", "labels.x": "UPDATE"}


def test_no_difference_is_said_as_none(stub: Stub) -> None:
    same = wire.pack({"name": "a"})
    answer = stub.Diff(provider_pb2.DiffRequest(urn=URN, id="a", old_inputs=same, news=same))
    assert answer.changes == provider_pb2.DiffResponse.DIFF_NONE
    assert answer.hasDetailedDiff


def test_a_preview_makes_nothing_and_leaves_outputs_unknown(stub: Stub, tmp_path: Path) -> None:
    answer = create(stub, preview=True, name="a", size=1)
    assert answer.id == ""
    assert wire.unpack(answer.properties) == {"name": "a", "size": 1, "serial": UNKNOWN}
    assert list(tmp_path.glob("*.json")) == []


def test_read_finds_what_create_made_until_it_is_deleted(stub: Stub) -> None:
    made = create(stub, name="a", size=1)
    found = stub.Read(provider_pb2.ReadRequest(urn=URN, id="a"))
    assert (found.id, wire.unpack(found.inputs)) == ("a", {"name": "a", "size": 1})
    assert wire.unpack(found.properties) == wire.unpack(made.properties)
    stub.Delete(provider_pb2.DeleteRequest(urn=URN, id="a", properties=made.properties))
    assert stub.Read(provider_pb2.ReadRequest(urn=URN, id="a")) == provider_pb2.ReadResponse()


def test_a_half_made_resource_is_handed_over_with_its_reasons(stub: Stub) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        create(stub, name="a", broken=True)
    metadata: dict[str, Any] = {each.key: each.value for each in caught.value.trailing_metadata() or ()}
    status = status_pb2.Status.FromString(metadata["grpc-status-details-bin"])
    detail = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(detail)
    assert (detail.id, list(detail.reasons)) == ("a", ["it does not start"])
    assert wire.unpack(detail.inputs) == {"name": "a", "broken": True}
    assert caught.value.details() == "it does not start"


def test_a_trouble_is_its_one_line_and_another_error_gets_its_class(stub: Stub) -> None:
    with pytest.raises(grpc.RpcError) as trouble:
        stub.Update(provider_pb2.UpdateRequest(urn=URN, id="a", news=wire.pack({"size": 13})))
    assert trouble.value.details() == "size 13 is sold out → take 12"
    with pytest.raises(grpc.RpcError) as other:
        stub.Invoke(provider_pb2.InvokeRequest(tok="toy:index:nothing"))
    assert other.value.details() == "KeyError: 'toy:index:nothing'"


def test_cancel_ends_a_wait_at_once(stub: Stub, tmp_path: Path) -> None:
    failures: list[str] = []

    def wait_long() -> None:
        try:
            create(stub, name="a", slow=True)
        except grpc.RpcError as error:
            failures.append(str(error.details()))

    waiting = threading.Thread(target=wait_long)
    waiting.start()
    while not (tmp_path / "waiting").exists():
        waiting.join(0.05)
        assert waiting.is_alive()
    stub.Cancel(empty_pb2.Empty())
    waiting.join(PATIENCE)
    assert failures == ["interrupted before the cloud was ready → run the same command again"]


def test_a_message_larger_than_grpcs_four_megabytes_goes_both_ways(stub: Stub) -> None:
    labels = {f"key-{number}": "x" * 1000 for number in range(8000)}
    assert wire.unpack(create(stub, name="a", labels=labels).properties)["labels"] == labels


def test_attach_to_an_engine_that_is_gone_is_no_error(stub: Stub) -> None:
    stub.Attach(plugin_pb2.PluginAttach(address="127.0.0.1:1"))
    assert create(stub, name="a").id == "a"


def test_the_toy_is_a_provider() -> None:
    provider: Provider = Toy()
    assert provider.name == "toy"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_provider_prints_its_port_and_ends_quietly(toy_process: subprocess.Popen[str], number: int) -> None:
    assert toy_process.stdout is not None
    port = int(toy_process.stdout.readline())
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        assert Stub(channel).GetPluginInfo(empty_pb2.Empty(), timeout=PATIENCE).version == "0.1.0"
    toy_process.send_signal(number)
    output, errors = toy_process.communicate(timeout=PATIENCE)
    assert (toy_process.returncode, output, errors) == (0, "", "")


def test_the_log_names_calls_and_errors_but_no_values(
    toy_process: subprocess.Popen[str], own_home: Path, tmp_path: Path
) -> None:
    assert toy_process.stdout is not None
    with grpc.insecure_channel(f"127.0.0.1:{int(toy_process.stdout.readline())}") as channel:
        stub = Stub(channel)
        stub.Configure(provider_pb2.ConfigureRequest(args=wire.pack({"folder": str(tmp_path)})))
        create(stub, name="a", password="hunter2")
        with pytest.raises(grpc.RpcError):
            stub.Update(provider_pb2.UpdateRequest(urn=URN, id="a", news=wire.pack({"size": 13})))
    toy_process.terminate()
    toy_process.wait(PATIENCE)
    log = (own_home / "logs" / "plugin-toy.log").read_text()
    assert f"INFO create {URN} in" in log
    assert f"ERROR update {URN} failed: size 13 is sold out → take 12" in log
    assert "hunter2" not in log
    assert "Traceback" not in log


def test_a_traceback_is_in_the_log_when_it_is_asked_for(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SLIPWAY_DEBUG", "1")
    with pytest.raises(grpc.RpcError):
        serve(Toy()).Invoke(provider_pb2.InvokeRequest(tok="toy:index:nothing"))
    assert "Traceback" in caplog.text


def test_a_provider_ends_when_its_parent_is_killed() -> None:
    code = (
        "import subprocess, sys, time\n"
        "toy = subprocess.Popen([sys.executable, '-m', 'localcloud.tests.plugins.toy'], stdout=subprocess.PIPE)\n"
        "print(toy.pid, toy.stdout.readline().decode(), flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        toy = psutil.Process(int(parent.stdout.readline().split()[0]))
        parent.kill()
        processes.wait_until(lambda: has_ended(toy), "the end of the toy", PATIENCE)


def has_ended(process: psutil.Process) -> bool:
    """Say whether a process is gone, or waits for nobody to ask for its exit code."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_a_provider_imports_its_messages_without_the_pulumi_sdk() -> None:
    code = "import sys, localcloud.plugins.server; print(sorted(m for m in sys.modules if m.startswith('pulumi')))"
    environment = {**os.environ, "PYTHONPATH": ""}
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert "pulumi.runtime.proto.provider_pb2" in found.stdout
    assert "'pulumi.output'" not in found.stdout


def test_the_pulumi_sdk_can_still_be_imported_afterwards() -> None:
    code = (
        "from localcloud.plugins.messages import provider_pb2\n"
        "import pulumi\n"
        "from pulumi.runtime.proto import provider_pb2 as again\n"
        "print(again is provider_pb2, pulumi.Output.__name__)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "True Output\n"
