"""What a function is told by its environment; README.md lists every variable."""

from __future__ import annotations

import os


def text(name: str, default: str = "") -> str:
    """A variable without the space around it."""
    return os.environ.get(name, "").strip() or default


def region() -> str:
    """The region that the function runs in."""
    return text("AWS_REGION") or text("AWS_DEFAULT_REGION", "eu-west-1")


def origins() -> list[str]:
    """Origins of pages that may call: the site's own, and those of CORS_ORIGINS."""
    named = [text("SITE_URL"), *text("CORS_ORIGINS").split(",")]
    return sorted({origin.strip().rstrip("/") for origin in named if "://" in origin})


def cognito_endpoint() -> str:
    """Where Cognito answers: an emulator's address where one is set, else AWS's."""
    return text("AWS_ENDPOINT_URL").rstrip("/") or f"https://cognito-idp.{region()}.amazonaws.com"


def issuer() -> str:
    """The `iss` of the user pool's tokens; the same on an emulator."""
    return f"https://cognito-idp.{region()}.amazonaws.com/{text('USER_POOL_ID')}"
