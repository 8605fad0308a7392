"""What must hold between settings of different sections."""

from collections.abc import Iterator
from itertools import combinations
from typing import get_args

from infra.config.kinds import Endpoint
from infra.config.problems import Problem, remove_command, set_command
from infra.config.sections import Settings
from interface import names

LIMITED = ("anythingyouwantt", "market")
"""Systems that count the requests of each visitor themselves."""
WITH_API = ("ewelists", "market", "planner")
"""Systems that are entered through an API that counts the requests of all."""
RESERVED = 900
"""Calls at once that functions may keep for themselves: of an account's 1,000 Lambda leaves 100 to the others."""


def check(stack: str, settings: Settings) -> Iterator[Problem]:
    """Yield every contradiction of a stack file whose sections are right one by one."""
    yield from _accounts(stack, settings)
    yield from _networks(stack, settings)
    yield from _catalogue(stack, settings)
    yield from _hosts(stack, settings)
    yield from _concurrency(settings)
    if settings.stack.kind == "environment":
        yield from _way_out(settings)
        yield from _pins(settings)


def _accounts(stack: str, settings: Settings) -> Iterator[Problem]:
    here, accounts = settings.stack, settings.organisation.accounts
    if (here.kind == "tooling") != (here.environment == names.TOOLING):
        wrong = f"tooling is the environment of the tooling stack and of no other, got kind {here.kind}"
        kind = "tooling" if here.environment == names.TOOLING else "environment"
        yield Problem(("stack", "kind"), wrong, set_command(stack, ("stack", "kind"), kind))
    for name in sorted({names.TOOLING, here.environment} - set(accounts)):
        path = ("organisation", "accounts", name)
        yield Problem(path, "is missing", set_command(stack, path, "111111111111"))
    for name in settings.organisation.builders:
        if name not in accounts or name == names.TOOLING:
            allowed = ", ".join(sorted(set(accounts) - {names.TOOLING}))
            path = ("organisation", "builders", name)
            yield Problem(path[:2], f"must be among {allowed}, got {name}", f"change it in Pulumi.{stack}.yaml")


def _networks(stack: str, settings: Settings) -> Iterator[Problem]:
    networks = settings.organisation.networks
    if settings.stack.kind == "environment" and settings.stack.environment not in networks:
        path = ("organisation", "networks", settings.stack.environment)
        yield Problem(path, "is missing", set_command(stack, path, "10.10.0.0/16"))
    for name in sorted(set(networks) - set(settings.organisation.accounts)):
        path = ("organisation", "networks", name)
        yield Problem(path, "belongs to no account", remove_command(stack, path))
    for (one, first), (other, second) in combinations(sorted(networks.items()), 2):
        if first.overlaps(second):
            path = ("organisation", "networks", other)
            yield Problem(path, f"must not overlap {one} ({first}), got {second}", f"give {other} a range of its own")


def _catalogue(stack: str, settings: Settings) -> Iterator[Problem]:
    listed: tuple[tuple[tuple[str, ...], set[str], tuple[str, ...]], ...] = (
        (("edge", "hosts"), set(settings.edge.hosts), tuple(sorted(names.SYSTEMS))),
        (("edge", "visitor_limits"), set(settings.edge.visitor_limits), LIMITED),
        (("edge", "api_limits"), set(settings.edge.api_limits), WITH_API),
        (("workloads", "services"), set(settings.workloads.services), names.services()),
        (("functions", "sizes"), set(settings.functions.sizes), tuple(sorted(names.FUNCTIONS))),
        (("artifacts",), set(settings.artifacts.root), names.artifacts()),
    )
    for section, given, wanted in listed:
        for name in wanted:
            if name not in given:
                yield Problem(
                    (*section, name), "is missing", f"copy it from another stack file into Pulumi.{stack}.yaml"
                )
        for name in sorted(given - set(wanted)):
            path = (*section, name)
            yield Problem(path, f"must be one of {', '.join(wanted)}, got {name}", remove_command(stack, path))


def _hosts(stack: str, settings: Settings) -> Iterator[Problem]:
    for (one, first), (other, second) in combinations(sorted(settings.edge.hosts.items()), 2):
        if first == second:
            path = ("edge", "hosts", other)
            yield Problem(path, f"must not be the host of {one}, got {second}", set_command(stack, path, other))


def _concurrency(settings: Settings) -> Iterator[Problem]:
    kept = sum(size.concurrency for size in settings.functions.sizes.values())
    if kept > RESERVED:
        wrong = f"all functions together may keep at most {RESERVED} calls at once to themselves, got {kept}"
        yield Problem(("functions", "sizes"), wrong, "lower their concurrency, or set it to 0 to share")


def _way_out(settings: Settings) -> Iterator[Problem]:
    missing = [name for name in get_args(Endpoint) if name not in settings.network.endpoints]
    if settings.network.nat == "none" and missing:
        wrong = f"without NAT every API that tasks call needs an endpoint, missing {', '.join(missing)}"
        yield Problem(("network", "endpoints"), wrong, "add them, or set platform:network.nat to single or per-zone")
    if settings.network.nat == "none" and "planner" in settings.stack.systems:
        wrong = "the planner's administrators sign in at Cognito's own pages, to which no endpoint leads, got none"
        yield Problem(
            ("network", "nat"), wrong, "set it to single or per-zone, or take planner out of platform:stack.systems"
        )


def _pins(settings: Settings) -> Iterator[Problem]:
    for service in names.artifacts(settings.stack.systems):
        pin, path = settings.artifacts.root.get(service), ("artifacts", service)
        if pin == "unreleased":
            wrong = f"nothing has been released to {settings.stack.environment} yet, got unreleased"
            yield Problem(path, wrong, f"pin <address>@<digest> from the outputs of {_builder(settings)}")
        if pin == "build" and settings.stack.environment not in settings.organisation.builders:
            wrong = f"{settings.stack.environment} is not among platform:organisation.builders, got build"
            yield Problem(path, wrong, f"pin <address>@<digest> from the outputs of {_builder(settings)}")


def _builder(settings: Settings) -> str:
    return next(iter(settings.organisation.builders), "an environment that builds")
