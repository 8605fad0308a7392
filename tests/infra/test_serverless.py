"""APIs, functions, sites and pools; of real AWS's traps what an emulator does not tell of them.

The numbers stand for: 13 certificates of CloudFront, and who reads its buckets · 22 functions in a network ·
23 aliases and reserved calls · 24 who may call what · 25 pools · 26 what a page is told · 27 what browsers keep ·
28 the way to a load balancer · 29 what is written down of visits.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.components.access_log import RECORD_FIELDS
from infra.components.container_service import Route
from infra.components.function import FunctionArgs, Rollout
from infra.components.http_api import ApiRoute, Cors, HttpApiArgs, Throttle
from infra.components.site_policies import PAGES
from infra.config import ConfigurationError, load
from tests import cloud, fakes
from tests.infra import examples, stacks

environments = pytest.mark.parametrize("stack", stacks.ENVIRONMENTS)


def built(make: Any) -> cloud.Recording:
    return cloud.build(lambda: make("example", None))


@environments
def test_trap_13_cloudfront_gets_a_certificate_of_its_own_region_proved_by_the_same_record(stack: str) -> None:
    recording = stacks.recorded(stack)
    own, other = (
        recording.one("aws:acm/certificate:Certificate", name).inputs for name in ("certificate", "certificate-global")
    )
    validation = recording.one("CertificateValidation", "certificate-global-validated").inputs

    assert other == {**own, "region": "us-east-1"}
    assert validation["region"] == "us-east-1"
    assert validation["validationRecordFqdns"] == [f"_0123.{stack}.slipway.example."]
    assert [x.name for x in recording.of("aws:route53/record:Record") if "validation" in x.name] == [
        "certificate-validation"
    ]
    viewers = [x.inputs["viewerCertificate"] for x in recording.of("Distribution")]
    assert {(x["minimumProtocolVersion"], x["sslSupportMethod"]) for x in viewers} == {("TLSv1.2_2021", "sni-only")}


def test_trap_13_a_sites_bucket_is_read_by_distributions_of_the_account_and_nobody_else() -> None:
    policy = built(examples.static_site).one("BucketPolicy", "example-policy").inputs["policy"]
    statements = {x["Sid"]: x for x in json.loads(policy)["Statement"]}

    assert set(statements) == {"Read", "Find", "DenyPlainHttp"}
    for sid in ("Read", "Find"):
        assert statements[sid]["Principal"] == {"Service": "cloudfront.amazonaws.com"}
        assert statements[sid]["Condition"] == {
            "ArnLike": {"aws:SourceArn": "arn:aws:cloudfront::222222222222:distribution/*"},
        }


def test_trap_22_a_function_stands_in_a_network_only_when_it_must() -> None:
    inside, outside = built(examples.function), stacks.recorded("prod")

    assert inside.one("aws:lambda/function:Function", "example").inputs["vpcConfig"]["securityGroupIds"] == [
        "example-id"
    ]
    assert "vpcConfig" not in outside.one("aws:lambda/function:Function", "ewelists-api").inputs
    with pytest.raises(ValueError, match="a function that opens connections within a network stands in it"):
        FunctionArgs(**_function(openings=(lambda client: (),)))


def test_trap_23_callers_call_the_alias() -> None:
    recording = stacks.recorded("prod")
    alias = recording.one("aws:lambda/alias:Alias", "ewelists-api-live")

    assert (alias.inputs["name"], alias.inputs["functionVersion"]) == ("live", "7")
    assert recording.one("aws:lambda/function:Function", "ewelists-api").inputs["publish"] is True
    assert [x.inputs["qualifier"] for x in recording.of("aws:lambda/permission:Permission")] == ["live"] * 4
    integration = recording.one("Integration", "ewelists-gateway")
    assert alias.urn in integration.request.propertyDependencies["integrationUri"].urns


def test_trap_23_a_new_version_gets_its_share_and_a_proved_one_the_rest() -> None:
    alias = built(examples.function).one("aws:lambda/alias:Alias").inputs

    assert alias["functionVersion"] == "3"
    assert alias["routingConfig"] == {"additionalVersionWeights": {"7": 0.1}}
    with pytest.raises(ValueError, match="new_percent must be 0 to 99, got 100"):
        Rollout(stable_version="3", new_percent=100)


def test_trap_23_what_functions_keep_to_themselves_leaves_something_to_the_others() -> None:
    mapping = stacks.committed("dev")
    for size in mapping["platform:functions"]["sizes"].values():
        size["concurrency"] = 200

    with pytest.raises(ConfigurationError, match="may keep at most 900 calls at once to themselves, got 1200"):
        load(mapping, "dev")


def test_calls_that_nobody_waits_for_end_in_a_queue_when_they_fail() -> None:
    recording = built(examples.function)
    function = recording.one("aws:lambda/function:Function", "example")

    assert function.inputs["deadLetterConfig"] == {"targetArn": "arn:aws:sqs:eu-west-1:222222222222:example-failed"}
    assert function.inputs["tracingConfig"] == {"mode": "Active"}
    assert function.inputs["reservedConcurrentExecutions"] == 10
    assert recording.one("RolePolicy", "example-example-failed-send").urn in function.depends_on


def test_trap_24_people_bring_tokens_machines_sign_and_nobody_does_both() -> None:
    routes = {x.inputs["routeKey"]: x.inputs for x in built(examples.http_api).of("Route") if "routeKey" in x.inputs}

    assert {key: x["authorizationType"] for key, x in routes.items()} == {
        "GET /lists": "JWT",
        "POST /lists": "JWT",
        "GET /health": "NONE",
        "GET /machine/{proxy+}": "AWS_IAM",
    }
    assert {key for key, x in routes.items() if "authorizerId" in x} == {"GET /lists", "POST /lists"}


def test_trap_24_the_lists_are_open_to_people_with_a_token_of_their_own_pool() -> None:
    recording = stacks.recorded("prod")
    authorizer = recording.one("Authorizer", "ewelists-gateway-people").inputs
    open_ = [x.inputs["routeKey"] for x in _routes("ewelists") if x.inputs["authorizationType"] != "JWT"]

    assert open_ == ["GET /health"]
    assert authorizer["identitySources"] == ["$request.header.Authorization"]
    assert authorizer["jwtConfiguration"] == {
        "issuer": "https://cognito-idp.eu-west-1.amazonaws.com/ewelists-id",
        "audiences": ["ewelists-browser-id"],
    }


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"routes": ()}, "an API has routes, each of them once, got none"),
        ({"routes": (ApiRoute(key="GET /a", access="everybody"),) * 2}, "each of them once, got GET /a, GET /a"),
        ({"routes": (ApiRoute(key="GET /a"),)}, "routes for people need an issuer of tokens"),
    ],
    ids=["none", "twins", "no issuer"],
)
def test_routes_that_cannot_work_are_refused(given: dict[str, Any], line: str) -> None:
    common = {"host": "a.example", "zone": None, "certificate": None, "target": None, "key": None}

    with pytest.raises(ValueError, match=line):
        HttpApiArgs(**common, throttle=Throttle(rate=1, burst=1), **given)


@pytest.mark.parametrize("origins", [(), ("*",), ("https://*.example",)], ids=str)
def test_an_api_names_the_pages_that_may_call_it(origins: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="origins are named one by one"):
        Cors(origins=origins, methods=("GET",))


@environments
def test_an_api_is_found_on_its_own_host_only_and_limits_what_it_lets_through(stack: str) -> None:
    recording = stacks.recorded(stack)
    wanted = stacks.committed(stack)["platform:edge"]["api_limits"]

    assert [x.inputs["disableExecuteApiEndpoint"] for x in recording.of("aws:apigatewayv2/api:Api")] == [True] * 3
    for system, limit in wanted.items():
        stage = recording.one("aws:apigatewayv2/stage:Stage", f"{system}-gateway").inputs
        assert stage["defaultRouteSettings"]["throttlingRateLimit"] == limit["rate"]
        assert stage["defaultRouteSettings"]["throttlingBurstLimit"] == limit["burst"]
    shares = recording.one("aws:apigatewayv2/stage:Stage", "ewelists-gateway").inputs["routeSettings"]
    assert [(x["routeKey"], x["throttlingRateLimit"], x["throttlingBurstLimit"]) for x in shares] == [
        ("POST /lists/{listId}/share", 2, 5)
    ]


def test_the_line_of_a_request_names_nobody() -> None:
    told = stacks.recorded("prod").one("aws:apigatewayv2/stage:Stage", "ewelists-gateway").inputs["accessLogSettings"]
    line = json.loads(told["format"])

    assert line["route"] == "$context.routeKey"
    assert not [value for value in line.values() if any(x in value for x in ("path", "claims", "identity", "query"))]


def test_the_key_of_a_mapping_is_a_path_of_the_host() -> None:
    mappings = stacks.recorded("prod").of("ApiMapping")

    assert {x.name: x.inputs.get("apiMappingKey") for x in mappings} == {
        "ewelists-gateway-api": "api",
        "ewelists-gateway-root": None,
        "market-gateway-root": None,
        "planner-gateway-root": None,
    }


@environments
def test_trap_25_the_pools_sender_is_proved_and_its_trigger_knows_nothing_of_the_pool(stack: str) -> None:
    recording = stacks.recorded(stack)
    pool = recording.one("aws:cognito/userPool:UserPool", "ewelists")
    sources = pool.request.propertyDependencies["emailConfiguration"].urns

    for letter in "abc":
        assert recording.one("aws:route53/record:Record", f"zone-dkim-{letter}").urn in sources
    assert pool.inputs["emailConfiguration"]["fromEmailAddress"] == f"ewelists@{stack}.slipway.example"
    trigger = recording.one("aws:lambda/function:Function", "ewelists-sign-up")
    assert set(trigger.inputs["environment"]["variables"]) == {
        "ENVIRONMENT",
        "LOG_LEVEL",
        "POWERTOOLS_SERVICE_NAME",
        "TABLE_NAME",
    }


def test_a_browsers_client_has_no_secret_and_tells_nobody_who_has_an_account() -> None:
    client = built(examples.user_pool).one("UserPoolClient").inputs

    assert client["generateSecret"] is False
    assert client["preventUserExistenceErrors"] == "ENABLED"
    assert client["explicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]
    assert client["allowedOauthFlows"] == ["code"]


@environments
def test_trap_26_a_page_is_told_of_its_environment_when_it_is_unpacked(stack: str) -> None:
    event = json.loads(stacks.recorded(stack).one("Invocation", "ewelists-web").inputs["input"])

    assert event["config"] == {
        "environment": stack,
        "region": "eu-west-1",
        "userPoolId": "ewelists-id",
        "userPoolClientId": "ewelists-browser-id",
        "apiUrl": "/api",
    }
    assert event["source"]["bucket"] == "slipway-artifacts-111111111111-eu-west-1"


def test_trap_27_what_says_no_cache_is_not_kept_and_an_apis_answers_never_are() -> None:
    recording = built(examples.static_site)
    kept = {
        x.name: (x.inputs["minTtl"], x.inputs["defaultTtl"], x.inputs["maxTtl"]) for x in recording.of("CachePolicy")
    }
    site = recording.one("Distribution").inputs

    assert kept == {"example-files": (0, 86400, 31536000), "example-nothing": (0, 0, 0)}
    assert site["defaultCacheBehavior"]["cachePolicyId"] == "example-files-id"
    assert {x["pathPattern"]: x["cachePolicyId"] for x in site["orderedCacheBehaviors"]} == {
        "/api/*": "example-nothing-id",
        "/media/*": "example-files-id",
    }


def test_pages_are_one_document_and_an_apis_paths_are_not_pages() -> None:
    site = built(examples.static_site).one("Distribution").inputs

    assert site["defaultCacheBehavior"]["functionAssociations"] == [
        {"eventType": "viewer-request", "functionArn": "arn:aws:service:eu-west-1:222222222222:example-pages"}
    ]
    assert [x for x in site["orderedCacheBehaviors"] if "functionAssociations" in x] == []
    assert "customErrorResponses" not in site


@pytest.mark.parametrize(
    ("path", "served"),
    [
        ("/", "/index.html"),
        ("/lists/01m80", "/index.html"),
        ("/invitations/01m80tw7.QRnizGUMXBjXR3bGdA6RhhgzhmMJPcABUTpjRGl4_uo", "/index.html"),
        ("/assets/index-NfZKRQwU.js", "/assets/index-NfZKRQwU.js"),
        ("/manifest.webmanifest", "/manifest.webmanifest"),
        ("/config.json", "/config.json"),
    ],
)
def test_an_address_that_names_no_file_is_a_page(path: str, served: str) -> None:
    """Run in Node: CloudFront's own runtime knows less of JavaScript, which this does not prove."""
    script = f"{PAGES}\nconsole.log(handler({{request: {{uri: {json.dumps(path)}}}}}).uri)"
    node = Path(sys.executable).with_name("node")

    assert subprocess.run([node, "-e", script], capture_output=True, text=True, check=True).stdout.strip() == served


