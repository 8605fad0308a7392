"""The admin: who gets in, by Cognito's code flow, and what there is to see."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import urllib.request
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client
from planner.models import Plan

from .support import ADA, key_set, token

pytestmark = pytest.mark.django_db


class Cognito:
    """Gives a token for a code, and remembers what it was asked."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {}
        self.asked: list[dict[str, str]] = []

    def answer(self, request: Any, timeout: float) -> io.BytesIO:
        if isinstance(request, str):
            return io.BytesIO(json.dumps(key_set("one")).encode())
        assert request.full_url == "https://people.auth.eu-west-1.amazoncognito.com/oauth2/token"
        self.asked.append(dict(parse_qsl(request.data.decode())))
        said = {"aud": "admin-client", "cognito:groups": ["admins"], **self.claims}
        return io.BytesIO(json.dumps({"id_token": token(**said)}).encode())


@pytest.fixture
def cognito(monkeypatch: pytest.MonkeyPatch) -> Cognito:
    made = Cognito()
    monkeypatch.setattr(urllib.request, "urlopen", made.answer)
    return made


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True, headers={"x-forwarded-proto": "https"})


def begin(browser: Client, query: str = "") -> dict[str, str]:
    answer = browser.get(f"/admin/login/{query}")
    assert answer.status_code == 302
    address = urlsplit(answer["location"])
    assert address.netloc == "people.auth.eu-west-1.amazoncognito.com"
    assert address.path == "/oauth2/authorize"
    return {name: value for name, [value] in parse_qs(address.query).items()}


def sign_in(browser: Client, cognito: Cognito, **claims: Any) -> Any:
    sent = begin(browser)
    cognito.claims = {"nonce": sent["nonce"], **claims}
    return browser.get("/admin/oidc/callback", {"code": "c", "state": sent["state"]})


def test_an_administrator_gets_in_by_code_and_proof(browser: Client, cognito: Cognito) -> None:
    sent = begin(browser, "?next=/admin/planner/plan/")
    assert {sent[name] for name in ("response_type", "client_id", "code_challenge_method")} == {
        "code",
        "admin-client",
        "S256",
    }
    assert sent["redirect_uri"] == "https://planner.test/admin/oidc/callback"
    cognito.claims = {"nonce": sent["nonce"]}
    answer = browser.get("/admin/oidc/callback", {"code": "c", "state": sent["state"]})
    assert (answer.status_code, answer["location"]) == (302, "/admin/planner/plan/")
    proof = hashlib.sha256(cognito.asked[0]["code_verifier"].encode()).digest()
    assert base64.urlsafe_b64encode(proof).rstrip(b"=").decode() == sent["code_challenge"]
    cookie = answer.cookies["planner_admin"]
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, True, "Lax", "/admin")
    Plan.objects.create(owner=ADA, title="Paint the shed")
    page = browser.get("/admin/planner/plan/")
    assert page.status_code == 200
    assert b"Paint the shed" in page.content
    assert b'href="/static/admin/css/base.' in page.content
    assert "unsafe" not in page["content-security-policy"]
    user = User.objects.get(username=ADA)
    assert (user.is_superuser, user.has_usable_password()) == (True, False)


@pytest.mark.parametrize(
    "claims",
    [
        {"cognito:groups": ["others"]},
        {"cognito:groups": None},
        {"cognito:groups": "admins"},
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "page-client"},
        {"token_use": "access", "client_id": "admin-client"},
        {"iss": "https://elsewhere.test"},
        {"exp": 1},
    ],
)
def test_nobody_else_gets_in(browser: Client, cognito: Cognito, claims: dict[str, Any]) -> None:
    assert sign_in(browser, cognito, **claims).status_code == 403
    assert browser.get("/admin/").status_code == 302
    assert User.objects.count() == 0


def test_who_left_the_group_loses_all_rights(browser: Client, cognito: Cognito) -> None:
    assert sign_in(browser, cognito).status_code == 302
    assert sign_in(browser, cognito, **{"cognito:groups": []}).status_code == 403
    assert not User.objects.get(username=ADA).is_staff
    assert browser.get("/admin/").status_code == 302


def test_a_way_back_that_was_not_begun_here_leads_nowhere(browser: Client, cognito: Cognito) -> None:
    sent = begin(browser)
    assert browser.get("/admin/oidc/callback", {"code": "c", "state": "another"}).status_code == 400
    assert browser.get("/admin/oidc/callback", {"code": "c", "state": sent["state"]}).status_code == 400
    assert Client().get("/admin/oidc/callback?code=c&state=").status_code == 400
    assert browser.get("/admin/oidc/callback", {"error": "x", "state": begin(browser)["state"]}).status_code == 403
    assert cognito.asked == []


@pytest.mark.parametrize("place", ["https://evil.test/", "//evil.test/admin/", "/api/me", "/admin/\r\nx: y", ""])
def test_the_way_on_is_always_the_admins(browser: Client, cognito: Cognito, place: str) -> None:
    answer = browser.get("/admin/login/", {"next": place})
    sent = {name: value for name, [value] in parse_qs(urlsplit(answer["location"]).query).items()}
    cognito.claims = {"nonce": sent["nonce"]}
    answer = browser.get("/admin/oidc/callback", {"code": "c", "state": sent["state"]})
    assert answer["location"] == "/admin/"


def test_a_form_from_another_site_is_refused(browser: Client, cognito: Cognito) -> None:
    assert sign_in(browser, cognito).status_code == 302
    assert browser.post("/admin/logout/", headers={"origin": "https://evil.test"}).status_code == 403
    page = browser.get("/admin/")
    mark = page.content.decode().split('name="csrfmiddlewaretoken" value="', 1)[1].split('"', 1)[0]
    form = {"csrfmiddlewaretoken": mark}
    assert browser.post("/admin/logout/", form, headers={"origin": "https://evil.test"}).status_code == 403
    left = browser.post("/admin/logout/", form, headers={"origin": "https://planner.test"})
    assert left["location"].startswith("https://people.auth.eu-west-1.amazoncognito.com/logout?client_id=admin-client")
    assert browser.get("/admin/").status_code == 302
