"""The embedded cloud without Docker, once for all tests of this folder, and a provider on it."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from localcloud import cloud, home
from localcloud.cloud import environment
from localcloud.plugins.aws import schema, table
from localcloud.plugins.aws.entry import Entry, Name, Tags
from localcloud.plugins.aws.provider import Provider
from localcloud.tests.plugins.aws.conformance import ACCOUNT, REGION
from localcloud.tests.plugins.aws.zoo import KINDS, TOKEN, Zoo


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a cloud of the tests' own, whose Python environment is the session's where there is one."""
    shared = home.folder("cloud") / "venv"
    own = tmp_path_factory.mktemp("home")
    (own / "cloud").mkdir()
    if (shared / "lock").exists() and (shared / "lock").read_text() == environment.fingerprint():
        (own / "cloud" / "venv").symlink_to(shared)
    with _at_home(own):
        address = cloud.start(None, REGION).endpoint
    yield address
    with _at_home(own):
        cloud.stop()


@contextlib.contextmanager
def _at_home(folder: Path) -> Iterator[None]:
    """Make `folder` the home for a while; the other tests of the session keep theirs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOCALCLOUD_HOME", str(folder))
        yield


@pytest.fixture
def provider(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Provider:
    """A provider of an account of the cloud."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    made = Provider()
    made.configure({"region": REGION, "allowedAccountIds": [ACCOUNT]})
    return made


@pytest.fixture
def zoo() -> Zoo:
    """A pretended service without cages."""
    return Zoo()


@pytest.fixture
def cages(zoo: Zoo, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Provider]:
    """Start a provider whose table has the cages of the zoo only; each is like a run of its own."""
    entry = Entry(
        token=TOKEN,
        service="zoo",
        inputs=("name", "size", "place", "rules"),
        create=zoo.create,
        read=zoo.read,
        update=zoo.update,
        settle=zoo.settle,
        broken=zoo.broken,
        delete=zoo.delete,
        find=zoo.find,
        replace={"place": "a cage cannot be moved"},
        json=("rules",),
        secret=("key",),
        name=Name(longest=20),
        tags=Tags(add="", remove="", owner=lambda call: {}, write=zoo.tag),
        rules=(lambda inputs: "a lion needs room" if inputs.get("size") == 1 else None,),
        seconds=30,
    )
    inputs = {**KINDS, "colour": "string"}
    described = {"inputs": inputs, "required": ["place"], "outputs": KINDS, "replace": [], "limits": {}}
    monkeypatch.setattr(table, "entries", lambda: {TOKEN: entry})
    monkeypatch.setattr(schema, "resource", lambda token: described)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")

    def configured() -> Provider:
        made = Provider()
        tags = {"tags": {"env": "dev"}}
        made.configure({"region": "eu-west-1", "allowedAccountIds": ["222222222222"], "defaultTags": tags})
        return made

    return configured
