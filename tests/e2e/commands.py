"""What the end-to-end tests do as a person would: run commands, ask addresses."""

import json
import os
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

REPOSITORY = Path(__file__).resolve().parents[2]
SLIPWAY = str(REPOSITORY / ".venv" / "bin" / "slipway")


@dataclass(frozen=True)
class Result:
    """How a command ended, what it printed and how many seconds it took."""

    code: int
    out: str
    err: str
    seconds: float


def environment() -> dict[str, str]:
    """The caller's environment without what would slow Python down or hide a missing set-up."""
    return {
        name: value for name, value in os.environ.items() if name not in ("PYTHONDONTWRITEBYTECODE", "SLIPWAY_DEBUG")
    }


def run(*command: str, timeout: float = 900) -> Result:
    """Run a command in the repository and wait for it."""
    began = time.monotonic()
    ended = subprocess.run(
        command, cwd=REPOSITORY, env=environment(), capture_output=True, text=True, timeout=timeout, check=False
    )
    return Result(ended.returncode, ended.stdout, ended.stderr, time.monotonic() - began)


def must(*command: str, timeout: float = 900) -> Result:
    """Run a command that has to succeed."""
    result = run(*command, timeout=timeout)
    assert result.code == 0, f"{' '.join(command)} gave {result.code}:\n{result.out}\n{result.err}"
    return result


def slipway(*arguments: str, timeout: float = 900) -> Result:
    """Run `slipway ARGUMENTS`, which has to succeed."""
    return must(SLIPWAY, *arguments, timeout=timeout)


def status() -> dict[str, Any]:
    """Return what `slipway status --json` says; it ends with 3 when nothing runs."""
    result = run(SLIPWAY, "status", "--json")
    assert result.code in (0, 3), result.err
    found: dict[str, Any] = json.loads(result.out)
    return found


def address(stack: str = "dev", system: str = "counter") -> str:
    """Return the address of a system without a slash at its end."""
    url: str = status()["stacks"][stack]["urls"][system]
    return url.rstrip("/")


def ask(
    url: str, method: str = "GET", body: bytes | None = None, headers: dict[str, str] | None = None, timeout: float = 30
) -> tuple[int, str]:
    """Send one request to a `*.localhost` address, which Python's resolver does not know; return status and body."""
    parts = urlsplit(url)
    request = urllib.request.Request(
        f"http://127.0.0.1:{parts.port}{parts.path or '/'}{'?' if parts.query else ''}{parts.query}",
        data=body,
        method=method,
        headers={"Host": parts.netloc, **({"Content-Type": "application/json"} if body else {}), **(headers or {})},
    )
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")


def call(url: str, body: object = None, method: str = "", token: str = "", timeout: float = 30) -> tuple[int, Any]:
    """Send JSON and return status and JSON: a POST where there is a body and nothing else is asked for."""
    raw = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    code, text = ask(url, method or ("GET" if raw is None else "POST"), raw, headers, timeout)
    return code, json.loads(text) if text.startswith(("{", "[")) else text


def until(true: Callable[[], bool], seconds: float = 60) -> float:
    """Wait until something is true and return after how many seconds it was."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, f"not true within {seconds:.0f} s"
        time.sleep(0.1)
    return time.monotonic() - began


def docker(*arguments: str) -> str:
    """Run the Docker client against the engine that the embedded cloud uses; return what it prints."""
    found = must(str(REPOSITORY / ".venv/bin/python"), "-c", "from localcloud import docker; print(docker.find().host)")
    client = "/usr/bin/docker" if Path("/usr/bin/docker").exists() else str(shutil.which("docker"))
    return must(client, "-H", found.out.strip(), *arguments).out


def containers(service: str, stack: str = "dev") -> list[str]:
    """Return the ids of the running containers of a service, by the name of its image in its stack."""
    account = status()["stacks"][stack]["account"]
    lines = docker("ps", "--no-trunc", "--format", "{{.ID}} {{.Image}} {{.Labels}}").splitlines()
    return [line.split()[0] for line in lines if f"/{service}" in line and (account in line or stack == "dev")]


def letters() -> list[dict[str, Any]]:
    """Return the mail that dev has sent, the newest last."""
    found: list[dict[str, Any]] = json.loads(slipway("mail", "--json", "dev").out)
    return found


def letter(to: str, pattern: str) -> str:
    """Wait for a letter to an address, and return what a pattern finds in the newest."""
    found: list[str] = []

    def arrived() -> bool:
        texts = [each["text"] for each in letters() if to in each["to"]]
        found[:] = [match[1] for text in texts if (match := re.search(pattern, text))]
        return bool(found)

    until(arrived, 60)
    return found[-1]