def test_closed_paths_of_a_site_need_a_signature() -> None:
    behaviours = built(examples.static_site).one("Distribution").inputs["orderedCacheBehaviors"]

    assert {x["pathPattern"]: x.get("trustedKeyGroups") for x in behaviours} == {
        "/api/*": None,
        "/media/*": ["group-1"],
    }


@environments
def test_trap_28_the_gateway_speaks_tls_to_the_listener_and_means_the_host_that_its_rules_know(stack: str) -> None:
    integration = stacks.recorded(stack).one("Integration", "market-gateway").inputs
    host = f"market.{stack}.slipway.example"
    rules = {
        host
        for x in stacks.recorded(stack).of("ListenerRule")
        if x.name.startswith("public-market")
        for y in x.inputs["conditions"]
        for host in y.get("hostHeader", {}).get("values", [])
    }

    assert rules == {host}
    assert (integration["connectionType"], integration["integrationType"]) == ("VPC_LINK", "HTTP_PROXY")
    assert integration["tlsConfig"] == {"serverNameToVerify": host}
    assert integration["requestParameters"]["overwrite:header.host"] == host


def test_trap_28_nobody_gets_to_the_market_past_its_gateway() -> None:
    rules = {x.name: x.inputs["conditions"] for x in stacks.recorded("prod").of("ListenerRule")}
    inside = {
        name: condition["sourceIp"]["values"]
        for name, conditions in rules.items()
        for condition in conditions
        if "sourceIp" in condition
    }

    assert inside == {name: ["10.30.0.0/16"] for name in rules if name.startswith("public-market")}


