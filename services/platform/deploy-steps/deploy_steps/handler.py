"""The function's entry: finds the step that the event names, and says in one line what went wrong."""

from collections.abc import Callable, Mapping
from typing import Any

from deploy_steps import cache_user, logical_database, random_secret, run_task, signing_key, static_files
from deploy_steps.errors import StepError, one_line

Event = Mapping[str, Any]
Step = Callable[[Event], dict[str, Any]]

STEPS: Mapping[str, Step] = {
    "logical-database": logical_database.make,
    "cache-user": cache_user.make,
    "signing-key": signing_key.make,
    "random-secret": random_secret.make,
    "run-task": run_task.run,
    "site": static_files.unpack,
}
"""What each step does when its resource is created or changed."""

WHEN_DELETED: Mapping[str, Step] = {"cache-user": cache_user.delete}
"""What is left to do when its resource is deleted; the others keep what they made."""


def handle(event: Event, context: object) -> dict[str, Any]:
    """Do the step `event["step"]`; `event["tf"]["action"]` says when its resource is deleted.

    Raises StepError with one line; an answer holds no secret.
    """
    name = str(event.get("step"))
    if name not in STEPS:
        raise StepError(f"there is no step {name!r}, only {', '.join(sorted(STEPS))}")
    deleted = (event.get("tf") or {}).get("action") == "delete"
    step = WHEN_DELETED.get(name, _keep) if deleted else STEPS[name]
    try:
        return step(event)
    except StepError:
        raise
    except KeyError as error:
        raise StepError(f"{name}: the event lacks {error}") from None
    except Exception as error:
        raise StepError(f"{name}: {one_line(error)}") from error


def _keep(event: Event) -> dict[str, Any]:
    return {"kept": True}
