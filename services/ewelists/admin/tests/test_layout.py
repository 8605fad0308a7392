"""The tools and the functions mean the same by the same key."""

from __future__ import annotations

from ewelists import keys
from ewelists_admin import seed, table


def test_what_test_data_is_made_of_is_what_the_functions_write() -> None:
    assert table.INDEX == keys.INDEX
    partitions = {"USER", "LIST"}
    sorts = {keys.PROFILE, keys.NODE, keys.LIST.rstrip("#"), keys.PRODUCT.rstrip("#")}
    made = seed.items(3, 1)
    assert {item["PK"]["S"].partition("#")[0] for item in made} == partitions
    assert {item["SK"]["S"].partition("#")[0] for item in made} == sorts