def test_a_route_for_the_network_alone_has_room_for_three_paths() -> None:
    with pytest.raises(ValueError, match="a route has 1 to 3 paths"):
        Route(name="one", host="a.example", paths=("/a", "/b", "/c", "/d"), source="10.0.0.0/16")


def test_trap_28_the_market_is_told_who_asks_because_the_load_balancer_sees_the_link() -> None:
    recording = stacks.recorded("prod")
    integration = recording.one("Integration", "market-gateway").inputs

    assert integration["requestParameters"]["overwrite:header.x-client-ip"] == "$context.identity.sourceIp"
    for service in ("market-market-api", "market-tasks-api"):
        told = recording.one("TaskDefinition", service).inputs["containerDefinitions"]
        assert '{"name": "CLIENT_ADDRESS_HEADER", "value": "x-client-ip"}' in told


@environments
def test_the_planner_is_migrated_before_anybody_gets_its_new_version(stack: str) -> None:
    recording = stacks.recorded(stack)
    migrated = recording.one("Invocation", "planner-migrate-schema")

    assert json.loads(migrated.inputs["input"]) == {"command": "migrate"}
    assert migrated.inputs["qualifier"] == "live"
    address = recording.result["systems"]["planner"]["images"]["api"]["address"]
    assert migrated.inputs["triggers"] == {"code": address}
    for function in ("planner-api", "planner-scan"):
        assert migrated.urn in recording.one("aws:lambda/alias:Alias", f"{function}-live").depends_on


