"""A system without servers as its page finds it: its address, its user pool, its functions."""

import gzip
import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

from localcloud import cloud
from localcloud.tests.cloud import srp
from localcloud.tests.cloud.people import PASSWORD, Pool
from tests.e2e.commands import address, ask, status


class Serverless:
    """A system in dev, by what its page is told and what its account holds."""

    NAME: ClassVar[str]
    HANDLERS: ClassVar[Mapping[str, str]]
    """Each function by what the system calls it: its handler, which no other function has."""

    def __init__(self) -> None:
        self.site = address(system=self.NAME)
        self.account: str = status()["stacks"]["dev"]["account"]
        told = json.loads(ask(f"{self.site}/config.json")[1])
        self.user_pool: str = told["userPoolId"]
        self.client_id: str = told["userPoolClientId"]

    def aws(self, service: str) -> Any:
        """Return a boto3 client of the environment's account."""
        return cloud.client(service, self.account)

    @cached_property
    def pool(self) -> Pool:
        """The user pool with the page's client."""
        running = cloud.running()
        assert running is not None
        return Pool(running, self.account, self.aws("cognito-idp"), self.user_pool, self.client_id)

    def sign_up(self, email: str) -> tuple[str, str]:
        """Sign somebody up with the code that comes by mail, and in by SRP, as the page does.

        Returns their address, as the pool has it, and the token of a session.
        """
        email = self.pool.join(email)
        answer = srp.sign_in(self.pool.browser(), self.client_id, self.user_pool, email, PASSWORD)
        return email, str(answer["IdToken"])

    def visits(self) -> list[dict[str, str]]:
        """Return what the access logs have of visits to its site, seconds after each."""
        s3 = self.aws("s3")
        (logs,) = [each["Name"] for each in s3.list_buckets()["Buckets"] if "access-logs" in each["Name"]]
        found = []
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=logs, Prefix="cloudfront/"):
            for each in page.get("Contents") or []:
                lines = gzip.decompress(s3.get_object(Bucket=logs, Key=each["Key"])["Body"].read()).splitlines()
                found += [json.loads(line) for line in lines]
        return [visit for visit in found if visit["x-host-header"].startswith(f"{self.NAME}.")]

    def function(self, part: str) -> dict[str, Any]:
        """Return the configuration of one of its functions."""
        (found,) = [
            each
            for page in self.aws("lambda").get_paginator("list_functions").paginate()
            for each in page["Functions"]
            if each["Handler"] == self.HANDLERS[part]
        ]
        return dict(found)
