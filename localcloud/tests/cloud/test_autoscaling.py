from typing import Any

import pytest

from localcloud.cloud.inside.autoscaling import AutoScaling, Key, Place

WEB = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/main/web",
    "ScalableDimension": "ecs:service:DesiredCount",
}
TRACKING = {
    "TargetValue": 50.0,
    "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
}
POLICY = {
    **WEB,
    "PolicyName": "cpu",
    "PolicyType": "TargetTrackingScaling",
    "TargetTrackingScalingPolicyConfiguration": TRACKING,
}


class Caller:
    """Calls the service as an account, and knows how services were fitted."""

    def __init__(self) -> None:
        self.fitted: list[tuple[str, str, int, int]] = []
        self.missing: str | None = None
        self.service = AutoScaling(self.fit)

    def fit(self, place: Place, key: Key, low: int, high: int) -> str | None:
        self.fitted.append((place.account, key.resource, low, high))
        return self.missing

    def __call__(self, action: str, account: str = "222222222222", **asked: Any) -> dict[str, Any]:
        status, body = self.service.call(account, "eu-west-1", action, asked)
        assert (status == 200) is ("__type" not in body)
        return body


@pytest.fixture
def call() -> Caller:
    return Caller()


def test_a_target_is_kept_and_its_service_fitted_into_the_range(call: Caller) -> None:
    arn = call("RegisterScalableTarget", **WEB, MinCapacity=2, MaxCapacity=4)["ScalableTargetARN"]
    assert arn.startswith("arn:aws:application-autoscaling:eu-west-1:222222222222:scalable-target/")
    assert call.fitted == [("222222222222", "service/main/web", 2, 4)]
    [target] = call("DescribeScalableTargets", ServiceNamespace="ecs")["ScalableTargets"]
    assert {key: target[key] for key in ("MinCapacity", "MaxCapacity", *WEB)} == {
        **WEB,
        "MinCapacity": 2,
        "MaxCapacity": 4,
    }
    assert target["RoleARN"].endswith("AWSServiceRoleForApplicationAutoScaling_ECSService")


def test_a_known_target_changes_in_part_and_keeps_its_name(call: Caller) -> None:
    first = call("RegisterScalableTarget", **WEB, MinCapacity=2, MaxCapacity=4)
    again = call("RegisterScalableTarget", **WEB, MaxCapacity=8, SuspendedState={"DynamicScalingInSuspended": True})
    assert again == first
    [target] = call("DescribeScalableTargets", ServiceNamespace="ecs")["ScalableTargets"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 8)
    assert target["SuspendedState"] == {
        "DynamicScalingInSuspended": True,
        "DynamicScalingOutSuspended": False,
        "ScheduledScalingSuspended": False,
    }


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"MinCapacity": 1}, "MinCapacity and MaxCapacity are required"),
        ({"MinCapacity": 3, "MaxCapacity": 2}, "Maximum capacity cannot be less than minimum capacity"),
        ({"MinCapacity": -1, "MaxCapacity": 2}, "Minimum capacity cannot be negative"),
        ({"MinCapacity": "1", "MaxCapacity": 2}, "Value '1' at 'minCapacity'"),
    ],
)
def test_a_range_that_is_none_is_refused(call: Caller, asked: dict[str, Any], message: str) -> None:
    refused = call("RegisterScalableTarget", **WEB, **asked)
    assert refused["__type"] == "ValidationException"
    assert message in refused["message"]
    assert call("DescribeScalableTargets", ServiceNamespace="ecs")["ScalableTargets"] == []


def test_what_does_not_exist_cannot_be_a_target(call: Caller) -> None:
    call.missing = "ECS service doesn't exist: service/main/web"
    refused = call("RegisterScalableTarget", **WEB, MinCapacity=1, MaxCapacity=2)
    assert refused == {"__type": "ValidationException", "message": call.missing}


