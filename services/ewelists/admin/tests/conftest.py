"""An account on loopback, with items that the functions themselves have written."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest
from development.table import make_table
from ewelists import table
from ewelists.lists import Lists
from ewelists.mail import Mail
from ewelists.products import Products
from ewelists.settings import load
from ewelists.sharing import Sharing
from ewelists.table import Table
from ewelists.users import Users, add

API = Path(__file__).parents[2] / "api"
os.environ |= {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "MAIL_FROM": "lists@ewelists.test",
    "SITE_URL": "https://ewelists.test",
    "TERM": "dumb",
}


@pytest.fixture(scope="session", autouse=True)
def endpoint() -> Iterator[str]:
    """The address of the server that the functions' own tests have, told to every client by the environment."""
    table.CONNECT_SECONDS = table.READ_SECONDS = 240  # one request after the other, on a machine that may be busy
    server = [sys.executable, str(API / "tests/dynamodb.py")]
    with subprocess.Popen(server, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as running:
        address = f"http://127.0.0.1:{int(running.stdout.readline())}"
        os.environ["AWS_ENDPOINT_URL"] = address
        try:
            yield address
        finally:
            running.communicate()


@dataclass
class Person:
    """Somebody with an account."""

    id: str
    email: str
    name: str


class System:
    """A table and a user pool, with the functions' own ways to fill them."""

    def __init__(self) -> None:
        self.table = f"ewelists-{uuid.uuid4().hex[:8]}"
        make_table(boto3.client("dynamodb"), self.table)
        self._pool = boto3.client("cognito-idp")
        made = self._pool.create_user_pool(PoolName=self.table, UsernameAttributes=["email"])
        self.user_pool = made["UserPool"]["Id"]
        boto3.client("sesv2").create_email_identity(EmailIdentity="ewelists.test")
        settings = load({**os.environ, "TABLE_NAME": self.table, "USER_POOL_ID": self.user_pool})
        table = Table(self.table)
        self.lists = Lists(table, Users(table, self.user_pool))
        self.products = Products(table)
        self.sharing = Sharing(table, self.lists, self.products, _KeptMail(settings))

    def person(self, name: str) -> Person:
        """Somebody who has signed up."""
        email = f"{name.lower()}@example.com"
        made = self._pool.admin_create_user(UserPoolId=self.user_pool, Username=email, MessageAction="SUPPRESS")
        attributes = {entry["Name"]: entry["Value"] for entry in made["User"]["Attributes"]}
        add(Table(self.table), attributes["sub"], email, name)
        return Person(attributes["sub"], email, name)

    def share(self, owner: Person, list_id: str, guest: Person) -> None:
        """Make somebody a guest of a list, by a link."""
        self.sharing.invite({"id": owner.id, "name": owner.name}, list_id, guest.email)
        self.sharing.accept(guest.id, _KeptMail.token)

    def items(self) -> list[dict]:
        """Everything in the table."""
        return boto3.client("dynamodb").scan(TableName=self.table, ConsistentRead=True)["Items"]


class _KeptMail(Mail):
    token = ""

    def invite(self, address: str, owner: str, title: str, token: str) -> None:
        _KeptMail.token = token


@pytest.fixture
def system() -> System:
    return System()
