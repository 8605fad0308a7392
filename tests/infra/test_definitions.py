"""Modules whose classes are made when somebody asks for them, and types that are worked out once."""

import importlib.util
import json
import os
import subprocess
import sys
import typing
from collections.abc import Iterator
from importlib.util import cache_from_source
from pathlib import Path
from types import ModuleType
from typing import Any

import pulumi
import pytest
from pulumi import _types

from infra.core import definitions, hints
from tests.infra import stacks

KINDS = """
from enum import Enum

__all__ = ["Colour", "Size"]

class Colour(str, Enum):
    RED = "red"

class Size(str, Enum):
    BIG = "big"
"""
SHAPES = '''
from typing import TypedDict
from generated_kinds import *

__all__ = ["Outer", "Inner", "Leaf", "Other"]
made = []

def note(cls):
    """Keep the order in which classes are made."""
    made.append(cls.__name__)
    return cls

@note
class Outer:
    """The outermost."""
    inner: "list['Inner']"

@note
class Inner:
    leaf: "Leaf"
    colour: "Colour"

@note
class Leaf:
    pass

@note
class Other:
    pass

class LeafDict(TypedDict):
    colour: "Colour"
'''
USER = """
from generated_shapes import *

def leaf() -> "Leaf":
    return Leaf()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder with the sources; modules of that name are forgotten afterwards."""
    for name, text in {"kinds": KINDS, "shapes": SHAPES, "user": USER}.items():
        (tmp_path / f"generated_{name}.py").write_text(text)
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith("generated_")]:
        del sys.modules[name]


def load(folder: Path, name: str, kind: type[definitions.Whole] = definitions.Parts) -> ModuleType:
    path = folder / f"generated_{name}.py"
    spec = importlib.util.spec_from_file_location(path.stem, path, loader=kind(path.stem, str(path)))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def test_a_class_is_made_when_it_is_asked_for_together_with_those_that_it_names(folder: Path) -> None:
    load(folder, "kinds")
    shapes = load(folder, "shapes")
    assert shapes.made == []

    outer = shapes.Outer

    assert outer.__module__ == "generated_shapes"
    assert shapes.made == ["Outer", "Inner", "Leaf"]
    assert shapes.Outer is outer
    assert outer.__doc__ is None
    assert outer.__annotations__ == {"inner": "\"list['Inner']\""}


def test_names_of_other_modules_that_only_classes_mention_are_there_when_a_class_is_made(folder: Path) -> None:
    kinds = load(folder, "kinds")
    shapes = load(folder, "shapes")

    assert shapes.Colour is kinds.Colour
    assert not hasattr(shapes, "Size")


def test_what_only_type_checkers_read_is_made_empty(folder: Path) -> None:
    load(folder, "kinds")
    shapes = load(folder, "shapes")

    assert shapes.LeafDict(colour="red") == {"colour": "red"}
    assert shapes.LeafDict.__annotations__ == {}


def test_importing_everything_brings_a_file_what_it_mentions(folder: Path) -> None:
    load(folder, "kinds")
    shapes = load(folder, "shapes")

    user = load(folder, "user", definitions.Whole)

    assert shapes.made == ["Leaf"]
    assert type(user.leaf()) is shapes.Leaf


def test_importing_everything_brings_a_package_all(folder: Path) -> None:
    load(folder, "kinds")
    shapes = load(folder, "shapes")
    found: dict[str, Any] = {}

    exec(compile("from generated_shapes import *", str(folder / "__init__.py"), "exec"), found)  # noqa: S102 - what a package does

    assert shapes.made == ["Outer", "Inner", "Leaf", "Other"]
    assert {"Outer", "Inner", "Leaf", "Other"} <= found.keys()


def test_a_name_that_is_no_class_of_the_file_is_an_attribute_error(folder: Path) -> None:
    with pytest.raises(AttributeError, match=r"^module 'generated_kinds' has no attribute 'Shape'$"):
        _ = load(folder, "kinds").Shape


@pytest.mark.parametrize("damage", ["changed source", "broken copy", "no copy can be kept"])
def test_what_was_compiled_is_never_in_the_way(folder: Path, damage: str) -> None:
    kept = Path(cache_from_source(str(folder / "generated_kinds.py"), optimization="parts"))
    if damage == "no copy can be kept":
        kept.parent.write_text("a file where the folder would be")
    assert load(folder, "kinds").Colour.RED == "red"
    if damage == "changed source":
        (folder / "generated_kinds.py").write_text(KINDS.replace('"red"', '"crimson"'))
    if damage == "broken copy":
        kept.write_bytes(kept.read_bytes()[:-20])

    wanted = "crimson" if damage == "changed source" else "red"

    again = load(folder, "kinds")

    assert [each.value for each in again.Colour] == [wanted]


