"""Who gets in: by tokens where there is no gateway, by the gateway's word where there is one."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from planner.lambda_handler import handle
from rest_framework.test import APIClient

from .support import ADA, EVE, Context, event, key_set, token

NOW = int(time.time())


def me(bearer: str) -> Any:
    return APIClient().get("/api/me", HTTP_AUTHORIZATION=bearer)


@pytest.mark.parametrize("claims", [{}, {"token_use": "access", "aud": None, "client_id": "page-client"}])
def test_a_token_of_the_page_lets_in(published: list[str], claims: dict[str, Any]) -> None:
    answer = me(f"Bearer {token(**claims)}")
    assert (answer.status_code, answer.json()["id"]) == (200, ADA)
    assert published == ["https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_test/.well-known/jwks.json"]


@pytest.mark.parametrize(
    ("bearer", "detail"),
    [
        (token(exp=NOW - 60), "the token has expired"),
        (token(aud="another-client"), "the token is meant for another client"),
        (token(token_use="access", aud=None, client_id="another-client"), "the token is meant for another client"),
        (token(token_use="refresh"), "the token is meant for another client"),
        (token(iss="https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_other"), "is not one of this issuer's"),
        (token(sub=None), "is not one of this issuer's"),
        (token(exp=None), "is not one of this issuer's"),
        (token(sub="../../other"), "does not name its user"),
        (token(signed_by="two"), "is not in the issuer's key set"),
        (token(signed_by="two", kid="one"), "is not one of this issuer's"),
        (token(algorithm="HS256"), "not signed with rs256"),
        (token(algorithm="none"), "not signed with rs256"),
        (token()[:-4] + "AAAA", "is not one of this issuer's"),
        ("a.b.c", "not a json web token"),
        ("x" * 9000, "longer than any that is issued"),
    ],
)
def test_any_other_token_is_refused(published: list[str], bearer: str, detail: str) -> None:
    answer = me(f"Bearer {bearer}")
    assert (answer.status_code, answer["www-authenticate"]) == (401, "Bearer")
    assert detail in answer.json()["detail"]
    assert bearer not in answer.content.decode()


@pytest.mark.parametrize("header", ["", "Bearer", "Basic YTpi", "Bearer "])
def test_without_a_token_nobody_gets_in(published: list[str], header: str) -> None:
    assert me(header).status_code == 401
    assert published == []


def test_tokens_of_unknown_keys_do_not_make_the_pool_busy(published: list[str]) -> None:
    assert [me(f"Bearer {token(kid=str(number), signed_by='two')}").status_code for number in range(5)] == [401] * 5
    assert len(published) == 1


def test_a_pool_that_is_away_is_said_to_be() -> None:
    assert key_set("one")["keys"][0]["kid"] == "one"

    def away(*_: object, **__: object) -> None:
        raise OSError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("urllib.request.urlopen", away)
        assert me(f"Bearer {token()}").status_code == 503


def call(method: str, path: str, *arguments: Any, **parts: Any) -> tuple[int, Any, dict[str, Any]]:
    answer = handle(event(method, path, *arguments, **parts), Context())
    assert answer["isBase64Encoded"] is False
    return answer["statusCode"], json.loads(answer["body"] or "null"), answer


@pytest.mark.django_db(transaction=True)
def test_behind_a_gateway_its_claims_are_the_caller() -> None:
    ada, eve = ({"sub": subject, "email": "x@example.com"} for subject in (ADA, EVE))
    status, made, _ = call("POST", "/api/plans", {"title": "Grüße 🎉"}, claims=ada)
    assert (status, made["title"]) == (201, "Grüße 🎉")
    assert call("GET", "/api/plans", claims=ada)[1]["total"] == 1
    assert call("GET", f"/api/plans/{made['id']}", claims=eve)[0] == 404
    assert call("GET", "/api/plans", None, "state=x", claims=ada)[0] == 422


@pytest.mark.django_db(transaction=True)
def test_behind_a_gateway_a_token_alone_is_nobody(published: list[str]) -> None:
    """What the gateway did not verify does not count, however good it looks."""
    headers = {"authorization": f"Bearer {token()}"}
    assert call("GET", "/api/me", headers=headers)[0] == 401
    assert call("GET", "/api/me", iam="arn:aws:iam::000000000000:role/reminder")[0] == 401


@pytest.mark.django_db(transaction=True)
def test_machines_have_addresses_of_their_own() -> None:
    ada, machine = {"sub": ADA}, "arn:aws:sts::000000000000:assumed-role/reminder/run"
    _, plan, _ = call("POST", "/api/plans", {"title": "Paint"}, claims=ada)
    step = {"title": "Buy paint", "dueOn": "2026-05-01"}
    assert call("POST", f"/api/plans/{plan['id']}/steps", step, claims=ada)[0] == 201
    assert call("GET", "/machine/due-steps", claims=ada)[0] == 401
    status, found, _ = call("GET", "/machine/due-steps", None, "from=2026-05-01&to=2026-05-01", iam=machine)
    assert (status, [(each["owner"], each["title"]) for each in found["items"]]) == (200, [(ADA, "Buy paint")])
    assert call("GET", f"/machine/users/{ADA}", iam=machine)[1]["plans"][0]["title"] == "Paint"
    assert call("DELETE", f"/machine/users/{ADA}", iam=machine)[0] == 204
    assert call("GET", f"/machine/users/{ADA}", iam=machine)[1] == {"id": ADA, "plans": []}
    assert call("GET", "/machine/users/a.b", iam=machine)[0] == 404


@pytest.mark.django_db(transaction=True)
def test_the_request_has_one_id_in_answer_and_log(capsys: pytest.CaptureFixture[str]) -> None:
    _, body, answer = call("GET", "/api/me", headers={"x-request-id": "abc-1"})
    assert answer["headers"]["x-request-id"] == body["requestId"] == "abc-1"
    for strange in ("a b", "x" * 65, "a\r\nset-cookie: b=c"):
        _, body, answer = call("GET", "/api/me", headers={"x-request-id": strange})
        assert len(body["requestId"]) == 32
        assert "set-cookie" not in answer["headers"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/healthz", 200),
        ("/api/nothing", 404),
        ("/", 404),
        ("/api/plans/../plans", 404),
        ("/api/plans/1;DROP TABLE", 404),
        ("/api/plans/\x00", 404),
        ("/api/plans/%", 404),
    ],
)
def test_every_address_has_an_answer(path: str, status: int) -> None:
    assert call("GET", path)[0] == status


@pytest.mark.django_db(transaction=True)
def test_a_body_that_says_it_is_too_large_is_not_read() -> None:
    headers = {"content-length": "70000"}
    assert call("POST", "/api/plans", {"title": "a"}, claims={"sub": ADA}, headers=headers)[0] == 413
    headers = {"content-length": "-1"}
    assert call("POST", "/api/plans", {"title": "a"}, claims={"sub": ADA}, headers=headers)[0] == 400
