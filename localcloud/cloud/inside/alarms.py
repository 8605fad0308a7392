"""What state an alarm has by its metrics: periods, points to alarm, missing data, metric math."""

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Literal

State = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
Number = float | None
"""A value of a period; nothing where there was none."""
Read = Callable[[Mapping[str, Any], float, float], Number]
"""Reads a `MetricStat` between two moments."""

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
OPERATIONS: dict[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
REDUCTIONS: dict[str, Callable[[Sequence[float]], float]] = {
    "SUM": sum,
    "MAX": max,
    "MIN": min,
    "AVG": lambda values: sum(values) / len(values),
}


def evaluate(alarm: Mapping[str, Any], read: Read, now: float, before: str) -> State:
    """Return the state of a metric alarm as PutMetricAlarm describes it; `before` is the state it has."""
    queries = {each["Id"]: each for each in alarm.get("Metrics") or [single(alarm)]}
    result = next(each for each in queries.values() if each.get("ReturnData", True))
    length = period_of(alarm, queries)
    values = []
    for number in range(int(alarm["EvaluationPeriods"])):
        end = now - number * length
        values.append(value_of(result, queries, partial(_between, read, end - length, end)))
    breaches = COMPARISONS.get(alarm["ComparisonOperator"], COMPARISONS["GreaterThanThreshold"])
    present = [breaches(value, alarm["Threshold"]) for value in values if value is not None]
    needed = int(alarm.get("DatapointsToAlarm") or alarm["EvaluationPeriods"])
    return decide(present.count(True), len(values) - len(present), len(values), needed, alarm, before)


def _between(read: Read, begin: float, end: float, stat: Mapping[str, Any]) -> Number:
    return read(stat, begin, end)


def decide(bad: int, missing: int, periods: int, needed: int, alarm: Mapping[str, Any], before: str) -> State:
    """Return the state by how many periods breach and how many are missing, as AWS's table of missing data has it."""
    match alarm.get("TreatMissingData") or "missing":
        case "breaching":
            return "ALARM" if bad + missing >= needed else "OK"
        case "notBreaching":
            return "ALARM" if bad >= needed else "OK"
        case "ignore" if bad < needed <= bad + missing:
            return before  # type: ignore[return-value]  # a state of this alarm
        case "missing" if missing == periods:
            return "INSUFFICIENT_DATA"
        case "missing":
            return "ALARM" if bad and bad + missing >= needed else "OK"
    return "ALARM" if bad >= needed else "OK"


def single(alarm: Mapping[str, Any]) -> dict[str, Any]:
    """Return the query of an alarm on one metric."""
    metric = {key: alarm.get(key) for key in ("Namespace", "MetricName", "Dimensions")}
    statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average"
    return {"Id": "only", "MetricStat": {"Metric": metric, "Period": alarm.get("Period", 60), "Stat": statistic}}


def stats_of(alarm: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return every metric that an alarm reads."""
    queries = alarm.get("Metrics") or [single(alarm)]
    return [each["MetricStat"] for each in queries if each.get("MetricStat")]


def period_of(alarm: Mapping[str, Any], queries: Mapping[str, Mapping[str, Any]]) -> float:
    """Return the length of a period in seconds: the longest of its metrics."""
    found = [each["MetricStat"].get("Period") for each in queries.values() if each.get("MetricStat")]
    return float(max((int(each) for each in [*found, alarm.get("Period")] if each), default=60))


def value_of(query: Mapping[str, Any], queries: Mapping[str, Any], read: Callable[[Any], Number]) -> Number:
    """Return what a query gives in one period; nothing when an operand is missing or the expression is not known."""
    if query.get("MetricStat"):
        return read(query["MetricStat"])
    try:
        tree = ast.parse(str(query.get("Expression", "")), mode="eval").body
        return _compute(tree, lambda name: value_of(queries[name], queries, read))
    except (SyntaxError, KeyError, ZeroDivisionError, TypeError):
        return None


def _compute(node: ast.AST, named: Callable[[str], Number]) -> Number:
    match node:
        case ast.Constant(value=value):
            return float(value)  # type: ignore[arg-type]  # TypeError for what is no number
        case ast.Name(id=name):
            return named(name)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            value = _compute(operand, named)
            return None if value is None else -value
        case ast.BinOp(left=left, op=kind, right=right) | ast.Compare(left=left, ops=[kind], comparators=[right]):
            first, second = _compute(left, named), _compute(right, named)
            if first is None or second is None:
                return None
            return float(OPERATIONS[type(kind)](first, second))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _call(name, arguments, named)
    raise KeyError(ast.dump(node))


def _call(name: str, arguments: list[ast.expr], named: Callable[[str], Number]) -> Number:
    if name == "IF":
        chosen = _compute(arguments[0], named)
        if chosen is None:
            return None
        rest = arguments[1:2] if chosen else arguments[2:3]
        return _compute(rest[0], named) if rest else None
    if name == "FILL":
        value = _compute(arguments[0], named)
        return _compute(arguments[1], named) if value is None else value
    inner = arguments[0].elts if isinstance(arguments[0], ast.List) else arguments
    values = [value for value in (_compute(each, named) for each in inner) if value is not None]
    return float(REDUCTIONS[name](values)) if values else None
