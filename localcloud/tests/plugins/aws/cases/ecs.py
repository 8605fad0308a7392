"""Clusters, task definitions and services."""

import json
from typing import Any

from localcloud.tests.plugins.aws.cases.elbv2 import BALANCED, BLUE, GREEN, LISTENER, SECOND, TO_BLUE
from localcloud.tests.plugins.aws.cases.servicediscovery import NAMESPACE, records
from localcloud.tests.plugins.aws.conformance import SUBNETS, VPC, Case, Parent, parents

CLUSTER = Parent("cluster", "aws:ecs/cluster:Cluster")
OTHER = Parent("elsewhere", "aws:ecs/cluster:Cluster")
_REGISTRY = "aws:servicediscovery/service:Service"
INSIGHTS = "containerInsights"
ROLE = Parent(
    "role",
    "aws:iam/role:Role",
    {
        "assumeRolePolicy": json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            }
        )
    },
)


def _containers(tag: str, **more: Any) -> str:
    """Return the JSON text of one container."""
    container = {
        "name": "web",
        "image": f"222222222222.dkr.ecr.eu-west-1.amazonaws.com/web:{tag}",
        "essential": True,
        "portMappings": [{"containerPort": 8080, "protocol": "tcp"}],
        "environment": [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {"awslogs-group": "web", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "web"},
        },
        **more,
    }
    return json.dumps([container])


TASK: dict[str, Any] = {
    "family": "web",
    "cpu": "256",
    "memory": "512",
    "networkMode": "awsvpc",
    "requiresCompatibilities": ["FARGATE"],
    "executionRoleArn": "${role.arn}",
    "containerDefinitions": _containers("1"),
}
FIRST = Parent("first", "aws:ecs/taskDefinition:TaskDefinition", TASK)
NEXT = Parent("next", "aws:ecs/taskDefinition:TaskDefinition", {**TASK, "containerDefinitions": _containers("2")})
FORWARDING = Parent(
    "rule",
    "aws:lb/listenerRule:ListenerRule",
    {
        "listenerArn": "${listener.arn}",
        "priority": 1,
        "conditions": [{"pathPattern": {"values": ["/*"]}}],
        "actions": [TO_BLUE],
    },
)
SERVICE: dict[str, Any] = {
    "cluster": "${cluster.arn}",
    "taskDefinition": "${first.arn}",
    "desiredCount": 0,
    "networkConfiguration": {"subnets": ["${a.id}", "${b.id}"], "securityGroups": ["${group.id}"]},
}
_NETWORKED = parents(BALANCED, SECOND, ROLE, CLUSTER)

