"""Listeners and their rules: what AWS refuses in an action or a condition, for `Entry.limits`."""

from typing import Any

from localcloud.plugins.aws.rules import ARN

_TYPES = ["authenticate-cognito", "authenticate-oidc", "fixed-response", "forward", "redirect"]
_CONTENTS = ["text/plain", "text/css", "text/html", "application/javascript", "application/json"]
_VALUES = {"minLength": 1, "maxLength": 128}

CONDITIONS: dict[str, dict[str, Any]] = {
    "conditions[*].hostHeader.values[*]": _VALUES,
    "conditions[*].httpHeader.httpHeaderName": {"pattern": r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,40}$"},
    "conditions[*].httpHeader.values[*]": _VALUES,
    "conditions[*].httpRequestMethod.values[*]": {"pattern": "^[A-Z_-]{1,40}$"},
    "conditions[*].pathPattern.values[*]": _VALUES,
    "conditions[*].queryStrings[*].key": _VALUES,
    "conditions[*].queryStrings[*].value": _VALUES,
    "conditions[*].sourceIp.values[*]": {"pattern": r"^[0-9A-Fa-f.:]+/\d{1,3}$"},
}


def actions(name: str) -> dict[str, dict[str, Any]]:
    """Return the limits of the actions in the input of this name."""
    limits: dict[str, dict[str, Any]] = {
        "fixedResponse.contentType": {"enum": _CONTENTS},
        "fixedResponse.messageBody": {"maxLength": 1024},
        "fixedResponse.statusCode": {"pattern": r"^[245]\d\d$"},
        "forward.stickiness.duration": {"minimum": 1, "maximum": 604800},
        "forward.targetGroups": {"minItems": 1, "maxItems": 5},
        "forward.targetGroups[*].arn": ARN,
        "forward.targetGroups[*].weight": {"minimum": 0, "maximum": 999},
        "order": {"minimum": 1, "maximum": 50000},
        "redirect.host": _VALUES,
        "redirect.path": {"pattern": "^/", "maxLength": 128},
        "redirect.protocol": {"enum": ["#{protocol}", "HTTP", "HTTPS"]},
        "redirect.query": {"maxLength": 128},
        "redirect.statusCode": {"enum": ["HTTP_301", "HTTP_302"]},
        "targetGroupArn": ARN,
        "type": {"enum": _TYPES},
    }
    return {f"{name}[*].{path}": limit for path, limit in limits.items()}
