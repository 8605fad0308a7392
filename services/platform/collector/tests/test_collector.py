"""What the collector keeps is what the services have, and what it declares is what it keeps."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

FOLDER = Path(__file__).parents[1]
SERVICES = FOLDER.parents[1]
SOURCES = (
    "market/tasks-api/src/utils/metrics.py",
    "market/market-api/src/utils/metrics.js",
    "anythingyouwantt/rest-api/src/platform/metrics.ts",
)
KEPT = [
    "http_request_duration_seconds_count",
    "job_duration_seconds_sum",
    "rate_limit_decisions_total",
    "events_published_total",
    "activity_events_total",
    "outbox_pending",
    "up",
]
MADE_BY_THE_SCRAPE = {"up"}


def config() -> Any:
    return YAML(typ="safe").load((FOLDER / "collector.yaml").read_text())


def kept(name: str) -> bool:
    [rule] = config()["receivers"]["prometheus"]["config"]["scrape_configs"][0]["metric_relabel_configs"]
    return re.fullmatch(rule["regex"], name) is not None


def declared() -> list[str]:
    """The patterns of the names that become metrics; the collector takes two dollars for one."""
    rules = config()["exporters"]["awsemf"]["metric_declarations"]
    return [each.replace("$$", "$") for rule in rules for each in rule["metric_name_selectors"]]


@pytest.mark.parametrize("name", KEPT)
def test_a_metric_that_is_kept_is_one_that_a_service_has_and_becomes_a_metric_of_cloudwatch(name: str) -> None:
    base = re.sub(r"(?<=seconds)_(count|sum)$", "", name)
    assert kept(name)
    assert len([each for each in declared() if re.search(each, base)]) == 1
    if base not in MADE_BY_THE_SCRAPE:
        assert [source for source in SOURCES if f'"{base}"' in (SERVICES / source).read_text()]


@pytest.mark.parametrize("name", ["process_cpu_seconds_total", "outbox_pending_more", "nodejs_version_info"])
def test_any_other_metric_costs_nothing(name: str) -> None:
    assert not kept(name)
    assert not [each for each in declared() if re.search(each, name)]


def test_every_pattern_is_for_a_metric_that_is_kept() -> None:
    bases = [re.sub(r"(?<=seconds)_(count|sum)$", "", name) for name in KEPT]
    assert [each for each in declared() if not any(re.search(each, base) for base in bases)] == []


def test_everything_that_differs_between_environments_is_a_variable_named_at_the_top() -> None:
    text = (FOLDER / "collector.yaml").read_text()
    used = set(re.findall(r"\$\{env:(\w+)\}", text))
    explained = set(re.findall(r"^#   ([A-Z_]+) ", text, re.MULTILINE))
    assert used == explained == {"AWS_REGION", "METRICS_LOG_GROUP", "METRICS_NAMESPACE", "SCRAPE_TARGETS"}


def test_all_that_is_defined_is_used() -> None:
    found = config()
    pipelines = found["service"]["pipelines"].values()
    for section in ("receivers", "processors", "exporters"):
        assert set(found[section]) == {name for pipeline in pipelines for name in pipeline[section]}
    assert list(found["extensions"]) == found["service"]["extensions"]


def test_the_image_is_the_listed_base_and_one_file() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([hadolint, FOLDER / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
    assert (FOLDER / ".dockerignore").read_text().splitlines() == ["*", "!collector.yaml"]
    bases = (SERVICES.parent / "localcloud/images/bases.toml").read_text()
    [image] = re.findall(r"^ARG COLLECTOR_IMAGE=(\S+)$", (FOLDER / "Dockerfile").read_text(), re.MULTILINE)
    assert f'name = "{image}"' in bases
    assert f"COLLECTOR_IMAGE:-{image}" in (SERVICES / "market/compose.yaml").read_text()
