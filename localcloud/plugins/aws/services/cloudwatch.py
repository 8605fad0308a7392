"""CloudWatch: metric alarms."""

import json
import re
from typing import Any

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties, Tags
from localcloud.plugins.aws.rules import conflict, given, value
from localcloud.plugins.aws.steps import Named, Op
from localcloud.plugins.provider import UNKNOWN, has_unknown

_SENT = (
    "actionsEnabled",
    "alarmActions",
    "alarmDescription",
    "comparisonOperator",
    "datapointsToAlarm",
    "dimensions",
    "evaluateLowSampleCountPercentiles",
    "evaluationPeriods",
    "extendedStatistic",
    "insufficientDataActions",
    "metricName",
    "name",
    "namespace",
    "okActions",
    "period",
    "statistic",
    "threshold",
    "thresholdMetricId",
    "treatMissingData",
    "unit",
)
_NAMES = {"name": "AlarmName", "okActions": "OKActions", "arn": "AlarmArn"}
_ACTIONS = ("alarmActions", "insufficientDataActions", "okActions")
_BAND = ("LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "GreaterThanUpperThreshold")
_EXTENDED = re.compile(r"p(\d{1,2}(\.\d{1,10})?|100)|(tm|tc|ts|wm)\d{1,2}(\.\d{1,10})?|IQM|(TM|TC|TS|WM|PR)\([^()]+\)")


def _dimensions(pairs: Any) -> list[dict[str, str]]:
    return [{"Name": name, "Value": text} for name, text in sorted((pairs or {}).items())]


def _put(call: Call) -> str:
    """Write the whole alarm: PutMetricAlarm replaces everything but the tags."""
    sent = call.parameters("put_metric_alarm", [name for name in _SENT if name != "dimensions"], _NAMES)
    if call.inputs.get("dimensions"):
        sent["Dimensions"] = _dimensions(call.inputs["dimensions"])
    if call.inputs.get("metricQueries"):
        sent["Metrics"] = [_query(each) for each in call.inputs["metricQueries"]]
    if not call.id:
        sent["Tags"] = [{"Key": key, "Value": text} for key, text in sorted(call.tags.items())]
    call.api("put_metric_alarm", **sent)
    return str(call.inputs["name"])


def _query(query: Properties) -> Properties:
    """Return a query as AWS writes it; without a word about its data it returns none, as in the official provider."""
    keys = {"id": "Id", "expression": "Expression", "label": "Label", "period": "Period", "accountId": "AccountId"}
    sent: Properties = {theirs: query[ours] for ours, theirs in keys.items() if query.get(ours)}
    sent["ReturnData"] = bool(query.get("returnData", False))
    metric = query.get("metric")
    if metric:
        names = {"MetricName": metric["metricName"], "Dimensions": _dimensions(metric.get("dimensions"))}
        names |= {"Namespace": metric["namespace"]} if metric.get("namespace") else {}
        stat = {"Metric": names, "Period": int(metric["period"]), "Stat": metric["stat"]}
        sent["MetricStat"] = stat | ({"Unit": metric["unit"]} if metric.get("unit") else {})
    if "Period" in sent:
        sent["Period"] = int(sent["Period"])
    return sent


def _live_query(query: Properties) -> Properties:
    keys = {"Id": "id", "Expression": "expression", "Label": "label", "Period": "period", "AccountId": "accountId"}
    found: Properties = {ours: query[theirs] for theirs, ours in keys.items() if query.get(theirs)}
    found["returnData"] = query.get("ReturnData", True)
    stat = query.get("MetricStat")
    if stat:
        metric = stat["Metric"]
        found["metric"] = {
            "metricName": metric["MetricName"],
            "namespace": metric.get("Namespace", ""),
            "period": stat["Period"],
            "stat": stat["Stat"],
            "dimensions": {each["Name"]: each["Value"] for each in metric.get("Dimensions", [])},
            "unit": stat.get("Unit", ""),
        }
    return found


def _read(call: Call) -> Properties | None:
    alarms = call.api("describe_alarms", AlarmNames=[call.id], AlarmTypes=["MetricAlarm"])["MetricAlarms"]
    if not alarms:
        return None
    alarm = alarms[0]
    found = call.properties({key: each for key, each in alarm.items() if key != "Dimensions"}, _NAMES)
    found["dimensions"] = {each["Name"]: each["Value"] for each in alarm.get("Dimensions", [])}
    found["metricQueries"] = [_live_query(each) for each in alarm.get("Metrics", [])]
    return found


def _of_one_kind(inputs: Properties) -> tuple[str, str] | None:
    """Judge that an alarm watches one metric or computes from queries, and has what that needs."""
    if given(inputs, "metricQueries"):
        single = ("metricName", "namespace", "period", "statistic", "extendedStatistic", "dimensions", "unit")
        wrong = next((name for name in single if given(inputs, name)), None)
        return (wrong, "cannot be given together with metricQueries") if wrong else None
    for name in ("metricName", "namespace", "period"):
        if not given(inputs, name):
            return name, "must be given for an alarm without metricQueries"
    if not given(inputs, "statistic") and not given(inputs, "extendedStatistic"):
        return "statistic", "one of statistic and extendedStatistic must be given"
    return None


def _thresholds(inputs: Properties) -> tuple[str, str] | None:
    """Judge operator and threshold: a band of anomaly detection has an id, all others a number."""
    operator = inputs.get("comparisonOperator")
    if operator is UNKNOWN or operator is None:
        return ("comparisonOperator", "is required and was not given") if operator is None else None
    needed, other = ("thresholdMetricId", "threshold") if operator in _BAND else ("threshold", "thresholdMetricId")
    if inputs.get(needed) is None:
        return needed, f"must be given for {operator}"
    return (other, f"cannot be given for {operator}") if inputs.get(other) is not None else None


def _periods(inputs: Properties) -> tuple[str, str] | None:
    """Judge periods: AWS looks back a day at most, a week where each period is an hour or more."""
    periods, points, seconds = (inputs.get(name) for name in ("evaluationPeriods", "datapointsToAlarm", "period"))
    if periods is None:
        return "evaluationPeriods", "is required and was not given"
    if has_unknown([periods, points, seconds]):
        return None
    if int(periods) < 1:
        return "evaluationPeriods", f"must be at least 1, got {periods!r}"
    if points is not None and not 1 <= int(points) <= int(periods):
        return "datapointsToAlarm", f"must be 1 to evaluationPeriods ({periods}), got {points!r}"
    if seconds is not None:
        if int(seconds) not in (10, 20, 30) and (int(seconds) < 60 or int(seconds) % 60):
            return "period", f"must be 10, 20, 30 or a multiple of 60 seconds, got {seconds!r}"
        longest = 604800 if int(seconds) >= 3600 else 86400
        if int(seconds) * int(periods) > longest:
            return "evaluationPeriods", f"times period must be at most {longest} seconds"
    return None


def _queries(inputs: Properties) -> tuple[str, str] | None:
    """Judge queries: at most 20, unique ids, and exactly one that gives the alarm its data."""
    queries = inputs.get("metricQueries")
    if not isinstance(queries, list) or has_unknown(queries):
        return None
    ids = [each.get("id") for each in queries]
    if len(set(ids)) != len(ids) or len(ids) > 20:
        return "metricQueries", f"must be at most 20 with ids of their own, got {json.dumps(ids)}"
    odd = next((one for one in queries if bool(one.get("metric")) == bool(one.get("expression"))), None)
    if odd:
        return "metricQueries", f"the query {odd.get('id')} needs exactly one of metric and expression"
    returned = [each["id"] for each in queries if each.get("returnData") in (True, "true")]
    wanted = 2 if given(inputs, "thresholdMetricId") else 1
    if queries and len(returned) not in (1, wanted):
        return "metricQueries", f"exactly one must have returnData, got {json.dumps(returned)}"
    return None


def _is_arns(given_actions: Any) -> bool:
    return len(given_actions) <= 5 and all(one is UNKNOWN or str(one).startswith("arn:") for one in given_actions)


ENTRIES = (
    Entry(
        token="aws:cloudwatch/metricAlarm:MetricAlarm",
        service="cloudwatch",
        cfn="AWS::CloudWatch::Alarm",
        names={
            "name": "AlarmName",
            "okActions": "OKActions",
            "evaluateLowSampleCountPercentiles": "EvaluateLowSampleCountPercentile",
        },
        inputs=(*_SENT, "metricQueries"),
        name=Name(longest=255),
        create=_put,
        read=_read,
        update=_put,
        delete=Op("delete_alarms", {"AlarmNames": ["$id"]}),
        find=Named(),
        tags=Tags(
            owner=lambda call: {"ResourceARN": call.arn(f"alarm:{call.id}")},
            list="list_tags_for_resource",
        ),
        defaults={
            "actionsEnabled": True,
            "alarmActions": [],
            "alarmDescription": "",
            "datapointsToAlarm": None,
            "dimensions": None,
            "insufficientDataActions": [],
            "okActions": [],
            "treatMissingData": "missing",
            "unit": None,
        },
        sets=(*_ACTIONS, "metricQueries"),
        limits={"metricQueries[*].id": {"pattern": "^[a-z][a-zA-Z0-9_]*$", "maxLength": 255}},
        rules=(
            conflict("statistic", "extendedStatistic"),
            _of_one_kind,
            _thresholds,
            _periods,
            _queries,
            value("extendedStatistic", lambda got: bool(_EXTENDED.fullmatch(got)), "must be like p99 or tm90"),
            value("namespace", lambda got: bool(re.fullmatch(r"[^:].*", got)), "must not begin with a colon"),
            value("alarmDescription", lambda text: len(text) <= 1024, "must have at most 1024 characters"),
            value(
                "evaluateLowSampleCountPercentiles",
                lambda got: got in ("evaluate", "ignore"),
                "must be evaluate or ignore",
            ),
            value("dimensions", lambda pairs: len(pairs) <= 30, "must be at most 30"),
            *(value(name, _is_arns, "must be at most five ARNs") for name in _ACTIONS),
        ),
        unlike=("the emulator computes states from metrics that are put to it; services publish none by themselves",),
    ),
)
