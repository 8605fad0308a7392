"""Lists that AWS answers in pages are read to their end."""

from typing import Any, cast

import pytest

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.steps import pages


class Library:
    """A service that answers one page a call."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        self.answers = list(answers)
        self.asked: list[dict[str, Any]] = []

    def api(self, method: str, **parameters: Any) -> dict[str, Any]:
        self.asked.append({"method": method, **parameters})
        return self.answers.pop(0)


@pytest.mark.parametrize(
    ("answers", "following", "asked"),
    [
        (
            ({"Items": [1], "NextToken": "b"}, {"Items": [2]}),
            (),
            [{"method": "list", "Kind": "x"}, {"method": "list", "Kind": "x", "NextToken": "b"}],
        ),
        (
            ({"Items": [1], "NextMarker": "b"}, {"Items": [2], "NextMarker": ""}),
            ("Marker", "NextMarker"),
            [{"method": "list", "Kind": "x"}, {"method": "list", "Kind": "x", "Marker": "b"}],
        ),
        (({"Items": [1, 2]},), (), [{"method": "list", "Kind": "x"}]),
    ],
)
def test_every_page_is_asked_for_with_the_same_parameters(
    answers: tuple[dict[str, Any], ...], following: tuple[str, ...], asked: list[dict[str, Any]]
) -> None:
    library = Library(*answers)
    assert pages(cast("Call", library), "list", "Items", *following, Kind="x") == [1, 2]
    assert library.asked == asked


def test_items_may_lie_deeper_and_may_be_missing() -> None:
    library = Library({"List": {"Items": [{"Id": "a"}], "Next": "b"}}, {"List": {}})
    assert pages(cast("Call", library), "list", "List.Items[].Id", "Marker", "List.Next") == ["a"]
    assert [each.get("Marker") for each in library.asked] == [None, "b"]
