"""A Postgres to try SQL on: the one of this machine, else a container of postgres:17-alpine."""

import os
import shutil
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

IMAGE = "postgres:17-alpine"
SUPERUSER, PASSWORD = "root_of_tests", "password-of-tests"
START_SECONDS = 120


def binaries() -> Path | None:
    """Return the folder of this machine's newest Postgres of at least version 15."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda x: int(x.parents[1].name))
    return folders[-1].parent if folders and int(folders[-1].parents[1].name) >= 15 else None


def has_image() -> bool:
    """Say whether a Docker engine answers and has the image."""
    if not shutil.which("docker"):
        return False
    return subprocess.run(["docker", "image", "inspect", IMAGE], capture_output=True, check=False).returncode == 0


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def own(folder: Path, certificate: Path, key: Path) -> Iterator[int]:
    """Run this machine's Postgres in a folder, and give its port."""
    found, port = binaries(), free_port()
    assert found is not None
    data, user = folder / "data", "postgres" if os.getuid() == 0 else None
    password = folder / "password"
    password.write_text(PASSWORD)
    if user:
        # Postgres refuses to run as root, and must reach its folder below those of the test run.
        shutil.chown(folder, user)
        shutil.chown(password, user)
        for above in folder.parents:
            if above.stat().st_uid == 0 and above.stat().st_mode & 0o011 == 0:
                above.chmod(above.stat().st_mode | 0o011)
    make = [str(found / "initdb"), "-D", str(data), "-U", SUPERUSER, "-A", "scram-sha-256", f"--pwfile={password}"]
    subprocess.run(make, check=True, capture_output=True, user=user, cwd=folder)
    for source, name in ((certificate, "server.crt"), (key, "server.key")):
        target = data / name
        target.write_bytes(source.read_bytes())
        target.chmod(0o600)
        if user:
            shutil.chown(target, user)
    (data / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 scram-sha-256\n")
    options = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": folder, "ssl": "on"}
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [str(found / "postgres"), "-D", str(data), *(x for k, v in options.items() for x in ("-c", f"{k}={v}"))],
            stdout=log,
            stderr=log,
            user=user,
            cwd=folder,
        )
        try:
            wait(port)
            yield port
        finally:
            server.terminate()
            server.wait(START_SECONDS)


@contextmanager
def container(folder: Path, certificate: Path, key: Path) -> Iterator[int]:
    """Run a container, and give the port that it is published on."""
    name, port = f"deploy-steps-{uuid.uuid4().hex[:8]}", free_port()
    environment = ["-e", f"POSTGRES_USER={SUPERUSER}", "-e", f"POSTGRES_PASSWORD={PASSWORD}"]
    run = ["docker", "run", "--rm", "-d", "--name", name, "-p", f"127.0.0.1:{port}:5432", *environment]
    # The files are copied in and owned by whoever Postgres runs as, which a mounted file would not be.
    start = "cp /tmp/tls/* /tmp/own/ && chown postgres /tmp/own/* && chmod 600 /tmp/own/*"
    serve = "exec docker-entrypoint.sh postgres -c ssl=on -c ssl_cert_file=/tmp/own/server.crt"
    command = f"mkdir /tmp/own && {start} && {serve} -c ssl_key_file=/tmp/own/server.key"
    tls = folder / "tls"
    tls.mkdir()
    shutil.copy(certificate, tls / "server.crt")
    shutil.copy(key, tls / "server.key")
    create = ["docker", "create", *run[3:4], *run[5:]]
    subprocess.run([*create, "--entrypoint", "sh", IMAGE, "-c", command], check=True, capture_output=True)
    try:
        subprocess.run(["docker", "cp", str(tls), f"{name}:/tmp/tls"], check=True, capture_output=True)
        subprocess.run(["docker", "start", name], check=True, capture_output=True)
        wait(port)
        yield port
    finally:
        subprocess.run(["docker", "rm", "-f", "-v", name], capture_output=True, check=False)


def wait(port: int) -> None:
    """Wait until somebody listens."""
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return
