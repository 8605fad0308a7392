"""The door's own answers: the index page, and errors that say what is wrong in one line."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any

from aiohttp import web

PAGE = Template(Path(__file__).with_name("page.html").read_text())

RETRY_SECONDS = 2
"""After which a page about something that is starting is asked for again."""


@dataclass(frozen=True)
class Problem:
    """Something a visitor should know instead of what was asked for."""

    status: int
    title: str
    text: str
    details: Sequence[str] = field(default_factory=tuple)
    retry: bool = False
    """Whether trying again soon may help."""


def problem(request: web.Request, trouble: Problem) -> web.Response:
    """Answer with a page for a browser and with JSON for anything else."""
    headers = {"Cache-Control": "no-store"} | ({"Retry-After": str(RETRY_SECONDS)} if trouble.retry else {})
    if "text/html" not in request.headers.get("Accept", ""):
        content = {"error": trouble.title, "message": trouble.text, "details": list(trouble.details)}
        return web.json_response(content, status=trouble.status, headers=headers)
    items = "".join(f"<li>{html.escape(detail)}</li>" for detail in trouble.details)
    body = f'<p class="lead">{html.escape(trouble.text)}</p>' + (f"<ul class=details>{items}</ul>" if items else "")
    return page(trouble.title, body, status=trouble.status, headers=headers, refresh=trouble.retry)


def index(status: Mapping[str, Any], unknown: str = "") -> web.Response:
    """Answer with the list of stacks and systems; with status 404 when it stands in for the host `unknown`."""
    lead = f"nothing is served as {unknown}" if unknown else status["cloud"]["trouble"]
    parts = [f'<p class="lead">{html.escape(lead)}</p>'] if lead else []
    parts += [_stack(name, stack) for name, stack in status["stacks"].items()]
    if status["others"]:
        parts.append(_section("Other hosts", "", _rows(status["others"])))
    if not status["stacks"] and not status["others"]:
        parts.append('<p class="lead">No stack is up. <code>slipway up</code> brings one.</p>')
    starting = any(row["state"] == "starting" for stack in status["stacks"].values() for row in stack["systems"])
    return page(
        "Slipway on this machine",
        "".join(parts),
        status=404 if unknown else 200,
        headers={"Cache-Control": "no-store"},
        refresh=starting,
    )


def page(title: str, body: str, *, status: int, headers: Mapping[str, str], refresh: bool = False) -> web.Response:
    """Return a page in the door's design; `body` is HTML."""
    again = f'<meta http-equiv="refresh" content="{RETRY_SECONDS}">' if refresh else ""
    text = PAGE.substitute(title=html.escape(title), body=body, refresh=again)
    return web.Response(text=text, content_type="text/html", status=status, headers=headers)


def _stack(name: str, stack: Mapping[str, Any]) -> str:
    return _section(name, f"account {stack['account']}" if stack.get("account") else "", _rows(stack["systems"]))


def _section(title: str, note: str, rows: str) -> str:
    return (
        f"<section><h2>{html.escape(title)}<small>{html.escape(note)}</small></h2><ul class=rows>{rows}</ul></section>"
    )


def _rows(systems: Sequence[Mapping[str, str]]) -> str:
    return "".join(
        f'<li><span class="state {html.escape(row["state"])}">{html.escape(row["state"])}</span>'
        f"<strong>{html.escape(row['name'])}</strong>"
        f'<a href="{html.escape(row["url"])}">{html.escape(row["url"])}</a>'
        + (f"<em>{html.escape(row['reason'])}</em>" if row["reason"] else "")
        + "</li>"
        for row in systems
    )
