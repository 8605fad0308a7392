"""ECS: a service is steady when its tasks answer, gives back what it was given, and tells what happens to it."""

import time
from typing import Any

from ..settings import SETTINGS
from ..targets import Target
from ..watch import Watch
from . import elbv2_targets
from .mend import Mend, replace

STARTUP_SECONDS = 1.0
POLL_SECONDS = 0.2
EVENTS_KEPT = 100
FREE_RESTARTS = 3
LONGEST_PAUSE_SECONDS = 30.0
KEPT_INPUTS = (
    "availabilityZoneRebalancing",
    "enableECSManagedTags",
    "placementConstraints",
    "placementStrategy",
    "propagateTags",
    "serviceConnectConfiguration",
    "serviceRegistries",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
)


def tell(ecs: Any, service: dict[str, Any], message: str) -> None:
    """Add an event to a service, newest first."""
    text = f"(service {service['serviceName']}) {message}"
    service["events"].insert(0, {"id": ecs.new_uuid(), "createdAt": ecs._iso(), "message": text})
    del service["events"][EVENTS_KEPT:]


def service_of(ecs: Any, task: dict[str, Any]) -> tuple[str, str, dict[str, Any]] | None:
    """Return a task's cluster name, service key and service record, or nothing for a task on its own."""
    cluster = ecs._cluster_name_from_arn(task.get("clusterArn", ""))
    group = task.get("group", "")
    key = f"{cluster}/{group.removeprefix('service:')}"
    service = ecs._services.get(key) if cluster and group.startswith("service:") else None
    return (cluster, key, service) if service else None


def _inputs(ecs: Any) -> None:
    def keep(data: dict[str, Any], response: Any) -> Any:
        if response[0] != 200:
            return response
        cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
        name = data.get("serviceName") or ecs._resolve_service_ref(data.get("service", ""))[0]
        service = ecs._services[f"{cluster}/{name}"]
        for key in KEPT_INPUTS:
            if key in data:
                service[key] = data[key]
        service.setdefault("availabilityZoneRebalancing", "DISABLED")
        return ecs.json_response({"service": ecs._sanitize(service)})

    def create(data: dict[str, Any]) -> Any:
        return keep(data, original_create(data))

    def update(data: dict[str, Any]) -> Any:
        return keep(data, original_update(data))

    def make_deployment(task_definition: str, desired: int, status: str = "PRIMARY") -> Any:
        deployment = original_make(task_definition, desired, status)
        return {**deployment, "rolloutState": "IN_PROGRESS", "rolloutStateReason": "ECS deployment in progress."}

    original_create = replace(ecs, "_create_service", create)
    original_update = replace(ecs, "_update_service", update)
    original_make = replace(ecs, "_make_deployment", make_deployment)


def _steadiness(ecs: Any) -> None:
    def is_ready(task: dict[str, Any]) -> bool:
        definition = ecs._task_defs.get(ecs._resolve_td_key(task["taskDefinitionArn"])) or {}
        checked = {each["name"] for each in definition.get("containerDefinitions", []) if each.get("healthCheck")}
        if any(each["healthStatus"] != "HEALTHY" for each in task["containers"] if each["name"] in checked):
            return False
        return all(elbv2_targets.targets.health(target).state == "healthy" for target in targets_of(ecs, task))

    def follow(cluster: str, key: str, account: str, region: str, healthy_task: Any = None) -> None:
        def work() -> None:
            with ecs.request_scope(account, region):
                time.sleep(STARTUP_SECONDS)
                if healthy_task is None:
                    ecs._complete_service_deployment(cluster, key)
                    return
                guard(cluster, key, healthy_task)

        ecs.spawn_background(work, thread_name=f"slipway-follow-{key.rsplit('/', 1)[-1][:8]}")

    def guard(cluster: str, key: str, task: dict[str, Any]) -> None:
        """Say when a new task is ready, then replace it when it fails its checks for long."""
        well = time.monotonic()
        while ecs._task_is_active(task["taskArn"], task) and task["lastStatus"] == "RUNNING":
            service = ecs._services.get(key) or {}
            grace = 0 if task["_startup_stable"] else service.get("healthCheckGracePeriodSeconds") or 0
            if is_ready(task):
                well = time.monotonic()
                if not task["_startup_stable"]:
                    deployment = ecs._deployment_for_task(service, task) or {}
                    ecs._record_service_task_healthy(key, task)
                    ecs._refresh_service_state(cluster, task["group"])
                    ecs._reconcile_service_tasks(cluster, key)
                    ecs._complete_service_deployment(cluster, key, expected_deployment_id=deployment.get("id"))
            elif time.monotonic() - well > SETTINGS.unhealthy_seconds + grace:
                tell(ecs, service, f"(task {task['taskArn'].rsplit('/', 1)[-1]}) failed its health checks")
                ecs._mark_task_stopped(task["taskArn"], task, "Task failed health checks", "EssentialContainerExited")
                ecs._cleanup_task_resources(task, None)
            time.sleep(POLL_SECONDS if not task["_startup_stable"] else 5 * POLL_SECONDS)

    replace(ecs, "_schedule_service_deployment_completion", follow)


