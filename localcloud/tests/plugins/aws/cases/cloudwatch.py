"""Metric alarms."""

from typing import Any

from localcloud.tests.plugins.aws.conformance import Case

TOKEN = "aws:cloudwatch/metricAlarm:MetricAlarm"
TOPIC = "arn:aws:sns:${region}:${account}:alarms"


def metric(name: str, **more: Any) -> dict[str, Any]:
    wanted = {"metricName": name, "namespace": "AWS/ApplicationELB", "period": 60, "stat": "Sum"}
    return {**wanted, "dimensions": {"LoadBalancer": "app/main/1"}, **more}


RATE = [
    {"id": "rate", "expression": "100 * errors / requests", "label": "errors in percent", "returnData": True},
    {"id": "errors", "metric": metric("HTTPCode_Target_5XX_Count", unit="Count")},
    {"id": "requests", "metric": metric("RequestCount"), "accountId": "111111111111"},
]

CASES = (
    Case(
        token=TOKEN,
        inputs={
            "name": "cpu of counter",
            "alarmDescription": "the service is busy",
            "namespace": "AWS/ECS",
            "metricName": "CPUUtilization",
            "dimensions": {"ClusterName": "main", "ServiceName": "counter"},
            "statistic": "Average",
            "period": 60,
            "unit": "Percent",
            "evaluationPeriods": 5,
            "datapointsToAlarm": 3,
            "threshold": 80.5,
            "comparisonOperator": "GreaterThanOrEqualToThreshold",
            "treatMissingData": "breaching",
            "actionsEnabled": False,
            "alarmActions": [TOPIC, f"{TOPIC}-pager"],
            "okActions": [TOPIC],
            "insufficientDataActions": [TOPIC],
            "tags": {"team": "x"},
        },
        updates=(
            {"alarmDescription": "busy"},
            {"alarmDescription": None},
            {"namespace": "AWS/EC2", "metricName": "CPU"},
            {"dimensions": {"InstanceId": "i-1"}},
            {"statistic": "Maximum"},
            {"statistic": None, "extendedStatistic": "p99", "evaluateLowSampleCountPercentiles": "ignore"},
            {"extendedStatistic": "p95.5"},
            {"evaluateLowSampleCountPercentiles": "evaluate"},
            {"period": 300},
            {"unit": "Count"},
            {"unit": None},
            {"evaluationPeriods": 6},
            {"datapointsToAlarm": 2},
            {"datapointsToAlarm": None},
            {"threshold": 0},
            {"comparisonOperator": "LessThanThreshold"},
            {"treatMissingData": "notBreaching"},
            {"actionsEnabled": True},
            {"alarmActions": [TOPIC]},
            {"okActions": [f"{TOPIC}-pager"]},
            {"insufficientDataActions": None},
            {"tags": {"team": "y"}},
        ),
        replaces=({"name": "memory of counter"},),
        refused=(
            {"statistic": "p99"},
            {"extendedStatistic": "p99"},
            {"statistic": None, "extendedStatistic": "median"},
            {"metricName": None},
            {"period": 45},
            {"period": 86400, "evaluationPeriods": 8},
            {"threshold": None},
            {"thresholdMetricId": "band"},
            {"comparisonOperator": "Near"},
            {"comparisonOperator": "GreaterThanUpperThreshold"},
            {"datapointsToAlarm": 7},
            {"treatMissingData": "shrug"},
            {"alarmActions": ["mail me"]},
            {"metricQueries": RATE},
        ),
    ),
    Case(
        token=TOKEN,
        label="computed",
        inputs={
            "metricQueries": RATE,
            "evaluationPeriods": 2,
            "threshold": 1,
            "comparisonOperator": "GreaterThanThreshold",
        },
        updates=(
            {"metricQueries": [{**RATE[0], "expression": "errors"}, *RATE[1:]]},
            {"metricQueries": [RATE[0], {"id": "errors", "metric": metric("HTTPCode_ELB_5XX_Count")}, RATE[2]]},
        ),
        refused=(
            {"metricQueries": [RATE[0], RATE[0]]},
            {"metricQueries": [{"id": "empty", "returnData": True}]},
            {"metricQueries": RATE[1:]},
            {"namespace": "AWS/ECS"},
        ),
    ),
    Case(
        token=TOKEN,
        label="band",
        inputs={
            "metricQueries": [
                {"id": "band", "expression": "ANOMALY_DETECTION_BAND(requests, 2)", "returnData": True},
                {"id": "requests", "metric": metric("RequestCount"), "returnData": True},
            ],
            "evaluationPeriods": 2,
            "thresholdMetricId": "band",
            "comparisonOperator": "GreaterThanUpperThreshold",
        },
        updates=({"comparisonOperator": "LessThanLowerThreshold"},),
        refused=({"threshold": 1}, {"thresholdMetricId": None}),
    ),
)
