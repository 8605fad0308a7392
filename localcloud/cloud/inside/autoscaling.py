"""Application Auto Scaling, which MiniStack lacks: keeps targets and policies, checks them as AWS does.

A service's desired count is moved into the range when its target is registered. Nothing is scaled by metrics: no
alarm is made for a policy, and no activity ever happens.
"""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import botocore.session
from botocore.model import ServiceModel, StructureShape

from .validation import problems

TARGET_PREFIX = "AnyScaleFrontendService."
NO_SUSPENSION = {
    "DynamicScalingInSuspended": False,
    "DynamicScalingOutSuspended": False,
    "ScheduledScalingSuspended": False,
}
METRICS = ("PredefinedMetricSpecification", "CustomizedMetricSpecification")
ROLES = {"ecs": "ECSService", "dynamodb": "DynamoDBTable", "rds": "RDSCluster", "lambda": "LambdaConcurrency"}

Values = dict[str, Any]


class Key(NamedTuple):
    """What scales: a dimension of a resource of a service."""

    namespace: str
    resource: str
    dimension: str


class Failure(Exception):
    """An error as AWS names it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Place:
    """Targets and policies of an account in a region."""

    account: str
    region: str
    targets: dict[Key, Values] = field(default_factory=dict)
    policies: dict[tuple[Key, str], Values] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)


class AutoScaling:
    """The service, for all accounts.

    `fit(place, key, low, high)` moves a resource's capacity into the range; it returns AWS's sentence when there is no
    such resource.
    """

    def __init__(self, fit: Callable[[Place, Key, int, int], str | None]) -> None:
        self._fit = fit
        self._places: dict[tuple[str, str], Place] = {}
        self._model: ServiceModel = botocore.session.Session().get_service_model("application-autoscaling")
        self._actions: dict[str, Callable[[Place, Values], Values]] = {
            "RegisterScalableTarget": self._register,
            "DescribeScalableTargets": self._targets,
            "DeregisterScalableTarget": self._deregister,
            "PutScalingPolicy": self._put_policy,
            "DescribeScalingPolicies": self._policies,
            "DeleteScalingPolicy": self._delete_policy,
            "DescribeScalingActivities": lambda place, asked: {"ScalingActivities": []},
            "DescribeScheduledActions": lambda place, asked: {"ScheduledActions": []},
            "TagResource": self._tag,
            "UntagResource": self._untag,
            "ListTagsForResource": lambda place, asked: {"Tags": self._tags_of(place, asked["ResourceARN"])},
        }

    def call(self, account: str, region: str, action: str, asked: Values) -> tuple[int, Values]:
        """Answer one call with its status and body."""
        place = self._places.setdefault((account, region), Place(account, region))
        try:
            handler = self._actions.get(action)
            if handler is None:
                raise Failure("UnknownOperationException", f"{action} is not part of the embedded cloud")
            shape = self._model.operation_model(action).input_shape
            wrong = list(problems(shape, asked)) if isinstance(shape, StructureShape) else []
            if wrong:
                count = f"{len(wrong)} validation error{'s' if len(wrong) > 1 else ''} detected"
                raise Failure("ValidationException", f"{count}: {'; '.join(wrong)}")
            return 200, handler(place, asked)
        except Failure as failure:
            return 400, {"__type": failure.code, "message": str(failure)}

    def _register(self, place: Place, asked: Values) -> Values:
        key = _key(asked)
        target = place.targets.get(key)
        known = target or {}
        low, high = (asked.get(name, known.get(name)) for name in ("MinCapacity", "MaxCapacity"))
        if low is None or high is None:
            raise Failure("ValidationException", "MinCapacity and MaxCapacity are required for a new scalable target")
        if low < 0:
            raise Failure("ValidationException", "Minimum capacity cannot be negative")
        if high < low:
            raise Failure("ValidationException", "Maximum capacity cannot be less than minimum capacity")
        missing = self._fit(place, key, low, high)
        if missing:
            raise Failure("ValidationException", missing)
        if target is None:
            target = place.targets[key] = _new_target(place, key, asked)
            place.tags[target["ScalableTargetARN"]] = dict(asked.get("Tags") or {})
        target.update(MinCapacity=low, MaxCapacity=high)
        if "RoleARN" in asked:
            target["RoleARN"] = asked["RoleARN"]
        target["SuspendedState"] = {**target["SuspendedState"], **(asked.get("SuspendedState") or {})}
        return {"ScalableTargetARN": target["ScalableTargetARN"]}

    @staticmethod
    def _targets(place: Place, asked: Values) -> Values:
        wanted = asked.get("ResourceIds")
        found = [
            target
            for key, target in place.targets.items()
            if _fits(key, asked) and (not wanted or key.resource in wanted)
        ]
        return {"ScalableTargets": found}

    @staticmethod
    def _deregister(place: Place, asked: Values) -> Values:
        key = _key(asked)
        target = place.targets.pop(key, None)
        if target is None:
            raise _no_target(key)
        place.policies = {each: policy for each, policy in place.policies.items() if each[0] != key}
        place.tags.pop(target["ScalableTargetARN"], None)
        return {}

    @staticmethod
    def _put_policy(place: Place, asked: Values) -> Values:
        key, name = _key(asked), asked["PolicyName"]
        if key not in place.targets:
            raise _no_target(key)
        known = place.policies.get((key, name))
        kind = asked.get("PolicyType") or (known or {}).get("PolicyType") or "StepScaling"
        if known and known["PolicyType"] != kind:
            raise Failure("ValidationException", f"You cannot change the type of the policy {name}")
        setting = f"{kind}PolicyConfiguration"
        if not asked.get(setting):
            raise Failure("ValidationException", f"{setting} is required for a policy of type {kind}")
        metrics = [each for each in METRICS if asked[setting].get(each)]
        if kind == "TargetTrackingScaling" and len(metrics) != 1:
            raise Failure("ValidationException", f"Exactly one of {' and '.join(METRICS)} is required")
        where = f"arn:aws:autoscaling:{place.region}:{place.account}:scalingPolicy:{uuid.uuid4()}"
        place.policies[key, name] = {
            "PolicyARN": f"{where}:resource/{key.namespace}/{key.resource}:policyName/{name}",
            "CreationTime": time.time(),
            **{each: known[each] for each in ("PolicyARN", "CreationTime") if known},
            "PolicyName": name,
            "ServiceNamespace": key.namespace,
            "ResourceId": key.resource,
            "ScalableDimension": key.dimension,
            "PolicyType": kind,
            setting: asked[setting],
            "Alarms": [],
        }
        return {"PolicyARN": place.policies[key, name]["PolicyARN"], "Alarms": []}

    @staticmethod
    def _policies(place: Place, asked: Values) -> Values:
        names = asked.get("PolicyNames")
        found = [
            policy
            for (key, name), policy in place.policies.items()
            if _fits(key, asked) and (not names or name in names)
        ]
        return {"ScalingPolicies": found}

    @staticmethod
    def _delete_policy(place: Place, asked: Values) -> Values:
        key = _key(asked)
        if place.policies.pop((key, asked["PolicyName"]), None) is None:
            raise Failure("ObjectNotFoundException", f"No scaling policy found for {_words(key)}")
        return {}

    def _tag(self, place: Place, asked: Values) -> Values:
        self._tags_of(place, asked["ResourceARN"]).update(asked["Tags"])
        return {}

    def _untag(self, place: Place, asked: Values) -> Values:
        for key in asked["TagKeys"]:
            self._tags_of(place, asked["ResourceARN"]).pop(key, None)
        return {}

    @staticmethod
    def _tags_of(place: Place, arn: str) -> dict[str, str]:
        if arn not in place.tags:
            raise Failure("ResourceNotFoundException", f"The specified resource doesn't exist: {arn}")
        return place.tags[arn]


def _new_target(place: Place, key: Key, asked: Values) -> Values:
    role = f"AWSServiceRoleForApplicationAutoScaling_{ROLES.get(key.namespace, key.namespace)}"
    owner = f"{key.namespace}.application-autoscaling.amazonaws.com"
    identity = uuid.uuid4().hex[:22]
    return {
        "ServiceNamespace": key.namespace,
        "ResourceId": key.resource,
        "ScalableDimension": key.dimension,
        "MinCapacity": asked.get("MinCapacity"),
        "MaxCapacity": asked.get("MaxCapacity"),
        "RoleARN": f"arn:aws:iam::{place.account}:role/aws-service-role/{owner}/{role}",
        "CreationTime": time.time(),
        "SuspendedState": dict(NO_SUSPENSION),
        "ScalableTargetARN": (
            f"arn:aws:application-autoscaling:{place.region}:{place.account}:scalable-target/{identity}"
        ),
    }


def _key(asked: Values) -> Key:
    return Key(asked["ServiceNamespace"], asked["ResourceId"], asked["ScalableDimension"])


def _fits(key: Key, asked: Values) -> bool:
    return (
        key.namespace == asked["ServiceNamespace"]
        and asked.get("ResourceId") in (None, key.resource)
        and asked.get("ScalableDimension") in (None, key.dimension)
    )


def _words(key: Key) -> str:
    return f"service namespace: {key.namespace}, resource ID: {key.resource}, scalable dimension: {key.dimension}"


def _no_target(key: Key) -> Failure:
    return Failure("ObjectNotFoundException", f"No scalable target registered for {_words(key)}")
