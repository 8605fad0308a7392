"""Questions to a provider whose failure a person can mend: one line instead of a traceback."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import pulumi

T = TypeVar("T")

_ENGINES_OWN_WORDS = re.compile(r"^((invoke|invocation) of \S+ (failed|returned an error):\s*)+")


def ask(
    token: str,
    arguments: Mapping[str, Any],
    opts: pulumi.InvokeOptions,
    *,
    read: Callable[[Mapping[str, Any]], T],
    failure: str,
) -> pulumi.Output[T]:
    """Call a provider's function by its token and return what `read` makes of the answer.

    The SDK's own wrappers let an error past whoever awaits them, as a traceback; here the run ends with a RunError
    that says `failure` and the provider's last line. A RunError of `read` itself is left as it is.
    """

    async def answered() -> T:
        try:
            answer = await pulumi.runtime.invoke_async(token, dict(arguments), opts)
        except Exception as error:
            raise pulumi.RunError(f"{failure}: {_reason(error)}") from None
        return read(answer)

    answer: pulumi.Output[T] = pulumi.Output.from_input(answered())
    return answer


def _reason(error: Exception) -> str:
    """Return the last line of what the provider said, without the engine's account of who asked whom."""
    lines = _ENGINES_OWN_WORDS.sub("", str(error).strip()).splitlines()
    return lines[-1] if lines else "no reason given"
