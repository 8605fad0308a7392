"""What a person sees while something takes long: one calm line a step, nothing on standard output."""

import contextlib
import sys
import time
from collections.abc import Iterator

from rich.console import Console
from rich.status import Status

console = Console(stderr=True, highlight=False)


class Step:
    """A step under way, whose line can say what it is doing just now."""

    def __init__(self, title: str, status: Status | None) -> None:
        self.title = title
        self.note = ""
        self._status = status

    def say(self, detail: str) -> None:
        """Show what the step is doing at this moment; a terminal shows it in place, a log file not at all."""
        if self._status is not None:
            room = max(20, console.width - len(self.title) - 12)
            self._status.update(f"{self.title} [dim]{detail.strip()[:room]}[/dim]")

    def result(self, note: str) -> None:
        """Set what stands behind the step's title when it is done."""
        self.note = note


@contextlib.contextmanager
def step(title: str) -> Iterator[Step]:
    """Show a step with a spinner, and one line with its time when it ends: `✓ title (3.2 s) note`.

    Steps may run one inside the other or side by side: only the outermost one of a terminal spins.
    """
    started = time.monotonic()
    spinning = console.is_terminal and not getattr(console, "_live_stack", None)
    status = console.status(title) if spinning else None
    current = Step(title, status)
    with status if status is not None else contextlib.nullcontext():
        try:
            yield current
        except BaseException:
            console.print(f"[red]✗[/red] {title} [dim]({time.monotonic() - started:.1f} s)[/dim]")
            raise
    took = time.monotonic() - started
    console.print(f"[green]✓[/green] {title} [dim]({took:.1f} s)[/dim] {current.note}".rstrip(), soft_wrap=True)


def note(text: str) -> None:
    """Tell the person something that is not part of a result."""
    console.print(text, soft_wrap=True)


def is_interactive() -> bool:
    """Say whether a person can answer a question now."""
    return sys.stdin.isatty() and console.is_terminal
