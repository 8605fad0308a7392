"""The routes, and every error as a problem document (RFC 9457)."""

from __future__ import annotations

import json
import logging
import os

from flask import Blueprint, Flask, Response, jsonify
from werkzeug.exceptions import HTTPException

from counter.settings import Settings
from counter.stores import SoldOutError, Store, StoreUnavailableError, open_store

LOG = logging.getLogger("counter")


def create_app(settings: Settings | None = None, store: Store | None = None) -> Flask:
    """The application; without arguments as the environment says. SettingsError when that cannot be used."""
    settings = settings or Settings.from_environment(os.environ)
    app = Flask("counter", static_folder=None)
    app.register_blueprint(_routes(store or open_store(settings)), url_prefix=settings.prefix or None)
    # The balancer's health check knows no prefix; a person behind the balancer knows no other path.
    app.add_url_rule("/healthz", "alive", _alive)
    if settings.prefix:
        app.add_url_rule(f"{settings.prefix}/healthz", "alive", _alive)
    app.register_error_handler(SoldOutError, _sold_out)
    app.register_error_handler(StoreUnavailableError, _unavailable)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(Exception, _broken)
    app.after_request(_never_cached)
    return app


def problem(status: int, title: str, detail: str, reason: str) -> Response:
    """A problem document; `reason` is one word for programs, `detail` a sentence for people."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "reason": reason}
    return Response(json.dumps(body), status=status, content_type="application/problem+json")


def _routes(store: Store) -> Blueprint:
    routes = Blueprint("counter", __name__)

    @routes.get("/counter")
    def counter() -> Response:
        return jsonify(counter=store.value())

    @routes.post("/decrement")
    def decrement() -> Response:
        return jsonify(counter=store.decrement())

    @routes.put("/reset")
    def reset() -> Response:
        return jsonify(counter=store.reset())

    return routes


def _alive() -> Response:
    """Says that the process serves; a store that is away is no reason to replace the process."""
    return jsonify(status="ok")


def _sold_out(_: SoldOutError) -> Response:
    return problem(409, "Conflict", "the counter is at zero: no camera is left to sell", "sold-out")


def _unavailable(error: StoreUnavailableError) -> Response:
    LOG.error("store unavailable: %s", error)
    answer = problem(503, "Service Unavailable", "the counter's store does not answer: try again", "store-unavailable")
    answer.headers["Retry-After"] = "2"
    return answer


def _refused(error: HTTPException) -> Response:
    """Unknown paths and methods; headers such as Allow are kept."""
    status = error.code or 500
    answer = problem(status, error.name, error.description or error.name, error.name.lower().replace(" ", "-"))
    for name, value in error.get_headers():
        if name.lower() != "content-type":
            answer.headers[name] = value
    return answer


def _broken(_: Exception) -> Response:
    LOG.exception("unexpected error")
    return problem(500, "Internal Server Error", "the service failed, and says why in its log", "internal")


def _never_cached(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
