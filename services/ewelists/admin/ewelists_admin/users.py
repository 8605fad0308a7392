"""Users: found, exported, and deleted with everything."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import boto3

from ewelists_admin.errors import AdminError
from ewelists_admin.table import Item, Table, plain, text

TRIES = 20


@dataclass(frozen=True)
class User:
    """Who it is, in the table and in the user pool; either may be missing when an earlier deletion was cut short."""

    id: str
    email: str
    username: str
    """Empty when the user pool does not know them."""


class Users:
    """Users over the table and the pool."""

    def __init__(self, table: Table, user_pool: str) -> None:
        self.table = table
        self.user_pool = user_pool
        self.pool = boto3.client("cognito-idp")

    def find(self, who: str) -> User:
        """Who has this e-mail address or this id; AdminError when nobody has."""
        by = "email" if "@" in who else "sub"
        quoted = json.dumps(who)
        found = self.pool.list_users(UserPoolId=self.user_pool, Filter=f"{by} = {quoted}")["Users"]
        if found:
            attributes = {entry["Name"]: entry["Value"] for entry in found[0]["Attributes"]}
            return User(attributes["sub"], attributes.get("email", ""), found[0]["Username"])
        if "@" in who:
            records = list(self.table.query(f"EMAIL#{who.strip().lower()}", "USER#", index=True))
        else:
            record = self.table.get(f"USER#{who}", "PROFILE")
            records = [record] if record else []
        if not records:
            raise AdminError(f"nobody has the address or the id {who!r}")
        return User(text(records[0], "id"), text(records[0], "email"), "")

    def export(self, user: User) -> dict[str, Any]:
        """Everything that is kept of a user, as JSON has it."""
        own = list(self.table.query(f"USER#{user.id}"))
        lists = []
        for edge in own:
            if text(edge, "SK").startswith("LIST#"):
                items = [plain(item) for item in self.table.query(text(edge, "SK"))]
                if text(edge, "role") != "owner":  # of others' lists, what is theirs alone
                    items = [_own_part(item, user.id) for item in items if _is_part(item, user.id)]
                lists.append({"list": text(edge, "SK"), "role": text(edge, "role"), "items": items})
        account: dict[str, Any] = {}
        if user.username:
            found = self.pool.admin_get_user(UserPoolId=self.user_pool, Username=user.username)
            account = {entry["Name"]: entry["Value"] for entry in found["UserAttributes"]}
        sent = [plain(item) for item in self._sent_to(user.email)]
        return {"account": account, "items": [plain(item) for item in own], "lists": lists, "invitations": sent}

    def delete(self, user: User) -> dict[str, int]:
        """Remove a user with everything; how much of each kind. Done again, it goes on where it ended."""
        counts = {"lists": 0, "memberships": 0, "reservations": 0, "invitations": 0, "items": 0, "accounts": 0}
        for edge in list(self.table.query(f"USER#{user.id}", "LIST#")):
            if text(edge, "role") == "owner":
                self._delete_list(edge)
                counts["lists"] += 1
            else:
                counts["reservations"] += self._leave(user.id, edge)
                counts["memberships"] += 1
        sent = list(self._sent_to(user.email))
        own = list(self.table.query(f"USER#{user.id}"))
        self.table.delete(sent)
        self.table.delete(own)
        counts |= {"invitations": len(sent), "items": len(own)}
        if user.username:
            self.pool.admin_delete_user(UserPoolId=self.user_pool, Username=user.username)
            counts["accounts"] = 1
        return counts

    def traces(self, user: User, log_groups: list[str]) -> list[str]:
        """Where the user still is: in an item of the table, in the pool, or in a line of the logs."""
        marks = [mark for mark in (user.id, user.email) if mark]
        found = [
            f"table {self.table.name}: {text(item, 'PK')} {text(item, 'SK')}"
            for item in self.table.scan()
            if any(mark in json.dumps(item) for mark in marks)
        ]
        for mark in marks:
            by = "email" if "@" in mark else "sub"
            known = self.pool.list_users(UserPoolId=self.user_pool, Filter=f"{by} = {json.dumps(mark)}")["Users"]
            found += [f"user pool {self.user_pool}: {entry['Username']}" for entry in known]
        logs = boto3.client("logs")
        for group in log_groups:
            for mark in marks:
                pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group, filterPattern=f'"{mark}"')
                if any(mark in event["message"] for page in pages for event in page["events"]):
                    found.append(f"log group {group}")
        return sorted(set(found))

    def _sent_to(self, email: str) -> list[Item]:
        return list(self.table.query(f"EMAIL#{email.lower()}", "INVITATION#", index=True)) if email else []

    def _delete_list(self, edge: Item) -> None:
        list_key = text(edge, "SK")
        members = list(self.table.query(list_key, "USER#", index=True))
        self.table.delete(list(self.table.query(list_key)))
        self.table.delete([*members, edge])

    def _leave(self, user: str, edge: Item) -> int:
        """Give back what the user has reserved in a list, and take them from it; how many products that was."""
        given = sum(self._give_back(user, item) for item in self.table.query(text(edge, "SK"), "PRODUCT#"))
        node = {"PK": edge["SK"], "SK": {"S": "LIST"}}
        key = {"PK": edge["PK"], "SK": edge["SK"]}
        less = {
            "Update": {
                "TableName": self.table.name,
                "Key": node,
                "UpdateExpression": "ADD guests :less",
                "ConditionExpression": "attribute_exists(PK)",
                "ExpressionAttributeValues": {":less": {"N": "-1"}},
            }
        }
        gone = {"Delete": {"TableName": self.table.name, "Key": key, "ConditionExpression": "attribute_exists(PK)"}}
        if self.table.get(text(edge, "SK"), "LIST"):
            self.table.client.transact_write_items(TransactItems=[gone, less])
        else:
            self.table.delete([edge])
        return given

    def _give_back(self, user: str, product: Item) -> int:
        for _ in range(TRIES):
            held = product.get("reservedBy", {}).get("M", {}).get(user)
            if not held:
                return 0
            try:
                self.table.client.update_item(
                    TableName=self.table.name,
                    Key={"PK": product["PK"], "SK": product["SK"]},
                    UpdateExpression="SET available = available + :held REMOVE reservedBy.#user",
                    ConditionExpression="reservedBy.#user = :held",
                    ExpressionAttributeNames={"#user": user},
                    ExpressionAttributeValues={":held": held},
                )
                return 1
            except self.table.client.exceptions.ConditionalCheckFailedException:
                product = self.table.get(text(product, "PK"), text(product, "SK")) or {}
        raise AdminError(f"{text(product, 'SK')} is being changed all the time: try again")


def log_groups(part: str) -> list[str]:
    """The account's log groups with this in their names, none for an empty text; AdminError when there is none."""
    if not part:
        return []
    pages = boto3.client("logs").get_paginator("describe_log_groups").paginate()
    names = [str(group["logGroupName"]) for page in pages for group in page["logGroups"]]
    found = [name for name in names if part in name]
    if not found:
        raise AdminError(f"no log group has {part!r} in its name")
    return found


def _is_part(item: dict[str, Any], user: str) -> bool:
    return user in item.get("reservedBy", {}) or item.get("SK") == "LIST"


def _own_part(item: dict[str, Any], user: str) -> dict[str, Any]:
    kept = {name: item[name] for name in ("PK", "SK", "title", "name") if name in item}
    return kept | ({"reserved": item["reservedBy"][user]} if user in item.get("reservedBy", {}) else {})
