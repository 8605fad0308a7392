"""JSON documents that inputs hold, IAM policies above all: what AWS refuses in them, as rules for `Entry.rules`."""

import fnmatch
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from localcloud.errors import Trouble
from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Properties, Rule
from localcloud.plugins.aws.errors import Gone

_VERSIONS = ("2012-10-17", "2008-10-17")
_STATEMENT = {
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
}
_ACTION = re.compile(r"\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+")
_PERSON = re.compile(r"arn:aws:iam::(\d{12}):(role|user)/(?:.*/)?([^/]+)")
_ACTIONS, _RESOURCES, _PRINCIPALS = ("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal")


def document(name: str, judge: Callable[[Any], str], longest: int = 0) -> Rule:
    """Return the rule that a property holds JSON which `judge` accepts (it returns what is wrong, or "").

    `longest` is AWS's limit in characters, white space outside texts not counted; 0: none.
    """

    def rule(inputs: Properties) -> tuple[str, str] | None:
        text = inputs.get(name)
        if not isinstance(text, str):
            return None
        try:
            parsed = json.loads(text)
        except ValueError as error:
            return name, f"must be JSON: {error}"
        size = len(json.dumps(parsed, separators=(",", ":"), ensure_ascii=False))
        if longest and size > longest:
            return name, f"must have at most {longest} characters, got {size}"
        reason = judge(parsed)
        return (name, reason) if reason else None

    return rule


def identity_policy(name: str, longest: int) -> Rule:
    """Return the rule for a policy of a role: statements with actions and resources, nobody named."""
    return document(name, lambda parsed: _policy(parsed, (_ACTIONS, _RESOURCES), _PRINCIPALS), longest)


def trust_policy(name: str, longest: int = 4096) -> Rule:
    """Return the rule for the policy that says who may take a role: actions and principals, no resource."""
    return document(name, lambda parsed: _policy(parsed, (_ACTIONS, _PRINCIPALS), _RESOURCES), longest)


def resource_policy(name: str, longest: int, *more: Callable[[Any], str], without_resource: bool = False) -> Rule:
    """Return the rule for a policy of a resource: who may do what to it; `more` judge each statement."""
    needed = (_ACTIONS, _PRINCIPALS) if without_resource else (_ACTIONS, _PRINCIPALS, _RESOURCES)

    def judge(parsed: Any) -> str:
        reason = _policy(parsed, needed, _RESOURCES if without_resource else ())
        found = (each(statement) for statement in statements(parsed) for each in more)
        return reason or next(filter(None, found), "")

    return document(name, judge, longest)


def statements(parsed: Any) -> list[Any]:
    """Return the statements of a parsed policy; one alone may stand without a list."""
    found = parsed.get("Statement", []) if isinstance(parsed, Mapping) else []
    return found if isinstance(found, list) else [found]


def texts(value: Any) -> list[str]:
    """Return what a policy writes as one text or as a list of them."""
    return [str(each) for each in value] if isinstance(value, list) else [] if value is None else [str(value)]


def allows(parsed: Any, action: str) -> bool:
    """Say whether some statement allows the action, to whomever."""
    wanted = action.lower()
    return any(
        each.get("Effect") == "Allow" and any(fnmatch.fnmatch(wanted, one.lower()) for one in texts(each.get("Action")))
        for each in statements(parsed)
        if isinstance(each, Mapping)
    )


def _policy(parsed: Any, needed: Sequence[Sequence[str]], refused: Sequence[str]) -> str:
    """Say what is wrong with a parsed policy: each of `needed` lists alternatives, of which one must be there."""
    if not isinstance(parsed, Mapping) or "Statement" not in parsed:
        return "must be a policy document with a Statement"
    if parsed.get("Version", _VERSIONS[0]) not in _VERSIONS:
        return f"Version must be one of {', '.join(_VERSIONS)}, got {parsed['Version']!r}"
    all_statements = statements(parsed)
    if not all_statements:
        return "must have at least one statement"
    sids = [each["Sid"] for each in all_statements if isinstance(each, Mapping) and "Sid" in each]
    twin = next((sid for sid in sids if sids.count(sid) > 1), None)
    if twin is not None:
        return f"statement ids must be unique, got {twin!r} twice"
    found = ((number, _statement(each, needed, refused)) for number, each in enumerate(all_statements))
    return next((f"statement {number}: {reason}" for number, reason in found if reason), "")


def _statement(statement: Any, needed: Sequence[Sequence[str]], refused: Sequence[str]) -> str:
    if not isinstance(statement, Mapping):
        return "must be an object"
    unknown = sorted(set(statement) - _STATEMENT)
    if unknown:
        return f"has no element {unknown[0]}"
    if statement.get("Effect") not in ("Allow", "Deny"):
        return f"Effect must be Allow or Deny, got {statement.get('Effect')!r}"
    for alternatives in needed:
        there = [each for each in alternatives if statement.get(each)]
        if len(there) != 1:
            return f"must have exactly one of {' and '.join(alternatives)}"
    wrong = next((each for each in refused if each in statement), None)
    if wrong:
        return f"cannot have {wrong} in a policy of this kind"
    actions = (one for each in _ACTIONS for one in texts(statement.get(each)))
    odd = next((one for one in actions if not _ACTION.fullmatch(one)), None)
    return f"an action is written service:Action, got {odd!r}" if odd else ""


def refuse_strangers(call: Call, text: Any) -> None:
    """Raise Trouble for a policy that names a role or user who does not exist: AWS refuses it, in any account."""
    named = [each.get("Principal") for each in statements(json.loads(text))]
    arns = sorted({arn for each in named if isinstance(each, Mapping) for arn in texts(each.get("AWS"))})
    for arn in arns:
        match = _PERSON.fullmatch(arn)
        if match is None:
            continue
        account, kind, name = match.groups()
        elsewhere = "" if account == call.account else account
        try:
            if kind == "role":
                call.api("get_role", of="iam", account=elsewhere, RoleName=name)
            else:
                call.api("get_user", of="iam", account=elsewhere, UserName=name)
        except Gone as error:
            fix = "make it first, or name its account and add a condition on aws:PrincipalArn"
            raise Trouble(f"the policy names the {kind} {arn}, which does not exist", fix) from error
