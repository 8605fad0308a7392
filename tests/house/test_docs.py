"""Docs that fail when they lie: links, commands, targets and the index of decisions."""

import re
import subprocess
from pathlib import Path

import pytest
import typer.main

from localcloud.home import REPOSITORY
from pipelines import cli

PAGES = [
    path
    for path in sorted(REPOSITORY.rglob("*.md"))
    if not {".venv", ".slipway", "node_modules", ".pytest_cache", ".next"} & set(path.relative_to(REPOSITORY).parts)
]
COMMANDS = set(typer.main.get_command(cli.app).commands)  # type: ignore[attr-defined]


def identity(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


@pytest.mark.parametrize("page", PAGES, ids=identity)
def test_every_link_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text())
    missing = [
        target
        for target in targets
        if not target.startswith(("http://", "https://")) and not (page.parent / target).exists()
    ]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=identity)
def test_every_slipway_command_exists(page: Path) -> None:
    named = set(re.findall(r"(?:^|[`/ ])slipway ([a-z]+)\b", "\n".join(_code(page.read_text()))))
    assert named - COMMANDS == set()


def test_every_make_target_of_the_readme_exists() -> None:
    named = set(re.findall(r"\bmake ([a-z]+)", "\n".join(_code((REPOSITORY / "README.md").read_text()))))
    targets = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(), flags=re.MULTILINE))
    assert named - targets == set()


def test_every_folder_and_file_that_the_readme_names_exists() -> None:
    named = re.findall(r"`([a-z]+/[\w./-]*)`", (REPOSITORY / "README.md").read_text())
    assert [name for name in named if not (REPOSITORY / name).exists()] == []


def test_the_index_of_decisions_is_complete() -> None:
    folder = REPOSITORY / "docs" / "decisions"
    index = (folder / "README.md").read_text()
    written = sorted(path.name for path in folder.glob("0*.md"))
    assert re.findall(r"\((0\d{3}-[a-z0-9-]+\.md)\)", index) == written
    assert [name[:4] for name in written] == [f"{number:04}" for number in range(1, len(written) + 1)]


def test_nothing_unfinished_is_committed() -> None:
    found = subprocess.run(
        [
            "git",
            "grep",
            "-nIE",
            r"\b(TO" + "DO|FIX" + r"ME)\b",
            "--",
            "*.py",
            "*.sh",
            "*.md",
            "*.ts*",
            "Makefile",
        ],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout == ""


def test_lock_files_name_no_other_index_than_the_public_ones() -> None:
    text = (REPOSITORY / "uv.lock").read_text()
    hosts = set(re.findall(r'"https?://([^/"]+)', text))
    assert hosts <= {"pypi.org", "files.pythonhosted.org"}


def _code(text: str) -> list[str]:
    """Return code spans and blocks of a page."""
    return re.findall(r"```.*?```|`[^`\n]+`", text, flags=re.DOTALL)
