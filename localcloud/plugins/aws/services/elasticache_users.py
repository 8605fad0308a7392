"""ElastiCache: users of caches, what they may do, and the groups by which a cache knows them."""

import re
from typing import Any

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Properties, Rule
from localcloud.plugins.aws.errors import Gone
from localcloud.plugins.aws.rules import conflict, given, value
from localcloud.plugins.aws.services.elasticache import PARTS
from localcloud.plugins.aws.services.elasticache_tags import gone, tags, until
from localcloud.plugins.aws.steps import Named, tag_parameters
from localcloud.plugins.provider import UNKNOWN

_WAYS = {"password": "password", "no-password": "no-password-required", "iam": "iam"}
"""How a user logs in: as AWS says it in an answer → as it is asked for."""
_ENGINES = ("redis", "valkey")
_LOGIN = ("authenticationMode", "noPasswordRequired", "passwords")


def _user(call: Call, user: str) -> Properties | None:
    """Return the described user, or nothing."""
    found = call.api("describe_users", UserId=user)["Users"]
    return next((dict(each) for each in found if each["Status"] != "deleting"), None)


def _group(call: Call, group: str) -> Properties | None:
    """Return the described group, or nothing."""
    found = call.api("describe_user_groups", UserGroupId=group)["UserGroups"]
    return next((dict(each) for each in found if each["Status"] != "deleting"), None)


def _create_user(call: Call) -> str:
    take = ("accessString", "engine", "userId", "userName", *_LOGIN)
    call.api("create_user", **call.parameters("create_user", take), **tag_parameters(call))
    return str(call.inputs["userId"])


def _settle_user(call: Call) -> None:
    until(call, lambda: _user(call, call.id), "active", f"the user {call.id}")


def _change_user(call: Call) -> None:
    changed = [name for name in ("accessString", "engine", *_LOGIN) if call.changed(name)]
    sent = call.parameters("modify_user", changed)
    if sent:
        _settle_user(call)
        call.api("modify_user", UserId=call.id, **sent)


def _read_user(call: Call) -> Properties | None:
    live = _user(call, call.id)
    if live is None:
        return None
    way = live.get("Authentication", {})
    kind = _WAYS.get(way.get("Type", ""), "")
    return {
        "accessString": live["AccessString"],
        "arn": live["ARN"],
        "authenticationMode": {"type": kind, "passwordCount": way.get("PasswordCount", 0)},
        "engine": live["Engine"],
        "userId": live["UserId"],
        "userName": live["UserName"],
    }


def _delete_user(call: Call) -> None:
    call.api("delete_user", UserId=call.id)
    gone(call, lambda: _user(call, call.id), f"the user {call.id}")


def _create_group(call: Call) -> str:
    sent = call.parameters("create_user_group", ("engine", "userGroupId", "userIds"))
    call.api("create_user_group", **sent, **tag_parameters(call))
    return str(call.inputs["userGroupId"])


def _settle_group(call: Call) -> None:
    until(call, lambda: _group(call, call.id), "active", f"the user group {call.id}")


def _change_group(call: Call) -> None:
    """Add and remove users; those whom somebody else has added stay."""
    wanted, before = set(call.inputs.get("userIds") or ()), set(call.old.get("userIds") or ())
    live = set((_group(call, call.id) or {}).get("UserIds", ()))
    changed = {"UserIdsToAdd": sorted(wanted - live), "UserIdsToRemove": sorted((before - wanted) & live)}
    sent: Properties = {name: ids for name, ids in changed.items() if ids}
    if call.changed("engine"):
        sent["Engine"] = call.inputs["engine"]
    if sent:
        _settle_group(call)
        call.api("modify_user_group", UserGroupId=call.id, **sent)


def _read_group(call: Call) -> Properties | None:
    live = _group(call, call.id)
    if live is None:
        return None
    return {"arn": live["ARN"], "engine": live["Engine"], "userGroupId": call.id, "userIds": live.get("UserIds", [])}


def _delete_group(call: Call) -> None:
    call.api("delete_user_group", UserGroupId=call.id)
    gone(call, lambda: _group(call, call.id), f"the user group {call.id}")


def _pair(call: Call) -> tuple[str, str]:
    """Return group and user: from inputs, or from the id `GROUP,USER`."""
    group, _, user = call.id.partition(",")
    return str(call.inputs.get("userGroupId") or group), str(call.inputs.get("userId") or user)


def _ready_group(call: Call) -> Properties:
    group, _ = _pair(call)
    return until(call, lambda: _group(call, group), "active", f"the user group {group}")


