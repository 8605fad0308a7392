"""Everything but databases and users: which step is done when, keys, one-off tasks, and patience."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from deploy_steps import aws, handler, run_task, scram, secrets_manager, signing_key, trust
from deploy_steps.errors import StepError

from tests.conftest import value_of


def refused(code: str = "AccessDeniedException") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Call")


def test_a_step_that_there_is_none_of_is_refused() -> None:
    with pytest.raises(StepError) as raised:
        handler.handle({"step": "cook"}, None)

    assert str(raised.value) == (
        "there is no step 'cook', only cache-user, logical-database, random-secret, run-task, signing-key, site"
    )


def test_an_event_that_lacks_something_is_told() -> None:
    with pytest.raises(StepError, match="signing-key: the event lacks 'secret'"):
        handler.handle({"step": "signing-key"}, None)


@pytest.mark.parametrize("step", ["logical-database", "random-secret", "run-task", "signing-key", "site"])
def test_what_holds_data_is_kept_when_its_resource_is_deleted(step: str) -> None:
    assert handler.handle({"step": step, "tf": {"action": "delete"}}, None) == {"kept": True}


def test_what_goes_wrong_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(event: Any) -> dict[str, Any]:
        raise RuntimeError("first\n  second")

    monkeypatch.setitem(handler.STEPS, "signing-key", fails)  # type: ignore[arg-type]

    with pytest.raises(StepError) as raised:
        handler.handle({"step": "signing-key"}, None)

    assert str(raised.value) == "signing-key: first second"


@pytest.fixture
def kms(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Make key pairs as KMS does; the calls are returned."""
    calls: list[dict[str, Any]] = []

    class Kms:
        def generate_data_key_pair(self, **given: Any) -> dict[str, bytes]:
            calls.append(given)
            key = rsa.generate_private_key(65537, 2048)
            return {
                "PrivateKeyPlaintext": key.private_bytes(
                    serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                ),
                "PublicKey": key.public_key().public_bytes(
                    serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
                ),
            }

    client = aws.client
    monkeypatch.setattr(aws, "client", lambda service: Kms() if service == "kms" else client(service))
    return calls