@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_functions_share_connections_through_a_proxy_and_the_migration_has_its_own(stack: str) -> None:
    recording = stacks.recorded(stack)
    proxy = recording.one("aws:rds/proxy:Proxy")
    target = recording.one("aws:rds/proxyTarget:ProxyTarget")

    assert (proxy.inputs["requireTls"], proxy.inputs["engineFamily"]) == (True, "POSTGRESQL")
    [login] = proxy.inputs["auths"]
    assert (login["authScheme"], login["iamAuth"]) == ("SECRETS", "DISABLED")
    for name in ("api", "scan", "migrate"):
        function = recording.one("aws:lambda/function:Function", f"planner-{name}")
        assert ("DATABASE_PROXY_HOST" in function.inputs["environment"]["variables"]) == (name != "migrate")
        assert (target.urn in function.request.propertyDependencies["environment"].urns) == (name != "migrate")


def test_what_is_uploaded_is_looked_at_and_what_nobody_took_is_gone_after_a_day() -> None:
    recording = stacks.recorded("prod")
    [called] = recording.one("BucketNotification").inputs["lambdaFunctions"]
    rules = recording.one("BucketLifecycleConfiguration", "planner-media-age").inputs["rules"]
    cors = recording.one("BucketCorsConfiguration").inputs["corsRules"]

    assert (called["events"], called["filterPrefix"]) == (["s3:ObjectCreated:*"], "incoming/")
    assert recording.one("Permission", "planner-scan-from-planner-media").urn in (
        recording.one("BucketNotification").depends_on
    )
    assert [(x["filter"]["prefix"], x["expiration"]["days"]) for x in rules if "expiration" in x] == [("incoming/", 1)]
    assert [(x["allowedMethods"], x["allowedOrigins"]) for x in cors] == [
        (["POST"], ["https://planner.prod.slipway.example"])
    ]


