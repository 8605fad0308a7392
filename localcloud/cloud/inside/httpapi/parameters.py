"""Headers that an integration's request parameters change on their way: by constants and by what is known of a call."""

import re
from collections.abc import Mapping

KEY = re.compile(r"^(?P<way>overwrite|append|remove):header\.(?P<name>[A-Za-z0-9_-]+)$")
KNOWN = (
    "identity.sourceIp",
    "identity.userAgent",
    "requestId",
    "domainName",
    "apiId",
    "stage",
    "httpMethod",
    "routeKey",
)
VARIABLE = re.compile(r"\$\{?context\.([A-Za-z0-9_.]*[A-Za-z0-9_])\}?")


def can_be_carried(parameters: Mapping[str, str]) -> bool:
    """Say whether parameters change nothing but headers, by constants and variables that the door knows."""
    return all(
        KEY.match(key) and "$" not in VARIABLE.sub(lambda found: "" if found[1] in KNOWN else "$", value)
        for key, value in parameters.items()
    )


def apply(parameters: Mapping[str, str], headers: Mapping[str, str], context: Mapping[str, object]) -> dict[str, str]:
    """Return the headers that parameters set, in lower case; an empty value takes one away.

    `headers` are the request's, in lower case; parameters that change other things are left out.
    """
    changed: dict[str, str] = {}
    for key, template in parameters.items():
        matched = KEY.match(key)
        if matched is None:
            continue
        name = matched["name"].lower()
        value = VARIABLE.sub(lambda found: str(context.get(found[1], "")), template)
        before = changed.get(name, headers.get(name, ""))
        way = matched["way"]
        changed[name] = "" if way == "remove" else f"{before},{value}" if way == "append" and before else value
    return changed
