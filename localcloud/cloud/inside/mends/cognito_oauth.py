"""Cognito's pages and token endpoint: addresses of the front door, revocation, tokens that are looked at."""

import html
import json
import secrets
import time
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from .mend import Mend, replace

DOOR = ".localhost"
ADDRESSES = ("redirect_uri", "logout_uri")
JSON = {"Content-Type": "application/json"}
"""Headers, copied for each answer: MiniStack adds its own to them."""


def registered(address: str) -> str:
    """Return what an address of the front door is on AWS: `http://HOST.localhost:PORT/x` is `https://HOST/x`."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme != "http" or not host.endswith(DOOR):
        return address
    return parts._replace(scheme="https", netloc=host.removesuffix(DOOR)).geturl()


def translated(values: dict[str, Any]) -> dict[str, Any]:
    """Return a query with its addresses as they are registered; of each value one or a list."""
    return {
        name: ([registered(each) for each in value] if isinstance(value, list) else registered(value))
        if name in ADDRESSES
        else value
        for name, value in values.items()
    }


def form_of(body: bytes) -> dict[str, Any]:
    """Return the fields of a form, addresses as they are registered."""
    return translated(parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True))


def _pages(cognito: Any) -> None:
    def authorize(method: str, path: str, headers: Any, query: dict[str, Any]) -> Any:
        return original_authorize(method, path, headers, translated(query))

    def log_out(method: str, path: str, headers: Any, query: dict[str, Any]) -> Any:
        return original_log_out(method, path, headers, translated(query))

    def token(data: Any, query: Any, body: bytes = b"", headers: Any = None) -> Any:
        form = form_of(body or b"")
        if form.get("grant_type") == ["refresh_token"] and not fresh(form):
            return 400, dict(JSON), b'{"error":"invalid_grant"}'
        return original_token(data, query, urlencode(form, doseq=True).encode(), headers)

    def fresh(form: dict[str, Any]) -> bool:
        given = form.get("refresh_token", [""])[0]
        claims = cognito._token_claims(given)
        identity = str(claims.get("iss", "")).rpartition("/")[2]
        pool = cognito._get_pool_unscoped(identity)
        if pool is None:
            return False
        user, _ = cognito._refresh_auth_user(pool, identity, claims.get("client_id"), given)
        return user is not None

    def user_info(method: str, path: str, headers: dict[str, str], body: bytes, query: Any) -> Any:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        error = cognito._userinfo_token_error(given.strip()) if scheme.lower() == "bearer" else None
        if error:
            said = {"error": "invalid_token", "error_description": error}
            return 401, {**JSON, "WWW-Authenticate": "Bearer error=INVALID_TOKEN"}, json.dumps(said).encode()
        return original_info(method, path, headers, body, query)

    async def handle(method: str, path: str, headers: dict[str, str], body: bytes, query: Any) -> Any:
        if path == "/login" and method == "GET":
            return authorize(method, path, headers, query)
        if path != "/oauth2/revoke":
            return await original_handle(method, path, headers, body, query)
        form = form_of(body or b"")
        given = form.get("token", [""])[0]
        claims = cognito._token_claims(given)
        if cognito._find_pool_by_client_id(form.get("client_id", [""])[0])[2] is None:
            return 401, dict(JSON), b'{"error":"invalid_client"}'
        if claims.get("token_use") != "refresh":
            return 400, dict(JSON), b'{"error":"unsupported_token_type"}'
        if claims.get("client_id") == form["client_id"][0]:
            cognito._revoke_token({"Token": given})
        return 200, {}, b""

    original_authorize = replace(cognito, "handle_oauth2_authorize", authorize)
    original_log_out = replace(cognito, "handle_logout", log_out)
    original_token = replace(cognito, "_oauth2_token", token)
    original_info = replace(cognito, "handle_oauth2_userinfo", user_info)
    original_handle = replace(cognito, "handle_request", handle)


CODE_FORM = """{error}<form method="POST" action="/login">
<input type="hidden" name="mfa_token" value="{token}">
<label for="code">Code of your authenticator application</label>
<input type="text" id="code" name="code" inputmode="numeric" autocomplete="one-time-code" required autofocus>
<button type="submit">Sign in</button>
</form>"""
WRONG = '<div class="error">Invalid code received for user.</div>'
PENDING_SECONDS = 180


def _second_factor(cognito: Any) -> None:
    pending: dict[str, tuple[str, float, Any]] = {}

    def submit(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        form = {name: values[-1] for name, values in parse_qs((body or b"").decode("utf-8", "replace")).items()}
        if "mfa_token" in form:
            return second(form)
        response = original(method, path, headers, body, query)
        _, pool, _ = cognito._find_pool_by_client_id(form.get("client_id", ""))
        user = cognito._resolve_user(pool, form.get("username"))[0] if pool and response[0] == 302 else None
        if user is None or not cognito._mfa_challenge_for_user(pool, user, pool["Id"], user["Username"]):
            return response
        token = secrets.token_urlsafe(24)
        pending[token] = (user.get("_totp_secret", ""), time.time() + PENDING_SECONDS, response)
        return page(token, "")

    def second(form: dict[str, str]) -> Any:
        secret, ends, response = pending.get(form["mfa_token"], ("", 0.0, None))
        if ends <= time.time():
            return 400, dict(JSON), b'{"error":"invalid_request","error_description":"The session has expired."}'
        if not cognito._totp_matches(secret, form.get("code", "")):
            return page(form["mfa_token"], WRONG)
        del pending[form["mfa_token"]]
        return response

    def page(token: str, error: str) -> Any:
        text = cognito._page_shell("Sign in", "Sign in", CODE_FORM.format(error=error, token=html.escape(token)))
        return 200, {"Content-Type": "text/html; charset=utf-8"}, text.encode()

    original = replace(cognito, "handle_login_submit", submit)


MENDS = (
    Mend(
        "Cognito's pages take addresses of the front door, tokens are looked at and can be revoked there",
        "only registered addresses are taken, tokens are looked at only when all calls are signed, no revocation",
        "ministack.services.cognito",
        {
            "handle_oauth2_authorize": "ee7115c343a8",
            "handle_logout": "17fc9ef94079",
            "_oauth2_token": "e0739e03b5e3",
            "handle_oauth2_userinfo": "27d0b443eddc",
            "handle_request": "bb40a0ad7ad1",
        },
        _pages,
    ),
    Mend(
        "the sign-in page asks for the code of a second factor",
        "it is not asked for",
        "ministack.services.cognito",
        {"handle_login_submit": "2cc2e3cf9055", "_totp_matches": "3c9ab2f8aedd", "_page_shell": "bfc33d8e6d74"},
        _second_factor,
    ),
)
