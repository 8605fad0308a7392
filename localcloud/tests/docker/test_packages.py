"""How packages are installed, with apt pretended."""

from pathlib import Path

import pytest

from localcloud.docker import packages, root
from localcloud.errors import Trouble


class Apt:
    """Answers apt-get from a list of (first words, exit code, output), and remembers what was asked."""

    def __init__(self, *answers: tuple[str, int, str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def run(self, *words: str, **_: object) -> tuple[int, str]:
        self.asked.append(" ".join(words))
        start, code, output = self.answers.pop(0)
        assert self.asked[-1].startswith(start), self.asked
        return code, output


def apt(monkeypatch: pytest.MonkeyPatch, *answers: tuple[str, int, str]) -> Apt:
    made = Apt(*answers)
    monkeypatch.setattr(root, "run", made.run)
    monkeypatch.setattr(packages.time, "sleep", lambda _: None)
    return made


def test_known_package_lists_are_used_as_they_are_and_a_locked_apt_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = apt(monkeypatch, *[("apt-cache show", 0, "")] * 2, ("apt-get install", 0, ""))
    packages.install(["docker.io", "iptables"], "an engine")
    assert made.asked[-1] == (
        "apt-get install -qq -y --no-install-recommends -o DPkg::Lock::Timeout=300 docker.io iptables"
    )


def test_extras_are_installed_where_the_release_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    made = apt(
        monkeypatch,
        ("apt-cache show --no-all-versions docker.io", 0, ""),
        ("apt-cache show --no-all-versions docker-cli", 100, ""),
        ("apt-cache show --no-all-versions docker-buildx", 0, ""),
        ("apt-get install", 0, ""),
    )
    packages.install(["docker.io"], "an engine", extras=["docker-cli", "docker-buildx"])
    assert made.asked[-1].endswith(" docker.io docker-buildx")


def test_a_machine_that_never_refreshed_its_lists_does_so_before_it_asks_for_extras(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = apt(
        monkeypatch,
        ("apt-cache show --no-all-versions docker.io", 100, ""),
        ("apt-get update", 0, ""),
        ("apt-cache show --no-all-versions docker-cli", 0, ""),
        ("apt-get install", 0, ""),
    )
    packages.install(["docker.io"], "an engine", extras=["docker-cli"])
    assert made.asked[-1].endswith(" docker.io docker-cli")


def test_package_lists_are_refreshed_when_the_first_try_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    made = apt(
        monkeypatch,
        ("apt-cache show", 0, ""),
        ("apt-get install", 100, "E: Failed to fetch docker.io_1_amd64.deb 404 Not Found"),
        ("apt-get update", 100, "E: Could not get lock /var/lib/apt/lists/lock"),
        ("apt-get update", 0, ""),
        ("apt-get install", 0, ""),
    )
    packages.install(["docker.io"], "an engine")
    assert made.answers == []


def test_an_installation_that_fails_twice_tells_apts_own_error(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = "Reading lists\nE: Unmet dependencies. Try 'apt --fix-broken install'\n"
    apt(monkeypatch, ("apt-cache show", 100, ""), ("apt-get update", 0, ""), ("apt-get install", 100, broken))
    with pytest.raises(Trouble, match=r"apt-get cannot install docker\.io: E: Unmet dependencies"):
        packages.install(["docker.io"], "an engine")


@pytest.mark.parametrize(
    ("release", "apt_there", "verdict"),
    [
        ("ID=debian\n", True, True),
        ('ID=ubuntu\nID_LIKE="debian"\n', True, True),
        ('ID=mint\nID_LIKE="ubuntu debian"\n', True, True),
        ("ID=debian\n", False, False),
        ('ID=fedora\nID_LIKE="rhel"\n', True, False),
    ],
)
def test_debians_and_their_children_are_recognised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, release: str, apt_there: bool, verdict: bool
) -> None:
    monkeypatch.setattr(packages, "OS_RELEASE", tmp_path / "os-release")
    monkeypatch.setattr(root, "which", lambda _: "/usr/bin/apt-get" if apt_there else None)
    assert not packages.is_debian()
    (tmp_path / "os-release").write_text(release)
    assert packages.is_debian() is verdict
