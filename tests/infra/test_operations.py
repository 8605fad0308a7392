"""What looks after an environment: visits, health checks, dashboards, a budget, copies, and one alarm a system."""

import json
from typing import Any

import pytest

from infra import config, program
from infra.components.backup_plan import BackupPlanArgs
from infra.components.budget import BudgetArgs
from infra.components.dashboard import DashboardArgs, Graph
from infra.components.health_check import HealthCheckArgs
from infra.components.schedule import ScheduleArgs
from infra.components.table import BACKED_UP, Index, TableArgs
from infra.components.trouble import TroubleArgs
from interface import names
from tests import cloud
from tests.infra import examples, stacks

looked_after = pytest.mark.parametrize("stack", ["staging", "prod"])


def visited(stack: str) -> dict[str, str]:
    zone = f"{stack}.slipway.example"
    return {
        "anythingyouwantt": f"https://anythingyouwantt.{zone}/",
        "counter": f"https://counter.{zone}/",
        "ewelists": f"https://ewelists-api.{zone}/health",
        "market": f"https://market.{zone}/",
        "planner": f"https://planner-api.{zone}/api/healthz",
    }


@looked_after
def test_a_canary_visits_every_system_as_often_as_the_stack_file_says(stack: str) -> None:
    recording = stacks.recorded(stack)
    minutes = stacks.committed(stack)["platform:operations"]["canary_minutes"]
    function = recording.one("aws:lambda/function:Function", "platform-canary").inputs
    schedule = recording.one("aws:scheduler/schedule:Schedule", "canary").inputs

    assert json.loads(function["environment"]["variables"]["TARGETS"]) == visited(stack)
    assert schedule["scheduleExpression"] == f"rate({minutes} minute{'' if minutes == 1 else 's'})"
    assert schedule["target"]["arn"].endswith(":live")
    assert schedule["target"]["retryPolicy"]["maximumRetryAttempts"] == 0


@looked_after
def test_somebody_is_told_when_visits_fail_or_do_not_happen(stack: str) -> None:
    minutes = stacks.committed(stack)["platform:operations"]["canary_minutes"]
    alarms = {x.name: x.inputs for x in stacks.recorded(stack).of("MetricAlarm") if x.name.endswith("-visit")}

    assert set(alarms) == {f"{system}-visit" for system in names.SYSTEMS}
    for alarm in alarms.values():
        assert (alarm["namespace"], alarm["metricName"]) == ("Slipway/Canary", "Healthy")
        assert (alarm["comparisonOperator"], alarm["threshold"]) == ("LessThanThreshold", 1)
        assert (alarm["period"], alarm["evaluationPeriods"]) == (minutes * 60, 3)
        assert alarm["treatMissingData"] == "breaching"


@looked_after
def test_route_53_asks_every_system_from_outside(stack: str) -> None:
    checks = {x.name: x.inputs for x in stacks.recorded(stack).of("aws:route53/healthCheck:HealthCheck")}

    assert {name: f"https://{x['fqdn']}{x['resourcePath']}" for name, x in checks.items()} == visited(stack)
    assert {(x["type"], x["port"], x["enableSni"]) for x in checks.values()} == {("HTTPS", 443, True)}


@looked_after
def test_one_alarm_of_a_system_rings_for_whatever_its_visitors_notice(stack: str) -> None:
    rules = {x.name: x.inputs["alarmRule"] for x in stacks.recorded(stack).of("CompositeAlarm")}

    assert set(rules) == {f"{system}-trouble" for system in names.SYSTEMS}
    assert rules["ewelists-trouble"] == (
        'ALARM("ewelists-gateway-5xx") OR ALARM("ewelists-gateway-slow") OR ALARM("ewelists-visit")'
    )
    assert rules["counter-trouble"] == (
        'ALARM("counter-backend-5xx") OR ALARM("counter-frontend-5xx") OR ALARM("counter-visit")'
    )


@looked_after
def test_every_system_has_a_dashboard_of_what_it_is_made_of(stack: str) -> None:
    bodies = {
        x.name: json.loads(x.inputs["dashboardBody"])
        for x in stacks.recorded(stack).of("aws:cloudwatch/dashboard:Dashboard")
    }
    titles = {name: [x["properties"]["title"] for x in body["widgets"]] for name, body in bodies.items()}

    assert set(titles) == set(names.SYSTEMS)
    assert titles["counter"] == [
        "Requests",
        "Seconds to answer, p99",
        "Answers 5xx",
        "CPU, percent",
        "Tables: capacity used",
    ]
    assert titles["planner"] == [
        "API: requests",
        "API: milliseconds to answer, p99",
        "API: answers that are errors",
        "Functions: calls",
        "Functions: milliseconds, p99",
        "Functions: errors",
    ]
    for body in bodies.values():
        assert [(x["x"], x["y"]) for x in body["widgets"][:4]] == [(0, 0), (8, 0), (16, 0), (0, 6)]


