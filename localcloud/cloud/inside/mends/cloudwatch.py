"""CloudWatch: alarms given back as they were put, in every protocol, and evaluated by their metrics."""

import json
import time
from collections.abc import Mapping
from typing import Any

from .. import alarms, wire
from .mend import Mend, replace

STATE = ("AlarmArn", "StateValue", "StateReason", "StateReasonData", "StateUpdatedTimestamp")
TIMES = (*STATE, "AlarmConfigurationUpdatedTimestamp", "StateTransitionedTimestamp")
SUPPRESSION = ("ActionsSuppressor", "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod")
LISTS = ("OKActions", "AlarmActions", "InsufficientDataActions", "Dimensions")


def _alarms(cloudwatch: Any) -> None:
    def put(params: Any, data: dict[str, Any], is_cbor: bool, is_json: bool = False) -> Any:
        given = data if is_cbor or is_json else wire.decode("cloudwatch", "PutMetricAlarm", params)
        response = original_put(params, data, is_cbor, is_json)
        if response[0] == 200:
            kept = {key: value for key, value in given.items() if key != "Tags"}
            cloudwatch._alarms[given["AlarmName"]]["_given"] = kept
        return response

    def shown(alarm: dict[str, Any]) -> dict[str, Any]:
        record = cloudwatch._alarms.get(alarm["AlarmName"])
        if record is None or "_given" not in record:
            return alarm
        state = {key: alarm[key] for key in TIMES if alarm.get(key) is not None}
        empty: dict[str, Any] = {"ActionsEnabled": True, **{key: [] for key in LISTS}}
        now = {"ActionsEnabled": record["ActionsEnabled"]}  # switched by calls of its own
        return {**empty, **record["_given"], **now, **state}

    def describe(params: Any, data: dict[str, Any], is_cbor: bool, is_json: bool = False) -> Any:
        asked = data if is_cbor or is_json else wire.decode("cloudwatch", "DescribeAlarms", params)
        response = original_describe({}, asked, False, True)
        if response[0] != 200:
            return original_describe(params, data, is_cbor, is_json)
        content = json.loads(response[2])
        content["MetricAlarms"] = [shown(alarm) for alarm in content.get("MetricAlarms", [])]
        if is_cbor:
            for kind in ("MetricAlarms", "CompositeAlarms"):
                content[kind] = [cloudwatch._cbor_alarm(alarm) for alarm in content.get(kind) or []]
            return cloudwatch._cbor_ok(content)
        if is_json:
            return 200, response[1], json.dumps(content).encode()
        return wire.encode("cloudwatch", "DescribeAlarms", content)

    def put_composite(params: Any, data: dict[str, Any], is_cbor: bool, is_json: bool = False) -> Any:
        given = data if is_cbor or is_json else wire.decode("cloudwatch", "PutCompositeAlarm", params)
        response = original_composite(params, data, is_cbor, is_json)
        if response[0] == 200:
            record = cloudwatch._composite_alarms[given["AlarmName"]]
            record.update({key: given[key] for key in SUPPRESSION if key in given})
            if not record["AlarmDescription"]:
                del record["AlarmDescription"]
        return response

    original_composite = replace(cloudwatch, "_put_composite_alarm", put_composite)
    original_put = replace(cloudwatch, "_put_metric_alarm", put)
    original_describe = replace(cloudwatch, "_describe_alarms", describe)


def _states(cloudwatch: Any) -> None:
    def evaluate(alarm: dict[str, Any]) -> None:
        given = alarm.get("_given") or alarm
        if not any(_points(cloudwatch, stat) for stat in alarms.stats_of(given)):
            return
        before = alarm["StateValue"]
        state = alarms.evaluate(given, lambda *asked: _read(cloudwatch, *asked), time.time(), before)
        if state == before:
            return
        comparison = f"{given['ComparisonOperator']} {given['Threshold']}"
        reason = f"Threshold Crossed: {given['EvaluationPeriods']} periods were looked at for {comparison}"
        now = int(time.time())
        alarm.update(StateValue=state, StateReason=reason, StateUpdatedTimestamp=now, StateTransitionedTimestamp=now)
        cloudwatch._record_history(alarm["AlarmName"], before, state, reason)
        cloudwatch._dispatch_alarm_actions(alarm, before, state, reason)
        cloudwatch._evaluate_parent_alarms(alarm)

    replace(cloudwatch, "_evaluate_alarm", evaluate)


def _points(cloudwatch: Any, stat: Mapping[str, Any]) -> list[dict[str, Any]]:
    metric = stat["Metric"]
    dimensions = cloudwatch._dims_key(cloudwatch._dims_from_list(metric.get("Dimensions") or []))
    return cloudwatch._metrics.get((metric.get("Namespace"), metric.get("MetricName"), dimensions)) or []


def _read(cloudwatch: Any, stat: Mapping[str, Any], begin: float, end: float) -> float | None:
    found = [each for each in _points(cloudwatch, stat) if begin < each["Timestamp"] <= end]
    if not found:
        return None
    value = cloudwatch._stat_value(cloudwatch._calc_stats(found), stat["Stat"], found)
    return None if value is None else float(value)


def evaluate_all() -> None:
    """Evaluate the alarms of every account whose metrics were ever put."""
    from ministack.core.responses import request_scope
    from ministack.services import cloudwatch

    for account, region in {key[:2] for key, _ in list(cloudwatch._alarms.all_items())}:
        with request_scope(account, region):
            cloudwatch._evaluate_all_alarms()


MENDS = (
    Mend(
        "an alarm's state follows its metrics: dimensions, periods, points to alarm, missing data, metric math",
        "all dimensions are one, periods are lumped together, metric math and missing data are not looked at",
        "ministack.services.cloudwatch",
        {
            "_evaluate_alarm": "a0b0acd3d432",
            "_evaluate_all_alarms": "f83f88e57f1c",
            "_calc_stats": "889e1bfc89dc",
            "_stat_value": "cfaad9598233",
            "_dispatch_alarm_actions": "fcf47c0d1e6e",
        },
        _states,
    ),
    Mend(
        "DescribeAlarms gives back every field of PutMetricAlarm and none that was not given",
        "the Query protocol returns six fields, metric math is lost, period and statistic get defaults",
        "ministack.services.cloudwatch",
        {
            "_put_composite_alarm": "d1c8174c3d5b",
            "_put_metric_alarm": "953a67ff4bb1",
            "_describe_alarms": "ab8f092ff9ae",
        },
        _alarms,
    ),
)
