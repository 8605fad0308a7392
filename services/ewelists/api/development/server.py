"""The API on a developer's machine: the function behind a server that does what API Gateway does before it.

Matches the route, checks the token as the JWT authorizer does, and hands the event over, one at a time as Lambda does.
A changed source starts it anew.
"""

from __future__ import annotations

import base64
import json
import os
import threading
import uuid
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jwt
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.serving import run_simple
from werkzeug.wrappers import Request, Response

OPENAPI = Path(__file__).parents[1] / "openapi.json"
ONE_AT_A_TIME = threading.Lock()


class Context:
    """What Lambda tells a function of its own."""

    function_name = "ewelists-api"
    function_version = "$LATEST"
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:ewelists-api"
    memory_limit_in_mb = 512

    def __init__(self) -> None:
        self.aws_request_id = str(uuid.uuid4())

    def get_remaining_time_in_millis(self) -> int:
        """As much as the function has from its start."""
        return 15_000


@cache
def routes() -> Map:
    """The routes of the OpenAPI document, with and without /api in front."""
    rules = []
    for path, operations in json.loads(OPENAPI.read_text())["paths"].items():
        rule = path.replace("{", "<").replace("}", ">")
        for method in operations:
            for prefix in ("", "/api"):
                rules.append(Rule(prefix + rule, endpoint=f"{method.upper()} {path}", methods=[method.upper()]))
    return Map(rules, strict_slashes=False)


class Authorizer:
    """API Gateway's JWT authorizer: the pool's signature, its issuer, the client, the time."""

    def __init__(self, issuer: str, audience: str, keys: str) -> None:
        self._issuer = issuer
        self._audience = audience
        self._keys = jwt.PyJWKClient(keys)

    def claims(self, header: str) -> dict[str, str] | None:
        """The token's claims, all as text; None for a token that API Gateway would refuse."""
        token = header.removeprefix("Bearer ").strip()
        try:
            key = self._keys.get_signing_key_from_jwt(token).key
            given = jwt.decode(token, key, ["RS256"], issuer=self._issuer, options={"verify_aud": False})
        except jwt.PyJWTError:
            return None
        if self._audience not in (given.get("aud"), given.get("client_id")):
            return None
        return {name: str(value) for name, value in given.items()}


def event(request: Request, route: str, parameters: Mapping[str, str], claims: Mapping[str, str]) -> dict[str, Any]:
    """The request as an HTTP API hands it over, payload version 2.0."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    body = request.get_data()
    try:
        sent = {"body": body.decode(), "isBase64Encoded": False}
    except UnicodeDecodeError:
        sent = {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    return {
        "version": "2.0",
        "routeKey": route,
        "rawPath": request.path,
        "rawQueryString": request.query_string.decode("latin-1"),
        "headers": headers,
        "queryStringParameters": {name: ",".join(request.args.getlist(name)) for name in request.args},
        "pathParameters": dict(parameters),
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "stage": "$default",
            "http": {"method": request.method, "path": request.path, "sourceIp": request.remote_addr or ""},
            **({"authorizer": {"jwt": {"claims": dict(claims), "scopes": None}}} if claims else {}),
        },
        **(sent if body else {"isBase64Encoded": False}),
    }


def answer(request: Request, authorizer: Authorizer) -> Response:
    """What API Gateway and the function answer together."""
    from ewelists.handler import handle

    try:
        route, parameters = routes().bind_to_environ(request.environ).match()
    except NotFound:
        return _refused(404, "Not Found")
    except HTTPException as error:
        return _refused(404 if error.code == 405 else error.code or 404, "Not Found")
    claims = authorizer.claims(request.headers.get("Authorization", ""))
    if claims is None and not route.endswith("/health"):
        return _refused(401, "Unauthorized")
    with ONE_AT_A_TIME:
        given = handle(event(request, route, parameters, claims or {}), Context())
    body = given.get("body", "")
    sent = base64.b64decode(body) if given.get("isBase64Encoded") else body
    return Response(sent, given["statusCode"], given.get("headers", {}))


def _refused(status: int, message: str) -> Response:
    return Response(json.dumps({"message": message}), status, content_type="application/json")


def main() -> None:
    """Serve until the process is ended; what the set-up has written is the function's environment too."""
    if "CONFIG_FOLDER" in os.environ:
        os.environ |= json.loads((Path(os.environ["CONFIG_FOLDER"]) / "api.json").read_text())
    authorizer = Authorizer(os.environ["TOKEN_ISSUER"], os.environ["USER_POOL_CLIENT_ID"], os.environ["TOKEN_KEYS"])

    @Request.application
    def application(request: Request) -> Response:
        return answer(request, authorizer)

    run_simple(
        os.environ.get("HOST", "127.0.0.1"),
        int(os.environ.get("PORT", "8000")),
        application,
        use_reloader=os.environ.get("RELOAD") == "true",
        reloader_type="stat",
        threaded=True,
    )


if __name__ == "__main__":
    main()
