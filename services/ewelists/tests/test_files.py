"""What can be said of the system's files without running them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from ruamel.yaml import YAML

SYSTEM = Path(__file__).parents[1]
IMAGES = ["api", "emulator", "web"]
CONTENTS = [
    "Overview",
    "Architecture",
    "Implementation details",
    "Amazon DynamoDB",
    "Amazon API Gateway",
    "AWS Lambda",
    "Deploying Test Environment",
    "Deployments to Staging and Production",
    "Testing",
    "Backup Procedures",
    "Monitoring",
    "Reference",
]


@pytest.mark.parametrize("image", IMAGES)
def test_the_dockerfile_is_clean(image: str) -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    found = subprocess.run([hadolint, SYSTEM / image / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (found.stdout, found.stderr, found.returncode) == ("", "", 0)


@pytest.mark.parametrize("image", IMAGES)
def test_the_docker_context_is_a_list_of_what_goes_in(image: str) -> None:
    """What is not listed, a local .env for one, can never reach an image."""
    lines = (SYSTEM / image / ".dockerignore").read_text().splitlines()
    assert lines[0] == "*"
    listed = [line.removeprefix("!") for line in lines if line.startswith("!")]
    assert listed
    assert [name for name in listed if not (SYSTEM / image / name.partition("/")[0]).exists()] == []


def test_the_pages_lock_names_no_place_to_download_from() -> None:
    assert '"resolved"' not in (SYSTEM / "web/package-lock.json").read_text()


def test_the_functions_lock_has_nothing_that_the_runtime_brings() -> None:
    """Each part of the package, from the lock: Python alone, and without boto3."""
    lock = (SYSTEM / "api/uv.lock").read_text()
    parts = {part.splitlines()[0]: part for part in re.split(r"\[\[package\]\]\nname = ", lock)[1:]}
    wanted, seen = ['"ewelists-api"'], set()
    while wanted:
        name = wanted.pop()
        needs = re.search(r"^dependencies = \[(.*?)\]\n", parts[name], re.MULTILINE | re.DOTALL)
        named = re.findall(r"\{ name = (\"[^\"]+\")", needs[1]) if needs else []
        named += re.findall(
            r"\{ name = (\"[^\"]+\")",
            "".join(re.findall(r"^(?:validation|tracer) = \[.*?\]$", parts[name], re.M | re.S)),
        )
        wanted += [one for one in named if one not in seen]
        seen |= {name, *named}
    packed = {"aws-lambda-powertools", "aws-xray-sdk", "fastjsonschema", "jmespath", "typing-extensions", "wrapt"}
    assert {name.strip('"') for name in seen} - {"ewelists-api"} == packed


def test_on_a_developers_machine_every_port_is_loopbacks_alone() -> None:
    services: dict[str, Any] = YAML(typ="safe").load((SYSTEM / "compose.yaml").read_text())["services"]
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert len(ports) == 3
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []
    mounts = [mount for service in services.values() for mount in service.get("volumes", []) if mount.startswith("./")]
    assert mounts
    assert [mount for mount in mounts if not mount.endswith(":ro")] == []


def test_the_readme_has_its_contents_and_each_heading_says_something() -> None:
    text = (SYSTEM / "README.md").read_text()
    contents = text.partition("## Contents")[2].partition("## Overview")[0]
    listed = re.findall(r"^ *- \[(.+?)\]\(#(.+?)\)$", contents, re.MULTILINE)
    assert [name for name, _ in listed] == CONTENTS
    headings = re.split(r"^#{2,3} (.+)\n", text, flags=re.MULTILINE)[1:]
    said = {name.lower().replace(" ", "-"): body for name, body in zip(headings[::2], headings[1::2], strict=True)}
    assert [anchor for _, anchor in listed if anchor not in said] == []
    empty = [name for name, body in said.items() if len(body.strip()) < 100 and name != "implementation-details"]
    assert empty == []


def test_every_path_that_the_documents_name_is_there() -> None:
    for document in (SYSTEM / "README.md", *sorted((SYSTEM / "docs/runbooks").glob("*.md"))):
        named = set(re.findall(r"\]\(([a-z.][^)#:]*)\)", document.read_text()))
        assert [name for name in sorted(named) if not (document.parent / name).exists()] == [], document.name


def test_the_idle_cost_is_the_sum_of_its_table() -> None:
    text = (SYSTEM / "README.md").read_text()
    table = text.partition("| part | idle | why |")[2].partition("A thousand users")[0]
    rows = {
        name.strip("* "): float(cost.strip("* "))
        for name, cost in re.findall(r"^\| (.+?) \| ([*\d. ]+) \|", table, re.M)
    }
    together = rows.pop("together")
    assert len(rows) == 6
    assert round(sum(rows.values()), 2) == together


def test_the_picture_is_an_svg_that_is_read_without_scripts_or_other_files() -> None:
    root = ElementTree.parse(SYSTEM / "architecture.svg").getroot()  # noqa: S314 # ours
    assert root.tag.endswith("svg")
    assert root.get("aria-label")
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags & {"script", "image", "use", "foreignObject"} == set()


def test_every_metric_that_the_functions_count_is_in_the_readme() -> None:
    text = (SYSTEM / "README.md").read_text()
    code = "".join(path.read_text() for path in (SYSTEM / "api/ewelists").glob("*.py"))
    counted = set(re.findall(r'count\("(\w+)"', code))
    assert len(counted) == 9
    assert [name for name in sorted(counted) if f"`{name}`" not in text] == []
