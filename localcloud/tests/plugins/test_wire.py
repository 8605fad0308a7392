import math
from typing import Any

import pytest
from google.protobuf import struct_pb2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localcloud.plugins import wire
from localcloud.plugins.values import UNKNOWN, Archive, Asset, Secret, transform

# The same examples at every run, and none too slow for a busy machine.
steady = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

LEAVES = (
    st.booleans()
    | st.integers(-wire.EXACT, wire.EXACT)
    | st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: not number.is_integer())
    | st.text()
    | st.just(UNKNOWN)
    | st.builds(Asset, text=st.text(min_size=1))
    | st.builds(Archive, path=st.text(min_size=1), hash=st.text())
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner | st.none(), max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
PROPERTIES = st.dictionaries(st.text(), VALUES, max_size=6)


def through(properties: dict[str, Any]) -> dict[str, Any]:
    message = wire.pack(properties).SerializeToString()
    return wire.unpack(struct_pb2.Struct.FromString(message))


def marked(signature: str, **fields: Any) -> struct_pb2.Struct:
    return wire.pack({"it": {wire.SIGNATURE: signature, **fields}})


@steady
@given(PROPERTIES)
def test_every_value_comes_back_as_it_was_sent(properties: dict[str, Any]) -> None:
    assert through(properties) == properties


@steady
@given(PROPERTIES)
def test_a_secret_arrives_as_its_plain_value(properties: dict[str, Any]) -> None:
    assert through({key: Secret(value) for key, value in properties.items()}) == properties


def test_a_whole_float_arrives_as_an_int_and_a_bool_stays_one() -> None:
    arrived = through({"count": 3.0, "ratio": 0.5, "on": True})
    assert arrived == {"count": 3, "ratio": 0.5, "on": True}
    assert [type(arrived[key]) for key in ("count", "ratio", "on")] == [int, float, bool]


def test_none_is_left_out_of_maps_and_kept_in_lists() -> None:
    assert through({"a": None, "b": {"c": None}, "d": [None, 1]}) == {"b": {}, "d": [None, 1]}


@pytest.mark.parametrize("marker", sorted(wire.UNKNOWNS))
def test_every_marker_of_an_unknown_arrives_as_unknown(marker: str) -> None:
    assert wire.unpack(wire.pack({"it": [marker]})) == {"it": [UNKNOWN]}


def test_an_output_without_a_value_is_unknown_and_one_with_is_its_value() -> None:
    assert wire.unpack(marked(wire.OUTPUT, dependencies=["urn"])) == {"it": UNKNOWN}
    assert wire.unpack(marked(wire.OUTPUT, value="x", secret=True)) == {"it": "x"}


def test_a_resource_arrives_as_its_id_and_a_component_as_its_urn() -> None:
    assert wire.unpack(marked(wire.RESOURCE, urn="urn:x", id="vpc-1")) == {"it": "vpc-1"}
    assert wire.unpack(marked(wire.RESOURCE, urn="urn:x")) == {"it": "urn:x"}


def test_an_archive_holds_its_assets() -> None:
    archive = Archive(assets={"index.html": Asset(text="hello"), "more": Archive(path="site")}, hash="abc")
    assert through({"it": archive}) == {"it": archive}


def test_an_unknown_signature_is_an_error() -> None:
    with pytest.raises(ValueError, match="'something new'"):
        wire.unpack(marked("something new"))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (2**53 + 1, r"a\.b\[1\]: 9007199254740993 is too big"),
        (object(), r"a\.b\[1\]: a object is not a value"),
    ],
)
def test_what_cannot_be_sent_is_named_with_its_path(value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        wire.pack({"a": {"b": [1, value]}})


def test_a_secret_hides_its_value_when_it_is_printed() -> None:
    assert repr({"password": Secret("hunter2")}) == "{'password': Secret(…)}"


def test_an_unknown_is_neither_true_nor_false() -> None:
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(UNKNOWN)


def test_transform_reaches_every_leaf() -> None:
    assert transform({"a": [1, {"b": 2}]}, lambda leaf: leaf + 1) == {"a": [2, {"b": 3}]}


def test_infinity_survives() -> None:
    assert through({"it": math.inf}) == {"it": math.inf}
