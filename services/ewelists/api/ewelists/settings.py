"""What the functions are told by their environment, read once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of the HTTP API; the sign-up trigger needs the table alone."""

    table: str
    user_pool: str
    mail_from: str
    mail_configuration_set: str
    """Empty for none."""
    site_url: str
    """Without a slash at its end."""
    cors_origins: tuple[str, ...]


def load(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings; ValueError naming every variable that is missing."""
    needed = ("TABLE_NAME", "USER_POOL_ID", "MAIL_FROM", "SITE_URL")
    missing = [name for name in needed if not environment.get(name)]
    if missing:
        raise ValueError(f"{', '.join(missing)}: not set in the function's environment")
    return Settings(
        table=environment["TABLE_NAME"],
        user_pool=environment["USER_POOL_ID"],
        mail_from=environment["MAIL_FROM"],
        mail_configuration_set=environment.get("MAIL_CONFIGURATION_SET", ""),
        site_url=environment["SITE_URL"].rstrip("/"),
        cors_origins=tuple(origin for origin in environment.get("CORS_ORIGINS", "").split(",") if origin),
    )
