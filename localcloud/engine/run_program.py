"""Runs a Pulumi program in a process of its own; started by the language host with its orders on standard input.

The first line of standard input is one JSON object: project, stack, organization, root, program (path), args,
monitor, engine, parallel, dry_run, config and secret_keys. Standard input stays open as long as the language host
lives. Nothing of the project is imported, so that starting costs no more than the SDK itself.

Exit codes: 0 done; 32 failed and has told the engine why; anything else is the program's own.
"""

import asyncio
import atexit
import gc
import json
import logging
import os
import runpy
import signal
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NoReturn

TOLD = 32
"""Exit code: what went wrong has been shown already, nothing needs to be added."""


def main() -> int:
    """Take the orders, run the program, return the exit code."""
    # A program registers what it has and ends: looking for garbage in between costs two fifths of its processor time.
    gc.disable()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    lifeline = os.dup(0)
    orders = _orders(lifeline)
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
    threading.Thread(target=_end_with_host, args=(lifeline,), daemon=True).start()
    import pulumi
    import pulumi.runtime

    pulumi.runtime.set_all_config(orders["config"], orders["secret_keys"])
    settings = pulumi.runtime.Settings(
        project=orders["project"],
        stack=orders["stack"],
        organization=orders["organization"],
        root_directory=orders["root"],
        monitor=orders["monitor"],
        engine=orders["engine"],
        parallel=orders["parallel"],
        dry_run=orders["dry_run"],
    )
    pulumi.runtime.configure(settings)
    if os.environ.get("SLIPWAY_DEBUG") != "1":
        _drop_debug_lines()
    _shorten_stacks()
    _leave_unmade_unknown()
    return _run(os.path.abspath(orders["program"]), orders)


def _drop_debug_lines() -> None:
    """Keep the SDK's lines for debugging from the engine, which shows them to nobody who does not ask.

    They are five a resource, and the program stands still for each until the engine has answered.
    """
    import pulumi

    pulumi.log.debug = lambda *_, **__: None


def _shorten_stacks() -> None:
    """Tell the engine the one line of the program that makes a resource, in place of the whole stack.

    The SDK sends every frame, its own and asyncio's with them: half of each state, which is written anew at every
    step, and the names of this machine's folders in it.
    """
    import pulumi
    from pulumi.runtime import resource
    from pulumi.runtime.proto import source_pb2

    def nearest(_: source_pb2.StackTrace) -> source_pb2.SourcePosition:
        frame, made = sys._getframe(1), None
        while frame.f_back:
            own = frame.f_locals.get("self", frame.f_locals.get("__self__"))  # as generated classes call it
            if made is None and isinstance(own, pulumi.Resource):
                made = own
            elif made is not None and own is not made:
                break
            frame = frame.f_back
        return source_pb2.SourcePosition(uri=Path(frame.f_code.co_filename).as_uri(), line=frame.f_lineno)

    resource._get_stack_trace = source_pb2.StackTrace
    resource._get_source_position = nearest


def _leave_unmade_unknown() -> None:
    """Let what does not exist, because a run has other targets, have outputs that are not known.

    The engine answers for it as for the rest, with nothing; the SDK makes that a None for every output, on which the
    program fails that joins one to a text. Unknown, as in a preview, it keeps all that follows from it out as well.
    """
    from pulumi.runtime import rpc

    resolve_all = rpc.resolve_outputs

    def known_if_given(resolve: Any) -> Any:
        return lambda value, known, *more: resolve(value, known and value is not None, *more)

    def resolve_outputs(
        res: Any, inputs: Any, outputs: Any, deps: Any, resolvers: Any, custom: bool, *more: Any
    ) -> None:
        if custom and not outputs.fields:
            resolvers = {name: known_if_given(resolve) for name, resolve in resolvers.items()}
        resolve_all(res, inputs, outputs, deps, resolvers, custom, *more)

    rpc.resolve_outputs = resolve_outputs


def _orders(descriptor: int) -> dict[str, Any]:
    """Read the first line, byte blocks at a time: nothing may be read past it into a buffer that is lost."""
    text = b""
    while not text.endswith(b"\n"):
        block = os.read(descriptor, 1 << 16)
        if not block:
            raise SystemExit(1)
        text += block
    orders: dict[str, Any] = json.loads(text)
    return orders


def _end_with_host(descriptor: int) -> None:
    """End this process as soon as the language host is gone, however it went."""
    while os.read(descriptor, 1 << 16):
        pass
    os._exit(1)


def _run(program: str, orders: dict[str, Any]) -> int:
    """Run the program inside a stack resource and wait for all it started."""
    import pulumi
    import pulumi.runtime

    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # unfinished futures of a failed run are no news
    sys.argv = [program, *orders["args"]]
    if not os.path.isdir(program):
        sys.path.insert(0, os.path.dirname(program))
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    executor = ThreadPoolExecutor(max_workers=max(orders["parallel"], 1) * 4)
    loop.set_default_executor(executor)
    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: _execute(program)))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return TOLD
    except _EndedEarlyError as ended:
        return ended.code
    except Exception as error:
        pulumi.log.error(f"the program failed:\n{_own_part(error, program)}")
        return TOLD
    finally:
        executor.shutdown(wait=True)
        loop.close()
    return 0


class _EndedEarlyError(Exception):
    """The program called `sys.exit` with something that is not success."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def _execute(program: str) -> None:
    """Run the program; a call of `sys.exit` becomes an error like any other, so that what it started is awaited."""
    import pulumi

    try:
        runpy.run_path(program, run_name="__main__")
    except SystemExit as ended:
        if isinstance(ended.code, str):
            raise pulumi.RunError(ended.code) from None
        if ended.code:
            raise _EndedEarlyError(ended.code) from None
    _let_calls_begin()


def _let_calls_begin() -> None:
    """Give the SDK a call to wait for that is over at once, so that it sees those of the program begin.

    It waits for one call after the other while it knows of any. Where the program has only just ended none has begun,
    and it turns to waiting for the first of all outputs, then for the first of the others, and so on: work that grows
    with the square of the resources.
    """
    from pulumi.runtime.settings import SETTINGS

    SETTINGS.rpc_manager.rpcs.append(asyncio.ensure_future(asyncio.sleep(0)))


def _own_part(error: BaseException, program: str) -> str:
    """Return the traceback from the program's first line on, or all of it when the program is not in it."""
    frames = traceback.extract_tb(error.__traceback__)
    mine = {program, os.path.join(program, "__main__.py")}
    first = next((index for index, frame in enumerate(frames) if os.path.abspath(frame.filename) in mine), 0)
    return "".join(traceback.format_exception(error, limit=first - len(frames) if first else None))


def _end(code: int) -> NoReturn:
    """End at once: taking apart what a program has made, object by object, takes as long as a tenth of its run."""
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    _end(main())
