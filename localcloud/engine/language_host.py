"""The language host for Python programs and policy packs: `pulumi-language-python ENGINE_ADDRESS`.

Serves Pulumi's LanguageRuntime over gRPC: prints the port, runs programs and plugins as child processes, and ends on
SIGINT, SIGTERM or with the command line that started it, taking its children along. Run as a file
(`python -P language_host.py`), not as a module: it needs gRPC and Pulumi's messages alone.
"""

import contextlib
import importlib.util
import json
import os
import queue
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import types
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any

from localcloud import parent


def _enter_without_running(*names: str) -> None:
    """Make packages importable without running their `__init__`: Pulumi's imports 300 modules that are not needed."""
    for name in names:
        spec = importlib.util.find_spec(name)
        if spec is None or not spec.submodule_search_locations:
            sys.exit(f"{sys.executable} has no {name}: run `make setup`")
        package = types.ModuleType(name)
        package.__path__ = list(spec.submodule_search_locations)
        sys.modules[name] = package


if __name__ == "__main__":
    _enter_without_running("pulumi", "pulumi.runtime", "pulumi.runtime.proto")

import grpc  # noqa: E402 what is entered above has to be entered first
from google.protobuf import empty_pb2  # noqa: E402
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2  # noqa: E402

PROGRAM_RUNNER = Path(__file__).with_name("run_program.py")

CLAIM = Path(__file__).with_name("claim.py")
"""Has the runner forked by a process that has imported the program already, where there is one."""

TOLD = 32
"""The runner's exit code for: failed, and the engine has been told why."""

