"""The admin's sign-in: Cognito's code flow with PKCE, state and nonce. Who is in the group `admins` gets in.

https://docs.aws.amazon.com/cognito/latest/developerguide/authorization-endpoint.html
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import re
import secrets
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from planner import environment, tokens
from planner.problems import problem

LOG = logging.getLogger(__name__)
GROUP = "admins"
KEY = "oidc"
OURS = re.compile(r"/admin/[A-Za-z0-9_/?=&%.+-]*")
EXCHANGE_SECONDS = 5
BACKEND = "django.contrib.auth.backends.ModelBackend"


class ExchangeError(Exception):
    """Cognito does not give a token for the code."""


@never_cache
@require_GET
def begin(request: HttpRequest) -> HttpResponse:
    """Send the browser to Cognito's page."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    request.session[KEY] = {"state": state, "nonce": nonce, "verifier": verifier, "next": _next(request)}
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code",
        "client_id": environment.text("OIDC_CLIENT_ID"),
        "redirect_uri": _callback(),
        "scope": "openid email",
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return HttpResponseRedirect(f"{_domain()}/oauth2/authorize?{urlencode(query)}")


@never_cache
@require_GET
def finish(request: HttpRequest) -> HttpResponse:
    """Take the browser back, and in."""
    # One try for each way out: what was remembered for it is forgotten now.
    begun = request.session.pop(KEY, None)
    state = request.GET.get("state", "")
    if not begun or not hmac.compare_digest(state.encode(), begun["state"].encode()):
        return problem(400, "the sign-in was not begun here or is too old: begin again at /admin/")
    if "code" not in request.GET:
        return problem(403, "the sign-in was not finished: begin again at /admin/")
    try:
        claims = tokens.claims(_exchange(request.GET["code"], begun["verifier"]), environment.text("OIDC_CLIENT_ID"))
    except (ExchangeError, tokens.TokenRefusedError) as error:
        LOG.warning("a sign-in failed: %s", error)
        return problem(403, "the sign-in failed: begin again at /admin/")
    nonce = str(claims.get("nonce", ""))
    is_id_token = claims["token_use"] in {"id"}
    if not is_id_token or not hmac.compare_digest(nonce.encode(), begun["nonce"].encode()):
        return problem(403, "the sign-in failed: begin again at /admin/")
    user = _user(claims)
    if not user.is_staff:
        return problem(403, f"this is for members of the group {GROUP}")
    auth.login(request, user, backend=BACKEND)
    return HttpResponseRedirect(begun["next"])


@never_cache
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """End the session here and at Cognito."""
    auth.logout(request)
    query = {"client_id": environment.text("OIDC_CLIENT_ID"), "logout_uri": f"{settings.SITE_URL}/"}
    return HttpResponseRedirect(f"{_domain()}/logout?{urlencode(query)}")


def _exchange(code: str, verifier: str) -> str:
    """The id token that the code stands for; ExchangeError."""
    base = environment.text("AWS_ENDPOINT_URL").rstrip("/") or _domain()
    body = {
        "grant_type": "authorization_code",
        "client_id": environment.text("OIDC_CLIENT_ID"),
        "code": code,
        "code_verifier": verifier,
        "redirect_uri": _callback(),
    }
    request = urllib.request.Request(f"{base}/oauth2/token", urlencode(body).encode())  # noqa: S310 # the pool's own
    try:
        with urllib.request.urlopen(request, timeout=EXCHANGE_SECONDS) as answer:  # noqa: S310
            return str(json.load(answer)["id_token"])
    except (OSError, ValueError, KeyError) as error:
        raise ExchangeError(f"no token for the code: {type(error).__name__}") from error


def _user(claims: dict[str, Any]) -> User:
    """The user of the claims; what they may do is decided anew at each sign-in."""
    groups = claims.get("cognito:groups")
    is_admin = isinstance(groups, list) and GROUP in groups
    values = {"email": str(claims.get("email", ""))[:254], "is_staff": is_admin, "is_superuser": is_admin}
    if not is_admin:
        # Nobody's record is made for knocking; one that is there loses its rights.
        User.objects.filter(username=claims["sub"]).update(is_staff=False, is_superuser=False)
        return User(username=claims["sub"])
    user, is_new = User.objects.update_or_create(username=claims["sub"], defaults=values)
    if is_new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user


def _domain() -> str:
    """Where Cognito's pages are: https, unless the name says otherwise, as on a developer's machine."""
    name = environment.text("OIDC_DOMAIN")
    return name if "://" in name else f"https://{name}"


def _callback() -> str:
    return f"{settings.SITE_URL}/admin/oidc/callback"


def _next(request: HttpRequest) -> str:
    """Where to go on: an address of the admin, whatever the query says."""
    asked = request.GET.get("next", "")
    return asked if OURS.fullmatch(asked) else "/admin/"
