"""What the edge keeps, compresses, cuts and lets in: no cloud is started."""

import base64
import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest

from localcloud.cloud.inside.cdn import caching, serving, signing

NOW = 1_700_000_000.0
URL = "https://planner.example/media/a.png"


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode().replace("+", "-").replace("=", "_").replace("/", "~")


def policy(resource: str = "https://planner.example/media/*", **condition: Any) -> bytes:
    conditions = {"DateLessThan": {"AWS:EpochTime": int(NOW) + 60}, **condition}
    return json.dumps({"Statement": [{"Resource": resource, "Condition": conditions}]}).encode()


def verify(key: str, signed: bytes, signature: bytes, digest: str) -> bool | None:
    """Take what is signed by itself, reversed, for a signature."""
    return signature == signed[::-1] if key == "K1" else None


def cookies(document: bytes, key: str = "K1", signature: bytes | None = None) -> dict[str, str]:
    return {
        "CloudFront-Policy": encoded(document),
        "CloudFront-Signature": encoded(signature or document[::-1]),
        "CloudFront-Key-Pair-Id": key,
    }


def refusal(query: str = "", given: dict[str, str] | None = None, url: str = URL, client: str = "10.0.0.1") -> Any:
    found = signing.check(signing.Asked(url, query, given or {}, client), verify, NOW)
    return found.code if found else None


def test_signed_cookies_open_what_their_policy_covers() -> None:
    assert refusal(given=cookies(policy())) is None
    assert refusal(given=cookies(policy()), url="https://planner.example/other") == "AccessDenied"
    assert refusal(given=cookies(policy("http*://planner.example/media/?.png"))) is None


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (policy(DateLessThan={"AWS:EpochTime": int(NOW)}), "AccessDenied"),
        (policy(DateGreaterThan={"AWS:EpochTime": int(NOW) + 1}), "AccessDenied"),
        (policy(IpAddress={"AWS:SourceIp": "10.0.0.0/24"}), None),
        (policy(IpAddress={"AWS:SourceIp": "10.1.0.0/24"}), "AccessDenied"),
        (b'{"Statement":[]}', "AccessDenied"),
        (b"no json", "AccessDenied"),
    ],
)
def test_a_policy_has_times_and_addresses(document: bytes, code: str | None) -> None:
    assert refusal(given=cookies(document)) == code


def test_without_a_key_with_a_strange_one_or_a_wrong_signature_nothing_opens() -> None:
    assert refusal() == "MissingKey"
    assert refusal(given=cookies(policy(), key="K2")) == "InvalidKey"
    assert refusal(given=cookies(policy(), signature=b"wrong")) == "AccessDenied"
    assert refusal(given={**cookies(policy()), "CloudFront-Policy": "***"}) == "MalformedPolicy"


def canned(url: str, expires: int) -> str:
    signed = f'{{"Statement":[{{"Resource":"{url}","Condition":{{"DateLessThan":{{"AWS:EpochTime":{expires}}}}}}}]}}'
    return f"Expires={expires}&Signature={encoded(signed.encode()[::-1])}&Key-Pair-Id=K1"


def test_a_signed_address_opens_itself_until_it_expires() -> None:
    later = int(NOW) + 60
    assert refusal(canned(URL, later)) is None
    assert refusal(f"size=2&{canned(f'{URL}?size=2', later)}") is None
    assert refusal(f"size=3&{canned(f'{URL}?size=2', later)}") == "AccessDenied"
    assert refusal(canned(URL, int(NOW) - 1)) == "AccessDenied"
    assert refusal(canned("https://planner.example/media/b.png", later)) == "AccessDenied"


def test_an_origin_sees_nothing_of_a_signature() -> None:
    assert signing.remaining(f"a=1&{canned(URL, 1)}&b=&Policy=x") == "a=1&b="


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (200, {}, 86_400),
        (200, {"cache-control": "public, max-age=60"}, 60),
        (200, {"cache-control": "max-age=60, s-maxage=5"}, 5),
        (200, {"cache-control": "no-cache"}, 0),
        (200, {"cache-control": "private, max-age=60"}, 0),
        (200, {"expires": "Tue, 14 Nov 2023 22:13:50 GMT"}, 30),
        (200, {"set-cookie": "a=1"}, 0),
        (404, {"cache-control": "max-age=600"}, 10),
        (500, {}, 0),
        (206, {}, 0),
    ],
)
def test_an_answer_is_kept_as_long_as_its_origin_says(status: int, headers: dict[str, str], seconds: float) -> None:
    assert caching.lifetime(status, headers, caching.Times(), NOW) == seconds


def test_a_policys_bounds_come_before_what_the_origin_says() -> None:
    times = caching.Times(least=10, usual=20, most=30)
    assert [caching.lifetime(200, {"cache-control": f"max-age={age}"}, times, NOW) for age in (1, 15, 99)] == [
        10,
        15,
        30,
    ]
    assert caching.lifetime(200, {"cache-control": "max-age=99"}, caching.Times(0, 0, 0), NOW) == 0


class Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now


