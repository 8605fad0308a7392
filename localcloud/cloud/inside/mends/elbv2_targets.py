"""ELBv2: targets that are checked, and that drain before they are gone."""

from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape

from ..settings import SETTINGS
from ..targets import Target, Targets
from .mend import Mend, replace

DESCRIPTIONS = {
    "Elb.InitialHealthChecking": "Initial health checks in progress",
    "Target.FailedHealthChecks": "Health checks failed",
    "Target.Timeout": "Request timed out",
    "Target.ResponseCodeMismatch": "Health checks failed with an unexpected code",
    "Target.DeregistrationInProgress": "Target deregistration is in progress",
}

targets: Targets
"""The targets of every account; there from the moment the mend is applied."""


def drain_seconds(alb: Any, group: str) -> float:
    """Return how long a target of the group drains: its deregistration delay, within this process's limit."""
    attributes = {each["Key"]: each["Value"] for each in alb._tg_attrs.get(group, [])}
    return min(float(attributes.get("deregistration_delay.timeout_seconds", 300)), SETTINGS.drain_seconds)


def _health(alb: Any) -> None:
    global targets

    def registered() -> Iterable[tuple[Target, dict[str, Any]]]:
        groups = {(account, arn): group for (account, _region, arn), group in alb._tgs.all_items()}
        for (account, arn), members in list(alb._targets._data.items()):
            group = groups.get((account, arn))
            if group is None:
                continue
            for member in list(members):
                yield Target(account, arn, member["Id"], int(member.get("Port") or group["Port"])), group

    targets = Targets(registered)
    targets.start()
    set_targets, deregister = alb.set_targets_for_group, alb._deregister_targets

    def members(group: str) -> set[Target]:
        default = alb._tgs[group].get("Port", 80) if group in alb._tgs else 80
        known = alb._targets.get(group, [])
        return {Target(alb.get_account_id(), group, each["Id"], int(each.get("Port") or default)) for each in known}

    def changed(group: str, before: set[Target]) -> None:
        now = members(group)
        for gone in before - now:
            targets.drain(gone, drain_seconds(alb, group))
        for target in now:
            targets.registered(target)

    def set_targets_for_group(group: str, wanted: Any, previous: Any = ()) -> bool:
        before = members(group)
        done: bool = set_targets(group, wanted, previous)
        if done:
            changed(group, before)
        return done

    def deregister_targets(params: dict[str, Any]) -> Any:
        group = alb._p(params, "TargetGroupArn")
        before = members(group)
        result = deregister(params)
        if group in alb._tgs:
            changed(group, before)
        return result

    def describe_target_health(params: dict[str, Any]) -> Any:
        group = alb._p(params, "TargetGroupArn")
        if group not in alb._tgs:
            return alb._error("TargetGroupNotFound", f"Target group '{group}' not found.")
        asked = {each["Id"] for each in alb._parse_targets_param(params)}
        found = [(target, targets.health(target)) for target in sorted(members(group))]
        lines = [_line(target, health.state, health.reason) for target, health in found]
        leaving = targets.draining(alb.get_account_id(), group)
        lines += [_line(target, "draining", "Target.DeregistrationInProgress") for target in leaving]
        shown = [text for address, text in lines if not asked or address in asked]
        body = f"<TargetHealthDescriptions>{''.join(shown)}</TargetHealthDescriptions>"
        return alb._xml(200, "DescribeTargetHealth", body)

    replace(alb, "set_targets_for_group", set_targets_for_group)
    replace(alb, "_deregister_targets", deregister_targets)
    replace(alb, "_describe_target_health", describe_target_health)


def _line(target: Target, state: str, reason: str) -> tuple[str, str]:
    why = f"<Reason>{reason}</Reason><Description>{escape(DESCRIPTIONS.get(reason, reason))}</Description>"
    return target.address, (
        f"<member><Target><Id>{escape(target.address)}</Id><Port>{target.port}</Port></Target>"
        f"<HealthCheckPort>{target.port}</HealthCheckPort>"
        f"<TargetHealth><State>{state}</State>{why if reason else ''}</TargetHealth></member>"
    )


MENDS = (
    Mend(
        "targets are initial, healthy, unhealthy or draining as their health path answers",
        "every registered target is healthy at once and gone at once",
        "ministack.services.alb",
        {
            "set_targets_for_group": "72b06370418a",
            "_deregister_targets": "1906f012a6da",
            "_describe_target_health": "d848e8a26fcb",
        },
        _health,
    ),
)
