"""A machine that can have no Docker: what needs no container comes up whole, and what is missing is named."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from localcloud import home
from pipelines import stacks
from tests.e2e.commands import SLIPWAY, ask, letter, run, slipway
from tests.e2e.wishes import Ewelists

CONTAINERS = ["anythingyouwantt", "counter", "market", "planner"]
"""Systems that need a container for themselves or for their database."""


GOT = ("artifacts", "pulumi/bin")
"""What this machine has built or fetched already, which takes minutes and is not what is tested."""


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A cloud of its own, without an engine to fall back on, and nothing of it afterwards."""
    own = tmp_path / "home"
    for name in GOT:
        shutil.copytree(home.folder(name), own / name)
    monkeypatch.setenv("LOCALCLOUD_HOME", str(own))
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody.sock")
    yield
    slipway("down", "--all")
    assert run(SLIPWAY, "status", "--json").code == 3
    shutil.rmtree(own)


def test_ewelists_comes_up_whole_and_the_others_are_named(measured: Callable[[str], None]) -> None:
    assert sorted(stacks.section("dev", "stack")["systems"]) == sorted([*CONTAINERS, "ewelists"])
    brought = slipway("up", "dev", "--no-docker", "--json")
    measured(f"up dev --no-docker, in a home of its own: {brought.seconds:.0f} s")
    assert f"dev comes up without {', '.join(CONTAINERS)}: no Docker engine" in " ".join(brought.err.split())
    found = json.loads(brought.out)
    assert found["cloud"]["docker"] is False
    assert list(found["stacks"]["dev"]["urls"]) == ["ewelists"]

    ewelists = Ewelists()
    code, page = ask(f"{ewelists.site}/")
    (script,) = re.findall(r'src="(/assets/[^"]+\.js)"', page)
    assert (code, ask(ewelists.site + script)[0]) == (200, 200)
    ada, bob = ewelists.person("Ada"), ewelists.person("Bob")
    made = ada.made("/lists", {"title": "Birthday"})["id"]
    cups = ada.made(f"/lists/{made}/products", {"name": "Cups", "quantity": 1})["id"]
    ada.made(f"/lists/{made}/share", {"email": bob.email})
    token = letter(bob.email, rf"/invitations/({made}\.\S+)")
    assert bob("POST", f"/invitations/{token}/accept")[0] == 200
    assert bob.made(f"/lists/{made}/products/{cups}/reserve", {"quantity": 1})["available"] == 0
    assert ada("GET", f"/lists/{made}")[1]["items"][0]["available"] == 0
