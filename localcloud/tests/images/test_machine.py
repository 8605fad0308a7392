"""What a build takes from this machine: mirror, apt settings, certificates; and where Debian is unpacked."""

import os
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from localcloud.docker import packages, root
from localcloud.errors import Trouble
from localcloud.images import debian, machine
from localcloud.images.bases import Debian

DEB822 = """Types: deb
# where the packages were frozen
URIs: http://mirror.example/debian/
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: https://security.example/debian-security
Suites: bookworm-security
Components: main contrib
"""


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An /etc/apt of a Debian 12, still without sources."""
    (tmp_path / "sources.list.d").mkdir()
    release = tmp_path / "os-release"
    release.write_text('ID=debian\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian"\n')
    monkeypatch.setattr(machine, "APT", tmp_path)
    monkeypatch.setattr(packages, "OS_RELEASE", release)
    return tmp_path


def test_the_mirror_is_the_one_of_the_machines_own_apt(apt: Path) -> None:
    (apt / "sources.list.d" / "debian.sources").write_text(DEB822)
    (apt / "sources.list.d" / "other.list").write_text("deb https://packages.example/apt stable main\n")
    found = machine.mirror()
    assert found == machine.Mirror("http://mirror.example/debian", "https://security.example/debian-security")
    assert found.sources("trixie") == (
        "deb http://mirror.example/debian trixie main\n"
        "deb http://mirror.example/debian trixie-updates main\n"
        "deb https://security.example/debian-security trixie-security main\n"
    )


def test_the_old_format_with_options_is_read_and_the_first_source_wins(apt: Path) -> None:
    (apt / "sources.list").write_text(
        "# deb http://off.example/debian bookworm main\n"
        "deb [arch=amd64 signed-by=/k.gpg] http://first.example/debian bookworm main non-free\n"
        "deb http://second.example/debian bookworm main\n"
    )
    assert machine.mirror() == machine.Mirror("http://first.example/debian", machine.Mirror().security)


def test_a_source_that_is_switched_off_is_not_used(apt: Path) -> None:
    (apt / "sources.list.d" / "debian.sources").write_text("Enabled: no\n" + DEB822)
    assert machine.mirror() == machine.Mirror()


def test_a_mirror_with_a_password_is_not_used_because_the_image_would_keep_it(apt: Path) -> None:
    (apt / "sources.list").write_text("deb https://me:secret@mirror.example/debian bookworm main\n")
    assert machine.mirror() == machine.Mirror()


def test_a_list_of_mirrors_gives_its_first(apt: Path) -> None:
    (apt / "mirrors").write_text("http://near.example/debian\nhttp://far.example/debian\n")
    (apt / "sources.list").write_text(f"deb mirror+file:{apt}/mirrors bookworm main\n")
    assert machine.mirror().main == "http://near.example/debian"


def test_a_machine_that_is_no_debian_uses_debians_own_mirror(apt: Path) -> None:
    (apt / "sources.list").write_text("deb http://archive.example/ubuntu noble main\n")
    (apt / "os-release").write_text("ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n")
    assert machine.mirror() == machine.Mirror("http://deb.debian.org/debian", "http://deb.debian.org/debian-security")


def test_only_settings_about_fetching_are_taken_over_from_apt(monkeypatch: pytest.MonkeyPatch) -> None:
    dump = (
        'APT::Architecture "amd64";\nAcquire::http::Proxy "http://proxy.example:3128";\n'
        'Acquire::https::Proxy::mirror.example "DIRECT";\nAcquire::Check-Valid-Until "false";\n'
        'Acquire::Languages:: "none";\nDPkg::Post-Invoke:: "rm -rf /";\n'
    )
    monkeypatch.setattr(root, "which", lambda _: "/usr/bin/apt-config")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(stdout=dump))
    assert machine.apt_settings() == [
        'Acquire::http::Proxy "http://proxy.example:3128";',
        'Acquire::https::Proxy::mirror.example "DIRECT";',
        'Acquire::Check-Valid-Until "false";',
    ]


def test_the_bundle_that_the_environment_names_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, common = tmp_path / "asked.pem", tmp_path / "common.pem"
    monkeypatch.setattr(machine, "CERTIFICATES", (str(common),))
    monkeypatch.setenv("SSL_CERT_FILE", str(asked))
    assert machine.certificates() is None
    common.write_text("a")
    assert machine.certificates() == common
    asked.write_text("b")
    assert machine.certificates() == asked


def folders(monkeypatch: pytest.MonkeyPatch, **found: tuple[int, int]) -> None:
    def statvfs(folder: str) -> SimpleNamespace:
        free, flag = found[Path(folder).name]
        return SimpleNamespace(f_bavail=free, f_frsize=1, f_flag=flag)

    monkeypatch.setattr(debian.tempfile, "gettempdir", lambda: "/tmp")
    monkeypatch.setattr(os, "statvfs", statvfs)


def test_debian_is_unpacked_in_memory_where_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    folders(monkeypatch, shm=(debian.ROOM + 1, 0), tmp=(debian.ROOM + 1, 0))
    assert debian.place() == "/dev/shm"


def test_a_folder_that_is_small_or_allows_no_devices_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    nodev = debian.ROOM * 2, os.ST_NODEV
    folders(monkeypatch, shm=(debian.ROOM, 0), tmp=nodev, **{"var/tmp": nodev})
    with pytest.raises(Trouble, match=r"no folder has 1\.5 GB free"):
        debian.place()


@pytest.mark.parametrize(
    ("prefix", "start"),
    [
        ((), ["env", "TMPDIR=/scratch", "mmdebstrap"]),
        (("sudo", "-n"), ["sudo", "-n", "env", "TMPDIR=/scratch", "mmdebstrap"]),
        (None, ["env", "TMPDIR=/scratch", "mmdebstrap"]),
    ],
)
def test_the_bootstrap_runs_as_root_where_it_may(
    monkeypatch: pytest.MonkeyPatch, prefix: tuple[str, ...] | None, start: list[str]
) -> None:
    monkeypatch.setattr(root, "prefix", lambda: prefix)
    monkeypatch.setattr(machine, "apt_settings", lambda: ['Acquire::Check-Date "false";'])
    monkeypatch.setattr(machine, "proxies", dict)
    made = debian.bootstrap(Debian("trixie", ("ca-certificates",)), Path("/scratch/a.tar"), Path("/scratch/s"))
    assert made[: len(start)] == start
    assert '--aptopt=Acquire::Check-Date "false";' in made
    assert made[-3:] == ["trixie", "/scratch/a.tar", "/scratch/s"]


def test_without_registry_and_packages_a_line_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(root, "which", lambda _: None)
    monkeypatch.setattr(packages, "can_install", lambda: False)
    with pytest.raises(Trouble, match="can be neither pulled nor made here"):
        debian._need_mmdebstrap()
