"""What can be said of the system's files without running them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

SYSTEM = Path(__file__).parents[1]
SERVICES = ("frontend", "rest-api", "mail-service", "mail-catcher")


@pytest.mark.parametrize("service", SERVICES)
def test_the_dockerfile_is_clean(service: str) -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    found = subprocess.run([hadolint, SYSTEM / service / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (found.stdout, found.stderr, found.returncode) == ("", "", 0)


@pytest.mark.parametrize("service", SERVICES)
def test_the_lock_names_no_place_to_download_from(service: str) -> None:
    assert '"resolved"' not in (SYSTEM / service / "package-lock.json").read_text()


@pytest.mark.parametrize("service", SERVICES)
def test_the_docker_context_is_a_list_of_what_goes_in(service: str) -> None:
    """What is not listed, a local .env for one, can never reach an image."""
    lines = (SYSTEM / service / ".dockerignore").read_text().splitlines()
    assert lines[0] == "*"
    listed = [line.removeprefix("!") for line in lines if line.startswith("!")]
    assert listed
    assert [name for name in listed if not (SYSTEM / service / name).exists()] == []


def test_what_both_services_need_is_written_once() -> None:
    """Each image is built from its own folder, so the files lie in both; they are one all the same."""
    ours, theirs = (
        {
            file.name: file.read_text()
            for file in (*(SYSTEM / name / "src/platform").iterdir(), SYSTEM / name / "tests/collector.ts")
        }
        for name in SERVICES[1:3]
    )
    assert ours == theirs


def test_the_readme_has_every_heading_of_its_table_of_contents_and_its_pictures() -> None:
    text = (SYSTEM / "README.md").read_text()
    anchors = re.findall(r"\(#([a-z-]+)\)", text)
    headings = {line.lstrip("# ").lower().replace(" ", "-") for line in text.splitlines() if line.startswith("#")}
    assert len(anchors) >= 7
    assert set(anchors) <= headings
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)
    assert pictures == ["docs/application-architecture.svg", "docs/system-architecture.svg"]
    assert [name for name in pictures if not (SYSTEM / name).is_file()] == []


@pytest.mark.parametrize("name", ["tasks", "launch"])
def test_the_editor_can_read_its_files(name: str) -> None:
    found = json.loads((SYSTEM / f".vscode/{name}.json").read_text())
    assert found["version"]
    assert found["tasks" if name == "tasks" else "configurations"]


def test_the_secrets_are_made_once_and_are_nobody_elses(tmp_path: Path) -> None:
    command = [SYSTEM / "secrets.sh", "smtp://mail:1025", tmp_path / "secrets"]
    subprocess.run(command, check=True)
    made = {file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()}
    assert sorted(made) == [
        "anythingyouwantt",
        "anythingyouwantt_mail",
        "postgres-password",
        "queue",
        "queue-users",
        "smtp-url",
    ]
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    passwords = [json.loads(made[name])["password"] for name in ("anythingyouwantt", "anythingyouwantt_mail", "queue")]
    assert len({*passwords, made["postgres-password"]}) == 4
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1
