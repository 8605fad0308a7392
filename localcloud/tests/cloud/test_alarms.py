from collections.abc import Mapping
from typing import Any

import pytest

from localcloud.cloud.inside.alarms import Number, evaluate, stats_of

NOW = 10_000.0
ERRORS: dict[str, Any] = {
    "Namespace": "App",
    "MetricName": "Errors",
    "Dimensions": [{"Name": "Service", "Value": "web"}],
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 3,
    "Threshold": 5,
    "ComparisonOperator": "GreaterThanThreshold",
}


def state(alarm: Mapping[str, Any], *points: Number, before: str = "OK", **others: Number) -> str:
    """Evaluate with the values of `Errors` in each period, the newest last, and one of each other metric."""
    newest_first = list(reversed(points))

    def read(stat: Mapping[str, Any], begin: float, end: float) -> Number:
        assert end - begin == 60
        name = stat["Metric"]["MetricName"]
        return others[name] if name in others else newest_first[int((NOW - end) // 60)]

    return evaluate(alarm, read, NOW, before)


@pytest.mark.parametrize(
    ("points", "missing", "ignore", "breaching", "not_breaching"),
    [
        ((0, 9, 9), "OK", "OK", "OK", "OK"),
        ((9, 9, 9), "ALARM", "ALARM", "ALARM", "ALARM"),
        ((None, None, 0), "OK", "OK", "OK", "OK"),
        ((None, None, None), "INSUFFICIENT_DATA", "before", "ALARM", "OK"),
        ((9, None, None), "ALARM", "before", "ALARM", "OK"),
        ((5, 5, 5), "OK", "OK", "OK", "OK"),
    ],
)
def test_missing_data_counts_as_awss_table_says(
    points: tuple[Number, ...], missing: str, ignore: str, breaching: str, not_breaching: str
) -> None:
    found = [
        state({**ERRORS, "TreatMissingData": treat}, *points, before="before")
        for treat in ("missing", "ignore", "breaching", "notBreaching")
    ]
    assert found == [missing, ignore, breaching, not_breaching]


def test_two_of_three_periods_are_enough_where_the_alarm_says_so() -> None:
    alarm = {**ERRORS, "DatapointsToAlarm": 2}
    assert state(alarm, 9, 0, 9) == "ALARM"
    assert state(alarm, 9, 0, 0) == "OK"


@pytest.mark.parametrize(
    ("comparison", "value", "expected"),
    [
        ("GreaterThanOrEqualToThreshold", 5, "ALARM"),
        ("LessThanThreshold", 5, "OK"),
        ("LessThanThreshold", 4, "ALARM"),
        ("LessThanOrEqualToThreshold", 5, "ALARM"),
    ],
)
def test_a_value_is_compared_as_the_alarm_says(comparison: str, value: float, expected: str) -> None:
    alarm = {**ERRORS, "ComparisonOperator": comparison, "EvaluationPeriods": 1}
    assert state(alarm, value) == expected


def math(expression: str) -> dict[str, Any]:
    """Return an alarm on an expression over the metrics m1 and m2."""
    metrics = [
        {"Id": name, "ReturnData": False, "MetricStat": {"Metric": {"MetricName": name}, "Period": 60, "Stat": "Sum"}}
        for name in ("m1", "m2")
    ]
    return {
        "Metrics": [{"Id": "rate", "Expression": expression, "ReturnData": True}, *metrics],
        "EvaluationPeriods": 1,
        "Threshold": 5,
        "ComparisonOperator": "GreaterThanThreshold",
    }


@pytest.mark.parametrize(
    ("expression", "first", "second", "expected"),
    [
        ("100 * m1 / m2", 6, 100, "ALARM"),
        ("100 * m1 / m2", 5, 100, "OK"),
        ("100 * m1 / m2", 5, 0, "INSUFFICIENT_DATA"),
        ("100 * m1 / m2", None, 100, "INSUFFICIENT_DATA"),
        ("100 * FILL(m1, 0) / m2", None, 100, "OK"),
        ("IF(m2 > 10, m1, 0)", 9, 11, "ALARM"),
        ("IF(m2 > 10, m1, 0)", 9, 10, "OK"),
        ("SUM([m1, m2])", 3, 3, "ALARM"),
        ("MAX([m1, m2]) - MIN([m1, m2])", 10, 4, "ALARM"),
        ("-m1", -6, 0, "ALARM"),
        ("ANOMALY_DETECTION_BAND(m1)", 9, 9, "INSUFFICIENT_DATA"),
        ("m1 +", 9, 9, "INSUFFICIENT_DATA"),
    ],
)
def test_metrics_are_reckoned_with(expression: str, first: Number, second: Number, expected: str) -> None:
    assert state(math(expression), m1=first, m2=second) == expected


def test_every_metric_of_an_alarm_is_known() -> None:
    assert [each["Metric"]["MetricName"] for each in stats_of(math("m1"))] == ["m1", "m2"]
    assert [each["Metric"]["MetricName"] for each in stats_of(ERRORS)] == ["Errors"]