@looked_after
def test_a_budget_tells_before_and_after_the_money_is_spent(stack: str) -> None:
    recording = stacks.recorded(stack)
    budget = recording.one("aws:budgets/budget:Budget").inputs
    wanted = stacks.committed(stack)["platform:operations"]["monthly_budget_usd"]
    publishers = json.loads(recording.one("TopicPolicy", "alarms-policy").inputs["policy"])["Statement"][0]

    assert budget["limitAmount"] == str(wanted)
    assert [(x["notificationType"], x["threshold"]) for x in budget["notifications"]] == [
        ("ACTUAL", 50),
        ("ACTUAL", 80),
        ("ACTUAL", 100),
        ("FORECASTED", 100),
    ]
    assert publishers["Principal"] == {"Service": ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"]}


@looked_after
def test_nightly_copies_are_of_what_is_tagged_and_are_kept_as_long_as_the_stack_file_says(stack: str) -> None:
    recording = stacks.recorded(stack)
    wanted = stacks.committed(stack)["platform:backup"]
    [rule] = recording.one("aws:backup/plan:Plan").inputs["rules"]
    [tag] = recording.one("aws:backup/selection:Selection").inputs["selectionTags"]
    tagged = [x.name for x in recording.of("aws:dynamodb/table:Table") if x.inputs.get("tags") == BACKED_UP]

    assert rule["lifecycle"] == {"deleteAfter": wanted["days"]}
    assert (tag["key"], tag["value"], tag["type"]) == ("slipway:backup", "daily", "STRINGEQUALS")
    assert tagged == ["ewelists"]
    assert recording.one("VaultLockConfiguration").inputs["minRetentionDays"] == wanted["days"]


def test_nobody_takes_copies_elsewhere_or_lets_them_go_sooner() -> None:
    policy = json.loads(stacks.recorded("prod").one("VaultPolicy").inputs["policy"])

    assert policy["Statement"] == [
        {
            "Sid": "Keep",
            "Effect": "Deny",
            "Action": ["backup:CopyFromBackupVault", "backup:UpdateRecoveryPointLifecycle"],
            "Principal": {"AWS": "*"},
            "Resource": "*",
        }
    ]


def test_an_environment_that_asks_for_none_of_it_is_visited_all_the_same() -> None:
    mapping = stacks.released("prod")
    mapping["platform:operations"] |= {
        "alarms": False,
        "dashboards": False,
        "health_checks": False,
        "monthly_budget_usd": 0,
    }
    mapping["platform:backup"] = {"days": 0, "lock": False}

    recording = cloud.build(lambda: program.declare(config.load(mapping, "prod")), stack="prod")

    tokens = {x.token.split("/")[0] for x in recording.aws()}
    assert not {"aws:backup", "aws:budgets"} & tokens
    assert recording.of("MetricAlarm") == recording.of("CompositeAlarm") == []
    assert recording.one("aws:scheduler/schedule:Schedule").name == "canary"


def test_a_table_is_told_how_items_are_found_and_how_long_they_live() -> None:
    table = stacks.recorded("prod").one("aws:dynamodb/table:Table", "ewelists").inputs

    assert (table["hashKey"], table["rangeKey"]) == ("PK", "SK")
    assert table["attributes"] == [{"name": name, "type": "S"} for name in ("PK", "SK", "GSI1PK", "GSI1SK")]
    assert table["globalSecondaryIndexes"] == [
        {"name": "inverse", "hashKey": "GSI1PK", "rangeKey": "GSI1SK", "projectionType": "ALL"}
    ]
    assert table["ttl"] == {"attributeName": "expiresAt", "enabled": True}
    assert "streamEnabled" not in table


def test_changes_of_a_table_are_told_to_whoever_listens_where_that_is_asked_for() -> None:
    def make() -> None:
        examples.Table("one", TableArgs(hash_key="id", key=examples.key(), stream="NEW_IMAGE"))

    table = cloud.build(make).one("aws:dynamodb/table:Table").inputs

    assert (table["streamEnabled"], table["streamViewType"]) == (True, "NEW_IMAGE")


def test_closed_parameters_are_written_without_being_kept() -> None:
    recording = cloud.build(lambda: examples.parameters("facts"))
    closed = recording.one("aws:ssm/parameter:Parameter", "facts-pool")

    assert "value" not in closed.inputs
    assert (closed.inputs["type"], closed.inputs["valueWo"]) == ("SecureString", "eu-west-1_1")
    assert "valueWo" in closed.secrets
    assert isinstance(closed.inputs["valueWoVersion"], float | int)
    assert "valueWoVersion" not in closed.secrets


WRONG: list[tuple[type, dict[str, Any], str]] = [
    (BackupPlanArgs, {"key": None, "account": "1", "region": "r", "days": 0}, "days must be 1 to 36500, got 0"),
    (BudgetArgs, {"usd_a_month": 0, "topic": None}, "usd_a_month must be at least 1, got 0"),
    (DashboardArgs, {"graphs": (), "region": "r"}, "a dashboard has graphs, and each of them has lines"),
    (
        DashboardArgs,
        {"graphs": (Graph(title="x", series=()),), "region": "r"},
        "a dashboard has graphs, and each of them has lines",
    ),
    (HealthCheckArgs, {"host": "h", "path": "/", "interval_seconds": 20}, "interval_seconds must be 10 or 30, got 20"),
    (HealthCheckArgs, {"host": "h", "path": "x"}, "a path begins with a slash, got 'x'"),
    (ScheduleArgs, {"function": None, "minutes": 0, "account": "1"}, "minutes must be at least 1, got 0"),
    (TroubleArgs, {"topic": None, "description": "x", "alarms": ()}, "trouble is made of at least one alarm"),
    (
        TableArgs,
        {"hash_key": "id", "key": None, "indexes": (Index(name="a", hash_key="x"),) * 2},
        "at most 20 indexes, each name once, got a, a",
    ),
]


@pytest.mark.parametrize(("arguments", "given", "line"), WRONG, ids=[f"{x[0].__name__} {x[2]}" for x in WRONG])
def test_what_aws_refuses_is_refused_when_it_is_written(arguments: type, given: dict[str, Any], line: str) -> None:
    with pytest.raises(ValueError, match=line):
        arguments(**given)
