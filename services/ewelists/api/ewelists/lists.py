"""Lists, and who is in them: a list is a node, its owner and its guests are edges from their users."""

from __future__ import annotations

from typing import Any

from ewelists import clock, ids, keys
from ewelists.problems import RefusedError, not_found
from ewelists.table import Item, Table, UnmetError, replacing
from ewelists.users import Users

LISTS_OF_A_USER = 500
OWNER = "owner"
GUEST = "guest"
OPTIONAL = ("description", "occasion", "date")


class Lists:
    """Lists over the table; who may not see one is told that there is none."""

    def __init__(self, table: Table, users: Users) -> None:
        self._table = table
        self._users = users

    def add(self, user: str, fields: dict[str, Any]) -> dict[str, Any]:
        """Make a list: its node and its owner's edge, together."""
        if len(list(self._table.all(keys.USER + user, keys.LIST))) >= LISTS_OF_A_USER:
            raise RefusedError(409, "too-many", f"nobody has more than {LISTS_OF_A_USER} lists")
        identity, time = ids.new(), clock.stamp()
        node = keys.node(identity) | fields
        node |= {"id": identity, "owner": user, "products": 0, "guests": 0, "createdAt": time, "updatedAt": time}
        self._table.transact(
            [self._table.putting(node, "attribute_not_exists(PK)"), self._table.putting(edge(user, identity, OWNER))]
        )
        return self._shown(node, OWNER, self._users.names([user]))

    def page(self, user: str, limit: int, after: str | None) -> tuple[list[dict[str, Any]], str | None]:
        """Lists of a user, their own and those shared with them, newest first."""
        edges, ended = self._table.page(keys.USER + user, keys.LIST, limit, after, backwards=True)
        found = self._table.get_many([keys.node(keys.last(found["SK"])) for found in edges])
        nodes = {node["id"]: node for node in found}
        names = self._users.names(node["owner"] for node in nodes.values())
        shown = [
            self._shown(nodes[keys.last(found["SK"])], found["role"], names)
            for found in edges
            if keys.last(found["SK"]) in nodes
        ]
        return shown, ended

    def role(self, user: str, list_id: str) -> str:
        """What the user is in the list, owner or guest; not found when neither."""
        found = self._table.get(keys.membership(user, list_id)) if ids.PATTERN.fullmatch(list_id) else None
        if not found:
            raise not_found()
        return str(found["role"])

    def owned(self, user: str, list_id: str) -> Item:
        """The node of a list of the user's own; not found otherwise."""
        if self.role(user, list_id) != OWNER:
            raise not_found()
        return self._node(list_id)

    def get(self, user: str, list_id: str) -> dict[str, Any]:
        """A list as one who is in it sees it."""
        role = self.role(user, list_id)
        node = self._node(list_id)
        return self._shown(node, role, self._users.names([node["owner"]]))

    def change(self, user: str, list_id: str, fields: dict[str, Any]) -> dict[str, Any]:
        """Give a list of one's own other texts; what is not among them is taken away."""
        self.owned(user, list_id)
        values = fields | {"updatedAt": clock.stamp()}
        gone = [name for name in OPTIONAL if name not in fields]
        change, names = replacing(values, gone)
        try:
            node = self._table.update(keys.node(list_id), change, "attribute_exists(PK)", names, **values)
        except UnmetError:
            raise not_found() from None
        return self._shown(node, OWNER, self._users.names([user]))

    def delete(self, user: str, list_id: str) -> None:
        """Remove a list of one's own with all that hangs on it; done again, it goes on where it ended.

        The node goes first, so that nobody sees half a list; the owner's edge last, so that it can be asked for again.
        """
        if self.role(user, list_id) != OWNER:
            raise not_found()
        self._table.delete(keys.node(list_id))
        inside = [{"PK": item["PK"], "SK": item["SK"]} for item in self._table.all(keys.LIST + list_id)]
        edges = [keys.membership(keys.last(item["PK"]), list_id) for item in self.members(list_id)]
        self._table.delete_many(inside + [found for found in edges if found != keys.membership(user, list_id)])
        self._table.delete(keys.membership(user, list_id))

    def members(self, list_id: str) -> list[Item]:
        """The edges of a list, its owner's and its guests'; a moment late."""
        return list(self._table.all(keys.LIST + list_id, keys.USER, index=True))

    def _node(self, list_id: str) -> Item:
        node = self._table.get(keys.node(list_id))
        if not node:
            raise not_found()
        return node

    @staticmethod
    def _shown(node: Item, role: str, names: dict[str, str]) -> dict[str, Any]:
        optional = {name: node.get(name) for name in OPTIONAL}
        counted = {"products": node["products"]} | ({"guests": node["guests"]} if role == OWNER else {})
        times = {"createdAt": node["createdAt"], "updatedAt": node["updatedAt"]}
        owner = {"name": names.get(node["owner"], "")}
        return {"id": node["id"], "title": node["title"]} | optional | {"role": role, "owner": owner} | counted | times


def edge(user: str, list_id: str, role: str) -> Item:
    """The edge from a user to a list."""
    found = keys.membership(user, list_id)
    return found | {"GSI1PK": found["SK"], "GSI1SK": found["PK"], "role": role, "since": clock.stamp()}