def test_the_functions_of_the_planner_touch_what_they_need_of_the_media() -> None:
    policies = {x.name: json.loads(x.inputs["policy"])["Statement"] for x in stacks.recorded("prod").of("RolePolicy")}
    bucket = "arn:aws:s3:::planner-media"

    def of(name: str) -> dict[str, Any]:
        return {x["Sid"]: x["Resource"] for x in policies[name] if x["Sid"] != "UseKey"}

    assert of("planner-api-planner-media-objects") == {
        "DeleteObject": [f"{bucket}/incoming/*", f"{bucket}/media/*"],
        "PutObject": f"{bucket}/incoming/*",
    }
    assert of("planner-scan-planner-media-objects") == {
        "DeleteObject": [f"{bucket}/incoming/*", f"{bucket}/media/*"],
        "GetObject": f"{bucket}/incoming/*",
        "PutObject": f"{bucket}/media/*",
        "ListBucket": bucket,
    }


@environments
def test_pictures_are_shown_to_whom_the_planner_has_signed_for(stack: str) -> None:
    recording = stacks.recorded(stack)
    behaviours = recording.one("Distribution", "planner-web").inputs["orderedCacheBehaviors"]
    variables = recording.one("aws:lambda/function:Function", "planner-api").inputs["environment"]["variables"]

    assert {x["pathPattern"]: x.get("trustedKeyGroups") for x in behaviours} == {
        "/api/*": None,
        "/admin": None,
        "/admin/*": None,
        "/media/*": ["planner-readers-group-id"],
        "/static/*": None,
    }
    assert recording.one("PublicKey").inputs["encodedKey"] == fakes.PUBLIC_KEY
    assert variables["MEDIA_KEY_PAIR_ID"] == "planner-readers-id"


def test_the_planners_administrators_need_a_way_to_cognitos_pages() -> None:
    mapping = stacks.committed("prod")
    mapping["platform:network"]["nat"] = "none"
    mapping["platform:stack"]["systems"] = ["planner"]

    with pytest.raises(ConfigurationError, match="administrators sign in at Cognito's own pages"):
        load(mapping, "prod")


