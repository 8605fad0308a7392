"""Alarms of alarms, dashboards, rules of events and their targets, schedules, health checks."""

import json
from typing import Any

from localcloud.tests.plugins.aws.cases.sns import OTHER_TOPIC, TOPIC
from localcloud.tests.plugins.aws.cases.sqs import DEAD, QUEUE
from localcloud.tests.plugins.aws.conformance import Case, Parent

RULE = Parent("rule", "aws:cloudwatch/eventRule:EventRule", {"scheduleExpression": "rate(1 day)"})
OTHER_RULE = Parent("daily", "aws:cloudwatch/eventRule:EventRule", {"scheduleExpression": "rate(1 day)"})
FUNCTION = "arn:aws:lambda:eu-west-1:222222222222:function:canary"
ROLE = "arn:aws:iam::222222222222:role/clock"


def alarm(name: str) -> Parent:
    inputs = {
        "name": name,
        "comparisonOperator": "GreaterThanThreshold",
        "evaluationPeriods": 1,
        "metricName": "Errors",
        "namespace": "Conformance",
        "period": 60,
        "statistic": "Sum",
        "threshold": 1,
    }
    return Parent(name, "aws:cloudwatch/metricAlarm:MetricAlarm", inputs)


def page(text: str) -> str:
    return json.dumps(
        {"widgets": [{"type": "text", "x": 0, "y": 0, "width": 6, "height": 3, "properties": {"markdown": text}}]}
    )


def pattern(source: str) -> str:
    return json.dumps({"source": [source], "detail": {"state": ["ALARM"]}})


def called(arn: str = FUNCTION, **more: Any) -> dict[str, Any]:
    return {
        "arn": arn,
        "roleArn": ROLE,
        "input": '{"check": "market"}',
        "deadLetterConfig": {"arn": "${dead.arn}"},
        "retryPolicy": {"maximumEventAgeInSeconds": 600, "maximumRetryAttempts": 2},
        **more,
    }


def watched(**more: Any) -> dict[str, Any]:
    return {"type": "HTTPS", "fqdn": "shop.example", "port": 443, "requestInterval": 30, **more}


