"""What can be said of the system's files without running them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

SYSTEM = Path(__file__).parents[1]
SERVICES = ["tasks-api", "market-api", "client", "nginx"]
DASHBOARDS = sorted((SYSTEM / "observability/grafana/dashboards").glob("*.json"))


def yaml(path: str) -> Any:
    return YAML(typ="safe").load((SYSTEM / path).read_text())


@pytest.mark.parametrize("service", SERVICES)
def test_the_dockerfile_is_clean(service: str) -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    found = subprocess.run([hadolint, SYSTEM / service / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (found.stdout, found.stderr, found.returncode) == ("", "", 0)


@pytest.mark.parametrize("service", ["market-api", "client", "postman"])
def test_a_lock_names_no_place_to_download_from(service: str) -> None:
    assert '"resolved"' not in (SYSTEM / service / "package-lock.json").read_text()


@pytest.mark.parametrize("service", SERVICES)
def test_the_docker_context_is_a_list_of_what_goes_in(service: str) -> None:
    """What is not listed, a local .env for one, can never reach an image."""
    lines = (SYSTEM / service / ".dockerignore").read_text().splitlines()
    assert lines[0] == "*"
    listed = [line.removeprefix("!") for line in lines if line.startswith("!")]
    assert listed
    assert [name for name in listed if not (SYSTEM / service / name).exists()] == []


def test_on_a_developers_machine_every_port_is_loopbacks_alone() -> None:
    ports = [port for service in yaml("compose.yaml")["services"].values() for port in service.get("ports", [])]
    assert len(ports) == 7
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_in_production_no_source_is_mounted_and_nothing_but_the_gateway_is_published() -> None:
    services = yaml("compose.production.yaml")["services"]
    mounts = {name: service.get("volumes") for name, service in services.items() if service.get("volumes")}
    keys = ["keys:/keys"]
    assert mounts == {"database": ["database:/var/lib/postgresql/data"], "market-api": keys, "market-migration": keys}
    assert [name for name, service in services.items() if service.get("ports")] == ["gateway"]
    ours = ["activity", "cache", "client", "market-api", "market-migration", "tasks-api", "tasks-migration"]
    assert sorted(name for name, service in services.items() if service.get("read_only")) == sorted(
        [*ours, "database-roles"]
    )
    assert [name for name in ours if services[name]["cap_drop"] != ["ALL"]] == []


def test_in_production_no_password_has_a_default() -> None:
    text = (SYSTEM / "compose.production.yaml").read_text()
    passwords = re.findall(r"\$\{([A-Z_]*PASSWORD)(:.)", text)
    assert set(passwords) == {("POSTGRES_PASSWORD", ":?"), ("ROLE_PASSWORD", ":?")}
    assert "development" not in text


def test_both_files_bring_the_same_services() -> None:
    for_developers_alone = {"queue", "collector", "jaeger", "prometheus", "grafana"}
    assert set(yaml("compose.yaml")["services"]) - for_developers_alone == set(
        yaml("compose.production.yaml")["services"]
    )


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_a_dashboard_asks_a_datasource_that_is_provisioned(path: Path) -> None:
    known = {
        source["uid"] for source in yaml("observability/grafana/provisioning/datasources/market.yaml")["datasources"]
    }
    panels = json.loads(path.read_text())["panels"]
    assert len(panels) == len({panel["id"] for panel in panels}) == 12
    assert {panel["datasource"]["uid"] for panel in panels} <= known
    assert [panel["title"] for panel in panels if not panel["targets"]] == []


def test_what_prometheus_scrapes_and_the_collector_sends_to_are_services_of_the_system() -> None:
    services = yaml("compose.yaml")["services"]
    market, collector = yaml("observability/prometheus.yaml")["scrape_configs"]
    scraped = {found["names"][0]: found["port"] for found in market["dns_sd_configs"]}
    assert scraped == {"tasks-api": 8000, "market-api": 8001, "activity": 8002}
    assert services["activity"]["environment"]["METRICS_PORT"] == 8002
    assert set(scraped) | {collector["static_configs"][0]["targets"][0].split(":")[0]} <= set(services)
    exporter = yaml("observability/collector.yaml")["exporters"]["otlp_http"]["endpoint"]
    assert re.fullmatch(r"http://(\w+):4318", exporter)[1] in services


def test_the_collector_reads_what_prometheus_reads() -> None:
    market, _ = yaml("observability/prometheus.yaml")["scrape_configs"]
    [read] = yaml("observability/collector.yaml")["receivers"]["prometheus"]["config"]["scrape_configs"]
    assert (read["dns_sd_configs"], read["relabel_configs"]) == (market["dns_sd_configs"], market["relabel_configs"])


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_a_dashboards_panels_fit_its_24_columns_and_none_lies_on_another(path: Path) -> None:
    dashboard = json.loads(path.read_text())
    assert dashboard["schemaVersion"] >= 39
    taken: dict[tuple[int, int], str] = {}
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        assert place["x"] >= 0
        assert place["x"] + place["w"] <= 24
        for column in range(place["x"], place["x"] + place["w"]):
            for row in range(place["y"], place["y"] + place["h"]):
                assert taken.setdefault((column, row), panel["title"]) == panel["title"]
        references = [target["refId"] for target in panel["targets"]]
        assert len(references) == len(set(references))


def test_every_path_that_the_readme_names_is_there() -> None:
    text = (SYSTEM / "README.md").read_text()
    named = set(re.findall(r"\]\(([a-z][^)#:]*)\)", text)) | {"tasks-api/src/main.py", "market-api/src/index.js"}
    assert [name for name in sorted(named) if not (SYSTEM / name).exists()] == []
