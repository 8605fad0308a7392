"""Processes that a fork server starts, beside the same ones started as usual: nobody sees a difference but the time."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from localcloud.engine import claim, forkserver
from localcloud.tests.engine.fakes import until

LOADED = "import os\nPROCESS = os.getpid()\n"


class Servers:
    """One fork server that has imported `loaded` of a folder, and the processes that are asked of it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        (folder / "loaded.py").write_text(LOADED)
        self.environment = {**os.environ, "PYTHONPATH": str(folder), claim.FOLDER: str(folder)}
        time.sleep(0.02)  # a file's time is a few milliseconds behind the clock
        monkeypatch.setenv("PYTHONPATH", str(folder))
        self.process = forkserver.start(folder / "any.sock", ["loaded", "no_such_module"])
        self._asked: list[subprocess.Popen[str]] = []

    def ask(self, body: str, *arguments: str, folder: str | None = None) -> "subprocess.Popen[str]":
        """Ask for a program of these lines."""
        program = self.folder / "asked.py"
        program.write_text(body)
        asked = subprocess.Popen(
            [sys.executable, "-I", "-S", claim.__file__, "any", str(program), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**self.environment, "OF": "the one who asks"},
            cwd=folder or self.folder,
            text=True,
        )
        self._asked.append(asked)
        return asked

    def end(self) -> None:
        """End it as the end of its command does."""
        assert self.process.stdin is not None
        self.process.stdin.close()

    def clean(self) -> None:
        """End all that was asked for, and the server."""
        for asked in self._asked:
            asked.kill()
            if asked.stdout and not asked.stdout.closed:
                asked.communicate(timeout=5)
        self.end()
        self.process.wait(5)


@pytest.fixture
def servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Servers]:
    running = Servers(tmp_path, monkeypatch)
    yield running
    running.clean()


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A folder whose path leaves room for a socket's."""
    with tempfile.TemporaryDirectory(prefix="slw") as folder:
        yield Path(folder)


def _gone(process: int) -> Callable[[], bool]:
    return lambda: not psutil.pid_exists(process)


SHOWS = """
import os, sys
import loaded
print(sys.argv[1:], os.getcwd(), os.environ["OF"], __name__, sys.stdin.read())
print("trouble", file=sys.stderr)
print("forked" if loaded.PROCESS != os.getpid() else "fresh")
sys.exit(3)
"""


@pytest.mark.parametrize("how", ["forked", "fresh"])
def test_streams_arguments_folder_environment_and_exit_status_are_the_askers(servers: Servers, how: str) -> None:
    if how == "fresh":
        servers.environment[claim.FOLDER] = "/nowhere"
    asked = servers.ask(SHOWS, "one", "two words", folder="/")
    out, err = asked.communicate("input", timeout=10)
    assert out == f"['one', 'two words'] / the one who asks __main__ input\n{how}\n"
    assert (err, asked.returncode) == ("trouble\n", 3)


def test_without_a_server_nothing_is_asked(servers: Servers) -> None:
    del servers.environment[claim.FOLDER]
    assert "fresh" in servers.ask(SHOWS).communicate("", timeout=10)[0]


def test_a_module_runs_by_its_name(servers: Servers) -> None:
    (servers.folder / "package").mkdir()
    (servers.folder / "package" / "__main__.py").write_text("import sys; print(__name__, sys.argv[1:])")
    asked = subprocess.run(
        [sys.executable, "-I", "-S", claim.__file__, "any", "-m", "package", "x"],
        env=servers.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert asked.stdout == "__main__ ['x']\n"


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        ("raise ValueError('broken')", 1, "ValueError: broken"),
        ("import sys; sys.exit('in words')", 1, "in words"),
        ("import sys; sys.exit()", 0, ""),
        ("import os; os._exit(32)", 32, ""),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL, ""),
        ("import no_such_module", 1, "ModuleNotFoundError: No module named 'no_such_module'"),
    ],
)
def test_every_end_comes_back(servers: Servers, body: str, code: int, said: str) -> None:
    asked = servers.ask(body)
    assert said in asked.communicate("", timeout=10)[1]
    assert asked.returncode == code


def test_what_changed_since_it_was_imported_runs_as_it_is_now(servers: Servers) -> None:
    assert "forked" in servers.ask(SHOWS).communicate("", timeout=10)[0]
    time.sleep(0.02)
    (servers.folder / "loaded.py").write_text(LOADED + "PROCESS = os.getpid()\nprint('new')\n")
    assert "new\n" in servers.ask(SHOWS).communicate("", timeout=10)[0]
    assert "fresh" in servers.ask(SHOWS).communicate("", timeout=10)[0]


