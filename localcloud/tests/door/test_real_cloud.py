"""The door in front of the real embedded cloud: a site, an API and a load balancer of one account.

Without Docker: the load balancer's target is a server of this process. What this does not prove is how containers come
and go; the end-to-end tests do that.
"""

import io
import json
import threading
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from localcloud import cloud, door, processes
from localcloud.cloud import environment

pytestmark = [pytest.mark.cloud, pytest.mark.slow]

ACCOUNT = "222222222222"
ZONE = "dev.slipway.example"
CODE = 'def handler(event, context):\n    return {"statusCode": 200, "body": "lambda " + event["rawPath"]}\n'
TRUST = {"Version": "2012-10-17", "Statement": []}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[door.Door]:
    """A cloud without Docker and a door in front of it, in a home of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("LOCALCLOUD_HOME", raising=False)
        environment.ensure()
        patch.setenv("LOCALCLOUD_HOME", str(tmp_path_factory.mktemp("home")))
        running = cloud.start(None, "eu-west-1")
        yield door.start(running)
        door.stop()
        cloud.stop()


@pytest.fixture(scope="module")
def zone(opened: door.Door) -> str:
    """Return the id of the environment's public zone."""
    created = cloud.client("route53", ACCOUNT).create_hosted_zone(Name=ZONE, CallerReference="1")
    return str(created["HostedZone"]["Id"])


def lead(zone: str, host: str, target: str) -> None:
    """Point a host at one of AWS's own names."""
    alias = {"HostedZoneId": "Z1", "DNSName": target, "EvaluateTargetHealth": False}
    record = {"Name": host, "Type": "A", "AliasTarget": alias}
    changes = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    cloud.client("route53", ACCOUNT).change_resource_record_sets(HostedZoneId=zone, ChangeBatch=changes)


