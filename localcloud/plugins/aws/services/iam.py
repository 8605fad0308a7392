"""IAM: roles and identity providers."""

import contextlib
import json
import re

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Function, Name, Properties, Tags
from localcloud.plugins.aws.errors import Gone
from localcloud.plugins.aws.marks import without
from localcloud.plugins.aws.rules import value
from localcloud.plugins.aws.services.documents import refuse_strangers, trust_policy
from localcloud.plugins.aws.services.iam_policies import NAME
from localcloud.plugins.aws.shapes import pairs
from localcloud.plugins.aws.steps import Named, Op, pages

_MAKE_ROLE = Op(
    "create_role",
    take=("assumeRolePolicy", "description", "maxSessionDuration", "name", "path", "permissionsBoundary"),
    rename={"name": "RoleName", "assumeRolePolicy": "AssumeRolePolicyDocument"},
    pick="Role.RoleName",
    tagged=True,
)


def _create_role(call: Call) -> str:
    refuse_strangers(call, call.inputs["assumeRolePolicy"])
    return str(_MAKE_ROLE(call))


def _read_role(call: Call) -> Properties:
    role = call.api("get_role", RoleName=call.id)["Role"]
    return {
        "name": role["RoleName"],
        "arn": role["Arn"],
        "uniqueId": role["RoleId"],
        "createDate": role["CreateDate"].isoformat(),
        "path": role["Path"],
        "description": role.get("Description", ""),
        "maxSessionDuration": role.get("MaxSessionDuration", 3600),
        "permissionsBoundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", ""),
        "assumeRolePolicy": json.dumps(role["AssumeRolePolicyDocument"]),
        "tags": role.get("Tags", []),
    }


def _change_role(call: Call) -> None:
    given = call.inputs
    if call.changed("description", "maxSessionDuration"):
        call.api(
            "update_role",
            RoleName=call.id,
            Description=given.get("description", ""),
            MaxSessionDuration=int(given.get("maxSessionDuration", 3600)),
        )
    if call.changed("assumeRolePolicy"):
        refuse_strangers(call, given["assumeRolePolicy"])
        call.api("update_assume_role_policy", RoleName=call.id, PolicyDocument=given["assumeRolePolicy"])
    if call.changed("permissionsBoundary"):
        boundary = given.get("permissionsBoundary")
        if boundary:
            call.api("put_role_permissions_boundary", RoleName=call.id, PermissionsBoundary=boundary)
        else:
            call.api("delete_role_permissions_boundary", RoleName=call.id)


def _delete_role(call: Call) -> None:
    """Take the role out of instance profiles, with `forceDetachPolicies` also all policies off it, and delete it."""
    for profile in call.api("list_instance_profiles_for_role", RoleName=call.id)["InstanceProfiles"]:
        name = profile["InstanceProfileName"]
        call.api("remove_role_from_instance_profile", InstanceProfileName=name, RoleName=call.id)
    if call.inputs.get("forceDetachPolicies"):
        for each in pages(call, "list_attached_role_policies", "AttachedPolicies", "Marker", RoleName=call.id):
            _end(call, "detach_role_policy", RoleName=call.id, PolicyArn=each["PolicyArn"])
        for name in pages(call, "list_role_policies", "PolicyNames", "Marker", RoleName=call.id):
            _end(call, "delete_role_policy", RoleName=call.id, PolicyName=name)
    call.api("delete_role", RoleName=call.id)


def _end(call: Call, method: str, **parameters: str) -> None:
    """Take something away that another resource of the run may have taken away just now."""
    with contextlib.suppress(Gone):
        call.api(method, **parameters)


def _without_scheme(url: str) -> str:
    return url.removeprefix("https://").rstrip("/")


def _read_provider(call: Call) -> Properties:
    live = call.api("get_open_id_connect_provider", OpenIDConnectProviderArn=call.id)
    given = call.inputs.get("url", "")
    same = _without_scheme(given) == _without_scheme(live["Url"])
    return {
        "arn": call.id,
        "url": given if same else f"https://{_without_scheme(live['Url'])}",
        "clientIdLists": live["ClientIDList"],
        "thumbprintLists": live.get("ThumbprintList", []),
        "tags": live.get("Tags", []),
    }


