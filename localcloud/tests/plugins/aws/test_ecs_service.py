"""When a service counts as steady, and what is said when it never will be; the emulator's part is not proven here."""

import json
from typing import Any

import pytest

from localcloud.errors import Trouble
from localcloud.plugins.aws import table
from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.drift import means
from localcloud.plugins.aws.session import Session

OLD, NEW = (f"arn:aws:ecs:eu-west-1:222222222222:task-definition/web:{revision}" for revision in (1, 2))
SERVICE = table.entries()["aws:ecs/service:Service"]
TASK = table.entries()["aws:ecs/taskDefinition:TaskDefinition"]


def _deployment(task: str, state: str, running: int, status: str = "PRIMARY", reason: str = "") -> dict[str, Any]:
    return {
        "taskDefinition": task,
        "rolloutState": state,
        "rolloutStateReason": reason,
        "runningCount": running,
        "status": status,
    }


class _Answering(Call):
    """A call whose describe_services gives one answer after the other, and which keeps what update_service is sent."""

    answers: list[dict[str, Any]]
    sent: dict[str, Any]

    def api(self, method: str, /, *, of: str = "", account: str = "", **parameters: Any) -> dict[str, Any]:
        if method == "update_service":
            self.sent = parameters
            return {}
        assert method == "describe_services"
        return {"services": [{"serviceName": "web", "status": "ACTIVE", "desiredCount": 2, **self.answers.pop(0)}]}


def _call(*answers: dict[str, Any]) -> _Answering:
    call = _Answering(
        Session("http://127.0.0.1:1", "eu-west-1", "222222222222"),
        SERVICE,
        {"waitForSteadyState": True, "taskDefinition": NEW, "cluster": "main"},
        id="arn:aws:ecs:eu-west-1:222222222222:service/main/web",
    )
    call.answers = list(answers)
    return call


def _settle(*answers: dict[str, Any]) -> list[dict[str, Any]]:
    """Run the service's settle over these answers; return those that it did not ask for."""
    call = _call(*answers)
    assert SERVICE.settle is not None
    SERVICE.settle(call)
    return call.answers


def test_a_service_is_steady_when_its_new_tasks_run_and_the_old_ones_are_gone() -> None:
    rolling = {
        "runningCount": 2,
        "deployments": [_deployment(NEW, "IN_PROGRESS", 1), _deployment(OLD, "", 1, "ACTIVE")],
    }
    draining = {"runningCount": 2, "deployments": [_deployment(NEW, "COMPLETED", 2), _deployment(OLD, "", 1, "ACTIVE")]}
    steady = {"runningCount": 2, "deployments": [_deployment(NEW, "COMPLETED", 2)]}
    assert _settle(rolling, draining, steady, rolling) == [rolling]


def test_an_old_failed_deployment_does_not_keep_a_service_from_being_steady() -> None:
    failed = _deployment(OLD, "FAILED", 0, "ACTIVE")
    assert _settle({"runningCount": 2, "deployments": [_deployment(NEW, "COMPLETED", 2), failed]}) == []


def test_a_failed_deployment_says_why() -> None:
    failed = _deployment(NEW, "FAILED", 0, reason="ECS deployment circuit breaker: tasks failed to start.")
    events = [{"message": "(service web) has stopped (task 1): exit code 3."}]
    with pytest.raises(Trouble, match=r"did not become steady: ECS deployment circuit breaker.*exit code 3"):
        _settle({"runningCount": 0, "deployments": [failed], "events": events})


def test_a_deployment_that_was_rolled_back_has_failed_although_the_service_is_steady_again() -> None:
    failed = _deployment(NEW, "FAILED", 0, "INACTIVE", "tasks failed to start")
    with pytest.raises(Trouble, match="did not become steady: tasks failed to start"):
        _settle({"runningCount": 2, "deployments": [_deployment(OLD, "COMPLETED", 2), failed]})


def test_a_first_rollout_that_failed_is_broken_and_an_update_starts_it_again() -> None:
    failed = {"runningCount": 0, "deployments": [_deployment(NEW, "FAILED", 0, reason="the engine was away")]}
    assert SERVICE.broken is not None
    assert SERVICE.broken(_call(failed)) == "service web has failed: the engine was away"
    assert SERVICE.update is not None
    call = _call(failed)
    call.old = call.inputs
    SERVICE.update(call)
    assert call.sent == {"cluster": "main", "service": call.id, "forceNewDeployment": True}


@pytest.mark.parametrize("state", ["COMPLETED", "IN_PROGRESS"])
def test_a_service_whose_tasks_are_on_their_way_is_not_broken(state: str) -> None:
    assert SERVICE.broken is not None
    assert SERVICE.broken(_call({"runningCount": 0, "deployments": [_deployment(NEW, state, 0)]})) is None


@pytest.mark.parametrize(
    ("given", "live", "same"),
    [
        (NEW, NEW, True),
        ("web:2", NEW, True),
        ("web", NEW, True),
        ("web:1", NEW, False),
        (OLD, NEW, False),
    ],
)
def test_a_task_definition_may_be_named_in_three_ways(given: str, live: str, same: bool) -> None:
    assert means(SERVICE, "taskDefinition", given, live) is same


def test_what_aws_adds_to_containers_and_the_order_of_names_are_no_drift() -> None:
    given = [{"name": "web", "image": "a", "environment": [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}]}]
    live = [
        {
            "name": "web",
            "image": "a",
            "cpu": 0,
            "environment": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
            "mountPoints": [],
        }
    ]
    assert means(TASK, "containerDefinitions", json.dumps(given), json.dumps(live))
    live[0]["image"] = "b"
    assert not means(TASK, "containerDefinitions", json.dumps(given), json.dumps(live))
