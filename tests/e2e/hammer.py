"""Requests one after the other from a few threads, each counted: what a person would have seen through a roll."""

import threading
import time
from collections import Counter

from tests.e2e import commands


class Hammer:
    """Asks an address until it is stopped; at most `seconds` long."""

    def __init__(self, url: str, threads: int = 4, seconds: float = 300) -> None:
        self.url = url
        self.answers: Counter[str] = Counter()
        self._stop = threading.Event()
        self._end = time.monotonic() + seconds
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(threads)]

    def __enter__(self) -> "Hammer":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=60)

    def _work(self) -> None:
        while not self._stop.is_set() and time.monotonic() < self._end:
            try:
                code, body = commands.ask(self.url)
                good = code == 200 and '"counter"' in body
                self.answers["good" if good else f"{code} {body[:120]}"] += 1
            except OSError as error:
                self.answers[f"{type(error).__name__}: {error}"] += 1
            # A person's pace times many: fast enough to meet each moment of a roll, slow enough for two cores.
            time.sleep(0.02)

    @property
    def failed(self) -> int:
        """How many requests had any other answer than the counter."""
        return self.answers.total() - self.answers["good"]

    def __str__(self) -> str:
        return f"{self.failed} of {self.answers.total()} failed"
