"""The letters that an account has sent, for whoever tests what was sent."""

from typing import Any
from urllib.parse import parse_qs

from ministack.core.responses import request_scope
from ministack.services import ses

from .asgi import Receive, Scope, Send, answer_json
from .settings import SETTINGS


async def letters(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer `GET /_slipway/letters?account=ID` with the account's letters, the oldest first."""
    account = parse_qs(scope["query_string"].decode("latin-1")).get("account", [""])[0]
    await answer_json(send, 200, {"letters": sent(account)})


def sent(account: str) -> list[dict[str, Any]]:
    """Return an account's letters as MiniStack keeps them."""
    with request_scope(account, SETTINGS.region):
        return list(ses._sent_emails_list())
