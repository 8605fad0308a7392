"""ECS and its auto scaling."""

import json
from typing import Any

from localcloud.tests.plugins.aws.refusal import Refusals, Row, api, terraform

CLUSTER, SERVICE, TASK = api("ecs", "CreateCluster"), api("ecs", "CreateService"), api("ecs", "RegisterTaskDefinition")
CONTAINER, STRATEGY = api("ecs", "ContainerDefinition"), api("ecs", "CapacityProviderStrategyItem")
TASK_SIZE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html"
TARGET, POLICY = (api("application-autoscaling", page) for page in ("RegisterScalableTarget", "PutScalingPolicy"))
TRACKING = api("application-autoscaling", "TargetTrackingScalingPolicyConfiguration")
METRIC = api("application-autoscaling", "PredefinedMetricSpecification")
ROLE = "arn:aws:iam::222222222222:role/tasks"
PLACE = {
    "serviceNamespace": "ecs",
    "resourceId": "service/main/web",
    "scalableDimension": "ecs:service:DesiredCount",
}


def _containers(**more: Any) -> str:
    return json.dumps([{"name": "web", "image": "web:1", **more}])


def _port(**mapping: Any) -> dict[str, str]:
    return {"containerDefinitions": _containers(portMappings=[mapping])}


def _tracking(metric: str = "ECSServiceAverageCPUUtilization", **more: Any) -> dict[str, Any]:
    specification = {"predefinedMetricType": metric, **more}
    return {"targetValue": 60, "predefinedMetricSpecification": specification}


def _strategies(name: str) -> tuple[Row, ...]:
    """Return the rows of a list of capacity provider strategies."""
    return (
        ({name: [{"weight": 1}]}, f"{name}[0].capacityProvider", "is required", STRATEGY),
        ({name: [{"capacityProvider": "FARGATE", "weight": 1001}]}, f"{name}[0].weight", "at most 1000", STRATEGY),
        ({name: [{"capacityProvider": "FARGATE", "base": 100001}]}, f"{name}[0].base", "at most 100000", STRATEGY),
        ({name: [{"capacityProvider": "FARGATE", "base": -1}]}, f"{name}[0].base", "at least 0", STRATEGY),
    )


CONFIGURATION = "targetTrackingScalingPolicyConfiguration"
OWN_METRIC = api("application-autoscaling", "CustomizedMetricSpecification")


def _own(**metric: Any) -> dict[str, Any]:
    return {CONFIGURATION: {"targetValue": 10, "customizedMetricSpecification": metric}}