def targets_of(ecs: Any, task: dict[str, Any]) -> list[Target]:
    """Return the addresses under which a service's task is registered with load balancers."""
    found = service_of(ecs, task)
    address = ecs._task_ip(task)
    if found is None or not address:
        return []
    return [
        Target(ecs.get_account_id(), each["targetGroupArn"], address, int(each.get("containerPort", 80)))
        for each in found[2].get("loadBalancers") or []
        if each.get("targetGroupArn")
    ]


def _watching(ecs: Any) -> None:
    def containers() -> list[dict[str, Any]]:
        label = f"{ecs.container_reaper.INSTANCE_LABEL}={ecs.container_reaper.instance_id()}"
        listed: list[dict[str, Any]] = ecs._get_docker().api.containers(all=True, filters={"label": [label]})
        return listed

    def ended(pair: dict[str, Any], gone: bool) -> None:
        task, account, region = pair["_watched"]
        with ecs.request_scope(account, region):
            if not gone:
                ecs._maybe_mark_stopped(task)
            elif ecs._mark_task_stopped(
                task["taskArn"], task, "Essential container in task exited", "EssentialContainerExited", 137
            ):
                ecs._cleanup_task_resources(task, None)

    watch = Watch(containers, ended)

    def watch_task(task: dict[str, Any], _client: Any, account: str, region: str) -> None:
        task["_watched"] = (task, account, region)

        def is_active() -> bool:
            with ecs.request_scope(account, region):
                return bool(ecs._task_is_active(task["taskArn"], task))

        watch.add(task["taskArn"], task, is_active)
        found = service_of(ecs, task)
        if found:
            ecs._schedule_service_deployment_completion(found[0], found[1], account, region, healthy_task=task)

    replace(ecs, "_watch_task_lifecycle", watch_task)


def _failed_deployments(ecs: Any) -> None:
    def refresh(cluster: str, group: str) -> None:
        original(cluster, group)
        service = ecs._services.get(f"{cluster}/{(group or '').removeprefix('service:')}")
        primary = ecs._primary_deployment(service) if service else None
        if not primary or primary["rolloutState"] != "COMPLETED":
            return
        service["deployments"] = [
            each
            for each in service["deployments"]
            if each is primary or each.get("runningCount") or each.get("pendingCount")
        ]

    def complete(cluster: str, key: str, expected_deployment_id: str | None = None) -> None:
        before = (ecs._primary_deployment(ecs._services.get(key) or {}) or {}).get("rolloutState")
        original_complete(cluster, key, expected_deployment_id)
        service = ecs._services.get(key)
        primary = ecs._primary_deployment(service) if service else None
        if primary and before == "IN_PROGRESS" and primary["rolloutState"] == "COMPLETED":
            tell(ecs, service, "has reached a steady state.")

    original = replace(ecs, "_refresh_service_state", refresh)
    original_complete = replace(ecs, "_complete_service_deployment", complete)


