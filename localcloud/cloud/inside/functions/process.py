"""One process of a function: started, invoked one event at a time, ended when it takes too long."""

import json
import os
import queue
import select
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime
from ministack.core.responses import new_uuid

from ..settings import SETTINGS
from . import unpacking
from .bootstrap import END

BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
INIT_SECONDS = 60.0
LOG_SECONDS = 10.0
"""How long the rest of the log is waited for after an answer."""
PASSED_ON = ("PATH", "HOME", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "RDS_TRUST_STORE_URL")
TRACE = "_X_AMZN_TRACE_ID"


class Process(lambda_runtime.Worker):  # type: ignore[misc]  # MiniStack has no types
    """A worker in MiniStack's pool."""

    _started = 0

    def _spawn(self) -> None:
        runtime = self.config.get("Runtime", "python3.12")
        folder = unpacking.unpacked(self.code_zip)
        began = time.monotonic()
        ours, theirs = _pipe(), _pipe()
        self._proc: Any = subprocess.Popen(
            [unpacking.interpreter(runtime), "-s", str(BOOTSTRAP), str(ours[0]), str(theirs[1])],
            cwd=folder,
            env=environment(self.config, runtime, folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(ours[0], theirs[1]),
        )
        os.close(ours[0])
        os.close(theirs[1])
        self._requests = os.fdopen(ours[1], "w", encoding="utf-8")
        self._answers = os.fdopen(theirs[0], "rb", buffering=0)
        self._pending = b""
        self._log: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read_log, args=(self._proc.stdout, self._log), daemon=True).start()
        started = {
            "code": str(folder),
            "packages": str(unpacking.packages()),
            "handler": self.config.get("Handler", "index.handler"),
        }
        self._send(started)
        self._receive(INIT_SECONDS)
        self._started = round((time.monotonic() - began) * 1000)

    @staticmethod
    def _read_log(stream: Any, log: "queue.Queue[str | None]") -> None:
        """Keep what the process writes; an empty entry says that it has ended."""
        with stream:
            for line in stream:
                log.put(line.decode("utf-8", "replace").rstrip("\n"))
        log.put(None)

    def invoke(self, event: Any, request_id: str, **more: Any) -> dict[str, Any]:
        """Run one invocation; return `{"result"}` or `{"failure"}`, each with `log`, the lines that it wrote.

        The first of a process has `started` beside: milliseconds from its start to the handler's being imported.
        """
        seconds = float(self.config.get("Timeout", 3))
        asked = {
            "event": event,
            "request_id": request_id,
            "invoked_function_arn": more.get("invoked_function_arn") or self.config.get("FunctionArn", ""),
            "seconds": seconds,
            "environment": {TRACE: more["trace_id"]} if more.get("trace_id") else {},
        }
        with self._lock:
            try:
                if self._proc is None or self._proc.poll() is not None:
                    self._spawn()
                self._send(asked)
                answer = self._receive(seconds)
            except TimeoutError:
                self._end()
                stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
                text = f"{stamp} {request_id} Task timed out after {seconds:.2f} seconds"
                return {
                    "failure": {"errorType": "Sandbox.Timedout", "errorMessage": text},
                    "log": [*self._rest(), text],
                }
            except (OSError, ValueError) as error:
                self._end()
                text = f"RequestId: {request_id} Error: Runtime exited ({error})"
                return {"failure": {"errorType": "Runtime.ExitError", "errorMessage": text}, "log": self._rest()}
            started, self._started = self._started, 0
            return {**answer, "log": self._written(), "started": started}

    def _send(self, value: Mapping[str, Any]) -> None:
        self._requests.write(json.dumps(value) + "\n")
        self._requests.flush()

    def _receive(self, seconds: float) -> dict[str, Any]:
        """Return the next document; raises TimeoutError, or OSError when the process has ended."""
        end = time.monotonic() + seconds
        while b"\n" not in self._pending:
            ready, _, _ = select.select([self._answers], [], [], max(0.0, end - time.monotonic()))
            if not ready:
                raise TimeoutError
            read = self._answers.read(1 << 20)
            if not read:
                raise OSError("it ended before it answered")
            self._pending += read
        line, _, self._pending = self._pending.partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _written(self) -> list[str]:
        """Return what was written until the end of the invocation."""
        lines: list[str] = []
        end = time.monotonic() + LOG_SECONDS
        while (left := end - time.monotonic()) > 0:
            try:
                line = self._log.get(timeout=left)
            except queue.Empty:
                break
            if line is None or line == END:
                break
            lines.append(line)
        return lines

    def _rest(self) -> list[str]:
        return [line for line in self._written() if line is not None] if hasattr(self, "_log") else []

    def _end(self) -> None:
        process = self._proc
        self._proc = None
        if process is not None:
            process.kill()
            process.wait()
        for pipe in ("_requests", "_answers"):
            if hasattr(self, pipe):
                try:
                    getattr(self, pipe).close()
                except OSError:
                    continue

    def _discard_tmpdir(self) -> None:
        """Close the pipes; the code stays for the next process."""
        self._end()


def _pipe() -> tuple[int, int]:
    """Return the reading and the writing end of a new pipe, neither of them inherited by itself."""
    return os.pipe()


def environment(configuration: Mapping[str, Any], runtime: str, folder: Path) -> dict[str, str]:
    """Return what a function sees: its own variables, AWS's, its account's key, and nothing else of this process."""
    _account, region = lambda_runtime._account_region_from_function_config(configuration)
    logging = configuration.get("LoggingConfig") or {}
    name = configuration.get("FunctionName", "")
    given = (configuration.get("Environment") or {}).get("Variables") or {}
    aws = {
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{runtime}",
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_VERSION": configuration.get("Version", "$LATEST"),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(configuration.get("MemorySize", 128)),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": logging.get("LogGroup") or f"/aws/lambda/{name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": new_uuid(),
        "AWS_LAMBDA_LOG_FORMAT": logging.get("LogFormat") or "Text",
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:2000",
        "LAMBDA_TASK_ROOT": str(folder),
        "_HANDLER": configuration.get("Handler", ""),
        "TZ": ":UTC",
        "LANG": "C.UTF-8",
        **lambda_runtime.execution_credentials(configuration),
    }
    if logging.get("ApplicationLogLevel"):
        aws["AWS_LAMBDA_LOG_LEVEL"] = logging["ApplicationLogLevel"]
    passed = {key: os.environ[key] for key in PASSED_ON if key in os.environ}
    own = {"AWS_ENDPOINT_URL": f"http://{SETTINGS.address}", lambda_runtime.HOST_PREFIX_ENV: "true"}
    return {**passed, **own, **given, **{key: value for key, value in aws.items() if value}}
