"""Fork servers: processes that have imported what the engine's children need, and fork one for each that is asked for.

The engine starts a language host, the program and two or three providers one after the other, and waits for each: most
of a preview's first half is Python importing modules on one core. A command starts its servers before the engine
(`begin`), so that the imports run beside it on the others, and each child (`localcloud.engine.claim`) is there in the
time of a fork. The servers end with the command, as soon as what they started has ended.

A server says no when a file that it imported has changed since, so that nothing old is ever run. One that is not there
costs only time.
"""

import atexit
import contextlib
import gc
import importlib
import os
import runpy
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from localcloud import home, parent
from localcloud.engine.claim import FOLDER

PLUGINS = "plugins"
"""The name of the server of the providers."""
PROGRAM = "program"
"""The name of the server of programs."""

MODULES = {
    PLUGINS: [
        "localcloud.plugins.server",
        "localcloud.plugins.aws.provider",
        "localcloud.plugins.docker.provider",
        "localcloud.plugins.docker_build.provider",
    ],
    PROGRAM: ["asyncio", "concurrent.futures", "pulumi", "pulumi.runtime"],
}
"""What a server imports, in this order; `begin` can add more."""

LONGEST_PATH = 100
"""Bytes of a socket's path, of the 107 that Linux has room for."""
REQUEST_SECONDS = 2.0
END_SECONDS = 1.0

_beginning = threading.Lock()
_lifelines: dict[str, subprocess.Popen[bytes]] = {}


def begin(*servers: str, program: Sequence[str] = ()) -> dict[str, str]:
    """Start the servers that this process has not started yet; return the variables by which children find them.

    `program` names further modules for the server of programs. Nothing is started, and nothing returned, where a
    system has no process descriptors or the folder's path is too long for a socket.
    """
    folder = home.file("run", f"forkservers-{os.getpid()}")
    if not hasattr(os, "pidfd_open") or len(os.fsencode(folder)) + 20 > LONGEST_PATH:
        return {}
    with _beginning:
        if not _lifelines:
            _clear(folder)
            folder.mkdir(mode=0o700)
            atexit.register(_end, folder)
        for name in servers:
            if name not in _lifelines:
                modules = [*(program if name == PROGRAM else ()), *MODULES[name]]
                _lifelines[name] = start(folder / f"{name}.sock", modules)
    return {FOLDER: str(folder)}


