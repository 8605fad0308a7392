"""One `docker build` with its secrets, logins and cache; its output into a log that one can read afterwards.

Nothing secret is on a command line: BuildKit secrets are files of mode 0600 in a folder that is gone afterwards,
logins lie in a Docker configuration there, and the log shows `***` in their place.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from localcloud import home
from localcloud.errors import Trouble
from localcloud.plugins.docker_build.inputs import Build
from localcloud.plugins.provider import Interrupted, cancelled
from localcloud.plugins.registry import local, parse

if TYPE_CHECKING:
    from localcloud.docker import DockerEngine

LAST_LINES = 20
STEP = re.compile(r"#\d+ (\[.+)")
FAILED = re.compile(r"#(\d+) ERROR:? (.*)")
UNREACHED = re.compile(
    r"(EAI_AGAIN|ENOTFOUND|ENETUNREACH|ECONNREFUSED|ETIMEDOUT|Temporary failure in name resolution|"
    r"Could not resolve|Network is unreachable|Connection refused|failed to lookup address|no such host)"
)
UNTRUSTED = re.compile(r"(CERTIFICATE_VERIFY_FAILED|certificate verify failed|SELF_SIGNED_CERT|UNABLE_TO_\w+_CERT\w*)")
"""What package managers (npm, pip, uv, apt, Go) say of a network that is not there, or that inspects TLS."""
AUTHORITIES = "LOCALCLOUD_BUILD_CA"
"""Environment variable with the path of a certificate bundle: builds that bring no secret `ca` get it as that."""
SHORTEST_SECRET = 4
"""Characters; a shorter text would turn the whole log into stars."""


class Workshop:
    """A folder for one build: its secrets, its Docker configuration, its log."""

    def __init__(self, folder: Path, engine: DockerEngine, build: Build, name: str) -> None:
        self._folder = folder
        self._engine = engine
        self._build = build
        self._name = name
        self.log = home.folder("logs", "images") / f"{name.replace('/', '-')}.log"
        self._hide = _Hider([*build.secrets.values(), *(login.password for login in build.logins.values())])
        # A provenance has the time in it: with one, the same sources would never have the same digest.
        environment = {**engine.environment(), "BUILDX_NO_DEFAULT_ATTESTATIONS": "1"}
        self._environment = self._write_configuration(environment)

    def build(self, tags: Sequence[str], labels: Mapping[str, str], say: Callable[[str], None]) -> str:
        """Build, with the local names given to the image; return its id. A Trouble has the last lines of output."""
        image = self._folder / "image-id"
        command, environment = self._command(tags, {**self._build.labels, **labels}, image)
        lines = self._run(command, {**self._environment, **environment}, "w", say)
        if lines is not None:
            raise self._failed(lines)
        return image.read_text().strip()

    def _failed(self, lines: list[str]) -> Trouble:
        useful, log = _last_useful(lines), f"the whole log is {self.log}"
        if found := UNREACHED.search(useful):
            # A package manager without a network ends in words of its own, such as that no version matches.
            wrong = f"the image {self._name} could not be built: no way to the package registry ({found[1]})"
            return Trouble(wrong, f"check the network and run the same command again; {log}")
        if found := UNTRUSTED.search(useful):
            wrong = f"the image {self._name} could not be built: the package registry's certificate is not trusted"
            return Trouble(wrong, f"add this network's authority to the machine's bundle of certificates; {log}")
        return Trouble(f"the image {self._name} could not be built:\n{useful}", log)

    def push(self, tag: str, say: Callable[[str], None]) -> None:
        """Push one local name; a Trouble has the registry's words."""
        say(f"pushing {parse(tag).tag or tag}")
        lines = self._run([self._engine.client, "push", tag], self._environment, "a", lambda _: None)
        if lines is not None:
            last = lines[-1] if lines else "no word of why"
            raise Trouble(f"the image {self._name} could not be pushed: {last}", f"the whole log is {self.log}")

    def _command(self, tags: Sequence[str], labels: Mapping[str, str], image: Path) -> tuple[list[str], dict[str, str]]:
        """Return the build's arguments, and what goes into its environment beside."""
        build = self._build
        dockerfile = build.dockerfile
        if build.inline:
            dockerfile = self._folder / "Dockerfile"
            dockerfile.write_text(build.inline)
        command = [self._engine.client, "build", "--progress", "plain", "--file", str(dockerfile)]
        command += ["--iidfile", str(image)]
        command += [part for tag in tags for part in ("--tag", tag)]
        command += [part for key, value in labels.items() for part in ("--label", f"{key}={value}")]
        command += [part for host in build.hosts for part in ("--add-host", host)]
        command += ["--platform", build.platform] if build.platform else []
        command += ["--network", build.network] if build.network != "default" else []
        command += ["--target", build.target] if build.target else []
        command += ["--no-cache"] if build.no_cache else []
        command += ["--pull"] if build.pull else []
        for number, (name, value) in enumerate(build.secrets.items()):
            path = self._folder / f"secret-{number}"
            home.write(path, value, 0o600)
            command += ["--secret", f"id={name},src={path}"]
        if (bundle := os.environ.get(AUTHORITIES)) and "ca" not in build.secrets:
            command += ["--secret", f"id=ca,src={bundle}"]
        arguments, environment = self._arguments()
        return [*command, *arguments, *_cache(build), str(build.context)], environment

    def _arguments(self) -> tuple[list[str], dict[str, str]]:
        """Hand build arguments over in the environment, where no other user sees them; if it has the name, openly."""
        words: list[str] = []
        environment = {}
        for name, value in self._build.arguments.items():
            if name in self._environment or name.lower().endswith("_proxy"):
                words += ["--build-arg", f"{name}={value}"]
            else:
                words += ["--build-arg", name]
                environment[name] = value
        return words, environment

    def _write_configuration(self, environment: dict[str, str]) -> dict[str, str]:
        """Write a Docker configuration with the logins, if there are any, beside what the user's own has."""
        if not self._build.logins:
            return environment
        own = Path(environment.get("DOCKER_CONFIG") or Path.home() / ".docker")
        kept: dict[str, Any] = {}
        if (own / "config.json").is_file():
            full = json.loads((own / "config.json").read_text())
            kept = {key: full[key] for key in ("auths", "proxies") if key in full}
        auths = dict(kept.get("auths", {}))
        for address, login in self._build.logins.items():
            host = address.partition("://")[2] or address
            auths[parse(local(f"{host.rstrip('/')}/any")).host] = {"auth": login.basic}
        folder = self._folder / "docker"
        folder.mkdir()
        home.write(folder / "config.json", json.dumps({**kept, "auths": auths}), 0o600)
        if (own / "cli-plugins").is_dir():
            (folder / "cli-plugins").symlink_to(own / "cli-plugins")
        return {**environment, "DOCKER_CONFIG": str(folder)}

    def _run(
        self, command: list[str], environment: dict[str, str], mode: str, say: Callable[[str], None]
    ) -> list[str] | None:
        """Run docker, its output into the log; return nothing when it succeeds, else all its lines."""
        lines = []
        with self.log.open(mode) as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                env=environment,
            )
            with process, _ended_on_cancel(process):
                for raw in process.stdout or ():
                    line = self._hide(raw)
                    log.write(line)
                    log.flush()
                    lines.append(line.rstrip())
                    if step := STEP.match(line):
                        say(step[1].strip())
        if cancelled.is_set():
            raise Interrupted(f"the image {self._name} was interrupted", "run the same command again")
        return None if process.returncode == 0 else lines