def _tasks_told(ecs: Any) -> None:
    def run_task(data: dict[str, Any]) -> Any:
        response = original_run(data)
        cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
        service = ecs._services.get(f"{cluster}/{data.get('group', '').removeprefix('service:')}")
        if response[0] == 200 and service and data.get("group", "").startswith("service:"):
            tell(ecs, service, f"has started {data.get('count', 1)} tasks.")
        return response

    def mark_stopped(arn: str, task: dict[str, Any], reason: str, code: str, exit_code: int | None = None) -> bool:
        found = service_of(ecs, task)
        if found and ecs._task_is_active(arn, task):
            exits = f", exit code {exit_code}" if exit_code is not None and code != "UserInitiated" else ""
            tell(ecs, found[2], f"has stopped (task {arn.rsplit('/', 1)[-1]}): {reason}{exits}.")
        return bool(original_stopped(arn, task, reason, code, exit_code))

    def failed(task: dict[str, Any], digest_resolution_failed: bool = False) -> None:
        pause = pause_before_restart(ecs, task)
        if not pause:
            original_failed(task, digest_resolution_failed)
            return
        account, region = ecs.get_account_id(), ecs.get_region()

        def later() -> None:
            time.sleep(pause)
            with ecs.request_scope(account, region):
                original_failed(task, digest_resolution_failed)

        ecs.spawn_background(later, thread_name="slipway-restart")

    original_run = replace(ecs, "_run_task", run_task)
    original_stopped = replace(ecs, "_mark_task_stopped", mark_stopped)
    original_failed = replace(ecs, "_record_service_task_failure", failed)


def pause_before_restart(ecs: Any, task: dict[str, Any]) -> float:
    """Return how long to wait before a task that ended is replaced: not at all, unless it crashes again and again."""
    found = service_of(ecs, task)
    deployment = ecs._deployment_for_task(found[2], task) if found else None
    if not deployment:
        return 0
    crashed = not task.get("_startup_stable")
    deployment["_crashes"] = deployment.get("_crashes", 0) + 1 if crashed else 0
    extra = deployment["_crashes"] - FREE_RESTARTS
    return float(min(LONGEST_PAUSE_SECONDS, 2**extra)) if extra > 0 else 0


MENDS = (
    Mend(
        "a service gives back every input, and its first deployment is in progress until its tasks are ready",
        "zone rebalancing and others are lost; the first deployment counts as completed before anything runs",
        "ministack.services.ecs",
        {"_create_service": "8bc82a13551c", "_update_service": "bde69c11b50d", "_make_deployment": "5660a8c0ef36"},
        _inputs,
    ),
    Mend(
        "a task counts for a rollout when its health check and its targets pass; one that fails them long is replaced",
        "a second after the container has started it counts, whatever it answers",
        "ministack.services.ecs",
        {
            "_schedule_service_deployment_completion": "938eb06d6faf",
            "_record_service_task_healthy": "ab75f8df0ba5",
            "_watch_task_lifecycle": "96817b678967",
            "_task_is_active": "9745462eeaeb",
            "_task_ip": "516697de65f4",
        },
        _steadiness,
    ),
    Mend(
        "all containers are watched by one listing, and one that was removed by hand is replaced too",
        "each is inspected twice every 0.1 s, and a removed one counts as running for ever",
        "ministack.services.ecs",
        {"_watch_task_lifecycle": "96817b678967", "_maybe_mark_stopped": "c9797b050da2"},
        _watching,
    ),
    Mend(
        "a failed deployment is listed until another one is completed, so that `services_stable` can succeed",
        "it is listed for ever",
        "ministack.services.ecs",
        {"_refresh_service_state": "5dcadfc2dcdd", "_complete_service_deployment": "4472ae6823d0"},
        _failed_deployments,
    ),
    Mend(
        "events tell of tasks started and stopped and of the steady state; a crash loop slows down",
        "there are next to no events, and a crashing task is started again at once for ever",
        "ministack.services.ecs",
        {
            "_run_task": "6e96d8f5a5b8",
            "_mark_task_stopped": "09bac9c1c8d0",
            "_record_service_task_failure": "1f0fff5d229f",
        },
        _tasks_told,
    ),
)