WAITS = """
import os, signal, sys, time
def told(number, frame):
    print("told", number, flush=True)
    sys.exit(7)
signal.signal(signal.SIGTERM, told)
signal.signal(signal.SIGINT, told)
print(os.getpid(), flush=True)
time.sleep(30)
"""


def _waiting(servers: Servers) -> tuple["subprocess.Popen[str]", int]:
    asked = servers.ask(WAITS)
    assert asked.stdout is not None
    return asked, int(asked.stdout.readline())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_passed_on(servers: Servers, number: signal.Signals) -> None:
    asked, process = _waiting(servers)
    asked.send_signal(number)
    assert asked.communicate(timeout=5) == (f"told {int(number)}\n", "")
    assert asked.returncode == 7
    until(_gone(process))


def test_what_was_asked_for_ends_with_the_asker(servers: Servers) -> None:
    asked, process = _waiting(servers)
    asked.kill()
    until(_gone(process))
    assert asked.communicate(timeout=5)[0] == f"told {int(signal.SIGTERM)}\n"


def test_the_asker_ends_with_the_process_that_started_it(servers: Servers) -> None:
    servers.ask(WAITS).kill()  # writes the program
    words = [sys.executable, "-I", "-S", claim.__file__, "any", str(servers.folder / "asked.py")]
    starter = subprocess.Popen(
        [sys.executable, "-c", f"import subprocess; subprocess.run({words!r})"],
        stdout=subprocess.PIPE,
        env=servers.environment,
        text=True,
    )
    assert starter.stdout is not None
    process = int(starter.stdout.readline())
    starter.kill()
    until(_gone(process))
    starter.communicate(timeout=5)


def test_a_killed_server_takes_what_it_started_along(servers: Servers) -> None:
    asked, process = _waiting(servers)
    servers.process.kill()
    assert asked.wait(5) == 1
    until(_gone(process))
    assert "fresh" in servers.ask(SHOWS).communicate("", timeout=10)[0]


def test_it_ends_with_its_command_and_the_last_process_that_it_started(servers: Servers) -> None:
    asked, process = _waiting(servers)
    servers.end()
    until(lambda: "fresh" in servers.ask(SHOWS).communicate("", timeout=10)[0])
    assert psutil.pid_exists(process)
    assert servers.process.poll() is None
    os.kill(process, signal.SIGINT)
    assert asked.wait(5) == 7
    assert servers.process.wait(5) == 0


def test_processes_have_names_of_their_own(servers: Servers) -> None:
    _, process = _waiting(servers)
    assert psutil.Process(process).name() == "asked"


USES = """
import os, subprocess, sys
from localcloud.engine import claim, forkserver
variables = forkserver.begin(forkserver.PROGRAM, program=["loaded"])
assert forkserver.begin(forkserver.PROGRAM) == variables
for _ in range(2):
    subprocess.run([sys.executable, "-I", "-S", claim.__file__, "program", "asked.py"],
                   env={**os.environ, **variables, "OF": "x"}, stdin=subprocess.DEVNULL)
"""


def _uses(folder: Path, home: Path) -> str:
    (folder / "loaded.py").write_text(LOADED)
    (folder / "asked.py").write_text(SHOWS)
    time.sleep(0.02)
    environment = {**os.environ, "PYTHONPATH": str(folder), "LOCALCLOUD_HOME": str(home)}
    return subprocess.run(
        [sys.executable, "-c", USES], cwd=folder, env=environment, capture_output=True, text=True, check=True
    ).stdout


def test_a_command_has_its_servers_and_leaves_nothing(tmp_path: Path, short_folder: Path) -> None:
    killed = short_folder / "run" / f"forkservers-{_no_process()}"
    killed.mkdir(parents=True)
    assert _uses(tmp_path, short_folder).count("forked") == 2
    assert list((short_folder / "run").iterdir()) == []


def test_where_a_path_has_no_room_for_a_socket_all_starts_as_usual(tmp_path: Path) -> None:
    far = tmp_path / ("long" * 20)
    assert _uses(tmp_path, far).count("fresh") == 2
    assert list((far / "run").iterdir()) == []


def _no_process() -> int:
    ended = subprocess.Popen(["true"])
    ended.wait()
    return ended.pid
