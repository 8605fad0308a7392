"""The next stack is compared with its cloud while the one before it comes up: a run leaves half of two cores idle."""

from concurrent.futures import Future, ThreadPoolExecutor, wait
from types import TracebackType

from localcloud.errors import Trouble
from pipelines import command, stacks
from pipelines.driver import Driver
from pipelines.machine import Machine
from pipelines.run import Run


class Ahead:
    """Refreshes begun ahead of the runs that need them; what has begun ends with the `with` block."""

    def __init__(self, ready: Machine) -> None:
        self._ready = ready
        self._pool = ThreadPoolExecutor(1, "ahead")
        self._begun: dict[str, Future[Run]] = {}

    def begin(self, stack: str) -> None:
        """Begin a stack's refresh, unless it has nothing to look at or another run holds it."""
        driver = Driver(stack, self._ready)
        if driver.is_free() and stacks.resources(stack):
            self._begun[stack] = self._pool.submit(driver.refresh)

    def seen(self, stack: str) -> Run | None:
        """Wait for a stack's refresh; nothing where none was begun or it failed: the run itself finds out why."""
        begun = self._begun.pop(stack, None)
        try:
            return begun.result() if begun else None
        except Trouble:
            return None

    def forget(self) -> None:
        """Have nothing seen so far count; a refresh that is under way is waited for, as it holds its stack."""
        wait(self._begun.values())
        self._begun.clear()

    def __enter__(self) -> "Ahead":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            command.stop()
        with command.interruptible():
            self._pool.shutdown()
