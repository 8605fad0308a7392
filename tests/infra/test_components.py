"""Rules that every component keeps; a new component is found by itself and needs only an example."""

import dataclasses
import importlib
import inspect
import pkgutil
import re
from functools import cache

import pulumi
import pytest

from infra import components
from infra.core.resources import Component
from tests import cloud
from tests.infra.examples import EXAMPLES

STATEFUL = {
    "aws:backup/vault:Vault",
    "aws:cognito/userPool:UserPool",
    "aws:dynamodb/table:Table",
    "aws:ecr/repository:Repository",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:kms/key:Key",
    "aws:rds/instance:Instance",
    "aws:route53/zone:Zone",
    "aws:s3/bucket:Bucket",
    "aws:secretsmanager/secret:Secret",
    "aws:sqs/queue:Queue",
}
"""Types whose loss is a loss of data, or of a name that others know."""

LAYERS = {"network", "data", "edge", "workloads", "operations", "tooling"}


def _all_components() -> list[type[Component]]:
    found = []
    for module in pkgutil.iter_modules(components.__path__):
        loaded = importlib.import_module(f"infra.components.{module.name}")
        for _, member in inspect.getmembers(loaded, inspect.isclass):
            if issubclass(member, Component) and member.__module__ == loaded.__name__:
                found.append(member)
    return found


COMPONENTS = _all_components()
each = pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.__name__)


@cache
def _built(component: type[Component]) -> cloud.Recording:
    return cloud.build(lambda: EXAMPLES[component]("example", None))


def test_every_component_has_an_example() -> None:
    assert set(EXAMPLES) == set(COMPONENTS)


@each
def test_a_component_is_alone_in_a_file_of_its_name(component: type[Component]) -> None:
    file = component.__module__.rpartition(".")[2]

    assert file.replace("_", "") == component.__name__.lower()
    assert len(inspect.getsource(inspect.getmodule(component)).splitlines()) <= 300


@each
def test_a_component_takes_a_name_its_arguments_and_options(component: type[Component]) -> None:
    parameters = list(inspect.signature(component.__init__).parameters.values())

    assert [(x.name, x.annotation) for x in parameters[1:]] == [
        ("name", str),
        ("args", _arguments(component)),
        ("opts", pulumi.ResourceOptions | None),
    ]
    assert parameters[3].default is None


@each
def test_arguments_are_frozen_and_given_by_name(component: type[Component]) -> None:
    arguments = _arguments(component)

    assert dataclasses.is_dataclass(arguments)
    assert arguments.__dataclass_params__.frozen
    assert all(field.kw_only for field in dataclasses.fields(arguments))
    assert arguments.__doc__
    assert not arguments.__doc__.startswith(f"{arguments.__name__}(")


@each
def test_a_component_says_in_its_docstring_what_it_promises(component: type[Component]) -> None:
    module = inspect.getmodule(component)

    assert component.__doc__
    assert module.__doc__
    assert len(module.__doc__.strip().splitlines()) == 1
    assert module.__doc__.strip().endswith(".")


@each
def test_a_type_token_names_the_layer_and_the_class(component: type[Component]) -> None:
    platform, layer, name = component.TYPE.split(":")

    assert platform == "platform"
    assert layer in LAYERS
    assert name == component.__name__


def test_no_two_components_share_a_type_token() -> None:
    tokens = [component.TYPE for component in COMPONENTS]

    assert sorted(tokens) == sorted(set(tokens))


@each
def test_a_component_registers_itself_first_and_publishes_its_outputs_once(component: type[Component]) -> None:
    recording = _built(component)

    [own] = [x for x in recording.of(component.TYPE) if x.name == "example"]
    assert own.urn in recording.published


@each
def test_every_child_hangs_below_a_component(component: type[Component]) -> None:
    recording = _built(component)
    known = {x.urn for x in recording.resources if not x.custom}

    orphans = [x.name for x in recording.resources if x.custom and x.parent not in known]

    assert orphans == []


@each
def test_children_have_the_components_name_in_front(component: type[Component]) -> None:
    recording = _built(component)
    [own] = [x for x in recording.of(component.TYPE) if x.name == "example"]

    children = [x.name for x in recording.resources if x.parent == own.urn]

    assert [name for name in children if name != "example" and not name.startswith("example-")] == []


@each
def test_no_two_resources_have_one_urn(component: type[Component]) -> None:
    urns = [x.urn for x in _built(component).resources]

    assert sorted(urns) == sorted(set(urns))


@each
def test_children_get_nothing_of_the_callers_options(component: type[Component]) -> None:
    options = pulumi.ResourceOptions(ignore_changes=["anything"], aliases=[pulumi.Alias(name="before")])

    recording = cloud.build(lambda: EXAMPLES[component]("example", options))

    [own] = [x for x in recording.of(component.TYPE) if x.name == "example"]
    below = [x for x in recording.resources if x.urn != own.urn]
    assert [x.name for x in below if "anything" in x.ignore_changes] == []


@each
def test_what_holds_data_is_protected_and_says_so_first(component: type[Component]) -> None:
    recording = _built(component)
    [own] = [x for x in recording.of(component.TYPE) if x.name == "example"]
    kept = [x for x in recording.resources if x.parent == own.urn and x.token in STATEFUL]

    assert [x.name for x in kept if not x.protect] == []
    if kept:
        assert "stateful" in component.__doc__.splitlines()[0]
        assert "stateful" in inspect.getmodule(component).__doc__


@each
def test_logical_names_are_identities_not_positions(component: type[Component]) -> None:
    names = [x.name for x in _built(component).resources]

    assert [name for name in names if re.search(r"-\d+$", name)] == []


def _arguments(component: type[Component]) -> type:
    return getattr(inspect.getmodule(component), f"{component.__name__}Args")
