"""What a killed run leaves behind, put right from files alone. The real kills are in tests/e2e."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from localcloud.errors import Trouble
from pipelines import recovery


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A living process that is called pulumi, as the engine is, and does nothing."""
    program = tmp_path / "pulumi"
    shutil.copy("/bin/sleep", program)
    process = subprocess.Popen([str(program), "600"])
    yield process
    process.kill()
    process.wait()


def lock(stack: str, pid: int, host: str | None = None) -> Path:
    folder = Path(os.environ["LOCALCLOUD_HOME"]) / "state/.pulumi/locks/organization/slipway" / stack
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{pid}.json"
    path.write_text(json.dumps({"pid": pid, "hostname": host or socket.gethostname(), "username": "ann"}))
    return path


def test_a_lock_of_a_dead_process_goes_away() -> None:
    process = subprocess.Popen(["/bin/true"])
    process.wait()
    path = lock("dev", process.pid)
    recovery.release_dead_locks("dev")
    assert not path.exists()


def test_a_lock_of_a_living_run_is_never_taken(engine: subprocess.Popen[bytes]) -> None:
    path = lock("dev", engine.pid)
    with pytest.raises(Trouble, match=f"dev is being changed by process {engine.pid}"):
        recovery.release_dead_locks("dev")
    assert path.exists()
    assert recovery.is_busy("dev")


def test_a_lock_whose_number_belongs_to_another_program_now_goes_away() -> None:
    path = lock("dev", os.getpid())
    recovery.release_dead_locks("dev")
    assert not path.exists()


def test_a_lock_that_is_older_than_the_process_of_its_number_goes_away(engine: subprocess.Popen[bytes]) -> None:
    path = lock("dev", engine.pid)
    before = psutil.Process(engine.pid).create_time() - 3600
    os.utime(path, (before, before))
    recovery.release_dead_locks("dev")
    assert not path.exists()


def test_a_half_written_lock_goes_away() -> None:
    path = lock("dev", 1)
    path.write_text('{"pid": ')
    recovery.release_dead_locks("dev")
    assert not path.exists()


def test_a_lock_that_a_full_disk_left_half_written_goes_away(home: Path) -> None:
    folder = home / "state" / ".pulumi" / "locks" / "organization" / "slipway" / "dev"
    folder.mkdir(parents=True)
    unfinished = folder / "0123.json.18ea.tmp"
    unfinished.write_text("")

    recovery.release_dead_locks("dev")

    assert list(folder.iterdir()) == []


def test_a_lock_of_another_machine_is_shown_and_kept() -> None:
    path = lock("dev", 1, host="elsewhere")
    with pytest.raises(Trouble, match="taken on the machine elsewhere"):
        recovery.release_dead_locks("dev")
    assert path.exists()


def test_an_orphaned_engine_is_waited_for_and_then_named(
    engine: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "_is_orphan", lambda process: True)
    lock("dev", engine.pid)
    began = time.monotonic()
    with pytest.raises(Trouble, match=f"process {engine.pid}, left by a killed run"):
        recovery.release_dead_locks("dev", patience=0.5)
    assert time.monotonic() - began >= 0.5


def test_operations_that_were_cut_off_are_dropped_and_nothing_else(state: Callable[..., Path]) -> None:
    kept = [{"type": "aws:s3/bucket:Bucket", "urn": "u"}]
    path = state("dev", kept, pending_operations=[{"type": "creating"}])
    recovery.tidy_checkpoint("dev")
    latest = json.loads(path.read_text())["checkpoint"]["latest"]
    assert latest == {"resources": kept, "pending_operations": []}


def test_what_is_left_to_be_deleted_and_was_taken_over_again_is_not_deleted(state: Callable[..., Path]) -> None:
    stands, other = {"urn": "u", "id": "a"}, {"urn": "u", "id": "b", "delete": True}
    path = state("dev", [stands, {**stands, "delete": True}, other])
    recovery.tidy_checkpoint("dev")
    assert json.loads(path.read_text())["checkpoint"]["latest"]["resources"] == [stands, other]


