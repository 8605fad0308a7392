"""Listener rules, condition by condition."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from localcloud.door.rules import Asked, Fixed, Forward, Redirect, Unsupported, decide, matches
from localcloud.door.view import Listener

ASKED = Asked(
    host="shop.dev.test",
    path="/api/counter",
    method="GET",
    query=[("version", "v1"), ("q", "red shoes")],
    query_string="version=v1&q=red%20shoes",
    headers={"user-agent": ["Mozilla/5.0 (X11)"], "accept": ["text/html"]},
    client="127.0.0.1",
)


@pytest.mark.parametrize(
    ("condition", "met"),
    [
        ({"Field": "host-header", "Values": ["SHOP.dev.test"]}, True),
        ({"Field": "host-header", "Values": ["*.dev.test"]}, True),
        ({"Field": "host-header", "Values": ["dev.test"]}, False),
        ({"Field": "path-pattern", "Values": ["/API/*"]}, False),
        ({"Field": "path-pattern", "Values": ["/img/*", "/api/*"]}, True),
        ({"Field": "path-pattern", "Values": ["/api/c?unter"]}, True),
        ({"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api"]}}, False),
        ({"Field": "path-pattern", "Values": ["/api/[a-z]*"]}, False),
        ({"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["POST", "GET"]}}, True),
        ({"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "User-Agent", "Values": ["*x11*"]}}, True),
        ({"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Other", "Values": ["*"]}}, False),
        ({"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "version", "Value": "V1"}]}}, True),
        ({"Field": "query-string", "QueryStringConfig": {"Values": [{"Value": "*shoes"}]}}, True),
        ({"Field": "query-string", "Values": ["version=v2"]}, False),
        ({"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/8", "127.0.0.0/8"]}}, True),
        ({"Field": "source-ip", "Values": ["10.0.0.0/8", "::1/128"]}, False),
        ({"Field": "something-new", "Values": ["*"]}, False),
    ],
)
def test_a_condition_is_met_as_on_aws(condition: Mapping[str, Any], met: bool) -> None:
    assert matches(condition, ASKED) is met


def _listener(*rules: tuple[Sequence[Mapping[str, Any]], Mapping[str, Any]]) -> Listener:
    return Listener(
        443, "HTTPS", tuple({"Conditions": conditions, "Actions": [action]} for conditions, action in rules)
    )


def test_all_conditions_of_a_rule_have_to_be_met_and_the_first_such_rule_counts() -> None:
    host, path = {"Field": "host-header", "Values": ["shop.*"]}, {"Field": "path-pattern", "Values": ["/other"]}
    listener = _listener(
        ([host, path], {"Type": "forward", "TargetGroupArn": "both"}),
        ([host], {"Type": "forward", "TargetGroupArn": "host"}),
        ([], {"Type": "forward", "TargetGroupArn": "default"}),
    )
    assert decide(listener, ASKED) == Forward((("host", 1),))


def test_weights_come_from_the_forward_configuration() -> None:
    groups = [{"TargetGroupArn": "a", "Weight": 9}, {"TargetGroupArn": "b", "Weight": 0}]
    action = {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}
    assert decide(_listener(([], action)), ASKED) == Forward((("a", 9), ("b", 0)))


@pytest.mark.parametrize(
    ("config", "location"),
    [
        ({}, "https://shop.dev.test/api/counter?version=v1&q=red%20shoes"),
        ({"Port": "8443"}, "https://shop.dev.test:8443/api/counter?version=v1&q=red%20shoes"),
        ({"Protocol": "HTTP", "Port": "80", "Query": "a=1"}, "http://shop.dev.test/api/counter?a=1"),
        (
            {"Host": "www.#{host}", "Path": "/new/#{path}"},
            "https://www.shop.dev.test/new/api/counter?version=v1&q=red%20shoes",
        ),
    ],
)
def test_a_redirect_fills_in_the_parts_of_the_address(config: Mapping[str, str], location: str) -> None:
    action = {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301", **config}}
    assert decide(_listener(([], action)), ASKED) == Redirect(301, location)


def test_a_fixed_response_and_an_action_the_door_does_not_have() -> None:
    fixed = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404", "MessageBody": "no"}}
    assert decide(_listener(([], fixed)), ASKED) == Fixed(404, "text/plain", "no")
    assert decide(_listener(([], {"Type": "authenticate-oidc"})), ASKED) == Unsupported("authenticate-oidc")
