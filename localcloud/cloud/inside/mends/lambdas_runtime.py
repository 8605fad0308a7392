"""Lambda: Python functions in processes of their runtime, queued where the machine is full; versions by weight."""

import random
import time
from typing import Any

from .mend import Mend, replace

MOST_PROCESSES = 6
"""Processes of one function that run side by side; further invocations wait for one, as two cores do no more."""
QUEUE_SECONDS = 60.0
"""Then a process is started all the same: a function that invokes itself waits for its own end."""


def _runtime(functions: Any) -> None:
    from ministack.core import lambda_runtime as runtime

    from ..functions import output
    from ..functions.process import Process

    own = runtime._worker_class_for
    starts: dict[str, int] = {}
    """Milliseconds that the start of a process took, by the request that had to wait for it, until that is logged."""

    def worker_class(configuration: dict[str, Any]) -> Any:
        return Process if str(configuration.get("Runtime", "")).startswith("python") else own(configuration)

    runtime._worker_class_for = worker_class

    def execute(function: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        configuration = function.get("config") or function
        packed = function.get("code_zip")
        if not packed or not str(configuration.get("Runtime", "")).startswith("python"):
            return dict(original(function, event, request_id))
        functions._ensure_reaper_thread()
        worker = _leased(runtime, configuration, packed)
        try:
            result = worker.invoke(
                event,
                request_id,
                trace_id=functions._xray_trace_id_for_invocation(configuration),
                invoked_function_arn=configuration.get("FunctionArn", ""),
            )
        finally:
            runtime.release_worker(worker)
        log = "\n".join(result.get("log") or ())
        if result.get("started"):
            starts[request_id] = result["started"]
        if "failure" in result:
            return {"error": True, "body": {**result["failure"], "requestId": request_id}, "log": log}
        return {"body": result.get("result"), "log": log}

    def emit(
        function: dict[str, Any], request_id: str, log: str, is_error: bool, milliseconds: int, **more: Any
    ) -> None:
        configuration = function.get("config") or function
        if not str(configuration.get("Runtime", "")).startswith("python"):
            original_emit(function, request_id, log, is_error, milliseconds, **more)
            return
        scope = functions._account_region_from_function_config(configuration)
        times = output.Times(milliseconds, starts.pop(request_id, 0))
        output.write(scope, configuration, request_id, log.splitlines(), times)

    original = replace(functions, "_execute_function_warm", execute)
    original_emit = replace(functions, "_emit_lambda_logs", emit)


def _leased(runtime: Any, configuration: dict[str, Any], packed: bytes) -> Any:
    """Return a worker of the function's pool: a free one, a new one, or one that becomes free."""
    name, version = configuration.get("FunctionName", ""), configuration.get("Version", "$LATEST")
    end = time.monotonic() + QUEUE_SECONDS
    while time.monotonic() < end:
        worker, _how = runtime.acquire_worker(name, configuration, packed, version, MOST_PROCESSES)
        if worker is not None:
            return worker
        time.sleep(0.005)
    return runtime.acquire_worker(name, configuration, packed, version, 1 << 20)[0]


def _preparation(functions: Any) -> None:
    from ..functions import unpacking

    def prepared(name: str, response: Any) -> Any:
        function = functions._functions.get(name)
        if 200 <= response[0] < 300 and function and function.get("code_zip"):
            runtime = str(function["config"].get("Runtime", ""))
            if runtime.startswith("python"):
                unpacking.prepare(function["code_zip"], runtime)
        return response

    def create(data: dict[str, Any]) -> Any:
        return prepared(data.get("FunctionName", ""), original_create(data))

    def update(name: str, data: dict[str, Any]) -> Any:
        return prepared(name, original_update(name, data))

    def configure(name: str, data: dict[str, Any]) -> Any:
        response = original_configure(name, data)
        if "LoggingConfig" in data:  # part of the environment of its processes
            functions.invalidate_worker(name, qualifier="$LATEST")
        return response

    original_create = replace(functions, "_create_function", create)
    original_update = replace(functions, "_update_code", update)
    original_configure = replace(functions, "_update_config", configure)


def _weights(functions: Any) -> None:
    def chosen(function: dict[str, Any] | None, qualifier: str | None) -> str | None:
        """Return the version that an alias sends this invocation to; the qualifier itself where it is no alias."""
        alias = (function or {}).get("aliases", {}).get(qualifier)
        if alias is None:
            return qualifier
        point = random.random()  # noqa: S311  # no secret
        for version, weight in ((alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}).items():
            if point < weight:
                return str(version)
            point -= weight
        return str(alias.get("FunctionVersion", "$LATEST"))

    def effective(function: dict[str, Any] | None, qualifier: str | None) -> Any:
        return original_effective(function, chosen(function, qualifier))

    async def invoke(
        name: str, event: Any, headers: dict[str, str], path_qualifier: str | None = None, query_params: Any = None
    ) -> Any:
        given = (query_params or {}).get("Qualifier")
        qualifier = path_qualifier or (given[0] if isinstance(given, list) else given)
        function = functions._functions.get(name)
        alias = (function or {}).get("aliases", {}).get(qualifier)
        if alias is not None and alias.get("RoutingConfig"):
            path_qualifier = chosen(function, qualifier)
        return await original_invoke(name, event, headers, path_qualifier, query_params)

    def reserved(function: dict[str, Any], configuration: dict[str, Any]) -> int | None:
        found = functions._functions.get(configuration.get("FunctionName", "")) or function
        limit: int | None = original_reserved(found, configuration)
        return limit

    original_effective = replace(functions, "_effective_func_record_for_qualifier", effective)
    original_invoke = replace(functions, "_invoke", invoke)
    original_reserved = replace(functions, "_reserved_concurrency", reserved)


def _retries(functions: Any) -> None:
    def start(function: dict[str, Any], event: Any) -> None:
        """Versions and aliases follow the settings that were put for them, or for the function."""
        configuration = function.get("config") or function
        base = functions._functions.get(configuration.get("FunctionName", ""))
        settings = (base or {}).get("event_invoke_configs") or {}
        arn = str(configuration.get("FunctionArn", ""))
        qualifier = arn.split(":")[7] if arn.count(":") == 7 else "$LATEST"
        own = settings.get(qualifier) or settings.get("") or function.get("event_invoke_config")
        original({**function, **({"event_invoke_config": own} if own else {})}, event)

    original = replace(functions, "invoke_async_with_retry", start)


MODULE = "ministack.services.lambda_svc"
MENDS = (
    Mend(
        "Python functions run under the interpreter of their runtime, unpacked once, a few at a time, logged as asked",
        "they run on the emulator's own, unpacked for each process, as many at a time as there are requests",
        MODULE,
        {"_execute_function_warm": "62b9218bef5b", "_emit_lambda_logs": "111efbf06968"},
        _runtime,
    ),
    Mend(
        "the code of a function is unpacked and compiled when it is put; another way to log begins at once",
        "the first invocation compiles it, and processes that run log as before",
        MODULE,
        {"_create_function": "e307eecdf0d8", "_update_code": "0998d118b422", "_update_config": "6999cb0695da"},
        _preparation,
    ),
    Mend(
        "an alias sends invocations to its versions by weight, and reserved concurrency counts for all of them",
        "the weights are kept and not acted on, a version knows no limit",
        MODULE,
        {
            "_effective_func_record_for_qualifier": "9347cb8fd2dc",
            "_invoke": "ab193779e5c2",
            "_reserved_concurrency": "ebec4b4bba77",
        },
        _weights,
    ),
    Mend(
        "an alias has its own settings for asynchronous invocations",
        "only those of the function count",
        MODULE,
        {"invoke_async_with_retry": "289fe4d3cbd4"},
        _retries,
    ),
)