def test_a_state_without_cut_off_operations_is_not_written(state: Callable[..., Path]) -> None:
    path = state("dev", [])
    before = path.stat().st_mtime_ns
    recovery.tidy_checkpoint("dev")
    assert path.stat().st_mtime_ns == before


@pytest.mark.parametrize("torn", ["", "{", "[]", '{"version": 3, "checkpo'])
def test_a_torn_state_is_replaced_by_its_newest_whole_copy(state: Callable[..., Path], torn: str) -> None:
    path = state("dev", [{"urn": "kept"}])
    whole = path.read_text()
    path.with_name(path.name + ".bak").write_text(whole)
    path.write_text(torn)
    recovery.mend_checkpoint("dev")
    assert path.read_text() == whole


def test_a_torn_state_whose_last_copy_is_torn_too_takes_an_older_one(state: Callable[..., Path], home: Path) -> None:
    path = state("dev", [{"urn": "older"}])
    whole = path.read_text()
    backups = home / "state/.pulumi/backups/slipway/dev"
    backups.mkdir(parents=True)
    for age, text in ((20, "{}}"), (30, whole), (40, "")):
        file = backups / f"dev.{age}.json"
        file.write_text(text)
        os.utime(file, (1e9 - age, 1e9 - age))
    path.with_name(path.name + ".bak").write_text("")
    path.write_text("")
    recovery.mend_checkpoint("dev")
    assert path.read_text() == whole


def test_a_torn_state_without_a_copy_starts_from_nothing(state: Callable[..., Path]) -> None:
    path = state("dev", [])
    path.write_text("")
    recovery.mend_checkpoint("dev")
    assert not path.exists()


def test_a_state_is_forgotten_only_when_its_cloud_is_gone(state: Callable[..., Path]) -> None:
    path = state("dev", [])
    recovery.belongs_to("dev", "boot-1")
    recovery.belongs_to("tooling", "boot-1")
    assert not recovery.forget_if_gone("dev", "boot-1")
    assert path.exists()
    assert recovery.forget_if_gone("dev", "boot-2")
    assert not path.exists()
    assert recovery.boots() == {"dev": "boot-1", "tooling": "boot-1"}
    assert not recovery.forget_if_gone("dev", "boot-2")


def test_an_unreadable_list_of_clouds_counts_as_empty(home: Path) -> None:
    (home / "state").mkdir(exist_ok=True)
    (home / "state" / "boots.json").write_text("{")
    assert recovery.boots() == {}


def test_only_the_newest_updates_stay_in_the_history(home: Path) -> None:
    folder = home / "state/.pulumi/history/slipway/dev"
    folder.mkdir(parents=True)
    for number in range(25):
        for kind in ("history", "checkpoint"):
            file = folder / f"dev-{number:02}.{kind}.json"
            file.write_text("{}")
            os.utime(file, (1e9 + number, 1e9 + number))
    recovery.prune_history("dev")
    kept = sorted(path.name for path in folder.iterdir())
    assert len(kept) == 40
    assert kept[:2] == ["dev-05.checkpoint.json", "dev-05.history.json"]


def test_an_update_that_a_full_disk_cut_off_leaves_the_history(home: Path) -> None:
    folder = home / "state" / ".pulumi" / "history" / "slipway" / "dev"
    folder.mkdir(parents=True)
    for number, text in (("1", "{}"), ("2", "")):
        (folder / f"dev-{number}.history.json").write_text(text)
        (folder / f"dev-{number}.checkpoint.json").write_text("{}")

    recovery.prune_history("dev")

    assert sorted(path.name for path in folder.iterdir()) == ["dev-1.checkpoint.json", "dev-1.history.json"]


def test_what_a_killed_engine_had_begun_to_write_goes_away_and_what_a_living_one_writes_stays(home: Path) -> None:
    folder = home / "state" / ".pulumi" / "stacks" / "slipway"
    folder.mkdir(parents=True)
    for name in ("dev.json.1.tmp", "dev.json.2.tmp", "dev.json"):
        (folder / name).write_text("{}")
    os.utime(folder / "dev.json.1.tmp", (1e9, 1e9))

    recovery.clear_unfinished()

    assert sorted(path.name for path in folder.iterdir()) == ["dev.json", "dev.json.2.tmp"]
