"""What AWS refuses in policies and other JSON documents."""

import json
from typing import Any

import pytest

from localcloud.plugins.aws.services import documents
from localcloud.plugins.provider import UNKNOWN

ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
TRUST = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}


def written(*statements: Any, **more: Any) -> dict[str, Any]:
    return {"policy": json.dumps({"Version": "2012-10-17", "Statement": list(statements), **more})}


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        (written(ALLOW), None),
        ({"policy": json.dumps({"Statement": ALLOW})}, None),
        ({"policy": UNKNOWN}, None),
        ({}, None),
        ({"policy": "["}, "must be JSON: Expecting value: line 1 column 2 (char 1)"),
        ({"policy": "[]"}, "must be a policy document with a Statement"),
        (written(), "must have at least one statement"),
        (written(ALLOW, Version="2020-01-01"), "Version must be one of 2012-10-17, 2008-10-17, got '2020-01-01'"),
        (written("allow"), "statement 0: must be an object"),
        (written(ALLOW, {**ALLOW, "Actions": "s3:*"}), "statement 1: has no element Actions"),
        (written({**ALLOW, "Effect": "allow"}), "statement 0: Effect must be Allow or Deny, got 'allow'"),
        (
            written({**ALLOW, "NotAction": "s3:*"}),
            "statement 0: must have exactly one of Action and NotAction",
        ),
        (written(TRUST), "statement 0: must have exactly one of Resource and NotResource"),
        (
            written({**ALLOW, "Principal": "*"}),
            "statement 0: cannot have Principal in a policy of this kind",
        ),
        (
            written({**ALLOW, "Action": ["s3:GetObject", "s3 GetObject"]}),
            "statement 0: an action is written service:Action, got 's3 GetObject'",
        ),
        (
            written({**ALLOW, "Sid": "a"}, {**ALLOW, "Sid": "a"}),
            "statement ids must be unique, got 'a' twice",
        ),
    ],
)
def test_a_policy_of_a_role_is_judged_statement_by_statement(inputs: dict[str, Any], reason: str | None) -> None:
    expected = None if reason is None else ("policy", reason)

    assert documents.identity_policy("policy", 10240)(inputs) == expected


def test_the_size_of_a_policy_is_counted_without_its_white_space() -> None:
    text = json.dumps({"Statement": [ALLOW]})
    size = len(text.replace(" ", ""))
    spaced = {"policy": json.dumps(json.loads(text), indent=40)}

    assert documents.identity_policy("policy", size)(spaced) is None
    assert documents.identity_policy("policy", size - 1)(spaced) == (
        "policy",
        f"must have at most {size - 1} characters, got {size}",
    )


def test_a_trust_policy_says_who_and_not_on_what() -> None:
    assert documents.trust_policy("policy")(written(TRUST)) is None
    assert documents.trust_policy("policy")(written({**TRUST, "Resource": "*"})) == (
        "policy",
        "statement 0: cannot have Resource in a policy of this kind",
    )


def test_a_wildcard_in_an_action_counts_for_what_it_covers() -> None:
    policy = {"Statement": [{"Effect": "Allow", "Action": ["kms:Put*"]}, {"Effect": "Deny", "Action": "s3:*"}]}

    assert documents.allows(policy, "kms:PutKeyPolicy")
    assert not documents.allows(policy, "kms:Encrypt")
    assert not documents.allows(policy, "s3:GetObject")