def start(path: Path, modules: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a server on the socket `path`, which is there at once; it ends when its standard input does."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.fspath(path))
        listener.listen(64)  # whoever asks before the imports are done waits for them, which is no slower
        return subprocess.Popen(
            [sys.executable, "-P", "-u", "-m", "localcloud.engine.forkserver", str(listener.fileno()), *modules],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[listener.fileno()],
            process_group=0,  # a key pressed in the terminal is for the engine, which tells its children
        )


def _end(folder: Path) -> None:
    """Let the servers end, and wait for those that have nothing more to look after."""
    shutil.rmtree(folder, ignore_errors=True)
    for server in _lifelines.values():
        assert server.stdin is not None  # noqa: S101 asked for a pipe
        server.stdin.close()
    for server in _lifelines.values():
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(END_SECONDS)
        server.returncode = 0  # no warning of one that looks after a child
    _lifelines.clear()


def _clear(folder: Path) -> None:
    """Remove the folders of commands that were killed."""
    for other in folder.parent.glob("forkservers-*"):
        if other == folder or not Path("/proc", other.name.rpartition("-")[2]).exists():
            shutil.rmtree(other, ignore_errors=True)


class Server:
    """Serves one socket; `began` is when the first import was (seconds since the epoch)."""

    def __init__(self, listener: socket.socket, began: float) -> None:
        self._began = began
        self._children: dict[int, int] = {}
        self._selector = selectors.DefaultSelector()
        self._watch(listener, lambda: self._accept(listener))
        self._watch(0, lambda: self._end_service(listener))

    def serve(self) -> None:
        """Answer until the command has ended and all that was started with it."""
        while self._selector.get_map():
            for key, _ in self._selector.select():
                key.data()

    def _watch(self, what: Any, then: Callable[[], None]) -> None:
        self._selector.register(what, selectors.EVENT_READ, then)

    def _end_service(self, listener: socket.socket) -> None:
        """The command writes nothing: what can be read is its end."""
        self._selector.unregister(0)
        self._selector.unregister(listener)
        listener.close()

    def _accept(self, listener: socket.socket) -> None:
        connection, _ = listener.accept()
        connection.settimeout(REQUEST_SECONDS)
        try:
            request, streams = _receive(connection)
            if _is_stale(self._began):
                connection.sendall(b"no\n")
                connection.close()
            else:
                self._start(connection, request, streams)
        except OSError:
            connection.close()  # whoever asked is gone
        finally:
            for stream in streams:
                os.close(stream)

    def _start(self, connection: socket.socket, request: list[bytes], streams: list[int]) -> None:
        process = os.fork()
        if process == 0:
            connection.close()
            self._become(request, streams)
        self._children[process] = descriptor = os.pidfd_open(process)
        self._watch(descriptor, lambda: self._ended(process, connection))
        self._watch(connection, lambda: self._unwanted(process, connection))
        connection.sendall(b"%d\n" % process)

    def _ended(self, process: int, connection: socket.socket) -> None:
        """Tell the exit status, negative for a signal."""
        descriptor = self._children.pop(process)
        self._selector.unregister(descriptor)
        os.close(descriptor)
        code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        with contextlib.suppress(OSError):
            connection.sendall(b"%d\n" % code)
        with contextlib.suppress(KeyError):
            self._selector.unregister(connection)
        connection.close()

    def _unwanted(self, process: int, connection: socket.socket) -> None:
        """What asked for a process is gone: it has to go as well."""
        self._selector.unregister(connection)
        os.kill(process, signal.SIGTERM)  # not waited for yet, so that its number is its own

    def _become(self, request: list[bytes], streams: list[int]) -> NoReturn:
        """Be the process that was asked for, in the fork."""
        code = 1
        try:
            for key in list(self._selector.get_map().values()):
                if key.fd != 0:
                    os.close(key.fd)
            self._selector.close()
            for number, stream in enumerate(streams):
                os.dup2(stream, number)
            folder, count, *words = request
            arguments = [os.fsdecode(word) for word in words[: int(count)]]
            os.chdir(folder)
            os.environb.clear()
            for word in words[int(count) :]:
                name, _, value = word.partition(b"=")
                os.environb[name] = value
            parent.start_anew()
            _name_process(arguments)
            _run(arguments)
            code = 0
        except SystemExit as ended:
            if isinstance(ended.code, str):
                print(ended.code, file=sys.stderr)
            code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        except BaseException:
            traceback.print_exc()
        finally:
            with contextlib.suppress(Exception):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)


def _receive(connection: socket.socket) -> tuple[list[bytes], list[int]]:
    """Return a request's words, `[folder, count of arguments, *arguments, *environment]`, and three descriptors."""
    length, streams, _, _ = socket.recv_fds(connection, 4, 3)
    missing, blocks = int.from_bytes(length, "big"), []
    while missing:
        block = connection.recv(missing)
        if not block:
            raise ConnectionResetError
        blocks.append(block)
        missing -= len(block)
    return b"".join(blocks).split(b"\0"), list(streams)


def _is_stale(began: float) -> bool:
    """Say whether the file of an imported module is newer than the import, or gone.

    The time is that of the last change of the file or its names, which no tool can set back.
    """
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        try:
            if file and os.stat(file).st_ctime >= began:
                return True
        except OSError:
            return True
    return False


def _run(arguments: list[str]) -> None:
    """Do what `python ARGUMENTS` does: a module by `-m`, or a file."""
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        runpy.run_path(arguments[0], run_name="__main__")


def _name_process(arguments: list[str]) -> None:
    """Give the process a name of its own in lists of processes: `plugins.aws`, `run_program`."""
    words = Path(arguments[0]).stem if arguments[0] != "-m" else ".".join(arguments[1].split(".")[-2:])
    with contextlib.suppress(OSError):
        Path("/proc/self/comm").write_text(words[:15])


def main() -> None:
    """Serve the socket whose descriptor the first argument is, after importing the modules that the others name."""
    began = time.time()
    gc.disable()
    listener = socket.socket(fileno=int(sys.argv[1]))
    for name in sys.argv[2:]:
        with contextlib.suppress(Exception):  # the program itself tells what is wrong with it
            importlib.import_module(name)
    gc.enable()
    gc.freeze()  # a collection in a child would copy what all of them share
    Server(listener, began).serve()


if __name__ == "__main__":
    main()