def _join(call: Call) -> str:
    group, user = _pair(call)
    if user not in _ready_group(call).get("UserIds", ()):
        call.api("modify_user_group", UserGroupId=group, UserIdsToAdd=[user])
    return f"{group},{user}"


def _is_in(call: Call) -> Properties | None:
    group, user = _pair(call)
    live = _group(call, group)
    return {"userGroupId": group, "userId": user} if live and user in live.get("UserIds", ()) else None


def _leave(call: Call) -> None:
    group, user = _pair(call)
    try:
        if user in _ready_group(call).get("UserIds", ()):
            call.api("modify_user_group", UserGroupId=group, UserIdsToRemove=[user])
            _ready_group(call)
    except Gone:
        return


def _passwords(inputs: Properties) -> tuple[str, str] | None:
    """Judge passwords without ever showing one, and that there is just one way to log in."""
    texts = inputs.get("passwords")
    if isinstance(texts, list) and not 1 <= len(texts) <= 2:
        return "passwords", f"must be 1 or 2, got {len(texts)}"
    if isinstance(texts, list) and not all(each is UNKNOWN or _is_password(each) for each in texts):
        return "passwords", 'must have 16 to 128 characters each, none of them a space, , , ", / or @'
    if not any(given(inputs, name) for name in _LOGIN):
        return "authenticationMode", f"one of {', '.join(_LOGIN)} must be given"
    return None


def _is_password(text: Any) -> bool:
    return 16 <= len(str(text)) <= 128 and not set(str(text)) & set(' ,"/@')


def _rights(given_: str, live: str) -> bool:
    """Say whether two access strings mean the same: AWS writes `resetchannels` in where no channel is allowed."""
    return [word for word in given_.split() if word != "resetchannels"] == [
        word for word in live.split() if word != "resetchannels"
    ]


def _default_of_redis(inputs: Properties) -> tuple[str, str] | None:
    """Judge that the user named default is of Redis's groups: Valkey needs none."""
    if inputs.get("engine") == "redis" and not given(inputs, "userIds"):
        return "userIds", "must have a user whose userName is default, for redis"
    return None


def _id(name: str) -> Rule:
    """Return the rule for the id of a user or a group."""
    reason = "must be of at most 40 small letters, digits and single hyphens, a letter first"
    return value(name, lambda text: bool(re.fullmatch(PARTS, text)) and len(text) <= 40, reason)


ENTRIES = (
    Entry(
        token="aws:elasticache/user:User",
        service="elasticache",
        cfn="AWS::ElastiCache::User",
        inputs=("accessString", "engine", "userId", "userName", *_LOGIN),
        create=_create_user,
        settle=_settle_user,
        read=_read_user,
        update=_change_user,
        delete=_delete_user,
        find=Named("$input.userId"),
        tags=tags("user"),
        dropped={
            "noPasswordRequired": "it says how a user is made, who may get passwords later: never read",
            "passwords": "AWS never gives them back",
        },
        same={"accessString": _rights},
        secret=("passwords",),
        refused={"authenticationMode.passwords": "they would be in the state in plain text: give passwords instead"},
        limits={
            "userId": {},
            "userName": {"minLength": 1, "maxLength": 120, "pattern": r"^\S+$"},
        },
        rules=(
            _id("userId"),
            conflict("authenticationMode", "noPasswordRequired", "passwords"),
            value(
                "authenticationMode",
                lambda mode: mode.get("type") != "password",
                "must not be of type password: give passwords instead",
            ),
            value("noPasswordRequired", lambda on: on is True, "must be true or not given"),
            _passwords,
        ),
        seconds=600,
    ),
    Entry(
        token="aws:elasticache/userGroup:UserGroup",
        service="elasticache",
        inputs=("engine", "userGroupId", "userIds"),
        create=_create_group,
        settle=_settle_group,
        read=_read_group,
        update=_change_group,
        delete=_delete_group,
        find=Named("$input.userGroupId"),
        tags=tags("usergroup"),
        replace={"userGroupId": "a group is known by its id"},
        sets=("userIds",),
        limits={"engine": {"enum": list(_ENGINES)}},
        rules=(
            _id("userGroupId"),
            value("userIds", lambda ids: len(ids) <= 100, "must be at most 100"),
            _default_of_redis,
        ),
        seconds=600,
    ),
    Entry(
        token="aws:elasticache/userGroupAssociation:UserGroupAssociation",
        service="elasticache",
        inputs=("userGroupId", "userId"),
        create=_join,
        settle=_ready_group,
        read=_is_in,
        delete=_leave,
        rules=(_id("userGroupId"), _id("userId")),
        seconds=600,
    ),
)
