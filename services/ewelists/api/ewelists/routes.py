"""The API's routes: who asks, what for, and what they are answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, CORSConfig, Response

from ewelists import ids, keys, once, products, schemas, users
from ewelists.lists import Lists
from ewelists.mail import Mail
from ewelists.problems import RefusedError
from ewelists.products import Products
from ewelists.settings import load
from ewelists.sharing import Sharing
from ewelists.table import Table
from ewelists.telemetry import count
from ewelists.users import Caller, Users

PAGE_DEFAULT = 50
PAGE_MOST = 100

settings = load()
app = APIGatewayHttpResolver(
    strip_prefixes=["/api"],
    cors=CORSConfig(
        allow_origin=settings.cors_origins[0],
        extra_origins=list(settings.cors_origins[1:]),
        allow_headers=["Authorization", "Content-Type", "Idempotency-Key"],
        expose_headers=["X-Request-Id"],
        max_age=600,
    )
    if settings.cors_origins
    else None,
)
Answer = dict[str, Any]


class Services:
    """What the routes stand on."""

    def __init__(self) -> None:
        self.table = Table(settings.table)
        self.users = Users(self.table, settings.user_pool)
        self.lists = Lists(self.table, self.users)
        self.products = Products(self.table)
        self.sharing = Sharing(self.table, self.lists, self.products, Mail(settings))


@cache
def services() -> Services:
    """The one set of services of the process."""
    return Services()


def _caller() -> Caller:
    return users.caller(app.current_event.raw_event)


def _body(schema: schemas.Schema) -> Answer:
    event = app.current_event
    return schemas.read(event.raw_event.get("body"), bool(event.raw_event.get("isBase64Encoded")), schema)


def _created(user: str, body: Answer, act: Callable[[], Answer]) -> Response[str]:
    """The answer to a request that creates, sent once or more often."""
    event = app.current_event.raw_event
    key = {name.lower(): value for name, value in event.get("headers", {}).items()}.get("idempotency-key")
    route = f"{event['requestContext']['http']['method']} {app.current_event.path.removeprefix('/api')}"
    answer = once.done(services().table, user, route, key, body, app.lambda_context, act)
    return Response(201, "application/json", json.dumps(answer))


def _page(prefix: str) -> tuple[int, str | None]:
    """How many items are asked for, and after which sort key."""
    given = app.current_event.raw_event.get("queryStringParameters") or {}
    try:
        limit = int(given.get("limit", PAGE_DEFAULT))
        if not 1 <= limit <= PAGE_MOST:
            raise ValueError
    except ValueError:
        raise _wrong("limit", f"a whole number from 1 to {PAGE_MOST}") from None
    try:
        return limit, ids.sort_key(given["cursor"], prefix) if given.get("cursor") else None
    except ValueError:
        raise _wrong("cursor", "the `next` of the page before") from None


def _wrong(name: str, wanted: str) -> RefusedError:
    return RefusedError(400, "invalid-query", f"{name} must be {wanted}", [(name, f"must be {wanted}")])


def _done() -> Response[str]:
    return Response(204, "application/json", "")


@app.get("/health")
def health() -> Answer:
    """That the function answers; without a token."""
    return {"status": "ok"}


@app.get("/me")
def me() -> Answer:
    """The caller's own record."""
    return users.shown(services().users.require(_caller()))


@app.put("/me")
def rename() -> Answer:
    """The caller by another name."""
    return users.shown(services().users.rename(_caller(), _body(schemas.ME)["name"]))


@app.delete("/me")
def forget() -> Response[str]:
    """The caller's account, gone with everything in it."""
    who = _caller()
    services().sharing.forget(who.id, who.email)
    services().users.forget(who)
    count("AccountsDeleted")
    return _done()


@app.get("/lists")
def my_lists() -> Answer:
    """The caller's lists, their own and those shared with them."""
    limit, after = _page(keys.LIST)
    items, ended = services().lists.page(_caller().id, limit, after)
    return {"items": items, "next": ids.cursor(ended)}


@app.post("/lists")
def new_list() -> Response[str]:
    """A new list."""
    user = services().users.require(_caller())["id"]
    body = _body(schemas.LIST)
    answer = _created(user, body, lambda: services().lists.add(user, body))
    count("ListsCreated")
    return answer


@app.get("/lists/<list_id>")
def one_list(list_id: str) -> Answer:
    """A list of the caller's own with a page of its products."""
    user = _caller().id
    services().lists.owned(user, list_id)
    return _with_products(user, list_id, None)