def _routes(system: str) -> list[cloud.Registered]:
    routes = stacks.recorded("prod").of("aws:apigatewayv2/route:Route")
    return [x for x in routes if x.name.startswith(f"{system}-")]


def _function(**changes: Any) -> dict[str, Any]:
    common = {"description": "x", "code": None, "handler": "x.y", "key": None, "region": "eu-west-1", "account": "1"}
    return {**common, **changes}


@environments
def test_trap_29_every_site_has_its_logs_delivered_into_the_environments_bucket(stack: str) -> None:
    recording = stacks.recorded(stack)
    policy = recording.one("BucketPolicy", "access-logs-policy")
    sites = sorted(x.name for x in recording.of("Distribution"))

    assert sites == ["ewelists-web", "planner-web"]
    assert sorted(x.name for x in recording.of("LogDelivery")) == sites
    for site in sites:
        source = recording.one("LogDeliverySource", f"{site}-source")
        destination = recording.one("LogDeliveryDestination", f"{site}-destination")
        delivery = recording.one("aws:cloudwatch/logDelivery:LogDelivery", site)

        assert source.inputs["logType"] == "ACCESS_LOGS"
        assert source.inputs["resourceArn"] == f"arn:aws:cloudfront::222222222222:distribution/{site}"
        assert destination.inputs["deliveryDestinationConfiguration"] == {
            "destinationResourceArn": "arn:aws:s3:::access-logs/cloudfront"
        }
        assert destination.inputs["outputFormat"] == "json"
        assert policy.urn in destination.request.propertyDependencies["deliveryDestinationConfiguration"].urns
        assert source.urn in delivery.request.propertyDependencies["deliverySourceName"].urns
        assert destination.urn in delivery.request.propertyDependencies["deliveryDestinationArn"].urns
        assert {x.inputs["region"] for x in (source, destination, delivery)} == {"us-east-1"}


@environments
def test_trap_29_cloudwatch_logs_writes_under_one_prefix_for_sources_of_the_account(stack: str) -> None:
    account = stacks.committed(stack)["platform:organisation"]["accounts"][stack]
    policy = stacks.recorded(stack).one("BucketPolicy", "access-logs-policy").inputs["policy"]
    statements = {x["Sid"]: x for x in json.loads(policy)["Statement"]}

    assert set(statements) == {"LoadBalancerLogs", "DistributionLogs", "DenyPlainHttp"}
    assert statements["DistributionLogs"] == {
        "Sid": "DistributionLogs",
        "Effect": "Allow",
        "Action": "s3:PutObject",
        "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Resource": "arn:aws:s3:::access-logs/cloudfront/*",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": account, "s3:x-amz-acl": "bucket-owner-full-control"},
            "ArnLike": {"aws:SourceArn": f"arn:aws:logs:us-east-1:{account}:delivery-source:*"},
        },
    }


def test_trap_29_a_sites_logs_tell_nothing_of_who_asked() -> None:
    delivery = built(examples.access_log).one("aws:cloudwatch/logDelivery:LogDelivery").inputs
    of_people = {"asn", "c-country", "c-ip", "c-ip-version", "c-port", "cs(Cookie)", "cs(Referer)", "cs(User-Agent)"}
    of_what_they_have = {"cs-uri-query", "cs-uri-stem", "x-forwarded-for"}

    assert delivery["recordFields"] == list(RECORD_FIELDS)
    assert len(set(RECORD_FIELDS)) == len(RECORD_FIELDS)
    assert set(RECORD_FIELDS) & (of_people | of_what_they_have) == set()
    assert {"date", "time", "sc-status", "time-taken", "cache-behavior-path-pattern"} <= set(RECORD_FIELDS)
    assert delivery["s3DeliveryConfigurations"] == [
        {"suffixPath": "{DistributionId}/{yyyy}/{MM}/{dd}", "enableHiveCompatiblePath": False}
    ]