def test_requests_are_checked_against_the_model(call: Caller) -> None:
    refused = call("RegisterScalableTarget", **{**WEB, "ServiceNamespace": "nope"}, MinCapacity=1, MaxCapacity=2)
    assert refused["message"].startswith(
        "1 validation error detected: Value 'nope' at 'serviceNamespace' failed to satisfy constraint: "
        "Member must satisfy enum value set: [ecs, "
    )
    assert "Value null at 'serviceNamespace'" in call("DescribeScalableTargets")["message"]


def test_a_policy_needs_its_target_and_a_metric(call: Caller) -> None:
    assert call("PutScalingPolicy", **POLICY)["__type"] == "ObjectNotFoundException"
    call("RegisterScalableTarget", **WEB, MinCapacity=1, MaxCapacity=2)
    for configuration in (None, {"TargetValue": 50.0}):
        asked = {**POLICY, "TargetTrackingScalingPolicyConfiguration": configuration}
        assert call("PutScalingPolicy", **asked)["__type"] == "ValidationException"


def test_a_policy_is_given_back_as_it_was_put_and_keeps_its_arn(call: Caller) -> None:
    call("RegisterScalableTarget", **WEB, MinCapacity=1, MaxCapacity=2)
    first = call("PutScalingPolicy", **POLICY)
    assert call("PutScalingPolicy", **POLICY) == first
    [policy] = call("DescribeScalingPolicies", ServiceNamespace="ecs", PolicyNames=["cpu"])["ScalingPolicies"]
    assert {key: policy[key] for key in POLICY} == POLICY
    assert policy["PolicyARN"] == first["PolicyARN"]
    changed = call("PutScalingPolicy", **{**POLICY, "PolicyType": "StepScaling"})
    assert "cannot change the type" in changed["message"]


def test_a_policy_is_deleted_once(call: Caller) -> None:
    call("RegisterScalableTarget", **WEB, MinCapacity=1, MaxCapacity=2)
    call("PutScalingPolicy", **POLICY)
    assert call("DeleteScalingPolicy", **WEB, PolicyName="cpu") == {}
    assert call("DeleteScalingPolicy", **WEB, PolicyName="cpu")["__type"] == "ObjectNotFoundException"


def test_a_target_takes_its_policies_with_it(call: Caller) -> None:
    call("RegisterScalableTarget", **WEB, MinCapacity=1, MaxCapacity=2)
    call("PutScalingPolicy", **POLICY)
    assert call("DeregisterScalableTarget", **WEB) == {}
    assert call("DescribeScalingPolicies", ServiceNamespace="ecs")["ScalingPolicies"] == []
    assert call("DeregisterScalableTarget", **WEB)["__type"] == "ObjectNotFoundException"


def test_tags_are_set_changed_and_removed(call: Caller) -> None:
    arn = call("RegisterScalableTarget", **WEB, MinCapacity=1, MaxCapacity=2, Tags={"a": "b"})["ScalableTargetARN"]
    call("TagResource", ResourceARN=arn, Tags={"c": "d"})
    call("UntagResource", ResourceARN=arn, TagKeys=["a"])
    assert call("ListTagsForResource", ResourceARN=arn) == {"Tags": {"c": "d"}}
    assert call("ListTagsForResource", ResourceARN=f"{arn}x")["__type"] == "ResourceNotFoundException"


def test_accounts_do_not_see_each_other(call: Caller) -> None:
    call("RegisterScalableTarget", **WEB, MinCapacity=1, MaxCapacity=2)
    assert call("DescribeScalableTargets", "333333333333", ServiceNamespace="ecs") == {"ScalableTargets": []}


def test_listings_are_narrowed_by_resource(call: Caller) -> None:
    call("RegisterScalableTarget", **WEB, MinCapacity=1, MaxCapacity=2)
    wanted = {"ServiceNamespace": "ecs", "ResourceIds": ["service/main/other"]}
    assert call("DescribeScalableTargets", **wanted)["ScalableTargets"] == []
    assert call("DescribeScalableTargets", ServiceNamespace="dynamodb")["ScalableTargets"] == []


def test_an_action_that_is_missing_says_so(call: Caller) -> None:
    assert call("PutScheduledAction", **WEB, ScheduledActionName="x") == {
        "__type": "UnknownOperationException",
        "message": "PutScheduledAction is not part of the embedded cloud",
    }
