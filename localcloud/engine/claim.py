"""Becomes a process that a fork server starts in its place: `python -I -S claim.py SERVER COMMAND…`.

SERVER is the name of a fork server (`localcloud.engine.forkserver`), COMMAND what follows `python`: `-m MODULE` or a
file, and arguments. Standard streams, folder and environment are handed over, signals are passed on, and the exit
status comes back, so that whoever started this notices no difference but the time that imports would have taken. Where
no server answers, or it says no, Python is started as usual. Imports next to nothing, to be there at once.
"""

import os
import signal
import socket
import sys

FOLDER = "LOCALCLOUD_FORKSERVERS"
"""Environment variable: the folder of the servers' sockets, `NAME.sock`."""

WATCH_SECONDS = 0.5
"""How often it is looked whether the process that started this one is still there."""


def main() -> None:
    """Have the command started, and end as it ends."""
    server, *command = sys.argv[1:]
    connection = _ask(server, command)
    answer = _line(connection) if connection else b""
    if connection is None or not answer.isdigit():
        os.execv(sys.executable, [sys.executable, "-P", "-u", *command])  # noqa: S606 no shell is wanted
    process = int(answer)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: os.kill(process, number))
    status = _line(connection)
    if not status:
        os.kill(process, signal.SIGKILL)  # its server is gone, and nobody else would look after it
        sys.exit(1)
    code = int(status)
    if code < 0:
        if -code != signal.SIGKILL:
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


def _ask(server: str, command: list[str]) -> socket.socket | None:
    """Send the command with this process's streams, folder and environment; nothing when nobody is there."""
    folder = os.environ.get(FOLDER)
    if not folder:
        return None
    environment = [name + b"=" + value for name, value in os.environb.items()]
    arguments = [os.fsencode(word) for word in command]
    request = b"\0".join([os.getcwdb(), str(len(arguments)).encode(), *arguments, *environment])
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(os.path.join(folder, f"{server}.sock"))
        socket.send_fds(connection, [len(request).to_bytes(4, "big")], [0, 1, 2])
        connection.sendall(request)
    except OSError:
        connection.close()
        return None
    return connection


def _line(connection: socket.socket) -> bytes:
    """Return the server's next line without its end; empty when it is gone. Ends with the process that began this."""
    started_by = os.getppid()
    connection.settimeout(WATCH_SECONDS)
    line = b""
    while not line.endswith(b"\n"):
        try:
            block = connection.recv(1)
        except TimeoutError:
            if os.getppid() != started_by:
                os._exit(1)  # the server sees that this one is gone, and ends what it started
            continue
        except OSError:
            block = b""
        if not block:
            return b""
        line += block
    return line[:-1]


if __name__ == "__main__":
    main()
