"""HTTP APIs: which route takes a request, what the function is given, what comes back."""

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest

from localcloud import cloud
from localcloud.tests.cloud.http_api import Api, ask, function

pytestmark = [pytest.mark.cloud]

ACCOUNT = "222222222222"
DOMAIN = "api.dev.slipway.example"


@pytest.fixture(scope="module")
def api(plain: cloud.Cloud) -> Api:
    """An API with some routes to one function."""
    cors = {
        "AllowOrigins": ["https://site.dev.slipway.example"],
        "AllowMethods": ["GET", "POST"],
        "AllowHeaders": ["authorization", "content-type"],
        "ExposeHeaders": ["x-request-id"],
        "MaxAge": 600,
    }
    made = Api(plain, ACCOUNT, DOMAIN, CorsConfiguration=cors)
    made.map("api")
    integration = made.lambda_integration(function(plain, ACCOUNT, "echo"))
    for key in ("GET /lists", "ANY /lists/{id}", "GET /lists/{id}/products", "ANY /files/{proxy+}", "$default"):
        made.route(key, integration)
    return made


@pytest.mark.parametrize(
    ("method", "path", "key", "parameters"),
    [
        ("GET", "/lists", "GET /lists", None),
        ("POST", "/lists", "$default", None),
        ("PUT", "/lists/7", "ANY /lists/{id}", {"id": "7"}),
        ("GET", "/lists/7/products", "GET /lists/{id}/products", {"id": "7"}),
        ("GET", "/files/a/b.png", "ANY /files/{proxy+}", {"proxy": "a/b.png"}),
        ("GET", "/api/lists/7", "ANY /lists/{id}", {"id": "7"}),
        ("GET", "/apiary", "$default", None),
    ],
)
def test_a_request_finds_its_route_below_its_mapping(
    api: Api, method: str, path: str, key: str, parameters: dict[str, str] | None
) -> None:
    seen = api.ask(path, method=method).json()
    assert (seen["routeKey"], seen.get("pathParameters"), seen["rawPath"]) == (key, parameters, path)


def test_a_function_is_given_the_payload_of_format_2(api: Api) -> None:
    headers = {"Content-Type": "application/json", "Cookie": "a=1; b=2", "X-Own": "x", "X-Forwarded-For": "10.0.0.9"}
    seen = api.ask("/lists/7?a=1&a=2&b=", method="PUT", headers=headers, body='{"x": "é"}'.encode()).json()
    context = seen["requestContext"]
    assert (seen["version"], seen["body"], seen["isBase64Encoded"]) == ("2.0", '{"x": "é"}', False)
    assert seen["cookies"] == ["a=1", "b=2"]
    assert (seen["rawQueryString"], seen["queryStringParameters"]) == ("a=1&a=2&b=", {"a": "1,2", "b": ""})
    assert (seen["headers"]["x-own"], seen["headers"]["host"]) == ("x", DOMAIN)
    assert not {"cookie", "x-slipway-account"} & seen["headers"].keys()
    assert (context["domainName"], context["domainPrefix"], context["stage"]) == (DOMAIN, "api", "$default")
    assert (context["http"]["method"], context["http"]["sourceIp"]) == ("PUT", "10.0.0.9")
    assert "authorizer" not in context


def test_a_body_that_is_no_text_comes_in_base64(api: Api) -> None:
    seen = api.ask("/x", method="POST", headers={"Content-Type": "image/png"}, body=b"\x89PNG").json()
    assert (seen["body"], seen["isBase64Encoded"]) == (base64.b64encode(b"\x89PNG").decode(), True)


def answering(api: Api, given: Any, method: str = "GET") -> Any:
    return api.ask(f"/x?answer={quote(json.dumps(given))}", method=method)


def test_an_answer_carries_status_headers_cookies_and_bytes(api: Api) -> None:
    given = {
        "statusCode": 201,
        "headers": {"X-One": "1"},
        "cookies": ["a=1; Path=/", "b=2"],
        "body": base64.b64encode(b"\x00\xff").decode(),
        "isBase64Encoded": True,
    }
    answer = answering(api, given)
    assert (answer.status, answer.body, answer.headers["x-one"]) == (201, b"\x00\xff", "1")
    assert [value for name, value in answer.every if name == "set-cookie"] == ["a=1; Path=/", "b=2"]
    assert answer.headers["content-type"] == "text/plain;charset=UTF-8"
    assert answer.headers["apigw-requestid"]


def test_an_answer_without_a_status_is_the_body_in_json(api: Api) -> None:
    answer = answering(api, {"lists": [1]})
    assert (answer.status, answer.headers["content-type"], answer.json()) == (200, "application/json", {"lists": [1]})


def test_an_error_of_the_function_says_nothing_of_itself(api: Api) -> None:
    answer = api.ask("/x?fail=secret")
    assert (answer.status, answer.body) == (500, b'{"message":"Internal Server Error"}')


