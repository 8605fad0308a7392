"""IAM: policies in a role, on a role, and of their own."""

import json
import re

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties, Tags
from localcloud.plugins.aws.rules import ARN, value
from localcloud.plugins.aws.services.documents import identity_policy
from localcloud.plugins.aws.steps import Named, Op, pages

NAME = r"[\w+=,.@-]+"
"""What IAM takes as a name."""
_VERSIONS_KEPT = 5
"""How many versions a managed policy may have; the oldest goes before the next is made."""


def _role_policy_id(call: Call) -> str:
    return f"{call.inputs['role']}:{call.inputs['name']}"


def _put_role_policy(call: Call) -> str:
    role, name = call.inputs["role"], call.inputs["name"]
    call.api("put_role_policy", RoleName=role, PolicyName=name, PolicyDocument=call.inputs["policy"])
    return _role_policy_id(call)


def _read_role_policy(call: Call) -> Properties:
    role, _, name = call.id.partition(":")
    live = call.api("get_role_policy", RoleName=role, PolicyName=name)
    return {"role": role, "name": name, "policy": json.dumps(live["PolicyDocument"])}


def _delete_role_policy(call: Call) -> None:
    role, _, name = call.id.partition(":")
    call.api("delete_role_policy", RoleName=role, PolicyName=name)


def _attachment_id(call: Call) -> str:
    return f"{call.inputs['role']}/{call.inputs['policyArn']}"


def _attach(call: Call) -> str:
    """Attach the policy, which must be there: the emulator would attach one that is not."""
    role, policy = call.inputs["role"], call.inputs["policyArn"]
    call.api("get_policy", PolicyArn=policy)
    call.api("attach_role_policy", RoleName=role, PolicyArn=policy)
    return _attachment_id(call)


def _read_attachment(call: Call) -> Properties | None:
    role, _, policy = call.id.partition("/")
    attached = pages(call, "list_attached_role_policies", "AttachedPolicies", "Marker", RoleName=role)
    return {"role": role, "policyArn": policy} if policy in [each["PolicyArn"] for each in attached] else None


def _detach(call: Call) -> None:
    role, _, policy = call.id.partition("/")
    call.api("detach_role_policy", RoleName=role, PolicyArn=policy)


def _read_policy(call: Call) -> Properties:
    policy = call.api("get_policy", PolicyArn=call.id)["Policy"]
    version = call.api("get_policy_version", PolicyArn=call.id, VersionId=policy["DefaultVersionId"])
    return {
        "name": policy["PolicyName"],
        "arn": policy["Arn"],
        "policyId": policy["PolicyId"],
        "path": policy["Path"],
        "description": policy.get("Description", ""),
        "attachmentCount": policy.get("AttachmentCount", 0),
        "policy": json.dumps(version["PolicyVersion"]["Document"]),
        "tags": call.api("list_policy_tags", PolicyArn=call.id)["Tags"],
    }


def _arn(call: Call) -> str:
    return f"arn:aws:iam::{call.account}:policy{call.inputs.get('path', '/')}{call.inputs['name']}"


def _older_versions(call: Call) -> list[str]:
    """Return the versions of a managed policy that are not the default one, the oldest first."""
    versions = [
        each
        for each in pages(call, "list_policy_versions", "Versions", "Marker", PolicyArn=call.id)
        if not each["IsDefaultVersion"]
    ]
    return sorted((each["VersionId"] for each in versions), key=lambda version: int(version.removeprefix("v")))


def _change_policy(call: Call) -> None:
    if not call.changed("policy"):
        return
    older = _older_versions(call)
    if len(older) >= _VERSIONS_KEPT - 1:
        call.api("delete_policy_version", PolicyArn=call.id, VersionId=older[0])
    call.api("create_policy_version", PolicyArn=call.id, PolicyDocument=call.inputs["policy"], SetAsDefault=True)


def _delete_policy(call: Call) -> None:
    for version in _older_versions(call):
        call.api("delete_policy_version", PolicyArn=call.id, VersionId=version)
    call.api("delete_policy", PolicyArn=call.id)


_PATH = value("path", lambda path: bool(re.fullmatch(r"/([!-~]+/)?", path)), "must begin and end with /")

ENTRIES = (
    Entry(
        token="aws:iam/rolePolicy:RolePolicy",
        service="iam",
        cfn="AWS::IAM::RolePolicy",
        names={"name": "PolicyName", "role": "RoleName"},
        inputs=("name", "policy", "role"),
        name=Name(longest=128, pattern=NAME),
        create=_put_role_policy,
        read=_read_role_policy,
        update=_put_role_policy,
        delete=_delete_role_policy,
        id_of=_role_policy_id,
        json=("policy",),
        rules=(identity_policy("policy", 10240),),
    ),
    Entry(
        token="aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        service="iam",
        inputs=("policyArn", "role"),
        limits={"policyArn": ARN, "role": {"maxLength": 64, "pattern": f"^{NAME}$"}},
        create=_attach,
        read=_read_attachment,
        delete=_detach,
        id_of=_attachment_id,
    ),
    Entry(
        token="aws:iam/policy:Policy",
        service="iam",
        cfn="AWS::IAM::ManagedPolicy",
        names={"name": "ManagedPolicyName"},
        inputs=("delayAfterPolicyCreationInMs", "description", "name", "path", "policy"),
        name=Name(longest=128, pattern=NAME),
        create=Op(
            "create_policy",
            take=("description", "name", "path", "policy"),
            rename={"name": "PolicyName", "policy": "PolicyDocument"},
            pick="Policy.Arn",
        ),
        read=_read_policy,
        update=_change_policy,
        delete=_delete_policy,
        find=Named(_arn),
        tags=Tags(add="tag_policy", remove="untag_policy", owner=lambda call: {"PolicyArn": call.id}),
        defaults={"path": "/", "description": ""},
        local=("delayAfterPolicyCreationInMs",),
        json=("policy",),
        rules=(identity_policy("policy", 6144), _PATH),
    ),
)
