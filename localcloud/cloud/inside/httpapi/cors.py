"""CORS as the gateway answers it: preflights by itself, and its own headers in place of the integration's."""

from collections.abc import Mapping
from typing import Any

PREFIX = "access-control-"


def is_preflight(method: str, headers: Mapping[str, str]) -> bool:
    """Say whether a browser asks what it may send; header names in lower case."""
    return method == "OPTIONS" and "origin" in headers and "access-control-request-method" in headers


def allowed(configuration: Mapping[str, Any], origin: str) -> str | None:
    """Return what an answer to this origin says in `access-control-allow-origin`; nothing when it is not allowed."""
    origins = [str(each).lower() for each in configuration.get("allowOrigins") or ()]
    if "*" in origins:
        return "*"
    asked = origin.lower()
    scheme = asked.partition("://")[0]
    return origin if asked and (asked in origins or f"{scheme}://*" in origins) else None


def answer(configuration: Mapping[str, Any], origin: str) -> dict[str, str]:
    """Return the headers of an answer to a request of a page of this origin."""
    value = allowed(configuration, origin)
    if value is None:
        return {}
    headers = {"access-control-allow-origin": value}
    if value != "*":
        headers["vary"] = "origin"
    if configuration.get("allowCredentials"):
        headers["access-control-allow-credentials"] = "true"
    if configuration.get("exposeHeaders"):
        headers["access-control-expose-headers"] = ",".join(configuration["exposeHeaders"])
    return headers


def preflight(configuration: Mapping[str, Any], origin: str) -> dict[str, str]:
    """Return the headers of the 204 to a preflight; none of CORS for an origin that is not allowed."""
    headers = answer(configuration, origin)
    if not headers:
        return {}
    headers.pop("access-control-expose-headers", None)
    for name, key in (("methods", "allowMethods"), ("headers", "allowHeaders")):
        if configuration.get(key):
            headers[f"access-control-allow-{name}"] = ",".join(configuration[key])
    if configuration.get("maxAge") is not None:
        headers["access-control-max-age"] = str(configuration["maxAge"])
    return headers
