"""Cognito's second questions of a sign-in: answered only by whoever was asked, in time, by a password of the policy."""

import json
import time
from typing import Any, NamedTuple

from .mend import Mend, replace

ASKED = ("NEW_PASSWORD_REQUIRED", "SOFTWARE_TOKEN_MFA", "MFA_SETUP")
MINUTES = 3
"""How long a question stays open where the client says nothing."""


class Question(NamedTuple):
    """What somebody was asked after the password."""

    client: str
    user: str
    name: str
    ends: float


open_questions: dict[str, Question] = {}
"""Questions by session."""


def _challenges(cognito: Any) -> None:
    def after_password(pool: Any, pid: str, cid: str, user: Any, username: str, *more: Any, **others: Any) -> Any:
        response = original_password(pool, pid, cid, user, username, *more, **others)
        answer = json.loads(response[2])
        if answer.get("ChallengeName") in ASKED:
            minutes = pool["_clients"].get(cid, {}).get("AuthSessionValidity", MINUTES)
            question = Question(cid, user["Username"], answer["ChallengeName"], time.time() + minutes * 60)
            open_questions[answer["Session"]] = question
        return response

    def refusal(data: dict[str, Any]) -> Any:
        """Return the answer to a response that nobody asked for, or to a password against the policy."""
        given = data.get("ChallengeResponses") or {}
        pool = cognito._user_pools.get(data.get("UserPoolId", "")) or cognito._pool_for_client(data.get("ClientId"))[0]
        user = cognito._resolve_user(pool, given.get("USERNAME"))[0] if pool else None
        question = open_questions.get(data.get("Session", ""))
        wanted = (data.get("ClientId"), (user or {}).get("Username"), data["ChallengeName"])
        if question is None or question[:3] != wanted or question.ends <= time.time():
            text = "Invalid session for the user, session is expired."
            return cognito.error_response_json("NotAuthorizedException", text, 400)
        if question.name == "NEW_PASSWORD_REQUIRED":
            return cognito._validate_password(pool, given.get("NEW_PASSWORD", ""))
        return None

    def asked(original: Any) -> Any:
        def respond(data: dict[str, Any]) -> Any:
            if data.get("ChallengeName") not in ASKED:
                return original(data)
            response = refusal(data) or original(data)
            if "AuthenticationResult" in json.loads(response[2]):
                open_questions.pop(data["Session"], None)
            return response

        return respond

    original_password = replace(cognito, "_password_auth_result", after_password)
    for name in ("_respond_to_auth_challenge", "_admin_respond_to_auth_challenge"):
        replace(cognito, name, asked(getattr(cognito, name)))


MENDS = (
    Mend(
        "a code of a second factor or a first password counts only in the session that asked for it",
        "whoever knows a name gets tokens by answering a question that was never asked",
        "ministack.services.cognito",
        {
            "_password_auth_result": "b88268f483e4",
            "_mfa_challenge_for_user": "14b1bbda71fe",
            "_validate_password": "223b46f71a0e",
        },
        _challenges,
    ),
)
