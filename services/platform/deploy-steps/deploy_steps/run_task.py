"""The step `run-task`: an ECS task that is run to its end, such as a migration; it fails when the task fails.

Event: `cluster` (ARN), `taskDefinition` (family: its newest revision is run), `container`, `command` (list),
`subnets`, `securityGroups`, `logGroup`.
"""

import time
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from deploy_steps import aws
from deploy_steps.errors import StepError

WAIT_SECONDS = 840.0
"""A minute less than the function has."""
PAUSE_SECONDS = 2.0


def run(event: Mapping[str, Any]) -> dict[str, Any]:
    """Run the task, wait for it, and say what it wrote last when it ends with anything but 0."""
    ecs = aws.client("ecs")
    answer = aws.patiently(lambda: ecs.run_task(**_request(event)))
    if answer.get("failures") or not answer.get("tasks"):
        reasons = ", ".join(str(x.get("reason")) for x in answer.get("failures", [])) or "no reason given"
        raise StepError(f"{_command(event)} could not be started: {reasons}")
    task = answer["tasks"][0]["taskArn"]
    ended = _wait(ecs, event, task)
    code = _exit_code(ended, event["container"])
    if code != 0:
        said = _last_line(event, task)
        why = f"ended with {code}" if code is not None else str(ended.get("stoppedReason") or "did not start")
        raise StepError(f"{_command(event)} {why}{f': {said}' if said else ''}")
    return {"task": task, "exitCode": code}


def _request(event: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "cluster": event["cluster"],
        "taskDefinition": event["taskDefinition"],
        "launchType": "FARGATE",
        "count": 1,
        "startedBy": "deploy-steps",
        "networkConfiguration": {
            "awsvpcConfiguration": {
                "subnets": event["subnets"],
                "securityGroups": event["securityGroups"],
                "assignPublicIp": "DISABLED",
            }
        },
        "overrides": {"containerOverrides": [{"name": event["container"], "command": event["command"]}]},
    }


def _wait(ecs: Any, event: Mapping[str, Any], task: str) -> dict[str, Any]:
    end = time.monotonic() + WAIT_SECONDS
    while True:
        tasks = aws.patiently(lambda: ecs.describe_tasks(cluster=event["cluster"], tasks=[task]))["tasks"]
        found: dict[str, Any] = tasks[0] if tasks else {}
        if found.get("lastStatus") == "STOPPED":
            return found
        if time.monotonic() > end:
            ecs.stop_task(cluster=event["cluster"], task=task, reason="it takes too long")
            raise StepError(f"{_command(event)} was not through after {WAIT_SECONDS:.0f} s, and was stopped")
        time.sleep(PAUSE_SECONDS)


def _exit_code(task: Mapping[str, Any], container: str) -> int | None:
    for found in task.get("containers", []):
        if found.get("name") == container:
            code: int | None = found.get("exitCode")
            return code
    return None


def _last_line(event: Mapping[str, Any], task: str) -> str:
    """Return the last line that the task wrote, where its log can be read."""
    container = event["container"]
    stream = f"{container}/{container}/{task.rpartition('/')[2]}"
    try:
        answer = aws.client("logs").get_log_events(
            logGroupName=event["logGroup"], logStreamName=stream, limit=1, startFromHead=False
        )
    except (ClientError, BotoCoreError):
        return ""  # what went wrong is said without it
    lines = [" ".join(str(x["message"]).split()) for x in answer.get("events", [])]
    return lines[-1][:500] if lines else ""


def _command(event: Mapping[str, Any]) -> str:
    return f"{event['container']}: {' '.join(event['command'])}"