def test_the_gateway_answers_preflights_and_replaces_headers_of_cors(api: Api) -> None:
    page = {"Origin": "https://site.dev.slipway.example"}
    asked = {**page, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    answer = api.ask("/lists", method="OPTIONS", headers=asked)
    assert (answer.status, answer.body) == (204, b"")
    assert {name: value for name, value in answer.headers.items() if name.startswith("access-control-")} == {
        "access-control-allow-origin": "https://site.dev.slipway.example",
        "access-control-allow-methods": "GET,POST",
        "access-control-allow-headers": "authorization,content-type",
        "access-control-max-age": "600",
    }
    given = quote(json.dumps({"statusCode": 200, "headers": {"Access-Control-Allow-Origin": "*"}, "body": "x"}))
    allowed = api.ask(f"/x?answer={given}", headers=page).headers
    assert allowed["access-control-allow-origin"] == "https://site.dev.slipway.example"
    assert allowed["access-control-expose-headers"] == "x-request-id"


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_another_origin_gets_no_headers_of_cors(api: Api, origin: str) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": "GET"}
    for answer in (api.ask("/lists", method="OPTIONS", headers=asked), api.ask("/lists", headers={"Origin": origin})):
        assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_what_no_route_and_no_mapping_takes_is_not_found(plain: cloud.Cloud) -> None:
    bare = Api(plain, ACCOUNT, "bare.dev.slipway.example")
    answer = bare.ask("/x")
    assert (answer.status, answer.body) == (404, b'{"message":"Not Found"}')


def test_a_function_that_does_not_let_the_api_in_is_an_error(plain: cloud.Cloud) -> None:
    shut = Api(plain, ACCOUNT, "shut.dev.slipway.example")
    shut.route("$default", shut.lambda_integration(function(plain, ACCOUNT, "shut"), permit=False))
    assert shut.ask("/").status == 500


def test_an_alias_behind_a_route_has_a_permission_of_its_own(plain: cloud.Cloud) -> None:
    arn = function(plain, ACCOUNT, "aliased")
    client = cloud.client("lambda", ACCOUNT, plain)
    version = client.publish_version(FunctionName="aliased")["Version"]
    alias = client.create_alias(FunctionName="aliased", Name="live", FunctionVersion=version)["AliasArn"]
    api = Api(plain, ACCOUNT, "aliased.dev.slipway.example")
    api.route("$default", api.lambda_integration(alias))
    assert api.ask("/").status == 200
    other = Api(plain, ACCOUNT, "unaliased.dev.slipway.example")
    other.route("$default", other.lambda_integration(arn, permit=False))
    assert other.ask("/").status == 500


def test_the_apis_own_address_serves_it_until_it_is_switched_off(api: Api, plain: cloud.Cloud) -> None:
    host = f"{api.id}.execute-api.eu-west-1.amazonaws.com"
    assert api.client.get_api(ApiId=api.id)["ApiEndpoint"] == f"https://{host}"
    assert ask(plain.endpoint, host, "/lists").json()["requestContext"]["domainName"] == host
    api.client.update_api(ApiId=api.id, DisableExecuteApiEndpoint=True)
    assert ask(plain.endpoint, host, "/lists").status != 200


def test_a_route_is_throttled_by_its_own_settings(plain: cloud.Cloud) -> None:
    api = Api(plain, ACCOUNT, "throttled.dev.slipway.example")
    integration = api.lambda_integration(function(plain, ACCOUNT, "throttled"))
    api.route("GET /slow", integration)
    api.route("$default", integration)
    api.client.update_stage(
        ApiId=api.id,
        StageName="$default",
        DefaultRouteSettings={"ThrottlingBurstLimit": 1000, "ThrottlingRateLimit": 1000},
        RouteSettings={"GET /slow": {"ThrottlingBurstLimit": 2, "ThrottlingRateLimit": 0.001}},
    )
    answers = [api.ask("/slow") for _ in range(4)]
    assert [each.status for each in answers] == [200, 200, 429, 429]
    assert answers[-1].body == b'{"message":"Too Many Requests"}'
    assert api.ask("/other").status == 200
    api.client.delete_route_settings(ApiId=api.id, StageName="$default", RouteKey="GET /slow")
    assert api.ask("/slow").status == 200


def test_each_request_is_a_line_of_the_access_log_and_a_metric(plain: cloud.Cloud) -> None:
    logs = cloud.client("logs", ACCOUNT, plain)
    logs.create_log_group(logGroupName="/api/logged")
    api = Api(plain, ACCOUNT, "logged.dev.slipway.example")
    api.route("GET /x/{id}", api.lambda_integration(function(plain, ACCOUNT, "logged")))
    form = {
        "route": "$context.routeKey",
        "status": "$context.status",
        "ip": "$context.identity.sourceIp",
        "e": "$context.nothing",
    }
    group = f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/api/logged"
    api.client.update_stage(
        ApiId=api.id, StageName="$default", AccessLogSettings={"DestinationArn": group, "Format": json.dumps(form)}
    )
    api.ask("/x/1")
    api.ask("/y")
    events = logs.filter_log_events(logGroupName="/api/logged")["events"]
    assert [json.loads(each["message"]) for each in events] == [
        {"route": "GET /x/{id}", "status": "200", "ip": "127.0.0.1", "e": "-"},
        {"route": "-", "status": "404", "ip": "127.0.0.1", "e": "-"},
    ]
    metrics = cloud.client("cloudwatch", ACCOUNT, plain).list_metrics(Namespace="AWS/ApiGateway")["Metrics"]
    dimensions = [{"Name": "ApiId", "Value": api.id}]
    assert {each["MetricName"] for each in metrics if each["Dimensions"] == dimensions} == {
        "Count",
        "4xx",
        "5xx",
        "Latency",
    }
