"""Prometheus' text turned into samples, and samples into documents of CloudWatch's embedded metric format."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

LINE = re.compile(r"([A-Za-z_:][\w:]*)(?:\{(.*)\})? ([^ ]+)(?: -?\d+)?$")
LABEL = re.compile(r'([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)",?')
ESCAPED = {r"\\": "\\", r"\"": '"', r"\n": "\n"}
FIELDS = {"_count": "Count", "_sum": "Sum"}

Labels = tuple[tuple[str, str], ...]


@dataclass
class Sample:
    """A metric of one set of labels: one value, or the sum and count of a histogram."""

    name: str
    kind: str
    labels: Labels
    values: dict[str, float] = field(default_factory=dict)


def parse(text: str, added: Mapping[str, str]) -> list[Sample]:
    """Return the samples of an answer to a scrape, each with the added labels."""
    kinds: dict[str, str] = {}
    found: dict[tuple[str, Labels], Sample] = {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            name, kind = line.split()[2:4]
            kinds[name] = kind
        match = LINE.match(line) if not line.startswith("#") else None
        if match:
            _add(found, kinds, match, added)
    return list(found.values())


def _add(
    found: dict[tuple[str, Labels], Sample], kinds: Mapping[str, str], match: re.Match[str], added: Mapping[str, str]
) -> None:
    name, value = match[1], float(match[3])
    base, dash, suffix = name.rpartition("_")
    kind, part = kinds.get(name, "untyped"), "Value"
    if kinds.get(base) in ("histogram", "summary"):
        if dash + suffix not in FIELDS:
            return
        name, kind, part = base, "histogram", FIELDS[dash + suffix]
    elif kind in ("histogram", "summary"):
        return
    own = {key: unescaped(text) for key, text in LABEL.findall(match[2] or "")}
    labels = tuple(sorted({**own, **added}.items()))
    found.setdefault((name, labels), Sample(name, kind, labels)).values[part] = value


def up(well: bool, added: Mapping[str, str]) -> Sample:
    """Return what Prometheus adds to each scrape: whether the target answered."""
    return Sample("up", "gauge", tuple(sorted(added.items())), {"Value": float(well)})


def unescaped(text: str) -> str:
    """Return a label's value as it was before Prometheus' text escaped it."""
    return re.sub(r"\\.", lambda each: ESCAPED.get(str(each[0]), str(each[0])), text)


class Deltas:
    """What was added since the last look, for all that only grows; the first look at a series gives nothing."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, Labels], dict[str, float]] = {}

    def of(self, samples: Iterable[Sample]) -> list[Sample]:
        """Return gauges as they are, counters and histograms as what came to them; a restart counts from nothing."""
        found = []
        for sample in samples:
            if sample.kind in ("gauge", "untyped"):
                found.append(sample)
                continue
            last = self._last.get((sample.name, sample.labels))
            self._last[sample.name, sample.labels] = sample.values
            if last is None:
                continue
            began = any(value < last.get(part, 0) for part, value in sample.values.items())
            change = {part: value - (0 if began else last.get(part, 0)) for part, value in sample.values.items()}
            if sample.kind != "histogram" or change.get("Count"):
                found.append(Sample(sample.name, sample.kind, sample.labels, change))
        return found


def documents(config: Mapping[str, Any], samples: Sequence[Sample], milliseconds: int) -> list[dict[str, Any]]:
    """Return a log line for each set of labels, with the metrics and dimensions that the exporter declares."""
    by_labels: dict[Labels, list[Sample]] = {}
    for sample in samples:
        by_labels.setdefault(sample.labels, []).append(sample)
    found = []
    for labels, ours in by_labels.items():
        known, declared = dict(labels), []
        for rule in config.get("metric_declarations") or ():
            names = [s.name for s in ours if any(re.search(each, s.name) for each in rule["metric_name_selectors"])]
            sets = [each for each in rule["dimensions"] if set(each) <= set(known)]
            if names and sets:
                metrics = [{"Name": name} for name in sorted(names)]
                declared.append({"Namespace": config["namespace"], "Dimensions": sets, "Metrics": metrics})
        values = {s.name: _emf_value(s) for s in ours}
        head = {"CloudWatchMetrics": declared, "Timestamp": milliseconds}
        found.append({"Version": "1", "_aws": head, **known, **values} if declared else {**known, **values})
    return found


def _emf_value(sample: Sample) -> Any:
    if sample.kind != "histogram":
        return sample.values["Value"]
    count, total = sample.values.get("Count", 0), sample.values.get("Sum", 0)
    mean = total / count if count else 0
    return {"Count": count, "Sum": total, "Min": mean, "Max": mean}