@app.put("/lists/<list_id>")
def changed_list(list_id: str) -> Answer:
    """A list of the caller's own with other texts."""
    user = _caller().id
    services().lists.owned(user, list_id)
    return services().lists.change(user, list_id, _body(schemas.LIST))


@app.delete("/lists/<list_id>")
def no_list(list_id: str) -> Response[str]:
    """A list of the caller's own, gone."""
    services().lists.delete(_caller().id, list_id)
    return _done()


@app.post("/lists/<list_id>/products")
def new_product(list_id: str) -> Response[str]:
    """A product on a list of the caller's own."""
    user = _caller().id
    services().lists.owned(user, list_id)
    body = _body(schemas.PRODUCT)
    answer = _created(user, body, lambda: services().products.add(list_id, body))
    count("ProductsAdded")
    return answer


@app.put("/lists/<list_id>/products/<product_id>")
def changed_product(list_id: str, product_id: str) -> Answer:
    """A product with other fields."""
    services().lists.owned(_caller().id, list_id)
    services().products.get(list_id, product_id)
    return services().products.change(list_id, product_id, _body(schemas.PRODUCT))


@app.delete("/lists/<list_id>/products/<product_id>")
def no_product(list_id: str, product_id: str) -> Response[str]:
    """A product, gone from its list."""
    services().lists.owned(_caller().id, list_id)
    services().products.delete(list_id, product_id)
    return _done()


@app.post("/lists/<list_id>/products/<product_id>/reserve")
def reserve(list_id: str, product_id: str) -> Response[str]:
    """So many more of a product for the caller, who is in the list."""
    user = _caller().id
    services().lists.role(user, list_id)
    body = _body(schemas.RESERVATION)
    quantity = body.get("quantity", 1)
    answer = _created(user, body, lambda: services().products.reserve(user, list_id, product_id, quantity))
    count("ProductsReserved", quantity)
    return answer


@app.delete("/lists/<list_id>/products/<product_id>/reserve")
def release(list_id: str, product_id: str) -> Answer:
    """All that the caller has reserved of a product, given back."""
    user = _caller().id
    services().lists.role(user, list_id)
    return services().products.release(user, list_id, product_id)


@app.post("/lists/<list_id>/share")
def share(list_id: str) -> Response[str]:
    """An invitation to a list of the caller's own, by mail."""
    who = _caller()
    services().lists.owned(who.id, list_id)
    body = _body(schemas.SHARE)
    owner = services().users.require(who)
    answer = _created(who.id, body, lambda: services().sharing.invite(owner, list_id, body["email"]))
    count("InvitationsSent")
    return answer


@app.get("/lists/<list_id>/guests")
def guests(list_id: str) -> Answer:
    """Who is in a list of the caller's own, and who has been asked."""
    return services().sharing.guests(_caller().id, list_id, services().users.names)


@app.delete("/lists/<list_id>/guests/<user_id>")
def no_guest(list_id: str, user_id: str) -> Response[str]:
    """A guest, taken from a list of the caller's own."""
    services().lists.owned(_caller().id, list_id)
    services().sharing.remove(user_id, list_id)
    return _done()


@app.get("/shared/<list_id>")
def shared(list_id: str) -> Answer:
    """A list that the caller is in, as its guests see it."""
    user = _caller().id
    services().lists.role(user, list_id)
    return _with_products(user, list_id, user)


@app.delete("/shared/<list_id>")
def leave(list_id: str) -> Response[str]:
    """The caller, gone from a list that was shared with them."""
    services().sharing.remove(_caller().id, list_id)
    return _done()


@app.get("/invitations/<token>")
def invitation(token: str) -> Answer:
    """What an invitation is to."""
    _caller()
    return services().sharing.title(token)


@app.post("/invitations/<token>/accept")
def accept(token: str) -> Answer:
    """The caller, a guest of the list."""
    user = services().users.require(_caller())["id"]
    list_id = services().sharing.accept(user, token)
    count("InvitationsAccepted")
    return {"listId": list_id}


def _with_products(user: str, list_id: str, guest: str | None) -> Answer:
    limit, after = _page(keys.PRODUCT)
    seen = services().lists.get(user, list_id)
    items, ended = services().products.page(list_id, limit, after)
    return seen | {"items": [products.shown(item, guest) for item in items], "next": ids.cursor(ended)}
