"""Who may call an API: holders of a token of its pool and client, and keys of its account."""

import base64
import json
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from localcloud import cloud
from localcloud.cloud import environment, process
from localcloud.tests.cloud.http_api import Answered, Api, function

pytestmark = [pytest.mark.cloud]

ACCOUNT, OTHER = "222222222222", "333333333333"
REGION = "eu-west-1"
PASSWORD = "Correct-horse-battery-9"


@dataclass
class Pool:
    """A user pool with a user who is signed in to two clients."""

    id: str
    client: str
    other_client: str
    tokens: Mapping[str, str]
    other_tokens: Mapping[str, str]

    @property
    def issuer(self) -> str:
        return f"https://cognito-idp.{REGION}.amazonaws.com/{self.id}"


def pool(running: cloud.Cloud, name: str) -> Pool:
    cognito = cloud.client("cognito-idp", ACCOUNT, running)
    identity = cognito.create_user_pool(PoolName=name)["UserPool"]["Id"]
    clients = [
        cognito.create_user_pool_client(
            UserPoolId=identity,
            ClientName=each,
            ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        )["UserPoolClient"]["ClientId"]
        for each in ("web", "other")
    ]
    cognito.admin_create_user(UserPoolId=identity, Username="ann", MessageAction="SUPPRESS")
    cognito.admin_set_user_password(UserPoolId=identity, Username="ann", Password=PASSWORD, Permanent=True)
    signed_in = [
        cognito.admin_initiate_auth(
            UserPoolId=identity,
            ClientId=client,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "ann", "PASSWORD": PASSWORD},
        )["AuthenticationResult"]
        for client in clients
    ]
    return Pool(identity, clients[0], clients[1], signed_in[0], signed_in[1])


@pytest.fixture(scope="module")
def people(plain: cloud.Cloud) -> Pool:
    return pool(plain, "people")


@pytest.fixture(scope="module")
def api(plain: cloud.Cloud, people: Pool) -> Api:
    made = Api(plain, ACCOUNT, "guarded.dev.slipway.example")
    integration = made.lambda_integration(function(plain, ACCOUNT, "guarded"))
    authorizer = made.client.create_authorizer(
        ApiId=made.id,
        Name="people",
        AuthorizerType="JWT",
        IdentitySource=["$request.header.Authorization"],
        JwtConfiguration={"Issuer": people.issuer, "Audience": [people.client]},
    )["AuthorizerId"]
    made.route("GET /me", integration, AuthorizationType="JWT", AuthorizerId=authorizer)
    made.route(
        "GET /scoped", integration, AuthorizationType="JWT", AuthorizerId=authorizer, AuthorizationScopes=["x/write"]
    )
    made.route("ANY /machine/{proxy+}", integration, AuthorizationType="AWS_IAM")
    return made


def bearer(api: Api, token: str, path: str = "/me") -> Answered:
    return api.ask(path, headers={"Authorization": f"Bearer {token}"})


def is_refused(answer: Answered, reason: str) -> None:
    assert (answer.status, answer.body) == (401, b'{"message":"Unauthorized"}')
    assert reason in answer.headers["www-authenticate"]


def changed(token: str, head: Mapping[str, Any] | None = None, **claims: Any) -> str:
    """Return a token with other claims and the signature that it had."""

    def part(text: str, values: Mapping[str, Any]) -> str:
        known = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return base64.urlsafe_b64encode(json.dumps({**known, **values}).encode()).decode().rstrip("=")

    parts = token.split(".")
    return f"{part(parts[0], head or {})}.{part(parts[1], claims)}.{parts[2]}"


@pytest.mark.parametrize("kind", ["IdToken", "AccessToken"])
def test_a_token_of_the_pool_and_client_passes_with_its_claims(api: Api, people: Pool, kind: str) -> None:
    claims = bearer(api, people.tokens[kind]).json()["requestContext"]["authorizer"]["jwt"]["claims"]
    assert (claims["iss"], claims.get("aud", claims.get("client_id"))) == (people.issuer, people.client)
    assert all(isinstance(value, str) for value in claims.values())


def test_no_token_and_no_token_at_all_are_refused(api: Api) -> None:
    is_refused(api.ask("/me"), "Bearer")
    is_refused(bearer(api, "nonsense"), "the token is malformed")


def test_a_token_of_another_client_is_refused(api: Api, people: Pool) -> None:
    is_refused(bearer(api, people.other_tokens["IdToken"]), "audience")


