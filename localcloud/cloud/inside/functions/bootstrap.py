"""Runs in the process of a function, under the interpreter of its runtime: imports the handler, then invokes it.

It speaks with the cloud by two pipes, a JSON document a line; what the function prints is its log.
"""

import importlib
import json
import logging
import os
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

END = "\0end of invocation\0"
"""What stands in the log when an invocation has written everything."""


class Context:
    """What a handler learns of its invocation."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self.aws_request_id = asked["request_id"]
        self.invoked_function_arn = asked["invoked_function_arn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = self.client_context = self.tenant_id = None
        self._deadline = time.time() + asked["seconds"]

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the handler may still take."""
        return max(0, int((self._deadline - time.time()) * 1000))


class Handler(logging.StreamHandler):  # type: ignore[type-arg]  # a program's base has no arguments
    """Writes records of the standard library's loggers as the runtime does."""

    request_id = ""

    def format(self, record: logging.LogRecord) -> str:
        """Return a line: JSON where the function asks for it, else text with tabs."""
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        if os.environ.get("AWS_LAMBDA_LOG_FORMAT") != "JSON":
            text = f"[{record.levelname}]\t{stamp}.{int(record.msecs):03d}Z\t{self.request_id}\t{record.getMessage()}"
            return text + (f"\n{''.join(traceback.format_exception(*record.exc_info))}" if record.exc_info else "")
        said: dict[str, object] = {"timestamp": f"{stamp}Z", "level": record.levelname, "message": record.getMessage()}
        said["logger"] = record.name
        if record.exc_info and record.exc_info[0]:
            said["errorType"], said["errorMessage"] = record.exc_info[0].__name__, str(record.exc_info[1])
            said["stackTrace"] = traceback.format_tb(record.exc_info[2])
        return json.dumps({**said, "requestId": self.request_id}, ensure_ascii=False)


def failure(error: BaseException, kind: str = "") -> dict[str, Any]:
    """Return an error as the caller of the function sees it, without the frames of this file."""
    frames = [each for each in traceback.extract_tb(error.__traceback__) if each.filename != __file__]
    frames = [each for each in frames if "importlib" not in each.filename]
    return {
        "errorMessage": str(error),
        "errorType": kind or type(error).__name__,
        "stackTrace": traceback.format_list(frames),
    }


def write_failure(found: dict[str, Any]) -> None:
    """Write an error into the log."""
    if os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON":
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        print(json.dumps({"timestamp": stamp, "log_level": "ERROR", **found}, ensure_ascii=False))
    else:
        trace = "".join(found["stackTrace"])
        print(f"[ERROR] {found['errorType']}: {found['errorMessage']}\nTraceback (most recent call last):\n{trace}")


def load(code: str, packages: str, handler: str) -> tuple[Callable[..., Any] | None, dict[str, Any] | None]:
    """Import the handler; return it, or what is wrong with it."""
    sys.path[0] = code
    sys.path.append(packages)
    name, _, function = handler.rpartition(".")
    name = name.replace("/", ".")
    try:
        return getattr(importlib.import_module(name), function), None
    except ImportError as error:
        found = failure(error, "Runtime.ImportModuleError")
        found["errorMessage"] = f"Unable to import module '{name}': {error}"
    except AttributeError as error:
        found = failure(error, "Runtime.HandlerNotFound")
        found["errorMessage"] = f"Handler '{function}' missing on module '{name}'"
    except SyntaxError as error:
        found = failure(error, "Runtime.UserCodeSyntaxError")
    except Exception as error:  # whatever the module raises is what its caller is told
        found = failure(error)
    return None, found


def invoke(handle: Callable[..., Any], asked: dict[str, Any]) -> str:
    """Run the handler once; return its answer."""
    Handler.request_id = asked["request_id"]
    for name, value in asked["environment"].items():
        os.environ[name] = value
    try:
        return json.dumps({"result": handle(asked["event"], Context(asked))}, ensure_ascii=False)
    except SystemExit as error:
        text = f"Error: Runtime exited with error: exit status {error.code}"
        found = {"errorMessage": text, "errorType": "Runtime.ExitError", "stackTrace": []}
    except BaseException as error:
        found = failure(error)
    write_failure(found)
    return json.dumps({"failure": found})


def log_by_the_standard_library() -> None:
    """Let records of the function's loggers reach its log, from the level that it asks for."""
    root = logging.getLogger()
    root.addHandler(Handler(sys.stdout))
    root.setLevel(os.environ.get("AWS_LAMBDA_LOG_LEVEL", "WARNING").replace("TRACE", "DEBUG"))


def main() -> None:
    """Serve until the cloud closes its pipe."""
    ours, theirs = int(sys.argv[1]), int(sys.argv[2])
    sys.stdout.reconfigure(line_buffering=True, encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    log_by_the_standard_library()
    with open(ours, encoding="utf-8") as requests, open(theirs, "w", encoding="utf-8") as answers:
        started = json.loads(requests.readline())
        del sys.argv[1:]
        handle, broken = load(started["code"], started["packages"], started["handler"])
        if broken:
            write_failure(broken)
        answers.write("{}\n")
        answers.flush()
        for line in requests:
            answer = invoke(handle, json.loads(line)) if handle else json.dumps({"failure": broken})
            print(END, flush=True)
            answers.write(answer + "\n")
            answers.flush()


if __name__ == "__main__":
    main()