def _change_provider(call: Call) -> None:
    """Add the new client ids before the old ones go: a provider is never without one."""
    owner = {"OpenIDConnectProviderArn": call.id}
    wanted = call.inputs["clientIdLists"]
    live = call.api("get_open_id_connect_provider", **owner)
    for client in [each for each in wanted if each not in live["ClientIDList"]]:
        call.api("add_client_id_to_open_id_connect_provider", ClientID=client, **owner)
    for client in [each for each in live["ClientIDList"] if each not in wanted]:
        call.api("remove_client_id_from_open_id_connect_provider", ClientID=client, **owner)
    thumbprints = call.inputs.get("thumbprintLists")
    if thumbprints and thumbprints != live.get("ThumbprintList"):
        call.api("update_open_id_connect_provider_thumbprint", ThumbprintList=thumbprints, **owner)


def _get_role(call: Call) -> Properties:
    role = call.api("get_role", RoleName=call.inputs["name"])["Role"]
    return {
        "id": role["RoleName"],
        "name": role["RoleName"],
        "arn": role["Arn"],
        "assumeRolePolicy": json.dumps(role["AssumeRolePolicyDocument"]),
        "createDate": role["CreateDate"].isoformat(),
        "description": role.get("Description", ""),
        "maxSessionDuration": role.get("MaxSessionDuration", 3600),
        "path": role["Path"],
        "permissionsBoundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", ""),
        "roleLastUseds": [],
        "tags": without(pairs(role.get("Tags"))),
        "uniqueId": role["RoleId"],
    }


ENTRIES = (
    Entry(
        token="aws:iam/role:Role",
        service="iam",
        cfn="AWS::IAM::Role",
        names={"name": "RoleName", "assumeRolePolicy": "AssumeRolePolicyDocument"},
        inputs=(
            "assumeRolePolicy",
            "description",
            "forceDetachPolicies",
            "maxSessionDuration",
            "name",
            "path",
            "permissionsBoundary",
        ),
        name=Name(longest=64, pattern=NAME),
        create=_create_role,
        read=_read_role,
        update=_change_role,
        delete=_delete_role,
        find=Named(),
        tags=Tags(add="tag_role", remove="untag_role", owner=lambda call: {"RoleName": call.id}),
        defaults={"maxSessionDuration": 3600, "path": "/", "description": "", "permissionsBoundary": ""},
        local=("forceDetachPolicies",),
        json=("assumeRolePolicy",),
        rules=(
            trust_policy("assumeRolePolicy"),
            value("description", lambda text: len(text) <= 1000, "must have at most 1000 characters"),
            value(
                "permissionsBoundary",
                lambda arn: bool(re.fullmatch(r"arn:aws:iam::(aws|\d{12}):policy/.+", arn)),
                "must be the ARN of a managed policy",
            ),
        ),
    ),
    Entry(
        token="aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        service="iam",
        cfn="AWS::IAM::OIDCProvider",
        inputs=("clientIdLists", "thumbprintLists", "url"),
        create=Op(
            "create_open_id_connect_provider",
            take=("clientIdLists", "thumbprintLists", "url"),
            rename={"clientIdLists": "ClientIDList", "thumbprintLists": "ThumbprintList"},
            pick="OpenIDConnectProviderArn",
        ),
        read=_read_provider,
        update=_change_provider,
        delete=Op("delete_open_id_connect_provider", {"OpenIDConnectProviderArn": "$id"}),
        find=Named(lambda call: f"arn:aws:iam::{call.account}:oidc-provider/{_without_scheme(call.inputs['url'])}"),
        tags=Tags(
            add="tag_open_id_connect_provider",
            remove="untag_open_id_connect_provider",
            owner=lambda call: {"OpenIDConnectProviderArn": call.id},
        ),
        sets=("clientIdLists", "thumbprintLists"),
        rules=(
            value(
                "url",
                lambda url: bool(re.fullmatch(r"https://[^?#\s]+", url)),
                "must be an https address without query or fragment",
            ),
            value("clientIdLists", bool, "must have at least one client id"),
        ),
        unlike=("AWS fetches the thumbprint itself when none is given, here the list stays empty",),
    ),
)

FUNCTIONS = (Function(token="aws:iam/getRole:getRole", service="iam", inputs=("name",), run=_get_role),)
