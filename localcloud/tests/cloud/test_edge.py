"""Distributions by their alias: a site in a private bucket, an API behind it, guarded pictures."""

import base64
import gzip
import json
import time
from dataclasses import dataclass
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from localcloud import cloud
from localcloud.tests.cloud.http_api import Answered, Api, ask, function
from localcloud.tests.cloud.stage import until

pytestmark = [pytest.mark.cloud]

ACCOUNT = "222222222222"
HOST, API = "planner.dev.slipway.example", "planner-api.dev.slipway.example"
OPTIMIZED, DISABLED = "658327ea-f89d-4fab-a63d-7e88639e58f6", "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_BUT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
PAGE = b"<!doctype html><p>planner</p>" + b" " * 2000


@dataclass
class Edge:
    """A distribution and what signs for it."""

    cloud: cloud.Cloud
    id: str
    key: str
    private: rsa.RSAPrivateKey

    def ask(self, path: str = "/", **options: Any) -> Answered:
        headers = {"X-Forwarded-Proto": "https", **options.pop("headers", {})}
        return ask(self.cloud.endpoint, HOST, path, account=ACCOUNT, headers=headers, **options)

    def signed(self, resource: str, seconds: int = 600) -> dict[str, str]:
        """Return the cookies for a resource as a `Cookie` header."""
        condition = {"DateLessThan": {"AWS:EpochTime": int(time.time()) + seconds}}
        policy = json.dumps({"Statement": [{"Resource": resource, "Condition": condition}]}).encode()
        signature = self.private.sign(policy, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303  # CloudFront's
        values = {"Policy": _plain(policy), "Signature": _plain(signature), "Key-Pair-Id": self.key}
        return {"Cookie": "; ".join(f"CloudFront-{name}={value}" for name, value in values.items())}


def _plain(content: bytes) -> str:
    return base64.b64encode(content).decode().replace("+", "-").replace("=", "_").replace("/", "~")


def bucket(running: cloud.Cloud, name: str, objects: dict[str, tuple[bytes, str, str]]) -> None:
    s3 = cloud.client("s3", ACCOUNT, running)
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": running.region})
    for key, (body, kind, control) in objects.items():
        s3.put_object(Bucket=name, Key=key, Body=body, ContentType=kind, CacheControl=control)


def permit(running: cloud.Cloud, name: str, distribution: str) -> None:
    """Let a distribution, and no other, read a bucket."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{name}/*",
        "Condition": {"StringEquals": {"AWS:SourceArn": distribution}},
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    cloud.client("s3", ACCOUNT, running).put_bucket_policy(Bucket=name, Policy=json.dumps(document))


def s3_origin(name: str, control: str) -> dict[str, Any]:
    return {
        "Id": name,
        "DomainName": f"{name}.s3.eu-west-1.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
        "OriginAccessControlId": control,
    }


def behavior(origin: str, policy: str, **more: Any) -> dict[str, Any]:
    methods = more.pop("methods", ["GET", "HEAD"])
    return {
        "TargetOriginId": origin,
        "ViewerProtocolPolicy": "redirect-to-https",
        "CachePolicyId": policy,
        "Compress": True,
        "AllowedMethods": {
            "Quantity": len(methods),
            "Items": methods,
            "CachedMethods": {"Quantity": 2, "Items": ["GET", "HEAD"]},
        },
        **more,
    }


@pytest.fixture(scope="module")
def edge(plain: cloud.Cloud) -> Edge:
    bucket(
        plain,
        "site",
        {
            "index.html": (PAGE, "text/html", "no-cache"),
            "assets/app-1.js": (b"1;" * 1000, "text/javascript", "public, max-age=31536000, immutable"),
        },
    )
    bucket(plain, "pictures", {"media/a.png": (b"\x89PNG", "image/png", "private")})
    bucket(plain, "edge-logs", {})
    api = Api(plain, ACCOUNT, API)
    api.route("$default", api.lambda_integration(function(plain, ACCOUNT, "behind")))
    client = cloud.client("cloudfront", ACCOUNT, plain)
    control = client.create_origin_access_control(
        OriginAccessControlConfig={
            "Name": "site",
            "SigningProtocol": "sigv4",
            "SigningBehavior": "always",
            "OriginAccessControlOriginType": "s3",
        }
    )["OriginAccessControl"]["Id"]
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    key = client.create_public_key(
        PublicKeyConfig={"CallerReference": "1", "Name": "media", "EncodedKey": pem.decode()}
    )["PublicKey"]["Id"]
    group = client.create_key_group(KeyGroupConfig={"Name": "media", "Items": [key]})["KeyGroup"]["Id"]
    custom = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}
    every = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]
    behaviors = [
        {"PathPattern": "/api/*", **behavior("api", DISABLED, methods=every, OriginRequestPolicyId=ALL_BUT_HOST)},
        {
            "PathPattern": "/media/*",
            **behavior("pictures", OPTIMIZED, TrustedKeyGroups={"Enabled": True, "Quantity": 1, "Items": [group]}),
        },
    ]
    errors = [
        {"ErrorCode": code, "ResponsePagePath": "/index.html", "ResponseCode": "200", "ErrorCachingMinTTL": 0}
        for code in (403, 404)
    ]
    made = client.create_distribution(
        DistributionConfig={
            "CallerReference": "1",
            "Comment": "",
            "Enabled": True,
            "DefaultRootObject": "index.html",
            "Aliases": {"Quantity": 1, "Items": [HOST]},
            "Origins": {
                "Quantity": 3,
                "Items": [
                    s3_origin("site", control),
                    s3_origin("pictures", control),
                    {"Id": "api", "DomainName": API, "CustomOriginConfig": custom},
                ],
            },
            "DefaultCacheBehavior": behavior("site", OPTIMIZED),
            "CacheBehaviors": {"Quantity": 2, "Items": behaviors},
            "CustomErrorResponses": {"Quantity": 2, "Items": errors},
            "Logging": {
                "Enabled": True,
                "IncludeCookies": False,
                "Bucket": "edge-logs.s3.amazonaws.com",
                "Prefix": "planner/",
            },
        }
    )["Distribution"]
    for name in ("site", "pictures"):
        permit(plain, name, made["ARN"])
    return Edge(plain, made["Id"], key, private)


def test_the_root_is_the_default_object_and_an_unknown_path_the_page(edge: Edge) -> None:
    for path in ("/", "/plans/7"):
        answer = edge.ask(path)
        assert (answer.status, answer.body) == (200, PAGE)
    assert answer.headers["via"].endswith(".cloudfront.net (CloudFront)")


def test_an_immutable_file_is_kept_at_the_edge_until_it_is_invalidated(edge: Edge) -> None:
    first, second = edge.ask("/assets/app-1.js"), edge.ask("/assets/app-1.js")
    assert [each.headers["x-cache"] for each in (first, second)] == ["Miss from cloudfront", "Hit from cloudfront"]
    assert "age" not in first.headers
    assert int(second.headers["age"]) >= 0
    cloud.client("cloudfront", ACCOUNT, edge.cloud).create_invalidation(
        DistributionId=edge.id,
        InvalidationBatch={"CallerReference": "1", "Paths": {"Quantity": 1, "Items": ["/*"]}},
    )
    assert edge.ask("/assets/app-1.js").headers["x-cache"] == "Miss from cloudfront"


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("identity", None)])
def test_texts_are_compressed_as_the_visitor_accepts(edge: Edge, accepted: str, encoding: str | None) -> None:
    answer = edge.ask("/assets/app-1.js", headers={"Accept-Encoding": accepted})
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert (len(answer.body) < 200) == (encoding is not None)
    if encoding == "gzip":
        assert gzip.decompress(answer.body) == b"1;" * 1000


def test_a_visitor_who_has_it_is_told_so_and_a_part_can_be_asked_for(edge: Edge) -> None:
    etag = edge.ask("/").headers["etag"]
    answer = edge.ask("/", headers={"If-None-Match": etag})
    assert (answer.status, answer.body) == (304, b"")
    part = edge.ask("/assets/app-1.js", headers={"Range": "bytes=0-3", "Accept-Encoding": "identity"})
    assert (part.status, part.body, part.headers["content-range"]) == (206, b"1;1;", "bytes 0-3/2000")


def test_the_api_is_behind_its_paths_with_everything_but_the_host(edge: Edge) -> None:
    seen = edge.ask(
        "/api/plans?x=1",
        method="POST",
        headers={"Authorization": "Bearer t", "Content-Type": "application/json", "Cookie": "a=1"},
        body='{"a":1}',
    )
    event = seen.json()
    assert (event["rawPath"], event["rawQueryString"], event["body"]) == ("/api/plans", "x=1", '{"a":1}')
    assert (event["headers"]["host"], event["headers"]["authorization"]) == (API, "Bearer t")
    assert event["cookies"] == ["a=1"]
    assert seen.headers["x-cache"] == "Miss from cloudfront"


def test_a_method_that_a_behavior_does_not_allow_is_refused(edge: Edge) -> None:
    assert edge.ask("/", method="POST", body="x").status == 403


def test_plain_http_is_led_to_https(edge: Edge) -> None:
    answer = edge.ask("/x", headers={"X-Forwarded-Proto": "http"})
    assert (answer.status, answer.headers["location"]) == (301, f"https://{HOST}/x")


def test_guarded_pictures_need_signed_cookies_of_a_trusted_key(edge: Edge) -> None:
    resource = f"https://{HOST}/media/*"
    answer = edge.ask("/media/a.png", headers=edge.signed(resource))
    assert (answer.status, answer.body, answer.headers["content-type"]) == (200, b"\x89PNG", "image/png")
    unsigned = edge.ask("/media/a.png")
    assert (unsigned.status, b"<Code>MissingKey</Code>" in unsigned.body) == (403, True)
    assert edge.ask("/media/a.png", headers=edge.signed(resource, seconds=-1)).status == 403
    assert edge.ask("/media/a.png", headers=edge.signed(f"https://{HOST}/other/*")).status == 403
    stranger = Edge(edge.cloud, edge.id, edge.key, rsa.generate_private_key(public_exponent=65537, key_size=2048))
    assert edge.ask("/media/a.png", headers=stranger.signed(resource)).status == 403


def test_a_bucket_that_does_not_know_the_distribution_is_shut(edge: Edge) -> None:
    permit(edge.cloud, "pictures", f"arn:aws:cloudfront::{ACCOUNT}:distribution/OTHER")
    try:
        answer = edge.ask("/media/b.png", headers=edge.signed(f"https://{HOST}/media/*"))
        assert (answer.status, answer.body) == (200, PAGE)  # the page of errors
    finally:
        permit(edge.cloud, "pictures", f"arn:aws:cloudfront::{ACCOUNT}:distribution/{edge.id}")


@pytest.mark.parametrize(
    ("form", "hive", "folder"),
    [("json", False, "json/{id}/{year}"), ("w3c", True, "w3c/DistributionId={id}/year={year}")],
)
def test_visits_are_delivered_with_the_chosen_fields_alone(edge: Edge, form: str, hive: bool, folder: str) -> None:
    logs = cloud.client("logs", ACCOUNT, edge.cloud, region="us-east-1")
    arn = f"arn:aws:cloudfront::{ACCOUNT}:distribution/{edge.id}"
    fields = ["sc-status", "cache-behavior-path-pattern", "x-host-header", "ssl-protocol"]
    logs.put_delivery_source(name="site", resourceArn=arn, logType="ACCESS_LOGS")
    to = {"destinationResourceArn": f"arn:aws:s3:::edge-logs/{form}"}
    way = logs.put_delivery_destination(name=form, outputFormat=form, deliveryDestinationConfiguration=to)
    delivery = logs.create_delivery(
        deliverySourceName="site",
        deliveryDestinationArn=way["deliveryDestination"]["arn"],
        recordFields=fields,
        s3DeliveryConfiguration={"suffixPath": "{DistributionId}/{yyyy}", "enableHiveCompatiblePath": hive},
    )["delivery"]["id"]
    try:
        edge.ask("/written?token=7", headers={"User-Agent": "test agent", "Cookie": "a=1"})
        s3 = cloud.client("s3", ACCOUNT, edge.cloud)
        files = until(
            lambda: s3.list_objects_v2(Bucket="edge-logs", Prefix=f"{form}/").get("Contents"), "the visit is in no file"
        )
        place = folder.format(id=edge.id, year=time.strftime("%Y", time.gmtime()))
        assert [each["Key"].rpartition("/")[0] for each in files] == [place]
        text = gzip.decompress(s3.get_object(Bucket="edge-logs", Key=files[0]["Key"])["Body"].read()).decode()
        if form == "json":
            assert json.loads(text) == dict(zip(fields, ["200", "*", HOST, "-"], strict=True))
        else:
            head = ["#Version: 1.0", f"#Fields: {' '.join(fields)}"]
            assert text.splitlines() == [*head, "\t".join(["200", "*", HOST, "-"])]
    finally:
        logs.delete_delivery(id=delivery)
        logs.delete_delivery_destination(name=form)
        logs.delete_delivery_source(name="site")


def test_visits_are_written_into_the_bucket_of_logs(edge: Edge) -> None:
    edge.ask("/logged?x=1", headers={"User-Agent": "test agent"})
    s3 = cloud.client("s3", ACCOUNT, edge.cloud)

    def lines() -> list[str]:
        found = s3.list_objects_v2(Bucket="edge-logs", Prefix="planner/").get("Contents", [])
        bodies = [s3.get_object(Bucket="edge-logs", Key=each["Key"])["Body"].read() for each in found]
        return [line for body in bodies for line in gzip.decompress(body).decode().splitlines() if "/logged" in line]

    [line] = until(lines, "the visit is in no file")
    fields = line.split("\t")
    assert fields[5:9] == ["GET", f"{fields[6]}", "/logged", "200"]
    assert (fields[10], fields[11], fields[15]) == ("test%20agent", "x=1", HOST)