def test_the_cache_gives_back_what_is_fresh_with_its_age() -> None:
    clock = Clock()
    cache = caching.Cache(clock)
    cache.put(("d1", "/a"), 200, "OK", {"cache-control": "max-age=60"}, b"one", caching.Times())
    clock.now += 59
    kept = cache.get(("d1", "/a"))
    assert kept is not None
    assert (kept.body, cache.age(kept)) == (b"one", 59)
    clock.now += 1
    assert cache.get(("d1", "/a")) is None


def test_a_distribution_is_forgotten_without_the_others_and_the_oldest_makes_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(caching, "MOST_BYTES", 10)
    cache = caching.Cache(Clock())
    for key in (("d1", "/a"), ("d2", "/a")):
        cache.put(key, 200, "OK", {}, b"12345", caching.Times())
    cache.get(("d1", "/a"))
    cache.put(("d1", "/b"), 200, "OK", {}, b"1", caching.Times())
    assert (cache.get(("d2", "/a")), cache.get(("d1", "/a")) is None) == (None, False)
    cache.forget("d1")
    assert cache.get(("d1", "/a")) is cache.get(("d1", "/b")) is None


def test_the_key_has_what_the_policy_names() -> None:
    policy = {
        "HeaderBehavior": "whitelist",
        "Headers": ["Accept-Language"],
        "CookieBehavior": "allExcept",
        "Cookies": ["b"],
        "QueryStringBehavior": "all",
    }
    found = caching.key_part(policy, {"accept-language": "de", "x": "1"}, {"a": "1", "b": "2"}, {"q": ["1"]})
    assert found == ((("accept-language", "de"),), (("a", "1"),), (("q", "['1']"),))
    assert caching.key_part({}, {"x": "1"}, {"a": "1"}, {"q": ["1"]}) == ((), (), ())


WAYS: dict[str, Callable[[bytes], bytes]] = {"br": lambda body: b"br" + body[:10], "gzip": serving.gzipped}


def test_a_text_is_compressed_the_best_way_that_is_accepted() -> None:
    body = b"x" * 2000
    headers: dict[str, Any] = {"content-type": "text/html; charset=utf-8", "etag": '"1"', "vary": "Origin"}
    assert serving.compress(200, headers, body, "gzip, deflate, br", WAYS) == b"brxxxxxxxxxx"
    assert headers["content-encoding"] == "br"
    assert (headers["etag"], headers["vary"]) == ('W/"1"', "Origin, Accept-Encoding")
    assert gzip.decompress(serving.compress(200, {"content-type": "text/css"}, body, "gzip, br;q=0", WAYS)) == body
    headers = {"content-type": "text/css"}
    assert serving.compress(200, headers, body, "", WAYS) == body
    assert "content-encoding" not in headers


@pytest.mark.parametrize(
    ("status", "headers", "size"),
    [
        (200, {"content-type": "image/png"}, 2000),
        (200, {"content-type": "text/css"}, 999),
        (404, {"content-type": "text/css"}, 2000),
        (200, {"content-type": "text/css", "content-encoding": "gzip"}, 2000),
        (200, {"content-type": "text/css", "cache-control": "no-transform"}, 2000),
    ],
)
def test_what_is_small_or_binary_or_compressed_stays(status: int, headers: dict[str, Any], size: int) -> None:
    assert serving.compress(status, headers, b"x" * size, "br", WAYS) == b"x" * size


@pytest.mark.parametrize(
    ("asked", "status", "body", "more"),
    [
        ({}, 200, b"0123456789", {}),
        ({"if-none-match": '"1"'}, 304, b"", {}),
        ({"if-none-match": '"2", W/"1"'}, 304, b"", {}),
        ({"if-none-match": '"2"'}, 200, b"0123456789", {}),
        ({"if-modified-since": "Tue, 14 Nov 2023 22:13:20 GMT"}, 304, b"", {}),
        ({"if-modified-since": "Tue, 14 Nov 2023 22:13:19 GMT"}, 200, b"0123456789", {}),
        ({"range": "bytes=2-4"}, 206, b"234", {"content-range": "bytes 2-4/10"}),
        ({"range": "bytes=7-"}, 206, b"789", {"content-range": "bytes 7-9/10"}),
        ({"range": "bytes=-3"}, 206, b"789", {"content-range": "bytes 7-9/10"}),
        ({"range": "bytes=2-4", "if-range": '"2"'}, 200, b"0123456789", {}),
        ({"range": "bytes=20-"}, 416, b"", {"content-range": "bytes */10"}),
        ({"range": "bytes=-"}, 200, b"0123456789", {}),
    ],
)
def test_conditions_and_ranges_are_answered_from_the_whole(
    asked: dict[str, str], status: int, body: bytes, more: dict[str, str]
) -> None:
    headers = {"etag": '"1"', "last-modified": "Tue, 14 Nov 2023 22:13:20 GMT", "content-type": "text/plain"}
    found = serving.finish(200, headers, b"0123456789", asked)
    assert (found[0], found[2]) == (status, body)
    assert {name: value for name, value in found[1].items() if name == "content-range"} == more
    assert ("content-type" in found[1]) == (status != 304)
