"""A user pool of an account, and somebody who calls it from a browser: without a signature."""

import base64
import functools
import hashlib
import hmac
import json
import re
import struct
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from botocore import UNSIGNED
from botocore.config import Config

from localcloud import cloud
from localcloud.cloud import mail

PASSWORD = "Correct-horse-7"  # a user's of the tests
SENDER = "Lists <no-reply@lists.dev.example.test>"
IDENTITY = "arn:aws:ses:eu-west-1:{account}:identity/lists.dev.example.test"


@functools.cache
def browser_at(endpoint: str) -> Any:
    """Return a client without credentials: the same one for an endpoint."""
    import boto3

    config = Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1})
    return boto3.client("cognito-idp", endpoint_url=endpoint, region_name="eu-west-1", config=config)


@dataclass
class Pool:
    """A pool with its client, as an application has one."""

    cloud: cloud.Cloud
    account: str
    admin: Any
    identity: str
    client: str

    def browser(self) -> Any:
        """Return a client without credentials, in the pool's region."""
        return browser_at(self.cloud.endpoint)

    def code(self, address: str) -> str:
        """Return the code of the newest letter to an address."""
        text = [each.text for each in mail.inbox(self.cloud, self.account) if each.to == (address,)][-1]
        found = re.search(r"\b\d{6}\b", text)
        assert found is not None, text
        return found[0]

    def join(self, address: str | None = None) -> str:
        """Sign somebody up and confirm; return the address."""
        address = address or f"{uuid4().hex[:10]}@people.test"
        browser = self.browser()
        given = [{"Name": "email", "Value": address}]
        browser.sign_up(ClientId=self.client, Username=address, Password=PASSWORD, UserAttributes=given)
        browser.confirm_sign_up(ClientId=self.client, Username=address, ConfirmationCode=self.code(address))
        return address


def make(running: cloud.Cloud, account: str, **settings: Any) -> Pool:
    """Make a pool whose users sign in by their address, and a public client of it."""
    admin = cloud.client("cognito-idp", account, running)
    ses = cloud.client("sesv2", account, running)
    if "main" not in ses.list_configuration_sets()["ConfigurationSets"]:
        ses.create_configuration_set(ConfigurationSetName="main")
    made = admin.create_user_pool(
        PoolName="people",
        UsernameAttributes=["email"],
        UsernameConfiguration={"CaseSensitive": False},
        AutoVerifiedAttributes=["email"],
        EmailConfiguration={
            "EmailSendingAccount": "DEVELOPER",
            "SourceArn": IDENTITY.format(account=account),
            "From": SENDER,
            "ConfigurationSet": "main",
        },
        **settings,
    )["UserPool"]["Id"]
    client = admin.create_user_pool_client(
        UserPoolId=made,
        ClientName="web",
        ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_PASSWORD_AUTH"],
        PreventUserExistenceErrors="ENABLED",
        AllowedOAuthFlows=["code"],
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthScopes=["openid", "email", "profile"],
        CallbackURLs=["https://planner.dev.example.test/admin/callback"],
        LogoutURLs=["https://planner.dev.example.test/"],
        SupportedIdentityProviders=["COGNITO"],
    )["UserPoolClient"]["ClientId"]
    return Pool(running, account, admin, made, client)


def claims(token: str) -> dict[str, Any]:
    """Return what a token says, unchecked."""
    middle = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4))))


def code_of(secret: str) -> str:
    """Return the code of this half minute of an authenticator application."""
    moment = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.new(base64.b32decode(secret), moment, hashlib.sha1).digest()
    begin = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[begin : begin + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


class Stay(urllib.request.HTTPRedirectHandler):
    """Leaves a redirect to whoever asked."""

    def redirect_request(self, *_: Any) -> None:
        return None


def fetch(address: str, data: bytes | None = None, **headers: str) -> tuple[int, dict[str, str], str]:
    """Return status, headers with lower-case names, and text of an answer; redirects are not followed."""
    request = urllib.request.Request(address, data, headers)  # loopback
    try:
        with urllib.request.build_opener(Stay).open(request, timeout=60) as answer:
            return (
                answer.status,
                {name.lower(): value for name, value in answer.headers.items()},
                answer.read().decode(),
            )
    except urllib.error.HTTPError as error:
        return error.code, {name.lower(): value for name, value in error.headers.items()}, error.read().decode()