@contextmanager
def workshop(engine: DockerEngine, build: Build, name: str) -> Iterator[Workshop]:
    """Give a folder for one build, readable by its owner alone, and remove it with its secrets afterwards."""
    with tempfile.TemporaryDirectory(prefix="localcloud-build-") as folder:
        yield Workshop(Path(folder), engine, build, name)


@contextmanager
def _ended_on_cancel(process: subprocess.Popen[str]) -> Iterator[None]:
    """End a process as soon as the run is cancelled."""

    def watch() -> None:
        while process.poll() is None and not done.is_set():
            if cancelled.wait(0.2):
                process.terminate()
                return

    done = threading.Event()
    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()


def _cache(build: Build) -> list[str]:
    """Return the arguments of the cache: images with their cache inside for every client, the rest for buildx."""
    words: list[str] = []
    for each in build.cache_from:
        if "local" in each:
            words += ["--cache-from", f"type=local,src={each['local']['src']}"]
        else:
            words += ["--cache-from", local(each["registry"]["ref"])]
    for each in build.cache_to:
        if "inline" in each:
            words += ["--build-arg", "BUILDKIT_INLINE_CACHE=1"]
            continue
        kind = "registry" if "registry" in each else "local"
        where = {"ref": local(each[kind]["ref"])} if kind == "registry" else {"dest": each[kind]["dest"]}
        options = {"type": kind, **where, "mode": each[kind].get("mode", "min")}
        words += ["--cache-to", ",".join(f"{key}={value}" for key, value in options.items())]
    return words


def has_buildx(engine: DockerEngine) -> bool:
    """Say whether the client has the plugin that caches elsewhere than in images."""
    return engine.run("buildx", "version").returncode == 0


class _Hider:
    """Puts stars in the place of secrets in a line of output."""

    def __init__(self, secrets: Sequence[str]) -> None:
        texts = {secret for secret in secrets if len(secret) >= SHORTEST_SECRET}
        self._plain = sorted((text for text in texts if "\n" not in text.strip()), key=len, reverse=True)
        self._plain = [text.strip() for text in self._plain]
        self._words = {
            word for text in texts if "\n" in text.strip() for word in text.split() if len(word) >= SHORTEST_SECRET * 2
        }

    def __call__(self, line: str) -> str:
        """Return the line without secrets; of one with several lines every longer word is hidden."""
        for text in self._plain:
            line = line.replace(text, "***")
        if self._words:
            line = re.sub(r"\S+", lambda word: "***" if word[0] in self._words else word[0], line)
        return line


def _last_useful(lines: list[str]) -> str:
    """Return what a person looks for in a failed build's output: the last words of the failing step, and the error."""
    failed = next((match for line in reversed(lines) if (match := FAILED.match(line))), None)
    useful = [line for line in lines if line]
    if failed:
        output = re.compile(rf"#{failed[1]} \d+\.\d+ (.*)")
        useful = [match[1] for line in lines if (match := output.match(line))] + [failed[2]]
    return "\n".join(f"  {line}" for line in useful[-LAST_LINES:])
