"""An HTTP API with a function behind it, and the requests that tests send to it."""

import http.client
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from localcloud import cloud

ECHO = """
import json, time


def handle(event, context):
    wanted = event.get("queryStringParameters") or {}
    if "fail" in wanted:
        raise ValueError(wanted["fail"])
    if "answer" in wanted:
        return json.loads(wanted["answer"])
    event["arn"] = context.invoked_function_arn
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(event)}
"""
CERTIFICATE = "arn:aws:acm:eu-west-1:{}:certificate/1"


def packed(source: str, name: str = "main.py") -> bytes:
    """Return a zip with one file."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as bundle:
        bundle.writestr(name, source)
    return archive.getvalue()


def function(running: cloud.Cloud, account: str, name: str, source: str = ECHO, **more: Any) -> str:
    """Make a function and return its ARN."""
    client = cloud.client("lambda", account, running)
    made = client.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="main.handle",
        Role=f"arn:aws:iam::{account}:role/api",
        Code={"ZipFile": packed(source)},
        Timeout=60,
        **more,
    )
    client.get_waiter("function_active_v2").wait(FunctionName=name)
    return str(made["FunctionArn"])


@dataclass
class Answered:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes
    every: list[tuple[str, str]] = field(default_factory=list)

    def json(self) -> Any:
        return json.loads(self.body)


def ask(
    endpoint: str,
    host: str,
    path: str = "/",
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes | str | None = None,
    account: str = "",
) -> Answered:
    """Send a request with a host name of its own to the cloud, or to the door, and return the answer."""
    address = urlsplit(endpoint)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=120)
    own = {"Host": host, **({"X-Slipway-Account": account} if account else {})}
    try:
        connection.request(method, path, body=body, headers={**own, **(headers or {})})
        answer = connection.getresponse()
        every = [(name.lower(), value) for name, value in answer.getheaders()]
        return Answered(answer.status, dict(every), answer.read(), every)
    finally:
        connection.close()


class Api:
    """An HTTP API with a domain name."""

    def __init__(self, running: cloud.Cloud, account: str, domain: str, **settings: Any) -> None:
        self.cloud, self.account, self.domain = running, account, domain
        self.client = cloud.client("apigatewayv2", account, running)
        self.id = str(self.client.create_api(Name=domain, ProtocolType="HTTP", **settings)["ApiId"])
        self.client.create_stage(ApiId=self.id, StageName="$default", AutoDeploy=True)
        self.target = str(
            self.client.create_domain_name(
                DomainName=domain,
                DomainNameConfigurations=[{"CertificateArn": CERTIFICATE.format(account), "EndpointType": "REGIONAL"}],
            )["DomainNameConfigurations"][0]["ApiGatewayDomainName"]
        )
        self.map("")

    def map(self, key: str) -> str:
        """Map a key of the domain to the API; the empty one is its root."""
        named = {"ApiMappingKey": key} if key else {}
        made = self.client.create_api_mapping(ApiId=self.id, DomainName=self.domain, Stage="$default", **named)
        return str(made["ApiMappingId"])

    def lambda_integration(self, arn: str, permit: bool = True) -> str:
        """Make an integration with a function that lets the API invoke it."""
        if permit:
            name, _, qualifier = arn.partition(":function:")[2].partition(":")
            cloud.client("lambda", self.account, self.cloud).add_permission(
                FunctionName=name,
                StatementId=f"api-{self.id}",
                Action="lambda:InvokeFunction",
                Principal="apigateway.amazonaws.com",
                SourceArn=f"arn:aws:execute-api:{self.cloud.region}:{self.account}:{self.id}/*",
                **({"Qualifier": qualifier} if qualifier else {}),
            )
        made = self.client.create_integration(
            ApiId=self.id, IntegrationType="AWS_PROXY", IntegrationUri=arn, PayloadFormatVersion="2.0"
        )
        return str(made["IntegrationId"])

    def route(self, key: str, integration: str, **more: Any) -> str:
        made = self.client.create_route(ApiId=self.id, RouteKey=key, Target=f"integrations/{integration}", **more)
        return str(made["RouteId"])

    def ask(self, path: str = "/", **options: Any) -> Answered:
        return ask(self.cloud.endpoint, self.domain, path, account=self.account, **options)