def test_the_second_load_reads_what_the_first_has_compiled(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(folder, "kinds")
    monkeypatch.setattr(definitions.Parts, "translate", lambda *_: pytest.fail("compiled a second time"))

    assert load(folder, "kinds").Size.BIG == "big"


class Example:
    """Getters as the SDK's generator writes them."""

    def plain(self) -> "pulumi.Output[Optional[_builtins.str]]":  # type: ignore[name-defined] # noqa: F821
        raise NotImplementedError

    def again(self) -> "pulumi.Output[Optional[_builtins.str]]":  # type: ignore[name-defined] # noqa: F821
        raise NotImplementedError

    def own(self) -> "pulumi.Output['Example']":  # type: ignore[name-defined]
        raise NotImplementedError

    def given(self) -> "pulumi.Input[Optional['Example']]":  # type: ignore[name-defined] # noqa: F821
        raise NotImplementedError


def test_types_written_alike_are_looked_up_once_and_those_with_names_of_their_own_where_these_are_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_up = []

    def look_up(thing: Any, **_: Any) -> dict[str, Any]:
        looked_up.append(thing.__name__)
        return {"return": list[int]}

    monkeypatch.setattr(_types, "get_type_hints", look_up)
    monkeypatch.setattr(_types, "unwrap_type", lambda hint: hint.__args__[0])
    hints.remember()
    hints.remember()

    def found(thing: Any, **names: Any) -> Any:
        return _types.get_type_hints(thing, globalns={"pulumi": pulumi, **names}, localns={})["return"]

    assert [found(each) for each in (Example.plain, Example.again)] == [list[int]] * 2
    assert looked_up == ["plain"]
    assert found(Example.own, Example=int) == pulumi.Output[int]
    assert found(Example.own, Example=str) == pulumi.Output[str]
    assert found(Example.given, Example=int, Optional=typing.Optional).__args__[:2] == (int, type(None))
    assert _types.unwrap_type(found(Example.own, Example=int)) is int


TYPES = """
import importlib, json, sys
{enter}
import pulumi
from pulumi import _types
found = {{}}
for module, name in {classes!r}:
    cls = getattr(importlib.import_module(module), name)
    if issubclass(cls, pulumi.Resource):
        types = _types.resource_types(cls)
    else:
        types = (_types.input_type_types if _types.is_input_type(cls) else _types.output_type_types)(cls)
    found[f"{{module}}.{{name}}"] = {{key: repr(each) for key, each in types.items()}}
print(json.dumps(found))
"""
CLASSES = [
    ("pulumi_aws.provider", "Provider"),
    ("pulumi_aws.ec2.vpc_endpoint", "VpcEndpoint"),
    ("pulumi_aws.ec2.vpc_endpoint", "VpcEndpointArgs"),
    ("pulumi_aws.ec2.outputs", "VpcEndpointDnsEntry"),
    ("pulumi_aws.ecs.service", "Service"),
    ("pulumi_aws.ecs.service", "ServiceArgs"),
    ("pulumi_aws.ecs._inputs", "ServiceServiceConnectConfigurationArgs"),
    ("pulumi_aws.ec2._inputs", "AllowedImagesSettingsImageCriterionArgs"),
    ("pulumi_aws.iam.get_policy_document", "GetPolicyDocumentResult"),
    ("pulumi_aws.lb.listener", "ListenerArgs"),
    ("pulumi_docker_build.image", "Image"),
    ("pulumi_docker_build.image", "ImageArgs"),
]


@pytest.mark.slow
def test_the_sdk_sees_the_same_types_as_by_a_plain_import() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    found = [
        json.loads(
            subprocess.run(
                [sys.executable, "-c", TYPES.format(enter=enter, classes=CLASSES)],
                cwd=stacks.REPOSITORY,
                env=environment,
                capture_output=True,
                text=True,
                check=True,
            ).stdout
        )
        for enter in ("from infra.core import sdk; sdk.enter()", "")
    ]

    assert found[0] == found[1]
    assert len(found[0]) == len(CLASSES)
    assert found[0]["pulumi_aws.ecs.service.ServiceArgs"]["launchType"] == "<class 'str'>"
