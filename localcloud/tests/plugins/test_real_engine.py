"""The toy provider under the real Pulumi engine: what gRPC messages alone do not prove."""

import json
from pathlib import Path
from typing import Any

import pytest

from localcloud import engine
from localcloud.plugins.install import launcher
from localcloud.tests.plugins.bench import Bench

pytestmark = [pytest.mark.engine, pytest.mark.slow]

PROGRAM = """
import json
import pulumi

class Thing(pulumi.CustomResource):
    def __init__(self, logical, opts=None, /, **inputs):
        super().__init__("toy:index:Thing", logical, {"serial": None, "token": None, "name": None, **inputs}, opts)

class Toy(pulumi.ProviderResource):
    def __init__(self):
        settings = pulumi.Output.json_dumps({"numbers": [1]})
        super().__init__("toy", "toy", {"folder": FOLDER, "nested": settings}, pulumi.ResourceOptions(version="0.1.0"))

toy = Toy()
opts = pulumi.ResourceOptions(provider=toy, version="0.1.0")
"""


class Toys(Bench):
    """A stack of things, whose program always has the same head."""

    def __init__(self, root: Path, pulumi: engine.Engine) -> None:
        super().__init__(root, pulumi)
        self.things = root / "things"
        self.things.mkdir()
        launcher(root / "provider", "toy", "localcloud.tests.plugins.toy")
        self.run("plugin", "install", "resource", "toy", "0.1.0", "--file", str(root / "provider"))

    def write(self, program: str) -> None:
        """Write the program under its head."""
        super().write(PROGRAM.replace("FOLDER", repr(str(self.things))) + program)

    def there(self) -> dict[str, Any]:
        """Return the inputs of the things that exist, by name."""
        return {path.stem: json.loads(path.read_text())["inputs"] for path in self.things.glob("*.json")}


@pytest.fixture
def toys(pulumi_cli: engine.Engine, tmp_path: Path) -> Toys:
    return Toys(tmp_path, pulumi_cli)


def test_a_thing_is_made_kept_changed_replaced_and_removed(toys: Toys) -> None:
    program = 'thing = Thing("main", opts, size={size}{more})\npulumi.export("serial", thing.serial)'
    toys.up(program.format(size=1, more=""))
    assert toys.there() == {"dev-main": {"size": 1, "name": "dev-main"}}
    first = toys.outputs()["serial"]

    toys.run("preview", "--expect-no-changes")

    toys.up(program.format(size=2, more=""))
    assert toys.there() == {"dev-main": {"size": 2, "name": "dev-main"}}
    assert toys.outputs()["serial"] == first

    plan = toys.up(program.format(size=2, more=', name="other"'))
    assert "replaced" in plan
    assert toys.there() == {"other": {"size": 2, "name": "other"}}
    assert toys.outputs()["serial"] != first

    toys.run("destroy", "--yes", "--skip-preview")
    assert toys.there() == {}


def test_secrets_are_encrypted_in_the_state_and_settings_reach_the_provider(toys: Toys) -> None:
    toys.up(
        'thing = Thing("main", opts, password=pulumi.Output.secret("hunter2"))\n'
        'pulumi.export("token", thing.token)\n'
        'answer = pulumi.runtime.invoke("toy:index:settings", {"list": [1, "x"]}, pulumi.InvokeOptions(provider=toy))\n'
        'pulumi.export("nested", answer.value["settings"]["nested"])\n'
        'pulumi.export("arguments", answer.value["arguments"])\n'
    )
    assert toys.there()["dev-main"]["password"] == "hunter2"
    outputs = toys.outputs()
    assert outputs["token"] == "token-of-the-thing"
    assert outputs["nested"] == {"numbers": [1]}
    assert outputs["arguments"] == {"list": [1, "x"]}
    state = toys.state()
    assert "hunter2" not in state
    assert "token-of-the-thing" not in state


def test_drift_is_seen_by_a_refresh_and_mended_by_the_next_run(toys: Toys) -> None:
    program = 'Thing("main", opts, size=1)'
    toys.up(program)
    path = toys.things / "dev-main.json"
    live = json.loads(path.read_text())
    path.write_text(json.dumps({**live, "inputs": {"name": "dev-main", "size": 5}}))
    assert "~ 1 to update" in toys.run("refresh", "--preview-only")
    toys.run("refresh", "--yes", "--skip-preview")
    toys.up(program)
    assert toys.there()["dev-main"]["size"] == 1

    path.unlink()
    toys.run("refresh", "--yes", "--skip-preview")
    toys.up(program)
    assert toys.there()["dev-main"]["size"] == 1


def test_errors_are_read_without_a_traceback_and_a_half_made_thing_is_repaired(toys: Toys) -> None:
    refused = toys.up('Thing("main", opts, colour="red")', fails=True)
    assert "colour" in refused
    assert "is not known" in refused

    broken = toys.up('Thing("main", opts, size=1, broken=True)', fails=True)
    assert "it does not start" in broken
    assert toys.there() == {"dev-main": {"size": 1, "broken": True, "name": "dev-main"}}

    repaired = toys.up('Thing("main", opts, size=1, broken=True)')
    assert "updated" in repaired

    sold_out = toys.up('Thing("main", opts, size=13)', fails=True)
    assert "size 13 is sold out → take 12" in sold_out
    assert "Traceback" not in refused + broken + sold_out