GRACE = 3.0
"""Seconds between asking a child to end and ending it."""


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """One language host; `engine` is the engine's gRPC address, `root` the folder of Pulumi.yaml."""

    def __init__(self, engine: str) -> None:
        self._engine = engine
        self._children: set[subprocess.Popen[bytes]] = set()
        self._cancelled = False

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802 gRPC's name
        """Take over the engine's address."""
        self._engine = request.engine_address or self._engine
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        """Answer with the SDK's version."""
        return plugin_pb2.PluginInfo(version=version_of_sdk(site_packages(Path(sys.executable))))

    def About(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        """Answer which Python runs programs."""
        python = interpreter(request.info)
        return language_pb2.AboutResponse(executable=str(python), version=".".join(map(str, sys.version_info[:3])))

    def GetRequiredPackages(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        """Answer which providers the program's installed SDK packages ask for."""
        found = []
        for path in sorted(site_packages(interpreter(request.info)).glob("*/pulumi-plugin.json")):
            plugin = json.loads(path.read_text())
            if plugin.get("resource"):
                found.append(
                    plugin_pb2.PackageDependency(
                        kind="resource",
                        name=plugin.get("name") or path.parent.name.removeprefix("pulumi_"),
                        version=f"v{plugin['version']}" if plugin.get("version") else "",
                        server=plugin.get("server", ""),
                    )
                )
        return language_pb2.GetRequiredPackagesResponse(packages=found)

    def GetProgramDependencies(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        """Answer the installed distributions; without the transitive ones, those that no other one requires."""
        import importlib.metadata  # which costs a third of this process's start, and is asked for seldom

        installed: dict[str, str] = {}
        required: set[str] = set()
        for distribution in importlib.metadata.distributions(path=[str(site_packages(interpreter(request.info)))]):
            installed[distribution.metadata["Name"]] = distribution.version
            required |= {_normal(re.split(r"[^\w.-]", line)[0]) for line in distribution.requires or []}
        listed = [name for name in sorted(installed) if request.transitiveDependencies or _normal(name) not in required]
        return language_pb2.GetProgramDependenciesResponse(
            dependencies=[language_pb2.DependencyInfo(name=name, version=installed[name]) for name in listed]
        )

    def InstallDependencies(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:  # noqa: N802
        """Install nothing: the environment is locked; fail when it has no Pulumi SDK."""
        python = interpreter(request.info)
        if not (site_packages(python) / "pulumi").is_dir():
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, f"{python} has no Pulumi SDK: run `make setup`")
        yield language_pb2.InstallDependenciesResponse(stdout=b"the locked environment is used as it is\n")

    def RuntimeOptionsPrompts(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        """Ask for no options."""
        return language_pb2.RuntimeOptionsResponse()

    def Template(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        """Change nothing of a new project."""
        return language_pb2.TemplateResponse()

    def Run(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        """Run a program to its end; its output goes through this process's own to the engine.

        The program gets its orders, which may hold secrets, on standard input.
        """
        root = request.info.root_directory
        orders = {
            "project": request.project,
            "stack": request.stack,
            "organization": request.organization or "organization",
            "root": root,
            "program": os.path.join(request.info.program_directory, request.info.entry_point or request.program),
            "args": list(request.args),
            "monitor": request.monitor_address,
            "engine": self._engine,
            "parallel": request.parallel,
            "dry_run": request.dryRun,
            "config": dict(request.config),
            "secret_keys": list(request.configSecretKeys),
        }
        python = interpreter(request.info)
        options = ["-I", "-S", str(CLAIM), "program"] if python == Path(sys.executable) else ["-P", "-u"]
        command = [str(python), *options, str(PROGRAM_RUNNER)]
        child = subprocess.Popen(command, stdin=subprocess.PIPE, cwd=request.pwd or root)
        with self._tended(child, context):
            lifeline = child.stdin
            assert lifeline is not None  # noqa: S101 asked for a pipe
            with contextlib.suppress(BrokenPipeError):
                lifeline.write(json.dumps(orders).encode() + b"\n")
                lifeline.flush()
            code = child.wait()
        if code == 0:
            return language_pb2.RunResponse()
        if code == TOLD or self._cancelled:
            return language_pb2.RunResponse(bail=True)
        how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
        return language_pb2.RunResponse(error=f"the program {how}")

    def RunPlugin(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:  # noqa: N802
        """Run a plugin or a policy pack; stream its output, and its exit code at the end."""
        program = os.path.join(request.info.program_directory, request.info.entry_point or ".")
        how = (
            ["-m", "pulumi.policy", *request.args, program] if request.kind == "analyzer" else [program, *request.args]
        )
        child = subprocess.Popen(
            [str(interpreter(request.info)), "-u", *how],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=request.pwd or request.info.root_directory,
            env=dict(entry.split("=", 1) for entry in request.env),
        )
        with self._tended(child, context):
            for name, block in _blocks({"stdout": child.stdout, "stderr": child.stderr}):
                if name == "stdout":
                    yield language_pb2.RunPluginResponse(stdout=block)
                else:
                    yield language_pb2.RunPluginResponse(stderr=block)
            yield language_pb2.RunPluginResponse(exitcode=child.wait())

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        """End what runs."""
        self.end_children()
        return empty_pb2.Empty()

    def end_children(self) -> None:
        """Ask all children to end, then make them."""
        self._cancelled = True
        for child in list(self._children):
            _end(child)

    @contextlib.contextmanager
    def _tended(self, child: subprocess.Popen[bytes], context: grpc.ServicerContext) -> Iterator[None]:
        """Keep a child that must end when the call does, or when this process does."""
        self._children.add(child)
        if self._cancelled or not context.add_callback(lambda: _end(child)):
            _end(child)
        try:
            yield
        finally:
            _end(child)
            self._children.discard(child)


def interpreter(info: Any) -> Path:
    """Return the Python of a program: of its `virtualenv` option (from the root folder), else this one."""
    options = dict(info.options.items()) if info.HasField("options") else {}
    if environment := options.get("virtualenv"):
        python = Path(info.root_directory, str(environment), "bin", "python")
        if python.exists():
            return python
    return Path(sys.executable)


def site_packages(python: Path) -> Path:
    """Return the folder of an environment's packages."""
    found = sorted(python.parent.parent.glob("lib/python3*/site-packages"))
    return found[-1] if found else Path(grpc.__file__).parents[1]


def version_of_sdk(packages: Path) -> str:
    """Return the version of the Pulumi SDK in a folder of packages, from the name of the folder that says so."""
    found = sorted(packages.glob("pulumi-*.dist-info"))
    return found[-1].name.removeprefix("pulumi-").removesuffix(".dist-info") if found else ""


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _end(child: subprocess.Popen[bytes]) -> None:
    """End a child, gently first; does nothing when it has ended."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(GRACE)
        except subprocess.TimeoutExpired:
            child.kill()


def _blocks(streams: dict[str, IO[bytes] | None]) -> Iterator[tuple[str, bytes]]:
    """Yield what several pipes say as it comes, until all are closed."""
    arrived: queue.Queue[tuple[str, bytes]] = queue.Queue()

    def read(name: str, stream: IO[bytes]) -> None:
        while block := os.read(stream.fileno(), 1 << 16):
            arrived.put((name, block))
        arrived.put((name, b""))

    started = [(name, stream) for name, stream in streams.items() if stream is not None]
    for name, stream in started:
        threading.Thread(target=read, args=(name, stream), daemon=True).start()
    still_open = len(started)
    while still_open:
        name, block = arrived.get()
        if block:
            yield name, block
        else:
            still_open -= 1


def _wait_for_the_end() -> None:
    """Return on SIGINT or SIGTERM, or when the command line is gone.

    Its end closes the pipe on standard input and gives this process another parent; the pipe alone is no proof,
    the parent alone is seen late.
    """
    told, tell = socket.socketpair()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: tell.send(b"."))  # a signal alone would wait for the end of the look below
    watched: list[Any] = [told, 0]
    while not parent.is_orphan():
        ready = select.select(watched, [], [], 0.5)[0]
        if told in ready:
            return
        if ready and not os.read(0, 1 << 16):
            watched = [told]


def main() -> None:
    """Serve until the end; a clean end says nothing."""
    host = LanguageHost(next((argument for argument in sys.argv[1:] if not argument.startswith("-")), ""))
    server = grpc.server(ThreadPoolExecutor(max_workers=16), options=[("grpc.max_receive_message_length", -1)])
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    _wait_for_the_end()
    host.end_children()
    server.stop(0)
    os._exit(0)


if __name__ == "__main__":
    main()
