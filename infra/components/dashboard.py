"""A CloudWatch dashboard: what a person looks at first when somebody says that a system is slow."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.core.resources import Component

COLUMNS, WIDTH, HEIGHT = 3, 8, 6
"""Graphs beside each other, and the size of each in the 24 columns of a dashboard."""


@dataclass(frozen=True, kw_only=True)
class Series:
    """One line of a graph."""

    label: str
    namespace: str
    metric: str
    dimensions: Mapping[str, pulumi.Input[str]]
    statistic: str = "Sum"
    """As CloudWatch writes it: `Average`, `p99`."""


@dataclass(frozen=True, kw_only=True)
class Graph:
    """Lines that belong together."""

    title: str
    series: tuple[Series, ...]


@dataclass(frozen=True, kw_only=True)
class DashboardArgs:
    """What is shown, from left to right and from top to bottom."""

    graphs: Sequence[Graph]
    region: str
    period_seconds: int = 60

    def __post_init__(self) -> None:
        """Refuse what nobody could read."""
        if not self.graphs or any(not graph.series for graph in self.graphs):
            raise ValueError("a dashboard has graphs, and each of them has lines")


class Dashboard(Component):
    """A dashboard under the stack's and its own name: people know it by that."""

    TYPE = "platform:operations:Dashboard"

    def __init__(self, name: str, args: DashboardArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        body = pulumi.Output.all(*(_lines(graph) for graph in args.graphs)).apply(
            lambda drawn: json.dumps({"widgets": [_widget(args, n, lines) for n, lines in enumerate(drawn)]})
        )
        aws.cloudwatch.Dashboard(
            name, dashboard_name=f"{pulumi.get_stack()}-{name}", dashboard_body=body, opts=self.child()
        )
        self.publish({})


def _lines(graph: Graph) -> pulumi.Output[list[list[object]]]:
    """Return a graph's lines as CloudWatch writes them, once the names of things are known."""

    def line(series: Series) -> pulumi.Output[list[object]]:
        dimensions = pulumi.Output.from_input(dict(series.dimensions))
        return dimensions.apply(
            lambda known: [
                series.namespace,
                series.metric,
                *(part for key in sorted(known) for part in (key, known[key])),
                {"label": series.label, "stat": series.statistic},
            ]
        )

    found: pulumi.Output[list[list[object]]] = pulumi.Output.all(*(line(series) for series in graph.series))
    return found


def _widget(args: DashboardArgs, position: int, lines: list[list[object]]) -> dict[str, object]:
    return {
        "type": "metric",
        "x": WIDTH * (position % COLUMNS),
        "y": HEIGHT * (position // COLUMNS),
        "width": WIDTH,
        "height": HEIGHT,
        "properties": {
            "title": args.graphs[position].title,
            "metrics": lines,
            "region": args.region,
            "period": args.period_seconds,
            "view": "timeSeries",
            "yAxis": {"left": {"min": 0}},
        },
    }