def answer(opened: door.Door, host: str, path: str = "/") -> tuple[int, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{opened.port}{path}", headers={"Host": f"{host}.localhost"})
    try:
        with urllib.request.urlopen(request, timeout=60) as found:
            return found.status, found.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def test_a_site_is_served_under_its_distributions_alias(opened: door.Door, zone: str) -> None:
    s3, cloudfront = cloud.client("s3", ACCOUNT), cloud.client("cloudfront", ACCOUNT)
    s3.create_bucket(Bucket="site", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket="site", Key="index.html", Body=b"<h1>site</h1>", ContentType="text/html")
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::site/*"}
    s3.put_bucket_policy(Bucket="site", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    origin = {
        "Id": "s3",
        "DomainName": "site.s3.eu-west-1.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    config: dict[str, Any] = {
        "CallerReference": "1",
        "Comment": "",
        "Enabled": True,
        "DefaultRootObject": "index.html",
        "Aliases": {"Quantity": 1, "Items": [f"app.{ZONE}"]},
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": {
            "TargetOriginId": "s3",
            "ViewerProtocolPolicy": "redirect-to-https",
            "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
            "MinTTL": 0,
        },
    }
    distribution = cloudfront.create_distribution(DistributionConfig=config)["Distribution"]
    lead(zone, f"app.{ZONE}", distribution["DomainName"])
    processes.wait_until(lambda: answer(opened, f"app.{ZONE}") == (200, "<h1>site</h1>"), "the site", 60)


def test_an_api_is_served_under_its_domain(opened: door.Door, zone: str) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as bundle:
        bundle.writestr("main.py", CODE)
    role = cloud.client("iam", ACCOUNT).create_role(RoleName="api", AssumeRolePolicyDocument=json.dumps(TRUST))
    function = cloud.client("lambda", ACCOUNT).create_function(
        FunctionName="api",
        Runtime="python3.12",
        Role=role["Role"]["Arn"],
        Handler="main.handler",
        Code={"ZipFile": archive.getvalue()},
    )
    api = cloud.client("apigatewayv2", ACCOUNT)
    identity = api.create_api(Name="api", ProtocolType="HTTP")["ApiId"]
    cloud.client("lambda", ACCOUNT).add_permission(
        FunctionName="api",
        StatementId="api",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:eu-west-1:{ACCOUNT}:{identity}/*",
    )
    integration = api.create_integration(
        ApiId=identity,
        IntegrationType="AWS_PROXY",
        IntegrationUri=function["FunctionArn"],
        PayloadFormatVersion="2.0",
    )["IntegrationId"]
    api.create_route(ApiId=identity, RouteKey="$default", Target=f"integrations/{integration}")
    api.create_stage(ApiId=identity, StageName="$default", AutoDeploy=True)
    certificate = f"arn:aws:acm:eu-west-1:{ACCOUNT}:certificate/1"
    domain = api.create_domain_name(
        DomainName=f"api.{ZONE}",
        DomainNameConfigurations=[{"CertificateArn": certificate, "EndpointType": "REGIONAL"}],
    )
    api.create_api_mapping(ApiId=identity, DomainName=f"api.{ZONE}", Stage="$default")
    lead(zone, f"api.{ZONE}", domain["DomainNameConfigurations"][0]["ApiGatewayDomainName"])
    processes.wait_until(lambda: answer(opened, f"api.{ZONE}", "/a/b") == (200, "lambda /a/b"), "the API", 60)


class _Target(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = f"{self.headers['Host']} {self.headers['X-Forwarded-Proto']} {self.path}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def target() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Target)
    serving = threading.Thread(target=server.serve_forever, args=(0.02,))
    serving.start()
    yield server.server_port
    server.shutdown()
    serving.join()
    server.server_close()


def test_a_listener_rule_leads_to_a_registered_target(opened: door.Door, zone: str, target: int) -> None:
    ec2, balancers = cloud.client("ec2", ACCOUNT), cloud.client("elbv2", ACCOUNT)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"eu-west-1{letter}")
        for number, letter in enumerate("ab")
    ]
    balancer = balancers.create_load_balancer(Name="dev", Subnets=[each["Subnet"]["SubnetId"] for each in subnets])
    balancer = balancer["LoadBalancers"][0]
    group = balancers.create_target_group(
        Name="web", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip", HealthCheckPath="/"
    )["TargetGroups"][0]["TargetGroupArn"]
    balancers.register_targets(TargetGroupArn=group, Targets=[{"Id": "127.0.0.1", "Port": target}])
    nothing = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404", "MessageBody": "no such path"}}
    listener = balancers.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTP", Port=80, DefaultActions=[nothing]
    )["Listeners"][0]["ListenerArn"]
    balancers.create_rule(
        ListenerArn=listener,
        Priority=10,
        Conditions=[
            {"Field": "host-header", "HostHeaderConfig": {"Values": [f"counter.{ZONE}"]}},
            {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*"]}},
        ],
        Actions=[{"Type": "forward", "TargetGroupArn": group}],
    )
    lead(zone, f"counter.{ZONE}", f"dualstack.{balancer['DNSName']}")
    expected = (200, f"counter.{ZONE} http /api/x?y=1")
    processes.wait_until(lambda: answer(opened, f"counter.{ZONE}", "/api/x?y=1") == expected, "the target", 60)
    assert answer(opened, f"counter.{ZONE}") == (404, "no such path")
    balancers.deregister_targets(TargetGroupArn=group, Targets=[{"Id": "127.0.0.1", "Port": target}])
    processes.wait_until(lambda: answer(opened, f"counter.{ZONE}", "/api/x")[0] == 503, "the empty group", 60)


def test_an_api_leads_to_the_target_through_its_link_and_logs_it(opened: door.Door, zone: str, target: int) -> None:
    ec2, balancers, api = (cloud.client(name, ACCOUNT) for name in ("ec2", "elbv2", "apigatewayv2"))
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.1.{number}.0/24", AvailabilityZone=f"eu-west-1{letter}")
        for number, letter in enumerate("ab")
    ]
    named = [each["Subnet"]["SubnetId"] for each in subnets]
    balancer = balancers.create_load_balancer(Name="linked", Subnets=named)["LoadBalancers"][0]["LoadBalancerArn"]
    group = balancers.create_target_group(
        Name="linked", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip", HealthCheckPath="/"
    )["TargetGroups"][0]["TargetGroupArn"]
    balancers.register_targets(TargetGroupArn=group, Targets=[{"Id": "127.0.0.1", "Port": target}])
    listener = balancers.create_listener(
        LoadBalancerArn=balancer,
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
    )["Listeners"][0]["ListenerArn"]
    cloud.client("logs", ACCOUNT).create_log_group(logGroupName="/apis/linked")
    identity = api.create_api(Name="linked", ProtocolType="HTTP")["ApiId"]
    integration = api.create_integration(
        ApiId=identity,
        IntegrationType="HTTP_PROXY",
        IntegrationMethod="ANY",
        IntegrationUri=listener,
        ConnectionType="VPC_LINK",
        ConnectionId=api.create_vpc_link(Name="linked", SubnetIds=named)["VpcLinkId"],
        PayloadFormatVersion="1.0",
        RequestParameters={"overwrite:header.host": "inner.example"},
    )["IntegrationId"]
    api.create_route(ApiId=identity, RouteKey="ANY /v1/{proxy+}", Target=f"integrations/{integration}")
    destination = f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/apis/linked"
    api.create_stage(
        ApiId=identity,
        StageName="$default",
        AutoDeploy=True,
        AccessLogSettings={
            "DestinationArn": destination,
            "Format": '{"route":"$context.routeKey","s":"$context.status"}',
        },
    )
    certificate = f"arn:aws:acm:eu-west-1:{ACCOUNT}:certificate/1"
    domain = api.create_domain_name(
        DomainName=f"market.{ZONE}",
        DomainNameConfigurations=[{"CertificateArn": certificate, "EndpointType": "REGIONAL"}],
    )
    api.create_api_mapping(ApiId=identity, DomainName=f"market.{ZONE}", Stage="$default")
    lead(zone, f"market.{ZONE}", domain["DomainNameConfigurations"][0]["ApiGatewayDomainName"])
    expected = (200, "inner.example http /v1/items?x=1")
    processes.wait_until(lambda: answer(opened, f"market.{ZONE}", "/v1/items?x=1") == expected, "the target", 60)
    assert answer(opened, f"market.{ZONE}", "/other") == (404, '{"message":"Not Found"}')

    def logged() -> bool:
        events = cloud.client("logs", ACCOUNT).filter_log_events(logGroupName="/apis/linked")["events"]
        lines = [json.loads(each["message"]) for each in events]
        carried = {"route": "ANY /v1/{proxy+}", "s": "200"}
        return carried in lines and {"route": "-", "s": "404"} in lines

    processes.wait_until(logged, "the access log", 60)
