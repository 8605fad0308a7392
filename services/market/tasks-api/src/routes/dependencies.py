"""What routes ask for: the services, and who calls."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from src.services.tokens import Caller, TokenRefusedError
from src.services.wiring import Services
from src.utils.problems import RefusedError

WRITE = "tasks:write"
BEARER = HTTPBearer(
    auto_error=False, bearerFormat="JWT", description="an access token of market-api (`POST /v1/sessions`)"
)


def services(request: Request) -> Services:
    """The services of this process."""
    return cast(Services, request.app.state.services)


async def writer(
    services: Annotated[Services, Depends(services)],
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
) -> Caller:
    """Who may write; RefusedError 401 without a good token, 403 without the scope."""
    if credentials is None:
        raise RefusedError(401, "a bearer token is needed", {"WWW-Authenticate": "Bearer"})
    try:
        caller = await services.tokens.caller(credentials.credentials)
    except TokenRefusedError as error:
        challenge = f'Bearer error="invalid_token", error_description="{error}"'
        raise RefusedError(401, str(error), {"WWW-Authenticate": challenge}) from error
    if WRITE not in caller.scopes:
        challenge = f'Bearer error="insufficient_scope", scope="{WRITE}"'
        raise RefusedError(403, f"the token lacks the scope {WRITE}", {"WWW-Authenticate": challenge})
    return caller


Wired = Annotated[Services, Depends(services)]
Writer = Annotated[Caller, Depends(writer)]
