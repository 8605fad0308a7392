"""What RDS and ElastiCache have in common: when they may be worked on, and how their versions are written."""

import re

from localcloud.plugins.aws.entry import Rule
from localcloud.plugins.aws.rules import value

_HOUR = r"([01]\d|2[0-3]):[0-5]\d"
_DAY = r"(mon|tue|wed|thu|fri|sat|sun)"
_DAILY = re.compile(f"{_HOUR}-{_HOUR}")
_WEEKLY = re.compile(f"{_DAY}:{_HOUR}-{_DAY}:{_HOUR}")


def daily(name: str) -> Rule:
    """Return the rule that a property is a window of each day, in UTC."""
    return value(name, lambda text: bool(_DAILY.fullmatch(text)), "must be like 03:00-04:00")


def weekly(name: str) -> Rule:
    """Return the rule that a property is a window of each week, in UTC."""
    return value(name, lambda text: bool(_WEEKLY.fullmatch(text.lower())), "must be like sun:05:00-sun:06:00")


def same_version(given: str, live: str) -> bool:
    """Say whether the live version is the program's, which may leave its end out: `17` is `17.4`, too."""
    return live == given or live.startswith(f"{given}.")
