"""What the door does to headers on their way in and out."""

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from localcloud.door import headers


def test_a_target_sees_the_visitor_as_behind_a_load_balancer() -> None:
    sent = CIMultiDict(
        [
            ("Host", "shop.test.localhost:8080"),
            ("Connection", "keep-alive, X-Private"),
            ("X-Private", "1"),
            ("Upgrade", "h2c"),
            ("Origin", "http://shop.test.localhost:8080"),
            ("Referer", "http://shop.test.localhost:8080/a?b=c#d"),
            ("X-Forwarded-For", "10.1.1.1"),
            ("X-Amzn-Trace-Id", "Root=1-2-3"),
            ("Cookie", "a=1"),
            ("Cookie", "b=2"),
        ]
    )
    got = headers.upstream(sent, host="shop.test", scheme="https", port=443, client="127.0.0.1")
    assert sorted(got.items()) == [
        ("Cookie", "a=1"),
        ("Cookie", "b=2"),
        ("Host", "shop.test"),
        ("Origin", "https://shop.test"),
        ("Referer", "https://shop.test/a?b=c#d"),
        ("X-Amzn-Trace-Id", "Root=1-2-3"),
        ("X-Forwarded-For", "10.1.1.1, 127.0.0.1"),
        ("X-Forwarded-Host", "shop.test"),
        ("X-Forwarded-Port", "443"),
        ("X-Forwarded-Proto", "https"),
    ]


def test_a_visitor_sees_the_doors_addresses_and_every_cookie() -> None:
    returned = CIMultiDictProxy(
        CIMultiDict(
            [
                ("Location", "https://shop.test/login?next=%2Fa"),
                ("Access-Control-Allow-Origin", "https://shop.test"),
                ("Set-Cookie", "a=1; Domain=.shop.test; Secure"),
                ("Set-Cookie", "b=2; Path=/"),
                ("Transfer-Encoding", "chunked"),
                ("Keep-Alive", "timeout=5"),
                ("Server", "gunicorn"),
            ]
        )
    )
    got = headers.downstream(returned, port=8080, knows=lambda host: host == "shop.test")
    assert list(got.items()) == [
        ("Location", "http://shop.test.localhost:8080/login?next=%2Fa"),
        ("Access-Control-Allow-Origin", "http://shop.test.localhost:8080"),
        ("Set-Cookie", "a=1; Domain=.shop.test.localhost"),
        ("Set-Cookie", "b=2; Path=/"),
        ("Server", "gunicorn"),
    ]


@pytest.mark.parametrize("address", ["/relative?x=1", "https://elsewhere.test/", "*", "null", "http://[bad"])
def test_other_addresses_stay_as_they_are(address: str) -> None:
    assert headers.outward(address, 8080, lambda host: host == "shop.test") == address
    assert headers.inward(address, "https") == address
