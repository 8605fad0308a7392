"""What can be said of the system's files without running them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

SYSTEM = Path(__file__).parents[1]
HEADINGS = [
    "Stack Summary",
    "Stack Map",
    "Stack",
    "API Gateway",
    "API (Django & Mangum)",
    "Frontend (S3 & CloudFront)",
    "Database (Amazon RDS)",
    "File Storage (S3)",
    "CI/CD Pipeline",
]


def yaml(path: str) -> Any:
    return YAML(typ="safe").load((SYSTEM / path).read_text())


@pytest.mark.parametrize("part", ["api", "web"])
def test_the_dockerfile_is_clean(part: str) -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    found = subprocess.run([hadolint, SYSTEM / part / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (found.stdout, found.stderr, found.returncode) == ("", "", 0)


@pytest.mark.parametrize("part", ["api", "web"])
def test_the_docker_context_is_a_list_of_what_goes_in(part: str) -> None:
    lines = (SYSTEM / part / ".dockerignore").read_text().splitlines()
    assert lines[0] == "*"
    listed = [line.removeprefix("!") for line in lines if line.startswith("!")]
    assert [name for name in listed if not (SYSTEM / part / name).exists()] == []


def test_a_lock_names_no_place_to_download_from() -> None:
    assert '"resolved"' not in (SYSTEM / "web/package-lock.json").read_text()


def test_the_function_has_nothing_that_only_developers_need() -> None:
    project = tomllib.loads((SYSTEM / "api/pyproject.toml").read_text())["project"]
    names = [re.split(r"[=\[]", each)[0] for each in project["dependencies"]]
    assert names == ["django", "djangorestframework", "mangum", "psycopg", "pyjwt"]


def test_every_port_is_loopbacks_alone_and_sources_are_mounted_to_be_read() -> None:
    services = yaml("compose.yaml")["services"]
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert len(ports) == 3
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []
    mounts = {mount for service in services.values() for mount in service.get("volumes", []) if mount.startswith(".")}
    assert sorted(mounts) == [
        "./api/development:/app/development:ro",
        "./api/planner:/app/planner:ro",
        "./web/public:/build/public:ro",
        "./web/src:/build/src:ro",
    ]


def test_the_readme_has_every_heading_and_every_one_is_filled() -> None:
    parts = re.split(r"^#+ (.+)$", (SYSTEM / "README.md").read_text(), flags=re.MULTILINE)
    filled = {title: body.strip() for title, body in zip(parts[1::2], parts[2::2], strict=True)}
    assert [title for title in HEADINGS if title not in filled] == []
    assert [title for title in HEADINGS if title != "Stack" and len(filled[title]) < 150] == []


def test_every_path_that_the_readme_names_is_there() -> None:
    named = set(re.findall(r"\]\(([a-z][^)#:]*)\)", (SYSTEM / "README.md").read_text()))
    assert named
    assert [name for name in sorted(named) if not (SYSTEM / name).exists()] == []


def test_every_variable_of_the_function_is_in_the_readme() -> None:
    source = "\n".join(path.read_text() for path in (SYSTEM / "api/planner").rglob("*.py"))
    read = set(re.findall(r'text\("([A-Z_]+)"', source))
    text = (SYSTEM / "README.md").read_text()
    assert len(read) >= 15
    assert sorted(name for name in read if name not in text) == []


def test_the_page_calls_only_addresses_that_the_document_has() -> None:
    document = json.loads((SYSTEM / "api/planner/openapi.json").read_text())
    known = {re.sub(r"\{[^}]+\}", "*", path) for path in document["paths"]}
    source = (SYSTEM / "web/src/lib/api.ts").read_text()
    called = re.findall(r'this\.send(?:<[^(]*>)?\("[A-Z]+", ["`]([^"`]+)["`]', source)
    asked = {"/api" + re.sub(r"\$\{(?!text)[^}]+\}", "*", path).split("${text")[0] for path in called}
    assert len(asked) >= 8
    assert sorted(asked - known) == []