CASES = (
    Case(
        token="aws:ecs/cluster:Cluster",
        inputs={"name": "main", "settings": [{"name": INSIGHTS, "value": "enabled"}], "tags": {"Name": "main"}},
        updates=(
            {"settings": [{"name": INSIGHTS, "value": "disabled"}]},
            {"configuration": {"executeCommandConfiguration": {"logging": "NONE"}}},
            {"tags": {"Name": "other"}},
        ),
        replaces=({"name": "other"},),
        refused=({"name": "a b"}, {"settings": [{"name": "x", "value": "y"}]}),
    ),
    Case(
        token="aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
        parents=(CLUSTER,),
        inputs={
            "clusterName": "${cluster.name}",
            "capacityProviders": ["FARGATE"],
            "defaultCapacityProviderStrategies": [{"capacityProvider": "FARGATE", "weight": 1, "base": 1}],
        },
        updates=(
            {"capacityProviders": ["FARGATE", "FARGATE_SPOT"]},
            {
                "defaultCapacityProviderStrategies": [
                    {"capacityProvider": "FARGATE_SPOT", "weight": 3},
                    {"capacityProvider": "FARGATE", "weight": 1},
                ]
            },
        ),
        replaces=({"clusterName": "other"},),
        refused=({"capacityProviders": ["MOON"]},),
    ),
    Case(
        token="aws:ecs/taskDefinition:TaskDefinition",
        parents=(ROLE,),
        inputs={
            **TASK,
            "taskRoleArn": "${role.arn}",
            "runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
            "ephemeralStorage": {"sizeInGib": 30},
            "volumes": [{"name": "scratch"}],
            "tags": {"Name": "web"},
        },
        updates=({"tags": {"Name": "web", "team": "x"}},),
        replaces=(
            {"containerDefinitions": _containers("2")},
            {"cpu": "512", "memory": "1024"},
            {"family": "other"},
            {"volumes": [{"name": "other"}]},
        ),
        refused=(
            {"cpu": "300"},
            {"memory": "4096"},
            {"cpu": None},
            {"networkMode": "bridge"},
            {"executionRoleArn": None},
            {"containerDefinitions": "[]"},
            {"containerDefinitions": "not json"},
            {"containerDefinitions": '[{"name": "web"}]'},
            {"volumes": [{"name": "x", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}}]},
        ),
    ),
    Case(
        token="aws:ecs/taskDefinition:TaskDefinition",
        label="full-container",
        parents=(ROLE,),
        inputs={
            **TASK,
            "containerDefinitions": _containers(
                "1",
                command=["serve", "--port", "8080"],
                entryPoint=["/entry"],
                user="1000:1000",
                readonlyRootFilesystem=True,
                stopTimeout=30,
                secrets=[{"name": "KEY", "valueFrom": "arn:aws:ssm:eu-west-1:222222222222:parameter/key"}],
                healthCheck={"command": ["CMD-SHELL", "true"], "interval": 10, "retries": 3, "startPeriod": 5},
                linuxParameters={"initProcessEnabled": True},
                ulimits=[{"name": "nofile", "softLimit": 1024, "hardLimit": 2048}],
                mountPoints=[],
                cpu=0,
            ),
        },
    ),
    Case(
        token="aws:ecs/service:Service",
        parents=parents(_NETWORKED, BLUE, GREEN, LISTENER, FORWARDING, OTHER, FIRST, NEXT),
        inputs={
            **SERVICE,
            "name": "web",
            "launchType": "FARGATE",
            "platformVersion": "LATEST",
            "schedulingStrategy": "REPLICA",
            "deploymentController": {"type": "ECS"},
            "loadBalancers": [{"targetGroupArn": "${blue.arn}", "containerName": "web", "containerPort": 8080}],
            "healthCheckGracePeriodSeconds": 30,
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            "propagateTags": "SERVICE",
            "enableEcsManagedTags": True,
            "enableExecuteCommand": True,
            "availabilityZoneRebalancing": "ENABLED",
            "waitForSteadyState": True,
            "tags": {"Name": "web"},
        },
        updates=(
            {"taskDefinition": "${next.arn}"},
            {"healthCheckGracePeriodSeconds": 60, "deploymentMinimumHealthyPercent": 50},
            {"deploymentMaximumPercent": 150},
            {"deploymentCircuitBreaker": {"enable": True, "rollback": False}},
            {"deploymentConfiguration": {"strategy": "ROLLING", "bakeTimeInMinutes": 1}},
            {"alarms": {"alarmNames": ["errors"], "enable": True, "rollback": True}},
            {"networkConfiguration": {"subnets": ["${a.id}"], "securityGroups": ["${second.id}"]}},
            {"loadBalancers": [{"targetGroupArn": "${green.arn}", "containerName": "web", "containerPort": 8080}]},
            {"propagateTags": "TASK_DEFINITION", "enableEcsManagedTags": False, "enableExecuteCommand": False},
            {"availabilityZoneRebalancing": "DISABLED"},
            {"desiredCount": 1, "platformVersion": "1.4.0"},
            {"desiredCount": 0, "tags": {"Name": "web", "team": "x"}},
        ),
        replaces=(
            {"name": "other"},
            {"cluster": "${elsewhere.arn}"},
            {"launchType": "EC2"},
            {"deploymentController": {"type": "EXTERNAL"}},
        ),
        refused=(
            {"networkConfiguration": None},
            {"capacityProviderStrategies": [{"capacityProvider": "FARGATE"}]},
            {"loadBalancers": None},
            {"deploymentMaximumPercent": 100, "deploymentMinimumHealthyPercent": 100},
            {"launchType": "MOON"},
            {"desiredCount": -1},
            {"taskDefinition": None},
        ),
    ),
    Case(
        token="aws:ecs/service:Service",
        label="on-capacity",
        parents=parents(
            VPC,
            SUBNETS,
            Parent("group", "aws:ec2/securityGroup:SecurityGroup", {"vpcId": "${vpc.id}"}),
            ROLE,
            CLUSTER,
            FIRST,
        ),
        inputs={
            **SERVICE,
            "cluster": "${cluster.name}",
            "taskDefinition": "web:${first.revision}",
            "capacityProviderStrategies": [{"capacityProvider": "FARGATE", "weight": 1, "base": 1}],
            "forceDelete": True,
            "forceNewDeployment": True,
        },
        updates=({"capacityProviderStrategies": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]},),
    ),
    Case(
        token="aws:ecs/service:Service",
        label="found-by-name",
        parents=parents(
            VPC,
            SUBNETS,
            Parent("group", "aws:ec2/securityGroup:SecurityGroup", {"vpcId": "${vpc.id}"}),
            ROLE,
            CLUSTER,
            FIRST,
            NAMESPACE,
            Parent("registry", _REGISTRY, {"name": "web", "dnsConfig": records()}),
            Parent("spare", _REGISTRY, {"name": "spare", "dnsConfig": records()}),
        ),
        inputs={**SERVICE, "serviceRegistries": {"registryArn": "${registry.arn}"}},
        updates=({"serviceRegistries": {"registryArn": "${spare.arn}"}},),
        refused=({"serviceRegistries": {"registryArn": "${registry.id}"}},),
    ),
)
