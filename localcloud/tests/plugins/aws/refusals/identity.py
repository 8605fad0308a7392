"""IAM and KMS."""

from typing import Any

from localcloud.tests.plugins.aws.cases.iam import policy, trust
from localcloud.tests.plugins.aws.cases.kms import key_policy
from localcloud.tests.plugins.aws.refusal import Refusals, api, terraform

ROLE, OIDC = api("iam", "CreateRole"), api("iam", "CreateOpenIDConnectProvider")
KEY, ALIAS, INLINE, MANAGED = (
    api("kms", "CreateKey"),
    api("kms", "CreateAlias"),
    api("iam", "PutRolePolicy"),
    api("iam", "CreatePolicy"),
)
GRAMMAR = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html"
QUOTAS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def _read(**more: Any) -> str:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **more}
    return policy({key: value for key, value in statement.items() if value is not None})


def _size(length: int) -> str:
    """Return a policy of exactly this many characters without white space."""
    return _read(Resource="r" * (length - len(_read(Resource="").replace(" ", ""))))


TABLES = (
    Refusals(
        token="aws:iam/role:Role",
        valid={"assumeRolePolicy": trust("ecs-tasks.amazonaws.com")},
        refused=(
            ({"assumeRolePolicy": None}, "assumeRolePolicy", "is required", ROLE),
            ({"assumeRolePolicy": "{"}, "assumeRolePolicy", "must be JSON", terraform("iam_role")),
            ({"assumeRolePolicy": _read()}, "assumeRolePolicy", "Principal", GRAMMAR),
            ({"name": "r" * 65}, "name", "at most 64 characters", ROLE),
            ({"name": "a/b"}, "name", "must match", ROLE),
            ({"description": "d" * 1001}, "description", "at most 1000 characters", ROLE),
            ({"maxSessionDuration": 3599}, "maxSessionDuration", "at least 3600", ROLE),
            ({"maxSessionDuration": 43201}, "maxSessionDuration", "at most 43200", ROLE),
            ({"path": "slipway"}, "path", "must match", ROLE),
            ({"path": "/" + "p" * 511 + "/"}, "path", "at most 512 characters", ROLE),
            ({"permissionsBoundary": "arn:aws:iam::aws:role/none"}, "permissionsBoundary", "managed policy", ROLE),
        ),
        accepted=(
            {"name": "r" * 64},
            {"maxSessionDuration": 43200},
            {"description": "d" * 1000},
            {"path": "/" + "p" * 510 + "/"},
            {"permissionsBoundary": READ_ONLY},
        ),
    ),
    Refusals(
        token="aws:iam/rolePolicy:RolePolicy",
        valid={"role": "tasks", "policy": _read()},
        refused=(
            ({"role": None}, "role", "is required", INLINE),
            ({"name": "p" * 129}, "name", "at most 128 characters", INLINE),
            ({"name": "a b"}, "name", "must match", INLINE),
            ({"policy": "no JSON"}, "policy", "must be JSON", terraform("iam_role_policy")),
            ({"policy": '{"Version": "2012-10-17"}'}, "policy", "with a Statement", GRAMMAR),
            ({"policy": _read(Effect="Maybe")}, "policy", "Allow or Deny", GRAMMAR),
            ({"policy": _read(Action=None)}, "policy", "one of Action and NotAction", GRAMMAR),
            ({"policy": _read(Action="GetObject")}, "policy", "service:Action", GRAMMAR),
            ({"policy": _read(Resource=None)}, "policy", "one of Resource and NotResource", GRAMMAR),
            ({"policy": _read(Principal="*")}, "policy", "cannot have Principal", GRAMMAR),
            ({"policy": _read(When="now")}, "policy", "no element When", GRAMMAR),
            ({"policy": '{"Version": "2020-01-01", "Statement": []}'}, "policy", "Version must be", GRAMMAR),
            ({"policy": _size(10241)}, "policy", "at most 10240 characters", QUOTAS),
        ),
        accepted=({"name": "p" * 128}, {"policy": _size(10240)}),
    ),
    Refusals(
        token="aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        valid={"role": "tasks", "policyArn": READ_ONLY},
        refused=(
            ({"role": None}, "role", "is required", api("iam", "AttachRolePolicy")),
            ({"role": "r" * 65}, "role", "at most 64 characters", api("iam", "AttachRolePolicy")),
            ({"policyArn": None}, "policyArn", "is required", api("iam", "AttachRolePolicy")),
            ({"policyArn": "ReadOnlyAccess"}, "policyArn", "must match ^arn:", terraform("iam_role_policy_attachment")),
        ),
        accepted=({"role": "r" * 64}, {"policyArn": "arn:aws:iam::222222222222:policy/slipway/read"}),
    ),
    Refusals(
        token="aws:iam/policy:Policy",
        valid={"policy": _read()},
        refused=(
            ({"policy": None}, "policy", "is required", MANAGED),
            ({"policy": "[]"}, "policy", "with a Statement", GRAMMAR),
            ({"policy": policy()}, "policy", "at least one statement", GRAMMAR),
            ({"policy": _size(6145)}, "policy", "at most 6144 characters", QUOTAS),
            ({"name": "p" * 129}, "name", "at most 128 characters", MANAGED),
            ({"description": "d" * 1001}, "description", "at most 1000 characters", MANAGED),
            ({"path": "/slipway"}, "path", "must", MANAGED),
        ),
        accepted=({"policy": _size(6144)}, {"description": "d" * 1000}, {"path": "/a/b/"}),
    ),
    Refusals(
        token="aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        valid={"url": "https://ci.example.com", "clientIdLists": ["sts.amazonaws.com"], "thumbprintLists": ["a" * 40]},
        refused=(
            ({"url": None}, "url", "is required", OIDC),
            ({"url": "http://ci.example.com"}, "url", "an https address", OIDC),
            ({"url": "https://ci.example.com?x=1"}, "url", "without query", OIDC),
            ({"clientIdLists": []}, "clientIdLists", "at least one client id", OIDC),
            ({"clientIdLists": ["c" * 256]}, "clientIdLists[0]", "at most 255 characters", OIDC),
            ({"thumbprintLists": ["a" * 39]}, "thumbprintLists[0]", "must", OIDC),
            ({"thumbprintLists": ["a" * 40] * 6}, "thumbprintLists", "at most 5 items", OIDC),
        ),
        accepted=({"clientIdLists": ["c" * 255]}, {"thumbprintLists": ["a" * 40, "b" * 40, "0" * 40]}),
    ),
    Refusals(
        token="aws:kms/key:Key",
        valid={"description": "for tables", "enableKeyRotation": True},
        refused=(
            ({"deletionWindowInDays": 6}, "deletionWindowInDays", "at least 7", api("kms", "ScheduleKeyDeletion")),
            ({"deletionWindowInDays": 31}, "deletionWindowInDays", "at most 30", api("kms", "ScheduleKeyDeletion")),
            ({"rotationPeriodInDays": 89}, "rotationPeriodInDays", "at least 90", api("kms", "EnableKeyRotation")),
            ({"rotationPeriodInDays": 2561}, "rotationPeriodInDays", "at most 2560", api("kms", "EnableKeyRotation")),
            (
                {"enableKeyRotation": None, "rotationPeriodInDays": 90},
                "enableKeyRotation",
                "must be given",
                terraform("kms_key"),
            ),
            ({"customerMasterKeySpec": "DES"}, "customerMasterKeySpec", "must be one of", KEY),
            ({"keyUsage": "SIGN_VERIFY"}, "keyUsage", "must be ENCRYPT_DECRYPT", KEY),
            (
                {"customerMasterKeySpec": "RSA_2048"},
                "enableKeyRotation",
                "only keys of the spec SYMMETRIC_DEFAULT",
                api("kms", "EnableKeyRotation"),
            ),
            ({"description": "d" * 8193}, "description", "at most 8192 characters", KEY),
            ({"policy": "no JSON"}, "policy", "must be JSON", terraform("kms_key")),
            ({"policy": key_policy("a", "kms:Encrypt")}, "policy", "kms:PutKeyPolicy", KEY),
        ),
        accepted=(
            {"deletionWindowInDays": 7, "rotationPeriodInDays": 90},
            {"deletionWindowInDays": 30, "rotationPeriodInDays": 2560},
            {"customerMasterKeySpec": "RSA_4096", "keyUsage": "SIGN_VERIFY", "enableKeyRotation": None},
        ),
    ),
    Refusals(
        token="aws:kms/alias:Alias",
        valid={"name": "alias/slipway", "targetKeyId": "00000000-0000-0000-0000-000000000001"},
        refused=(
            ({"targetKeyId": None}, "targetKeyId", "is required", ALIAS),
            ({"targetKeyId": "alias/other"}, "targetKeyId", "not an alias", ALIAS),
            ({"name": "slipway"}, "name", "must match", ALIAS),
            ({"name": "alias/aws/s3"}, "name", "for AWS's own keys", ALIAS),
            ({"name": "alias/two words"}, "name", "must match", ALIAS),
            ({"name": "alias/" + "a" * 251}, "name", "at most 256 characters", ALIAS),
        ),
        accepted=({"name": "alias/" + "a" * 250}, {"name": "alias/awsome"}),
    ),
)
