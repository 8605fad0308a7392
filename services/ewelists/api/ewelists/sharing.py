"""Sharing: an invitation is an edge from a list to an address, which becomes one from a user when it is accepted."""

from __future__ import annotations

from typing import Any

from ewelists import clock, ids, keys
from ewelists.lists import GUEST, OWNER, Lists, edge
from ewelists.mail import Mail
from ewelists.problems import RefusedError, not_found
from ewelists.products import Products
from ewelists.table import Item, Table, UnmetError

INVITATION_SECONDS = 30 * 86_400
GUESTS_OF_A_LIST = 100
INVITATIONS_OF_A_LIST = 100
MAILS_A_DAY = 50
COUNT_SECONDS = 2 * 86_400


class Sharing:
    """Invitations and guests over the table."""

    def __init__(self, table: Table, lists: Lists, products: Products, mail: Mail) -> None:
        self._table = table
        self._lists = lists
        self._products = products
        self._mail = mail

    def invite(self, owner: Item, list_id: str, address: str) -> dict[str, Any]:
        """Send somebody a link by which they become a guest; the list keeps the hash of its secret alone."""
        node = self._lists.owned(owner["id"], list_id)
        if len(self.invitations(list_id)) >= INVITATIONS_OF_A_LIST:
            raise RefusedError(409, "too-many", f"a list has at most {INVITATIONS_OF_A_LIST} open invitations")
        self._count_mail(owner["id"])
        secret = ids.secret()
        item = self._invitation(list_id, ids.digest(secret), address, owner["id"])
        self._table.put(item)
        try:
            self._mail.invite(address, owner["name"], node["title"], f"{list_id}.{secret}")
        except RefusedError:
            self._table.delete({"PK": item["PK"], "SK": item["SK"]})
            raise
        return _shown(item)

    def invitations(self, list_id: str) -> list[Item]:
        """The open invitations to a list."""
        now = clock.in_seconds(0)
        found = self._table.all(keys.LIST + list_id, keys.INVITATION)
        return [item for item in found if item["expiresAt"] > now]

    def guests(self, owner: str, list_id: str, names: Any) -> dict[str, Any]:
        """Who is a guest of a list of one's own, and who has been asked."""
        self._lists.owned(owner, list_id)
        edges = [item for item in self._lists.members(list_id) if item["role"] == GUEST]
        named = names([keys.last(item["PK"]) for item in edges])
        guests = [
            {"id": keys.last(item["PK"]), "name": named.get(keys.last(item["PK"]), ""), "since": item["since"]}
            for item in edges
        ]
        return {"guests": guests, "invitations": [_shown(item) for item in self.invitations(list_id)]}

    def read(self, token: str) -> tuple[str, Item]:
        """The list's id and the invitation that a link's token stands for; not found when it is open no more."""
        parts = ids.TOKEN.fullmatch(token)
        item = self._table.get(keys.invitation(parts[1], ids.digest(parts[2]))) if parts else None
        if not parts or not item or item["expiresAt"] <= clock.in_seconds(0):
            raise not_found("invitation")
        return parts[1], item

    def title(self, token: str) -> dict[str, Any]:
        """What an invitation is to."""
        list_id, item = self.read(token)
        seen = self._lists.get(item["from"], list_id)
        return {"listId": list_id, "title": seen["title"], "owner": seen["owner"]}

    def accept(self, user: str, token: str) -> str:
        """Make the user a guest; the invitation is used up. The list's id."""
        list_id, item = self.read(token)
        if self._table.get(keys.membership(user, list_id)):
            return list_id
        used = self._table.deleting({"PK": item["PK"], "SK": item["SK"]}, "attribute_exists(PK)")
        joined = self._table.putting(edge(user, list_id, GUEST), "attribute_not_exists(PK)")
        count = self._table.updating(
            keys.node(list_id),
            "ADD guests :one",
            "attribute_exists(PK) AND guests < :most",
            one=1,
            most=GUESTS_OF_A_LIST,
        )
        try:
            self._table.transact([used, joined, count])
        except UnmetError as error:
            if error.unmet == [2]:
                raise RefusedError(409, "too-many", f"a list has at most {GUESTS_OF_A_LIST} guests") from None
            raise not_found("invitation") from None
        return list_id

    def remove(self, user: str, list_id: str) -> None:
        """Take a guest from a list, with what they had reserved; not found when they are none."""
        if self._lists.role(user, list_id) == OWNER:
            raise RefusedError(409, "owner", "the owner of a list cannot leave it: delete it instead")
        gone = self._table.deleting(keys.membership(user, list_id), "attribute_exists(PK)")
        count = self._table.updating(keys.node(list_id), "ADD guests :less", "attribute_exists(PK)", less=-1)
        try:
            self._table.transact([gone, count])
        except UnmetError as error:
            if 0 in error.unmet:
                raise not_found() from None
            self._table.delete(keys.membership(user, list_id))  # the list itself is gone already
        self._products.release_all(user, list_id)

    def sent_to(self, address: str) -> list[Item]:
        """The invitations that were sent to an address; a moment late."""
        return list(self._table.all(keys.email(address), keys.INVITATION, index=True))

    def forget(self, user: str, address: str) -> None:
        """Remove a user's lists, take them from those of others, and withdraw what was sent to their address."""
        for item in list(self._table.all(keys.USER + user, keys.LIST)):
            list_id = keys.last(item["SK"])
            if item["role"] == OWNER:
                self._lists.delete(user, list_id)
            else:
                self.remove(user, list_id)
        self._table.delete_many([{"PK": item["PK"], "SK": item["SK"]} for item in self.sent_to(address)])

    def _count_mail(self, user: str) -> None:
        day = clock.now().date().isoformat()
        try:
            self._table.update(
                keys.mails(user, day),
                "ADD sent :one SET expiresAt = :expires",
                "attribute_not_exists(sent) OR sent < :most",
                one=1,
                most=MAILS_A_DAY,
                expires=clock.in_seconds(COUNT_SECONDS),
            )
        except UnmetError:
            message = f"{MAILS_A_DAY} invitations a day are the most"
            raise RefusedError(429, "too-many-mails", message, headers={"Retry-After": "3600"}) from None

    @staticmethod
    def _invitation(list_id: str, digest: str, address: str, owner: str) -> Item:
        return keys.invitation(list_id, digest) | {
            "GSI1PK": keys.email(address),
            "GSI1SK": f"{keys.INVITATION}{list_id}#{digest}",
            "email": address,
            "from": owner,
            "createdAt": clock.stamp(),
            "expiresAt": clock.in_seconds(INVITATION_SECONDS),
        }


def _shown(item: Item) -> dict[str, Any]:
    return {"email": item["email"], "createdAt": item["createdAt"]}
