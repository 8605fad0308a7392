"""Cache behaviors of a distribution: what MiniStack's reading of them leaves out."""

from dataclasses import dataclass
from typing import Any

from ministack.services import cloudfront

from .caching import Times


@dataclass(frozen=True)
class Behavior:
    """How requests to some paths are treated."""

    pattern: str
    """Of the paths that it is for; `*` of the default one."""
    key_groups: tuple[str, ...]
    compresses: bool
    encodings: tuple[str, ...]
    """Content encodings that the cache policy knows."""
    times: Times
    cache_key: dict[str, Any]


def behavior_of(distribution: dict[str, Any], path: str) -> Behavior:
    """Return the behavior that takes a path: the first whose pattern matches, else the default one."""
    root = cloudfront._dist_config_el(distribution)
    several = cloudfront._find(root, "CacheBehaviors")
    listed = cloudfront._find(several, "Items") if several is not None else None
    for element in listed if listed is not None else ():
        pattern = cloudfront._text(element, "PathPattern")
        if cloudfront._glob_to_regex(pattern).match(path):
            return _read(element, pattern)
    default = cloudfront._find(root, "DefaultCacheBehavior")
    return _read(default, "*")


def _read(element: Any, pattern: str) -> Behavior:
    groups = cloudfront._find(element, "TrustedKeyGroups")
    is_guarded = groups is not None and cloudfront._text(groups, "Enabled") == "true"
    items = cloudfront._find(groups, "Items") if is_guarded else None
    policy = cloudfront._opt_text(element, "CachePolicyId")
    key, times = _policy(policy) if policy else (_legacy_key(element), _legacy_times(element))
    named = {"br": "EnableAcceptEncodingBrotli", "gzip": "EnableAcceptEncodingGzip"}
    return Behavior(
        pattern,
        tuple(each.text or "" for each in items) if items is not None else (),
        cloudfront._text(element, "Compress") == "true",
        tuple(name for name, flag in named.items() if key.get(flag)),
        times,
        key,
    )


def _policy(identity: str) -> tuple[dict[str, Any], Times]:
    found = cloudfront._cache_policies.get(identity) or cloudfront._MANAGED_CACHE_POLICIES.get(identity)
    if found is None:
        return {}, Times(most=0)
    configuration = found["Config"]
    usual = Times()
    times = Times(
        float(configuration.get("MinTTL", usual.least)),
        float(configuration.get("DefaultTTL", usual.usual)),
        float(configuration.get("MaxTTL", usual.most)),
    )
    return dict(configuration.get("Parameters") or {}), times


def _legacy_times(element: Any) -> Times:
    usual = Times()

    def seconds(name: str, other: float) -> float:
        text = cloudfront._opt_text(element, name)
        return float(text) if text else other

    return Times(seconds("MinTTL", usual.least), seconds("DefaultTTL", usual.usual), seconds("MaxTTL", usual.most))


def _legacy_key(element: Any) -> dict[str, Any]:
    """Return the key of settings without a cache policy, which know gzip alone."""
    values = cloudfront._dataplane_forwarded_values(element) or {"headers": [], "cookies_forward": "none"}
    forwards_query = bool(values.get("query_string"))
    return {
        "EnableAcceptEncodingGzip": True,
        "HeaderBehavior": "all" if "*" in values["headers"] else "whitelist",
        "Headers": values["headers"],
        "CookieBehavior": values["cookies_forward"],
        "Cookies": values.get("cookies_whitelist") or [],
        "QueryStringBehavior": "all" if forwards_query else "none",
    }