def test_a_signing_key_is_an_rsa_key_and_made_once(secret: Callable[..., str], kms: list[dict[str, Any]]) -> None:
    event = {"step": "signing-key", "key": "arn:key", "secret": secret("tokens")}

    first = handler.handle(event, None)
    second = handler.handle(event, None)

    value = value_of(event["secret"])
    key = serialization.load_pem_private_key(value["privateKey"].encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    assert key.key_size == 2048
    public = serialization.load_pem_public_key(first["publicKey"].encode())
    assert isinstance(public, rsa.RSAPublicKey)
    assert public.public_numbers() == key.public_key().public_numbers()
    assert first == {"kid": value["kid"], "publicKey": value["publicKey"], "created": True}
    assert second == {"kid": value["kid"], "publicKey": value["publicKey"], "created": False}
    assert kms == [{"KeyId": "arn:key", "KeyPairSpec": "RSA_2048"}]
    assert len(value["kid"]) == signing_key.KID_LENGTH


def test_a_random_secret_is_made_once(secret: Callable[..., str]) -> None:
    event = {"step": "random-secret", "secret": secret("sessions")}

    assert handler.handle(event, None) == {"created": True}
    made = value_of(event["secret"])
    assert handler.handle(event, None) == {"created": False}

    assert value_of(event["secret"]) == made
    assert set(made) == {"key"}
    assert len(made["key"]) == 43


class Ecs:
    """One task that goes through its states."""

    def __init__(self, states: list[dict[str, Any]], failures: list[dict[str, str]] | None = None) -> None:
        self.states, self.failures = states, failures or []
        self.requests: list[dict[str, Any]] = []
        self.stopped: list[str] = []

    def run_task(self, **given: Any) -> dict[str, Any]:
        self.requests.append(given)
        return {"tasks": [] if self.failures else [{"taskArn": "arn:task/dev/1"}], "failures": self.failures}

    def describe_tasks(self, cluster: str, tasks: list[str]) -> dict[str, Any]:
        return {"tasks": [self.states.pop(0) if len(self.states) > 1 else self.states[0]]}

    def stop_task(self, cluster: str, task: str, reason: str) -> None:
        self.stopped.append(task)


class Logs:
    """A log of one task."""

    def __init__(self, *lines: str) -> None:
        self.lines = lines

    def get_log_events(self, **given: Any) -> dict[str, Any]:
        assert given["logStreamName"] == "shop-api/shop-api/1"
        return {"events": [{"message": line} for line in self.lines]}


EVENT = {
    "step": "run-task",
    "cluster": "dev",
    "taskDefinition": "dev-shop-api",
    "container": "shop-api",
    "command": ["node", "migrate.js"],
    "subnets": ["subnet-1"],
    "securityGroups": ["sg-1"],
    "logGroup": "shop",
}


def state(status: str, code: int | None = None, reason: str = "") -> dict[str, Any]:
    container = {"name": "shop-api", **({} if code is None else {"exitCode": code})}
    return {"lastStatus": status, "containers": [container], "stoppedReason": reason}


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    monkeypatch.setattr(run_task, "PAUSE_SECONDS", 0)

    def use(ecs: Ecs, logs: Logs) -> None:
        monkeypatch.setattr(aws, "client", {"ecs": ecs, "logs": logs}.__getitem__)

    return use


def test_a_task_is_run_to_its_end(cloud: Callable[..., None]) -> None:
    ecs = Ecs([state("PENDING"), state("RUNNING"), state("STOPPED", 0)])
    cloud(ecs, Logs())

    assert handler.handle(EVENT, None) == {"task": "arn:task/dev/1", "exitCode": 0}
    [request] = ecs.requests
    assert request["taskDefinition"] == "dev-shop-api"
    assert request["launchType"] == "FARGATE"
    assert request["overrides"] == {"containerOverrides": [{"name": "shop-api", "command": ["node", "migrate.js"]}]}
    assert request["networkConfiguration"]["awsvpcConfiguration"] == {
        "subnets": ["subnet-1"],
        "securityGroups": ["sg-1"],
        "assignPublicIp": "DISABLED",
    }


@pytest.mark.parametrize(
    ("ended", "said", "line"),
    [
        (state("STOPPED", 1), ["first", '{"error":"no\ntable"}'], 'ended with 1: {"error":"no table"}'),
        (state("STOPPED", 137), [], "ended with 137"),
        (state("STOPPED", None, "no such image"), [], "no such image"),
        (state("STOPPED"), [], "did not start"),
    ],
    ids=["its last line", "silent", "never started", "no reason"],
)
def test_a_task_that_fails_says_why(
    cloud: Callable[..., None], ended: dict[str, Any], said: list[str], line: str
) -> None:
    cloud(Ecs([ended]), Logs(*said))

    with pytest.raises(StepError) as raised:
        handler.handle(EVENT, None)

    assert str(raised.value) == f"shop-api: node migrate.js {line}"


def test_a_task_that_cannot_be_placed_is_told(cloud: Callable[..., None]) -> None:
    cloud(Ecs([state("PENDING")], [{"reason": "RESOURCE:MEMORY"}]), Logs())

    with pytest.raises(StepError, match=r"shop-api: node migrate.js could not be started: RESOURCE:MEMORY"):
        handler.handle(EVENT, None)


def test_a_task_without_an_end_is_stopped(cloud: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_task, "WAIT_SECONDS", 0)
    ecs = Ecs([state("RUNNING")])
    cloud(ecs, Logs())

    with pytest.raises(StepError, match="was not through after 0 s, and was stopped"):
        handler.handle(EVENT, None)

    assert ecs.stopped == ["arn:task/dev/1"]


def test_a_permission_that_is_on_its_way_is_waited_for() -> None:
    answers: list[Any] = [refused(), refused("AccessDenied"), "there"]

    def call() -> str:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return str(answer)

    assert aws.patiently(call) == "there"


def test_a_permission_that_never_comes_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "PATIENCE_SECONDS", 0)

    def call() -> None:
        raise refused()

    with pytest.raises(ClientError, match="AccessDeniedException"):
        aws.patiently(call)


def test_a_secret_without_a_value_is_none_and_one_that_is_the_same_is_not_written(
    secret: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    arn = secret("fresh")
    assert secrets_manager.read(arn) is None
    secrets_manager.write(arn, {"a": 1})
    written: list[str] = []
    client = aws.client("secretsmanager")
    monkeypatch.setattr(client, "put_secret_value", lambda **given: written.append(given["SecretString"]))
    monkeypatch.setattr(aws, "client", lambda service: client)

    secrets_manager.write(arn, {"a": 1})
    secrets_manager.write(arn, {"a": 2})

    assert written == ['{"a": 2}']


def test_passwords_are_long_plain_and_all_different() -> None:
    made = {secrets_manager.password() for _ in range(100)}

    assert len(made) == 100
    assert {len(one) for one in made} == {43}
    assert all(one.isascii() and not set(one) & set("'\"\\@/ ") for one in made)


def test_a_verifier_is_the_one_of_the_standards_example() -> None:
    """The password, salt and iterations of RFC 7677 make these keys."""
    import base64

    salt = base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")

    assert scram.verifier("pencil", salt) == (
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ=="
        "$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    )


@pytest.mark.parametrize("text", ["<html>", ""])
def test_a_trust_store_without_a_certificate_is_refused(trust_store: Callable[[str], None], text: str) -> None:
    trust_store(text)

    with pytest.raises(StepError, match=r"the trust store http://trust\.example/bundle\.pem holds no certificate"):
        trust.bundle()


def test_a_trust_store_is_on_the_web(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RDS_TRUST_STORE_URL", f"file://{tmp_path}")

    with pytest.raises(StepError, match="the trust store is not at an address of the web"):
        trust.bundle()