def test_a_token_of_another_pool_is_refused(api: Api, plain: cloud.Cloud) -> None:
    is_refused(bearer(api, pool(plain, "strangers").tokens["IdToken"]), "issuer")


def test_a_forged_token_is_refused(api: Api, people: Pool) -> None:
    token = people.tokens["IdToken"]
    is_refused(bearer(api, changed(token, sub="someone-else")), "signature")
    is_refused(bearer(api, changed(token, exp=int(time.time()) + 10**6)), "signature")
    is_refused(bearer(api, changed(token, {"alg": "none"}).rpartition(".")[0] + "."), "signing method")
    is_refused(bearer(api, changed(token, {"alg": "HS256"})), "signing method")


def test_a_scope_that_is_missing_is_forbidden(api: Api, people: Pool) -> None:
    answer = bearer(api, people.tokens["AccessToken"], "/scoped")
    assert (answer.status, answer.body) == (403, b'{"message":"Forbidden"}')


def signed(api: Api, key: str, secret: str, path: str = "/machine/plans?b=2&a=1", **change: str) -> Answered:
    """Send a request that is signed with a key; `change` replaces its body after that."""
    request = AWSRequest("POST", f"https://{change.get('host', api.domain)}{path}", data='{"x":1}')
    SigV4Auth(Credentials(key, secret), "execute-api", change.get("region", REGION)).add_auth(request)
    headers = {**dict(request.headers.items()), "X-Slipway-Host": change.get("host", "")}
    return api.ask(path, method="POST", headers=headers, body=change.get("body", '{"x":1}'))


def test_a_key_of_the_account_passes_and_is_named(api: Api) -> None:
    answer = signed(api, ACCOUNT, "embedded")
    iam = answer.json()["requestContext"]["authorizer"]["iam"]
    assert (iam["accountId"], iam["userArn"]) == (ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root")


def test_the_front_doors_host_may_be_the_signed_one(api: Api) -> None:
    assert signed(api, ACCOUNT, "embedded", host=f"{api.domain}.localhost:8080").status == 200


def test_a_users_key_passes_with_its_own_secret_alone(api: Api, plain: cloud.Cloud) -> None:
    iam = cloud.client("iam", ACCOUNT, plain)
    iam.create_user(UserName="machine")
    key = iam.create_access_key(UserName="machine")["AccessKey"]
    assert signed(api, key["AccessKeyId"], key["SecretAccessKey"]).status == 200
    assert signed(api, key["AccessKeyId"], "wrong").status == 403


@pytest.mark.parametrize(
    ("key", "secret", "change"),
    [
        (ACCOUNT, "wrong", {}),
        (OTHER, "embedded", {}),
        ("AKIAUNKNOWN", "embedded", {}),
        (ACCOUNT, "embedded", {"body": '{"x":2}'}),
        (ACCOUNT, "embedded", {"region": "us-east-1"}),
    ],
)
def test_anything_else_is_forbidden(api: Api, key: str, secret: str, change: dict[str, str]) -> None:
    answer = signed(api, key, secret, **change)
    assert (answer.status, answer.body) == (403, b'{"message":"Forbidden"}')


def test_an_unsigned_request_is_forbidden(api: Api) -> None:
    assert api.ask("/machine/plans").status == 403
    assert bearer(api, "x", "/machine/plans").status == 403


def test_a_token_has_a_time_before_and_after_which_it_is_worth_nothing(emulator: None) -> None:
    script = """
import json, time
from inside.httpapi.tokens import _too_late_or_soon
now = time.time()
late = {"exp": now + 60}
cases = [late, {"exp": now - 1}, {}, {**late, "nbf": now + 30}, {**late, "iat": now + 30}]
print(json.dumps([_too_late_or_soon(case) for case in cases]))
"""
    assert json.loads(inside(script)) == [
        "",
        "the token has expired",
        "the token has expired",
        "the token is not valid yet",
        "the token is used before issued",
    ]


def inside(script: str) -> str:
    """Run a script in MiniStack's environment and return what it prints."""
    settings = {"PYTHONPATH": str(process.FOLDER), "PATH": "", "DOCKER_HOST": process.NO_DOCKER}
    command = [str(environment.ensure()), "-c", script]
    return subprocess.run(command, env=settings, capture_output=True, text=True, timeout=300, check=True).stdout
