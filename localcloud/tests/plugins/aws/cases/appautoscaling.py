"""Scalable targets and target-tracking policies of an ECS service."""

from typing import Any

from localcloud.tests.plugins.aws.cases.ecs import CLUSTER, FIRST, ROLE, SERVICE
from localcloud.tests.plugins.aws.conformance import SUBNETS, VPC, Case, Parent, parents

GROUP = Parent("group", "aws:ec2/securityGroup:SecurityGroup", {"vpcId": "${vpc.id}"})
PLACE = {
    "serviceNamespace": "ecs",
    "resourceId": "service/${cluster.name}/web",
    "scalableDimension": "ecs:service:DesiredCount",
}
WEB = parents(
    VPC, SUBNETS, GROUP, ROLE, CLUSTER, FIRST, Parent("web", "aws:ecs/service:Service", {**SERVICE, "name": "web"})
)
TARGET = Parent("target", "aws:appautoscaling/target:Target", {**PLACE, "minCapacity": 1, "maxCapacity": 4})


def _tracking(value: float, **more: Any) -> dict[str, Any]:
    metric = {"predefinedMetricType": "ECSServiceAverageCPUUtilization"}
    return {"targetValue": value, "predefinedMetricSpecification": metric, **more}


def _measured(name: str, **more: str) -> dict[str, Any]:
    dimensions = [{"name": "Service", "value": "web"}]
    metric = {"namespace": "Slipway/Workers", "metricName": name, "statistic": "Average", "dimensions": dimensions}
    return {"targetValue": 10, "customizedMetricSpecification": {**metric, **more}}


def _computed(expression: str) -> dict[str, Any]:
    stat = {"metric": {"namespace": "Slipway/Workers", "metricName": "Backlog"}, "stat": "Sum"}
    metrics = [
        {"id": "backlog", "metricStat": stat, "returnData": False},
        {"id": "rate", "expression": expression, "label": "rate", "returnData": True},
    ]
    return {"targetValue": 10, "customizedMetricSpecification": {"metrics": metrics}}


CASES = (
    Case(
        token="aws:appautoscaling/target:Target",
        parents=WEB,
        inputs={**PLACE, "minCapacity": 1, "maxCapacity": 4, "tags": {"Name": "web"}},
        updates=(
            {"maxCapacity": 6},
            {"minCapacity": 2},
            {"suspendedState": {"dynamicScalingInSuspended": True}},
            {"roleArn": "${role.arn}"},
            {"tags": {"Name": "api"}},
        ),
        replaces=({"resourceId": "service/other/web"},),
        refused=({"maxCapacity": 0}, {"serviceNamespace": "dynamodb"}, {"minCapacity": None}),
    ),
    Case(
        token="aws:appautoscaling/policy:Policy",
        parents=parents(WEB, TARGET),
        inputs={
            **PLACE,
            "name": "cpu",
            "policyType": "TargetTrackingScaling",
            "targetTrackingScalingPolicyConfiguration": _tracking(60, scaleInCooldown=300, scaleOutCooldown=60),
        },
        updates=(
            {"targetTrackingScalingPolicyConfiguration": _tracking(70.5, disableScaleIn=True)},
            {
                "targetTrackingScalingPolicyConfiguration": {
                    "targetValue": 500,
                    "predefinedMetricSpecification": {
                        "predefinedMetricType": "ALBRequestCountPerTarget",
                        "resourceLabel": "app/web/1/targetgroup/web/2",
                    },
                }
            },
            {"targetTrackingScalingPolicyConfiguration": _measured("BacklogPerTask")},
            {"targetTrackingScalingPolicyConfiguration": _measured("AgeOfOldest", unit="Seconds")},
            {"targetTrackingScalingPolicyConfiguration": _computed("backlog / tasks")},
        ),
        replaces=({"name": "other"}, {"resourceId": "service/other/web"}),
        refused=({"policyType": "StepScaling"}, {"serviceNamespace": "moon"}),
    ),
)