TABLES = (
    Refusals(
        token="aws:ecs/cluster:Cluster",
        valid={"name": "main"},
        refused=(
            ({"name": "my cluster"}, "name", "must match", CLUSTER),
            ({"name": "c" * 256}, "name", "at most 255 characters", CLUSTER),
            ({"settings": [{"name": "insights", "value": "enabled"}]}, "settings", "containerInsights", CLUSTER),
            (
                {"settings": [{"name": "containerInsights", "value": "yes"}]},
                "settings[0].value",
                "enhanced",
                api("ecs", "ClusterSetting"),
            ),
            (
                {"configuration": {"executeCommandConfiguration": {"logging": "ALL"}}},
                "configuration.executeCommandConfiguration.logging",
                "DEFAULT, NONE, OVERRIDE",
                api("ecs", "ExecuteCommandConfiguration"),
            ),
        ),
        accepted=({"name": "c" * 255}, {"settings": [{"name": "containerInsights", "value": "enhanced"}]}),
    ),
    Refusals(
        token="aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
        valid={"clusterName": "main", "capacityProviders": ["FARGATE"]},
        refused=(
            ({"clusterName": None}, "clusterName", "is required", api("ecs", "PutClusterCapacityProviders")),
            *_strategies("defaultCapacityProviderStrategies"),
        ),
        accepted=(
            {"defaultCapacityProviderStrategies": [{"capacityProvider": "FARGATE", "weight": 1000, "base": 100000}]},
        ),
    ),
    Refusals(
        token="aws:ecs/taskDefinition:TaskDefinition",
        valid={
            "family": "web",
            "cpu": "256",
            "memory": "512",
            "networkMode": "awsvpc",
            "requiresCompatibilities": ["FARGATE"],
            "containerDefinitions": _containers(),
        },
        refused=(
            ({"family": None}, "family", "is required", TASK),
            ({"family": "my web"}, "family", "must match", TASK),
            ({"family": "f" * 256}, "family", "at most 255 characters", TASK),
            ({"cpu": "300"}, "cpu", "must be one of 256, 512", TASK_SIZE),
            ({"cpu": None}, "cpu", "is required", TASK_SIZE),
            ({"memory": "4096"}, "memory", "512, 1024, 2048", TASK_SIZE),
            ({"cpu": "4096", "memory": "31744"}, "memory", "for 4096 CPU units", TASK_SIZE),
            ({"networkMode": "bridge"}, "networkMode", "must be awsvpc", TASK_SIZE),
            ({"networkMode": "vpc"}, "networkMode", "must be one of", TASK),
            ({"requiresCompatibilities": ["MOON"]}, "requiresCompatibilities[0]", "must be one of", TASK),
            ({"executionRoleArn": "tasks"}, "executionRoleArn", "must match ^arn:", terraform("ecs_task_definition")),
            ({"taskRoleArn": "tasks"}, "taskRoleArn", "must match ^arn:", terraform("ecs_task_definition")),
            (
                {"runtimePlatform": {"cpuArchitecture": "MIPS"}},
                "runtimePlatform.cpuArchitecture",
                "ARM64, X86_64",
                api("ecs", "RuntimePlatform"),
            ),
            (
                {"ephemeralStorage": {"sizeInGib": 20}},
                "ephemeralStorage.sizeInGib",
                "at least 21",
                api("ecs", "EphemeralStorage"),
            ),
            (
                {"ephemeralStorage": {"sizeInGib": 201}},
                "ephemeralStorage.sizeInGib",
                "at most 200",
                api("ecs", "EphemeralStorage"),
            ),
            ({"containerDefinitions": "none"}, "containerDefinitions", "must be the JSON text", TASK),
            ({"containerDefinitions": "[]"}, "containerDefinitions", "at least one container", TASK),
            ({"containerDefinitions": _containers(image="")}, "containerDefinitions", "has no image", CONTAINER),
            ({"containerDefinitions": _containers(name="")}, "containerDefinitions", "has no name", CONTAINER),
            ({"containerDefinitions": _containers(name="a b")}, "containerDefinitions", "must match", CONTAINER),
            ({"containerDefinitions": _containers(essential=False)}, "containerDefinitions", "essential", CONTAINER),
            (
                {"containerDefinitions": json.dumps([{"name": "web", "image": "web:1"}] * 2)},
                "containerDefinitions",
                "named web",
                CONTAINER,
            ),
            (_port(containerPort=65536), "containerDefinitions", "containerPort", api("ecs", "PortMapping")),
            (_port(containerPort=80, hostPort=81), "containerDefinitions", "hostPort", api("ecs", "PortMapping")),
            (_port(containerPort=80, protocol="icmp"), "containerDefinitions", "protocol", api("ecs", "PortMapping")),
            (
                {"containerDefinitions": _containers(image="222222222222.dkr.ecr.eu-west-1.amazonaws.com/web:1")},
                "executionRoleArn",
                "is required on Fargate",
                "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
            ),
        ),
        accepted=(
            {"family": "f" * 255},
            {"cpu": "4096", "memory": "30720"},
            {"ephemeralStorage": {"sizeInGib": 21}},
            {"ephemeralStorage": {"sizeInGib": 200}},
            {"executionRoleArn": ROLE, "taskRoleArn": ROLE},
            _port(containerPort=65535, hostPort=65535),
        ),
    ),
    Refusals(
        token="aws:ecs/service:Service",
        valid={
            "cluster": "main",
            "taskDefinition": "web:1",
            "desiredCount": 1,
            "networkConfiguration": {"subnets": ["subnet-1"]},
        },
        refused=(
            ({"name": "my web"}, "name", "must match", SERVICE),
            ({"name": "s" * 256}, "name", "at most 255 characters", SERVICE),
            ({"taskDefinition": None}, "taskDefinition", "is required", SERVICE),
            ({"launchType": "MOON"}, "launchType", "EC2, FARGATE, EXTERNAL", SERVICE),
            ({"desiredCount": -1}, "desiredCount", "must not be negative", SERVICE),
            ({"schedulingStrategy": "CRON"}, "schedulingStrategy", "DAEMON, REPLICA", SERVICE),
            ({"propagateTags": "BOTH"}, "propagateTags", "SERVICE, TASK_DEFINITION", SERVICE),
            ({"deploymentController": {"type": "HELM"}}, "deploymentController.type", "CODE_DEPLOY, ECS", SERVICE),
            ({"availabilityZoneRebalancing": "ON"}, "availabilityZoneRebalancing", "ENABLED, DISABLED", SERVICE),
            ({"healthCheckGracePeriodSeconds": 5}, "loadBalancers", "must be given", SERVICE),
            (
                {"serviceRegistries": {"registryArn": "srv-1"}},
                "serviceRegistries.registryArn",
                "must match",
                api("ecs", "ServiceRegistry"),
            ),
            (
                {"launchType": "FARGATE", "capacityProviderStrategies": [{"capacityProvider": "FARGATE"}]},
                "capacityProviderStrategies",
                "together with launchType",
                SERVICE,
            ),
            (
                {"deploymentMinimumHealthyPercent": 100, "deploymentMaximumPercent": 100},
                "deploymentMaximumPercent",
                "100",
                api("ecs", "DeploymentConfiguration"),
            ),
            (
                {"loadBalancers": [{"containerName": "web", "containerPort": 65537}]},
                "loadBalancers[0].containerPort",
                "at most 65535",
                api("ecs", "LoadBalancer"),
            ),
            (
                {"networkConfiguration": {"subnets": [f"subnet-{number}" for number in range(17)]}},
                "networkConfiguration.subnets",
                "at most 16 items",
                api("ecs", "AwsVpcConfiguration"),
            ),
            (
                {"networkConfiguration": {"subnets": ["subnet-1"], "securityGroups": list("abcdef")}},
                "networkConfiguration.securityGroups",
                "at most 5 items",
                api("ecs", "AwsVpcConfiguration"),
            ),
            *_strategies("capacityProviderStrategies"),
        ),
        accepted=(
            {"name": "s" * 255},
            {"desiredCount": 0},
            {"deploymentMinimumHealthyPercent": 100, "deploymentMaximumPercent": 101},
            {"networkConfiguration": {"subnets": ["subnet-1"], "securityGroups": list("abcde")}},
        ),
    ),
    Refusals(
        token="aws:appautoscaling/target:Target",
        valid={**PLACE, "minCapacity": 1, "maxCapacity": 4},
        refused=(
            ({"minCapacity": None}, "minCapacity", "is required", TARGET),
            ({"minCapacity": -1}, "minCapacity", "must not be negative", TARGET),
            ({"maxCapacity": 0}, "maxCapacity", "minCapacity", TARGET),
            ({"serviceNamespace": "moon"}, "serviceNamespace", "must be", TARGET),
            ({"scalableDimension": "ecs:service:Weight"}, "scalableDimension", "must be one of", TARGET),
            ({"resourceId": "web"}, "resourceId", "service/CLUSTER/NAME", TARGET),
            ({"roleArn": "scaler"}, "roleArn", "must match ^arn:", terraform("appautoscaling_target")),
        ),
        accepted=({"minCapacity": 0, "maxCapacity": 0}, {"minCapacity": 4}),
    ),
    Refusals(
        token="aws:appautoscaling/policy:Policy",
        valid={
            **PLACE,
            "policyType": "TargetTrackingScaling",
            "targetTrackingScalingPolicyConfiguration": _tracking(),
        },
        refused=(
            ({"name": "p" * 257}, "name", "at most 256 characters", POLICY),
            ({"policyType": "Guess"}, "policyType", "TargetTrackingScaling", POLICY),
            (
                {"targetTrackingScalingPolicyConfiguration": None},
                "targetTrackingScalingPolicyConfiguration",
                "is required",
                POLICY,
            ),
            (
                {"targetTrackingScalingPolicyConfiguration": {"targetValue": 60}},
                "targetTrackingScalingPolicyConfiguration",
                "one of",
                TRACKING,
            ),
            (
                {"targetTrackingScalingPolicyConfiguration": _tracking("Luck")},
                "targetTrackingScalingPolicyConfiguration.predefinedMetricSpecification.predefinedMetricType",
                "must be one of",
                METRIC,
            ),
            (
                {"targetTrackingScalingPolicyConfiguration": _tracking("ALBRequestCountPerTarget")},
                "targetTrackingScalingPolicyConfiguration",
                "resourceLabel",
                METRIC,
            ),
            (
                _own(namespace="Slipway/Workers", metricName="Backlog"),
                f"{CONFIGURATION}.customizedMetricSpecification",
                "must have statistic, or metrics",
                OWN_METRIC,
            ),
            (
                _own(namespace="Slipway/Workers", metrics=[{"id": "rate", "expression": "1"}]),
                f"{CONFIGURATION}.customizedMetricSpecification",
                "cannot have namespace together with metrics",
                OWN_METRIC,
            ),
            (
                _own(namespace="Slipway/Workers", metricName="Backlog", statistic="Median"),
                f"{CONFIGURATION}.customizedMetricSpecification.statistic",
                "must be one of",
                OWN_METRIC,
            ),
        ),
        accepted=(
            {"name": "p" * 256},
            {"targetTrackingScalingPolicyConfiguration": _tracking("ALBRequestCountPerTarget", resourceLabel="app/a")},
            _own(namespace="Slipway/Workers", metricName="Backlog", statistic="Average"),
            _own(metrics=[{"id": "rate", "expression": "1"}]),
        ),
    ),
)
