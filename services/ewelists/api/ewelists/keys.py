"""The table's keys: users and lists are nodes, what joins them are edges (the README has every access pattern).

| item | PK | SK | GSI1PK | GSI1SK |
| --- | --- | --- | --- | --- |
| user | USER#id | PROFILE | EMAIL#address | USER#id |
| user in a list | USER#id | LIST#id | LIST#id | USER#id |
| mails sent on a day | USER#id | MAILS#date | | |
| request already answered | USER#id | once#hash | | |
| list | LIST#id | LIST | | |
| product | LIST#id | PRODUCT#id | | |
| invitation | LIST#id | INVITATION#hash | EMAIL#address | INVITATION#id#hash |
"""

from __future__ import annotations

INDEX = "inverse"
"""The index over GSI1PK and GSI1SK: the edges seen from their other end."""
PROFILE = "PROFILE"
NODE = "LIST"
LIST = "LIST#"
USER = "USER#"
PRODUCT = "PRODUCT#"
INVITATION = "INVITATION#"

Key = dict[str, str]


def _key(partition: str, sort: str) -> Key:
    return {"PK": partition, "SK": sort}


def profile(user: str) -> Key:
    """A user's own record."""
    return _key(USER + user, PROFILE)


def membership(user: str, list_id: str) -> Key:
    """The edge between a user and a list that they own or are a guest of."""
    return _key(USER + user, LIST + list_id)


def mails(user: str, day: str) -> Key:
    """How many mails a user's requests have sent on a day."""
    return _key(USER + user, f"MAILS#{day}")


def node(list_id: str) -> Key:
    """A list itself."""
    return _key(LIST + list_id, NODE)


def product(list_id: str, product_id: str) -> Key:
    """A product of a list."""
    return _key(LIST + list_id, PRODUCT + product_id)


def invitation(list_id: str, digest: str) -> Key:
    """An invitation to a list, by the hash of its secret."""
    return _key(LIST + list_id, INVITATION + digest)


def email(address: str) -> str:
    """The index's partition of an e-mail address, whatever its case."""
    return f"EMAIL#{address.strip().lower()}"


def last(sort_key: str) -> str:
    """The last part of a sort key: the id."""
    return sort_key.rpartition("#")[2]
