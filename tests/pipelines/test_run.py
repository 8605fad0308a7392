"""What is made of the engine's events; the events here are made by hand in the shape of the Automation API."""

from types import SimpleNamespace
from typing import Any

import pytest
from pulumi.automation import OpType

from pipelines import plan
from pipelines.run import Change, Run, plain, short

BUCKET = "urn:pulumi:dev::slipway::platform:data:Thing$aws:s3/bucket:Bucket::logs"
SERVICE = "urn:pulumi:dev::slipway::platform:workloads:X$aws:ecs/service:Service::counter-backend"


def event(**parts: Any) -> Any:
    return SimpleNamespace(**{"resource_pre_event": None, "res_outputs_event": None, "diagnostic_event": None, **parts})


def pre(op: OpType, urn: str, **more: Any) -> Any:
    step = SimpleNamespace(
        op=op,
        urn=urn,
        type=urn.split("::")[2].split("$")[-1],
        old=None,
        new=None,
        detailed_diff=more.get("detailed"),
        diffs=more.get("diffs"),
    )
    return event(resource_pre_event=SimpleNamespace(metadata=step))


def said(severity: str, message: str, urn: str = "") -> Any:
    return event(diagnostic_event=SimpleNamespace(severity=severity, message=message, urn=urn))


@pytest.mark.parametrize(
    ("urn", "expected"),
    [(BUCKET, "aws:s3:Bucket logs"), (SERVICE, "aws:ecs:Service counter-backend"), ("odd", "odd")],
)
def test_a_urn_is_shortened_to_type_and_name(urn: str, expected: str) -> None:
    assert short(urn) == expected


def test_colours_of_the_engine_are_taken_out() -> None:
    assert plain("<{%fg 1%}>error:<{%reset%}> \x1b[31mno\x1b[0m ") == "error: no"


def test_what_stays_the_same_is_no_change() -> None:
    run = Run()
    run.hear(pre(OpType.SAME, BUCKET))
    assert run.changes == {}


def test_the_steps_of_a_replacement_are_one_change() -> None:
    run = Run()
    for op in (OpType.CREATE_REPLACEMENT, OpType.REPLACE, OpType.DELETE_REPLACED):
        run.hear(pre(op, SERVICE, diffs=["cluster"]))
    assert run.counts() == {"replace": 1}


def test_components_are_left_out_of_the_counts() -> None:
    run = Run()
    run.hear(pre(OpType.CREATE, "urn:pulumi:dev::slipway::platform:data:Thing::thing"))
    run.hear(pre(OpType.CREATE, BUCKET))
    assert run.counts() == {"create": 1}


def test_an_error_names_its_resource() -> None:
    run = Run()
    run.hear(said("error", "<{%reset%}>no such key\n", BUCKET))
    run.hear(said("warning", "mind the gap"))
    run.hear(said("info", "hello"))
    assert run.errors == ["aws:s3:Bucket logs: no such key"]
    assert run.warnings == ["mind the gap"]


def found(op: OpType, urn: str, **more: Any) -> Any:
    return event(res_outputs_event=pre(op, urn, **more).resource_pre_event)


def test_what_a_refresh_finds_changed_or_gone_is_drift() -> None:
    run = Run()
    for urn in (BUCKET, SERVICE, SERVICE + "2"):
        run.hear(pre(OpType.REFRESH, urn))
    run.hear(found(OpType.UPDATE, BUCKET, detailed={"tags": object(), "policy": object()}))
    run.hear(found(OpType.DELETE, SERVICE))
    run.hear(found(OpType.SAME, SERVICE + "2"))
    assert {urn: (each.operation, each.properties) for urn, each in run.changes.items()} == {
        BUCKET: ("drift", ("policy", "tags")),
        SERVICE: ("drift", ("gone",)),
    }


def test_the_end_of_an_ordinary_update_is_no_drift() -> None:
    run = Run()
    run.hear(pre(OpType.UPDATE, BUCKET, diffs=["tags"]))
    run.hear(found(OpType.UPDATE, BUCKET, diffs=["tags"]))
    assert [each.operation for each in run.changes.values()] == ["update"]


def test_of_a_traceback_only_the_last_line_is_told() -> None:
    run = Run()
    run.hear(
        said("error", "the program failed:\nTraceback (most recent call last):\n  File x\nValueError: no such zone\n")
    )
    assert run.errors == ["ValueError: no such zone"]


def change(urn: str, operation: str, **more: Any) -> Change:
    return Change(urn, urn.split("::")[2].split("$")[-1], operation, **more)


@pytest.mark.parametrize(
    ("urn", "operation", "expected"),
    [
        (BUCKET, "delete", "loses data"),
        (BUCKET, "replace", "loses data"),
        (BUCKET, "update", ""),
        (SERVICE, "replace", "made anew"),
        (SERVICE, "delete", "goes away"),
        (SERVICE, "create", ""),
    ],
)
def test_the_risk_of_a_change_is_said(urn: str, operation: str, expected: str) -> None:
    assert plan.risk(change(urn, operation)) == expected


def test_a_moved_image_shows_its_old_and_its_new_address() -> None:
    moved = change(
        "urn:pulumi:dev::slipway::docker-build:index:Image::image",
        "update",
        properties=("tags[0]",),
        old={"tags": ["111111111111.dkr.ecr.eu-west-1.amazonaws.com/counter/backend:aaa"]},
        new={"tags": ["111111111111.dkr.ecr.eu-west-1.amazonaws.com/counter/backend:bbb"]},
    )
    assert plan.moves(moved) == "image aaa → bbb"


def test_the_most_dangerous_change_comes_first() -> None:
    run = Run()
    run.changes = {
        each.urn: each
        for each in (change(SERVICE + "1", "create"), change(SERVICE, "update"), change(BUCKET, "delete"))
    }
    assert [each.operation for each in plan.listed(run)] == ["delete", "update", "create"]
