"""All steps of one account, in order."""

from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from interface import names
from localcloud.errors import Trouble
from pipelines.bootstrap.roles import Boundary, DeployRole
from pipelines.bootstrap.state import StateBucket, StateKey
from pipelines.bootstrap.steps import Finding, Step


@dataclass(frozen=True)
class Wanted:
    """What an account is for: `stack` deploys into it; with a bucket it owns the states of all stacks."""

    stack: str
    account: str
    tooling_account: str
    region: str
    bucket: str = ""
    object_lock: bool = False


class Account:
    """The steps for one account, with the credentials that the environment holds."""

    def __init__(self, wanted: Wanted) -> None:
        session = boto3.Session(region_name=wanted.region)
        try:
            identity: dict[str, Any] = session.client("sts").get_caller_identity()
        except (BotoCoreError, ClientError) as error:
            raise Trouble(f"AWS does not know you: {error}", "sign in first, for example with: aws sso login") from None
        if identity["Account"] != wanted.account:
            raise Trouble(
                f"these are credentials of account {identity['Account']}, but {wanted.stack} lives in {wanted.account}",
                "take credentials of that account, or correct platform:organisation.accounts",
            )
        boundary = Boundary(session.client("iam"), wanted.account)
        trusted = f"arn:aws:iam::{wanted.tooling_account}:role/{names.deploy_role_name(wanted.stack)}"
        self.steps: list[Step] = []
        if wanted.bucket:
            key = StateKey(session.client("kms"))
            self.steps += [
                key,
                StateBucket(session.client("s3"), wanted.bucket, wanted.region, key, wanted.object_lock),
            ]
        self.steps += [boundary, DeployRole(session.client("iam"), boundary, trusted)]


def plan(account: Account) -> list[Finding]:
    """Look at every step and change nothing."""
    return [step.look() for step in account.steps]


def apply(account: Account) -> list[Finding]:
    """Make what is missing or differs, in order, and return what is there afterwards."""
    for step in account.steps:
        if step.look().state != "as wanted":
            step.make()
    return plan(account)