CASES = (
    Case(
        token="aws:cloudwatch/compositeAlarm:CompositeAlarm",
        parents=(alarm("first"), alarm("second"), alarm("maintenance"), TOPIC, OTHER_TOPIC),
        inputs={
            "alarmName": "everything",
            "alarmDescription": "anything is wrong",
            "alarmRule": 'ALARM("first") OR ALARM("second")',
            "actionsEnabled": True,
            "actionsSuppressor": {"alarm": "maintenance", "extensionPeriod": 10, "waitPeriod": 20},
            "alarmActions": ["${topic.arn}"],
            "okActions": ["${topic.arn}"],
            "insufficientDataActions": ["${topic.arn}"],
            "tags": {"team": "x"},
        },
        updates=(
            {"alarmDescription": "something is wrong", "alarmRule": 'ALARM("first")'},
            {"actionsSuppressor": {"alarm": "maintenance", "extensionPeriod": 30, "waitPeriod": 40}},
            {"alarmActions": ["${topic.arn}", "${other.arn}"], "okActions": ["${other.arn}"]},
            {"insufficientDataActions": None, "actionsSuppressor": None, "alarmDescription": None},
            {"tags": {"team": "y"}},
        ),
        replaces=({"alarmName": "other"}, {"actionsEnabled": False}),
        refused=({"alarmRule": "first"}, {"alarmActions": ["me"]}, {"alarmRule": 'ALARM("first"'}),
    ),
    Case(
        token="aws:cloudwatch/dashboard:Dashboard",
        inputs={"dashboardName": "market", "dashboardBody": page("orders")},
        updates=({"dashboardBody": page("items")},),
        replaces=({"dashboardName": "other"},),
        refused=({"dashboardName": "two words"}, {"dashboardBody": "{}"}, {"dashboardBody": "page"}),
    ),
    Case(
        token="aws:cloudwatch/eventRule:EventRule",
        inputs={
            "name": "alarms",
            "description": "alarms",
            "eventBusName": "default",
            "eventPattern": pattern("aws.cloudwatch"),
            "roleArn": ROLE,
            "state": "ENABLED",
            "forceDestroy": True,
            "tags": {"team": "x"},
        },
        updates=(
            {"eventPattern": pattern("aws.ecs"), "description": "tasks"},
            {"state": "DISABLED", "roleArn": f"{ROLE}s"},
            {"state": None, "description": None, "roleArn": None},
            {"scheduleExpression": "rate(5 minutes)"},
            {"forceDestroy": False},
            {"tags": {"team": "y"}},
        ),
        replaces=({"name": "other"}, {"eventBusName": "another"}),
        refused=({"eventPattern": "[]"}, {"eventPattern": None}, {"scheduleExpression": "daily"}),
    ),
    Case(
        token="aws:cloudwatch/eventTarget:EventTarget",
        parents=(RULE, OTHER_RULE, QUEUE, DEAD),
        inputs={
            "rule": "${rule.name}",
            "eventBusName": "default",
            "targetId": "canary",
            "arn": FUNCTION,
            "roleArn": ROLE,
            "input": '{"check": "market"}',
            "deadLetterConfig": {"arn": "${dead.arn}"},
            "retryPolicy": {"maximumEventAgeInSeconds": 600, "maximumRetryAttempts": 2},
            "forceDestroy": False,
        },
        updates=(
            {"input": '{"check": "shop"}', "retryPolicy": {"maximumEventAgeInSeconds": 300, "maximumRetryAttempts": 0}},
            {"input": None, "inputPath": "$.detail"},
            {"inputPath": None, "inputTransformer": {"inputPaths": {"at": "$.time"}, "inputTemplate": '{"at": <at>}'}},
            {"inputTransformer": None, "deadLetterConfig": None, "roleArn": None},
            {"arn": "${queue.arn}"},
            {"forceDestroy": True},
        ),
        replaces=({"rule": "${daily.name}"}, {"targetId": "other"}, {"eventBusName": "another"}),
        refused=({"arn": "canary"}, {"inputPath": "$.detail"}, {"ecsTarget": {"taskDefinitionArn": FUNCTION}}),
    ),
    Case(
        token="aws:cloudwatch/eventTarget:EventTarget",
        label="queue",
        parents=(RULE,),
        inputs={
            "rule": "${rule.name}",
            "arn": "arn:aws:sqs:eu-west-1:222222222222:events.fifo",
            "sqsTarget": {"messageGroupId": "all"},
        },
        updates=({"sqsTarget": {"messageGroupId": "some"}},),
    ),
    Case(
        token="aws:scheduler/schedule:Schedule",
        parents=(DEAD,),
        inputs={
            "name": "canary",
            "groupName": "default",
            "description": "asks the market",
            "scheduleExpression": "rate(5 minutes)",
            "scheduleExpressionTimezone": "Europe/Berlin",
            "startDate": "2030-01-01T00:00:00Z",
            "endDate": "2031-01-01T00:00:00Z",
            "flexibleTimeWindow": {"mode": "FLEXIBLE", "maximumWindowInMinutes": 5},
            "kmsKeyArn": "arn:aws:kms:eu-west-1:222222222222:key/00000000-0000-0000-0000-000000000001",
            "state": "ENABLED",
            "actionAfterCompletion": "NONE",
            "target": called(),
        },
        updates=(
            {"description": "asks the shop", "scheduleExpression": "cron(0 5 * * ? *)"},
            {"state": "DISABLED", "scheduleExpressionTimezone": "UTC"},
            {"flexibleTimeWindow": {"mode": "OFF"}},
            {"target": called(f"{FUNCTION}:live", input='{"check": "shop"}')},
            {"startDate": None, "endDate": None, "description": None, "kmsKeyArn": None},
            {"actionAfterCompletion": "DELETE", "state": None},
        ),
        replaces=({"name": "other"}, {"groupName": "others"}),
        refused=(
            {"scheduleExpression": "daily"},
            {"flexibleTimeWindow": {"mode": "FLEXIBLE"}},
            {"target": called("canary")},
            {"target": called(ecsParameters={"taskDefinitionArn": FUNCTION})},
        ),
    ),
    Case(
        token="aws:scheduler/schedule:Schedule",
        label="event",
        inputs={
            "scheduleExpression": "rate(1 hour)",
            "flexibleTimeWindow": {"mode": "OFF"},
            "target": {
                "arn": "arn:aws:events:eu-west-1:222222222222:event-bus/default",
                "roleArn": ROLE,
                "eventbridgeParameters": {"source": "slipway", "detailType": "hour"},
            },
        },
    ),
    Case(
        token="aws:route53/healthCheck:HealthCheck",
        inputs={
            **watched(),
            "resourcePath": "/healthz",
            "failureThreshold": 2,
            "enableSni": True,
            "measureLatency": True,
            "invertHealthcheck": True,
            "disabled": True,
            "regions": ["eu-west-1", "us-east-1", "us-west-2"],
            "tags": {"team": "x"},
        },
        updates=(
            {"resourcePath": "/readyz", "failureThreshold": 5, "port": 8443},
            {"fqdn": "market.example", "enableSni": False, "invertHealthcheck": False, "disabled": False},
            {"regions": ["eu-west-1", "us-east-1", "us-west-1"]},
            {"ipAddress": "192.0.2.1"},
            {"ipAddress": "192.0.2.2", "resourcePath": None},
            {"tags": {"team": "y"}},
        ),
        replaces=({"type": "HTTP"}, {"requestInterval": 10}, {"measureLatency": False}),
        refused=({"requestInterval": 20}, {"fqdn": None}, {"searchString": "ok"}, {"regions": ["eu-west-1"]}),
    ),
    Case(
        token="aws:route53/healthCheck:HealthCheck",
        label="text",
        inputs=watched(type="HTTPS_STR_MATCH", searchString="ok"),
        updates=({"searchString": "fine"},),
    ),
    Case(
        token="aws:route53/healthCheck:HealthCheck",
        label="computed",
        parents=(Parent("one", "aws:route53/healthCheck:HealthCheck", watched()),),
        inputs={"type": "CALCULATED", "childHealthThreshold": 1, "childHealthchecks": ["${one.id}"]},
        updates=({"childHealthThreshold": 0},),
        refused=({"childHealthchecks": None}, {"fqdn": "shop.example"}),
    ),
    Case(
        token="aws:route53/healthCheck:HealthCheck",
        label="alarm",
        parents=(alarm("first"), alarm("second")),
        inputs={
            "type": "CLOUDWATCH_METRIC",
            "cloudwatchAlarmName": "first",
            "cloudwatchAlarmRegion": "eu-west-1",
            "insufficientDataHealthStatus": "Healthy",
        },
        updates=(
            {"cloudwatchAlarmName": "second", "insufficientDataHealthStatus": "Unhealthy"},
            {"cloudwatchAlarmRegion": "us-east-1"},
        ),
        refused=({"cloudwatchAlarmName": None},),
    ),
)
