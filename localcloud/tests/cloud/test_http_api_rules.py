"""How HTTP APIs choose routes, count requests and answer browsers: no cloud is started."""

import json

import pytest

from localcloud.cloud.inside.httpapi import access_log, cors, matching, parameters
from localcloud.cloud.inside.httpapi.throttling import Throttle

KEYS = ("$default", "GET /a", "ANY /a", "GET /a/{id}", "GET /a/b", "GET /a/{proxy+}", "ANY /{proxy+}", "POST /x/{y}/z")


@pytest.mark.parametrize(
    ("method", "path", "key", "parameters"),
    [
        ("GET", "/a", "GET /a", {}),
        ("POST", "/a", "ANY /a", {}),
        ("GET", "/a/b", "GET /a/b", {}),
        ("GET", "/a/c", "GET /a/{id}", {"id": "c"}),
        ("GET", "/a/c/d", "GET /a/{proxy+}", {"proxy": "c/d"}),
        ("POST", "/a/c", "ANY /{proxy+}", {"proxy": "a/c"}),
        ("POST", "/x/1/z", "POST /x/{y}/z", {"y": "1"}),
        ("GET", "/", "$default", {}),
    ],
)
def test_the_most_specific_route_takes_a_request(method: str, path: str, key: str, parameters: dict[str, str]) -> None:
    assert matching.route(KEYS, method, path) == (key, parameters)


def test_without_a_default_route_nothing_takes_the_rest() -> None:
    assert matching.route(["GET /a", "GET /a/{proxy+}"], "GET", "/a/") is None
    assert matching.route(["GET /a.b"], "GET", "/aXb") is None


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/api/lists", ("api", "/lists")),
        ("/api", ("api", "/")),
        ("/api/v2/lists", ("api/v2", "/lists")),
        ("/apiary", ("", "/apiary")),
    ],
)
def test_the_longest_mapping_takes_a_path_and_is_stripped(path: str, found: tuple[str, str]) -> None:
    assert matching.mapping(["", "api", "api/v2"], path) == found


def test_a_domain_without_a_root_mapping_takes_only_its_keys() -> None:
    assert matching.mapping(["api"], "/other") is None


def test_settings_of_a_route_stand_in_for_the_default_ones_value_by_value() -> None:
    stage = {
        "defaultRouteSettings": {"throttlingRateLimit": 10.0, "throttlingBurstLimit": 20},
        "routeSettings": {"GET /a": {"throttlingRateLimit": 1.0}},
    }
    assert matching.settings(stage, "GET /a") == {"throttlingRateLimit": 1.0, "throttlingBurstLimit": 20}
    assert matching.settings(stage, "GET /b") == {"throttlingRateLimit": 10.0, "throttlingBurstLimit": 20}
    assert matching.settings({}, "GET /b") == {}


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_lets_a_burst_through_and_then_the_rate() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    limits = {"throttlingRateLimit": 2, "throttlingBurstLimit": 3}
    assert [throttle.allows(("a",), limits) for _ in range(4)] == [True, True, True, False]
    clock.now += 0.5
    assert [throttle.allows(("a",), limits) for _ in range(2)] == [True, False]
    clock.now += 1000
    assert [throttle.allows(("a",), limits) for _ in range(4)] == [True, True, True, False]


def test_each_route_has_its_bucket_and_a_changed_limit_begins_anew() -> None:
    throttle = Throttle(Clock())
    limits = {"throttlingRateLimit": 1, "throttlingBurstLimit": 1}
    assert [throttle.allows((name,), limits) for name in "aab"] == [True, False, True]
    assert throttle.allows(("a",), {**limits, "throttlingBurstLimit": 2})
    assert all(throttle.allows(("c",), {}) for _ in range(10))


@pytest.mark.parametrize(
    ("origins", "origin", "value"),
    [
        (["*"], "https://a.example", "*"),
        (["https://a.example"], "https://A.example", "https://A.example"),
        (["https://*"], "https://b.example", "https://b.example"),
        (["https://*"], "http://b.example", None),
        (["https://a.example"], "https://b.example", None),
        ([], "https://a.example", None),
        (["https://a.example"], "", None),
    ],
)
def test_an_origin_is_allowed_or_not(origins: list[str], origin: str, value: str | None) -> None:
    assert cors.allowed({"allowOrigins": origins}, origin) == value


def test_only_an_options_request_of_a_page_is_a_preflight() -> None:
    headers = {"origin": "https://a.example", "access-control-request-method": "GET"}
    assert cors.is_preflight("OPTIONS", headers)
    assert not cors.is_preflight("GET", headers)
    assert not cors.is_preflight("OPTIONS", {"origin": "https://a.example"})


def test_a_line_of_the_access_log_stays_json_whatever_a_visitor_sends() -> None:
    form = '{"route":"$context.routeKey","agent":"$context.identity.userAgent","none":"$context.authorizer.error"}'
    line = access_log.line(form, {"routeKey": "GET /a", "identity.userAgent": 'x"\n\\y'})
    assert json.loads(line) == {"route": "GET /a", "agent": 'x"\n\\y', "none": "-"}


def test_a_requests_time_is_written_as_aws_writes_it() -> None:
    assert access_log.times(1_700_000_000.5) == {
        "requestTime": "14/Nov/2023:22:13:20 +0000",
        "requestTimeEpoch": 1_700_000_000_500,
    }


@pytest.mark.parametrize(
    ("given", "carried"),
    [
        ({}, True),
        ({"overwrite:header.host": "a.example", "append:header.x": "$context.identity.sourceIp"}, True),
        ({"overwrite:header.x": "${context.requestId}-1"}, True),
        ({"overwrite:path": "/x"}, False),
        ({"overwrite:header.x": "$request.header.y"}, False),
        ({"overwrite:header.x": "$context.authorizer.claims.sub"}, False),
    ],
)
def test_the_door_carries_what_changes_headers_by_what_it_knows(given: dict[str, str], carried: bool) -> None:
    assert parameters.can_be_carried(given) is carried


def test_parameters_overwrite_append_and_remove_headers() -> None:
    given = {
        "overwrite:header.Host": "a.example",
        "append:header.x": "$context.identity.sourceIp",
        "append:header.new": "1",
        "remove:header.y": "''",
        "overwrite:path": "/z",
    }
    headers = {"host": "b.example", "x": "0", "y": "1"}
    assert parameters.apply(given, headers, {"identity.sourceIp": "10.0.0.1"}) == {
        "host": "a.example",
        "x": "0,10.0.0.1",
        "new": "1",
        "y": "",
    }
