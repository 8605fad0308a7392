"""Alarms of alarms, dashboards, events, schedules and health checks: what is refused."""

import json
from typing import Any

from localcloud.tests.plugins.aws.cases.watching import FUNCTION, ROLE, page, pattern, watched
from localcloud.tests.plugins.aws.refusal import Refusals, api, terraform

ALARM, DASHBOARD = api("cloudwatch", "PutCompositeAlarm"), api("cloudwatch", "PutDashboard")
RULE, TARGET, SCHEDULE = api("events", "PutRule"), api("events", "Target"), api("scheduler", "CreateSchedule")
CHECK = api("route53", "HealthCheckConfig")
TOPIC = "arn:aws:sns:eu-west-1:222222222222:alarms"
QUEUE = "arn:aws:sqs:eu-west-1:222222222222:dead"


def _target(**changes: Any) -> dict[str, Any]:
    return {"target": {"arn": FUNCTION, "roleArn": ROLE, **changes}}


TABLES = (
    Refusals(
        token="aws:cloudwatch/compositeAlarm:CompositeAlarm",
        valid={"alarmName": "everything", "alarmRule": 'ALARM("first")'},
        refused=(
            ({"alarmName": "n" * 256}, "alarmName", "at most 255 characters", ALARM),
            ({"alarmName": None}, "alarmName", "is required", ALARM),
            ({"alarmRule": "first"}, "alarmRule", "must be like", ALARM),
            ({"alarmRule": 'ALARM("first"'}, "alarmRule", "must be like", ALARM),
            ({"alarmActions": [TOPIC] * 6}, "alarmActions", "at most five ARNs", ALARM),
            ({"okActions": ["people"]}, "okActions", "at most five ARNs", ALARM),
            ({"alarmDescription": "d" * 1025}, "alarmDescription", "at most 1024 characters", ALARM),
            (
                {"actionsSuppressor": {"alarm": "x", "extensionPeriod": -1, "waitPeriod": 0}},
                "actionsSuppressor.extensionPeriod",
                "at least 0",
                ALARM,
            ),
        ),
        accepted=(
            {"alarmName": "n" * 255},
            {"alarmRule": "FALSE"},
            {"alarmRule": 'NOT (ALARM("a") AND OK("b"))'},
            {"alarmActions": [TOPIC] * 5},
        ),
    ),
    Refusals(
        token="aws:cloudwatch/dashboard:Dashboard",
        valid={"dashboardName": "market", "dashboardBody": page("orders")},
        refused=(
            ({"dashboardName": "two words"}, "dashboardName", "must match", DASHBOARD),
            ({"dashboardBody": "no JSON"}, "dashboardBody", "must be JSON", DASHBOARD),
            ({"dashboardBody": "{}"}, "dashboardBody", "a list of widgets", DASHBOARD),
            (
                {"dashboardBody": json.dumps({"widgets": [{"type": "pie"}]})},
                "dashboardBody",
                "must be one of",
                DASHBOARD,
            ),
        ),
        accepted=({"dashboardName": "n" * 255}, {"dashboardBody": '{"widgets": []}'}),
    ),
    Refusals(
        token="aws:cloudwatch/eventRule:EventRule",
        valid={"name": "alarms", "eventPattern": pattern("aws.cloudwatch")},
        refused=(
            ({"name": "two words"}, "name", "must match", RULE),
            ({"name": "n" * 65}, "name", "at most 64 characters", RULE),
            ({"eventPattern": None}, "eventPattern", "eventPattern, scheduleExpression", RULE),
            ({"eventPattern": "[]"}, "eventPattern", "at least one field", RULE),
            ({"eventPattern": '{"source": "aws.ecs"}'}, "eventPattern", "must be a list", RULE),
            ({"scheduleExpression": "every day"}, "scheduleExpression", "rate(5 minutes)", RULE),
            ({"scheduleExpression": "rate(0 minutes)"}, "scheduleExpression", "rate(5 minutes)", RULE),
            ({"state": "ON"}, "state", "DISABLED, ENABLED", RULE),
            ({"description": "d" * 513}, "description", "at most 512 characters", RULE),
        ),
        accepted=(
            {"name": "n" * 64},
            {"eventPattern": None, "scheduleExpression": "rate(1 minute)"},
            {"eventPattern": None, "scheduleExpression": "cron(0 5 * * ? *)"},
            {"description": "d" * 512},
        ),
    ),
    Refusals(
        token="aws:cloudwatch/eventTarget:EventTarget",
        valid={"rule": "alarms", "arn": FUNCTION},
        refused=(
            ({"arn": "canary"}, "arn", "must match", TARGET),
            ({"rule": None}, "rule", "is required", api("events", "PutTargets")),
            ({"targetId": "two words"}, "targetId", "must match", TARGET),
            ({"input": "{}", "inputPath": "$.detail"}, "inputPath", "cannot be given together", TARGET),
            ({"inputPath": "detail"}, "inputPath", "must match", TARGET),
            ({"deadLetterConfig": {"arn": TOPIC}}, "deadLetterConfig.arn", "must match", TARGET),
            (
                {"retryPolicy": {"maximumRetryAttempts": 186}},
                "retryPolicy.maximumRetryAttempts",
                "at most 185",
                api("events", "RetryPolicy"),
            ),
            (
                {"retryPolicy": {"maximumEventAgeInSeconds": 59}},
                "retryPolicy.maximumEventAgeInSeconds",
                "at least 60",
                api("events", "RetryPolicy"),
            ),
        ),
        accepted=(
            {"retryPolicy": {"maximumEventAgeInSeconds": 60, "maximumRetryAttempts": 185}},
            {"deadLetterConfig": {"arn": QUEUE}},
            {"targetId": "t" * 64},
        ),
    ),
    Refusals(
        token="aws:scheduler/schedule:Schedule",
        valid={
            "name": "canary",
            "scheduleExpression": "rate(5 minutes)",
            "flexibleTimeWindow": {"mode": "OFF"},
            **_target(),
        },
        refused=(
            ({"name": "two words"}, "name", "must match", SCHEDULE),
            ({"name": "n" * 65}, "name", "at most 64 characters", SCHEDULE),
            ({"scheduleExpression": "every day"}, "scheduleExpression", "rate(5 minutes)", SCHEDULE),
            (
                {"flexibleTimeWindow": {"mode": "FLEXIBLE"}},
                "flexibleTimeWindow",
                "1 to 1440",
                api("scheduler", "FlexibleTimeWindow"),
            ),
            (
                {"flexibleTimeWindow": {"mode": "FLEXIBLE", "maximumWindowInMinutes": 1441}},
                "flexibleTimeWindow",
                "1 to 1440",
                api("scheduler", "FlexibleTimeWindow"),
            ),
            ({"startDate": "2030-01-01"}, "startDate", "must match", terraform("scheduler_schedule")),
            ({"state": "ON"}, "state", "DISABLED, ENABLED", SCHEDULE),
            (_target(roleArn="clock"), "target.roleArn", "must match", api("scheduler", "Target")),
            (_target(arn="canary"), "target.arn", "must match", api("scheduler", "Target")),
            (
                _target(retryPolicy={"maximumRetryAttempts": 186}),
                "target.retryPolicy.maximumRetryAttempts",
                "at most 185",
                api("scheduler", "RetryPolicy"),
            ),
        ),
        accepted=(
            {"scheduleExpression": "at(2030-01-01T00:00:00)"},
            {"scheduleExpression": "cron(0 5 * * ? *)"},
            {"flexibleTimeWindow": {"mode": "FLEXIBLE", "maximumWindowInMinutes": 1440}},
            {"startDate": "2030-01-01T00:00:00Z"},
        ),
    ),
    Refusals(
        token="aws:route53/healthCheck:HealthCheck",
        valid=watched(),
        refused=(
            ({"type": "PING"}, "type", "HTTP, HTTPS", CHECK),
            ({"fqdn": None}, "fqdn", "fqdn, ipAddress", CHECK),
            ({"requestInterval": 20}, "requestInterval", "10 or 30", CHECK),
            ({"requestInterval": None}, "requestInterval", "is required", CHECK),
            ({"failureThreshold": 11}, "failureThreshold", "at most 10", CHECK),
            ({"port": 65536}, "port", "at most 65535", CHECK),
            ({"searchString": "ok"}, "searchString", "cannot be given", CHECK),
            ({"type": "HTTPS_STR_MATCH"}, "searchString", "is required", CHECK),
            ({"type": "TCP", "resourcePath": "/"}, "resourcePath", "cannot be given", CHECK),
            ({"regions": ["eu-west-1", "us-east-1"]}, "regions", "at least 3 items", CHECK),
            ({"regions": ["eu-west-1", "us-east-1", "mars"]}, "regions[2]", "must be one of", CHECK),
        ),
        accepted=(
            {"fqdn": None, "ipAddress": "192.0.2.1"},
            {"requestInterval": 10},
            {"failureThreshold": 10},
            {"type": "HTTPS_STR_MATCH", "searchString": "ok"},
            {"type": "TCP"},
        ),
    ),
)
