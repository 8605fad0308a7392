"""CloudWatch: alarms given back as they were put, in every protocol."""

import json
from typing import Any

from .. import wire
from .mend import Mend, replace

STATE = ("AlarmArn", "StateValue", "StateReason", "StateReasonData", "StateUpdatedTimestamp")
TIMES = (*STATE, "AlarmConfigurationUpdatedTimestamp", "StateTransitionedTimestamp")
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
        if is_cbor:
            return original_describe(params, data, is_cbor, is_json)
        asked = data if is_json else wire.decode("cloudwatch", "DescribeAlarms", params)
        response = original_describe({}, asked, False, True)
        if response[0] != 200:
            return original_describe(params, data, is_cbor, is_json)
        content = json.loads(response[2])
        content["MetricAlarms"] = [shown(alarm) for alarm in content.get("MetricAlarms", [])]
        if is_json:
            return 200, response[1], json.dumps(content).encode()
        return wire.encode("cloudwatch", "DescribeAlarms", content)

    original_put = replace(cloudwatch, "_put_metric_alarm", put)
    original_describe = replace(cloudwatch, "_describe_alarms", describe)


MENDS = (
    Mend(
        "DescribeAlarms gives back every field of PutMetricAlarm and none that was not given",
        "the Query protocol returns six fields, metric math is lost, period and statistic get defaults",
        "ministack.services.cloudwatch",
        {"_put_metric_alarm": "953a67ff4bb1", "_describe_alarms": "ab8f092ff9ae"},
        _alarms,
    ),
)
