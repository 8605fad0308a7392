"""What a browser is told about HTTPS and foreign hosts, as it must be on this machine."""

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from localcloud.door.headers import cookie, downstream, policy

CLOUD = "http://127.0.0.1:4566"


def told(text: str) -> str:
    return policy(text, 8080, lambda host: host == "planner.example", CLOUD)


def test_a_source_of_aws_gets_the_clouds_endpoint_beside_it() -> None:
    text = "connect-src 'self' https://cognito-idp.eu-west-1.amazonaws.com https://*.s3.eu-west-1.amazonaws.com"
    assert told(text) == f"{text} {CLOUD}"


def test_a_host_that_the_door_serves_gets_the_doors_address_beside_it() -> None:
    assert told("img-src https://planner.example") == (
        "img-src https://planner.example http://planner.example.localhost:8080"
    )


def test_directives_that_insist_on_https_are_dropped_and_others_stay() -> None:
    text = "default-src 'none'; upgrade-insecure-requests; img-src data: https:; block-all-mixed-content;"
    assert told(text) == "default-src 'none'; img-src data: https:"


def test_a_host_that_only_looks_like_aws_gets_nothing() -> None:
    assert told("connect-src https://amazonaws.com.evil.example") == "connect-src https://amazonaws.com.evil.example"


def test_strict_transport_security_does_not_pass_the_door() -> None:
    returned = CIMultiDictProxy(
        CIMultiDict({"Strict-Transport-Security": "max-age=1", "Content-Security-Policy": "img-src 'self'", "X": "1"})
    )
    headers = downstream(returned, port=8080, knows=lambda _: False, cloud=CLOUD)
    assert dict(headers) == {"Content-Security-Policy": "img-src 'self'", "X": "1", "Server": "localcloud"}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("a=1; Path=/; Secure; HttpOnly", "a=1; Path=/; HttpOnly"),
        ("a=1; Domain=.planner.example; secure", "a=1; Domain=.planner.example.localhost"),
        ("a=secure; Path=/secure", "a=secure; Path=/secure"),
        ("__Host-a=1; Path=/; Secure", "__Host-a=1; Path=/; Secure"),
        ("a=1; SameSite=None; Secure", "a=1; SameSite=None; Secure"),
    ],
)
def test_a_cookie_is_sent_over_plain_http_where_that_is_possible(given: str, told: str) -> None:
    assert cookie(given) == told
