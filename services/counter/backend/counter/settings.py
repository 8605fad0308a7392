"""What the service is told by its environment, checked once when it starts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

StoreKind = Literal["memory", "dynamodb"]

PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)*")


class SettingsError(ValueError):
    """The environment cannot be used; the message names every variable at fault."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The service's settings; `from_environment` is how a process gets them."""

    store: StoreKind = "memory"
    """Where the counter lives: in this process, or in a DynamoDB table."""
    table: str = ""
    """Name of the DynamoDB table; its partition key is the string `id`."""
    region: str = ""
    """The table's region."""
    prefix: str = ""
    """Path in front of every route, such as `/api`; empty for none."""
    workers: int = 1
    """Number of server processes."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read COUNTER_STORE, COUNTER_TABLE, COUNTER_PREFIX, AWS_REGION (or AWS_DEFAULT_REGION) and WEB_CONCURRENCY.

        Raises SettingsError with all that is wrong, joined by semicolons.
        """
        problems: list[str] = []
        store = environment.get("COUNTER_STORE") or "memory"
        if store not in get_args(StoreKind):
            problems.append(f"COUNTER_STORE: memory or dynamodb, got {store!r}")
        table = environment.get("COUNTER_TABLE", "")
        region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or ""
        if store == "dynamodb":
            if not table:
                problems.append("COUNTER_TABLE: needed with COUNTER_STORE=dynamodb, the name of the table")
            if not region:
                problems.append("AWS_REGION: needed with COUNTER_STORE=dynamodb, the table's region")
        prefix = environment.get("COUNTER_PREFIX", "")
        if not PREFIX.fullmatch(prefix):
            problems.append(f"COUNTER_PREFIX: empty or a path such as /api without a slash at its end, got {prefix!r}")
        workers = environment.get("WEB_CONCURRENCY") or ("2" if store == "dynamodb" else "1")
        if not re.fullmatch(r"[1-9][0-9]?", workers):
            problems.append(f"WEB_CONCURRENCY: a number of processes from 1 to 99, got {workers!r}")
        elif problem := too_many_workers(store, int(workers)):
            problems.append(f"WEB_CONCURRENCY: {problem}")
        if problems:
            raise SettingsError("; ".join(problems))
        return cls(
            store="dynamodb" if store == "dynamodb" else "memory",
            table=table,
            region=region,
            prefix=prefix,
            workers=int(workers),
        )


def too_many_workers(store: str, workers: int) -> str:
    """Why that many processes cannot share the store; empty when they can."""
    if store == "memory" and workers > 1:
        return f"the memory store is one process's own: 1 worker, got {workers}, or set COUNTER_STORE=dynamodb"
    return ""
