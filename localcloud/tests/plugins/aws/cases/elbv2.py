"""Load balancers, target groups, listeners and rules."""

from typing import Any

from localcloud.tests.plugins.aws.conformance import SUBNETS, VPC, Case, Parent, parents

GROUP = Parent("group", "aws:ec2/securityGroup:SecurityGroup", {"vpcId": "${vpc.id}"})
SECOND = Parent("second", "aws:ec2/securityGroup:SecurityGroup", {"vpcId": "${vpc.id}"})
THIRD = Parent(
    "c",
    "aws:ec2/subnet:Subnet",
    {"vpcId": "${vpc.id}", "cidrBlock": "10.0.2.0/24", "availabilityZone": "eu-west-1c"},
)
BALANCER = Parent(
    "balancer",
    "aws:lb/loadBalancer:LoadBalancer",
    {"subnets": ["${a.id}", "${b.id}"], "securityGroups": ["${group.id}"]},
)
TARGET: dict[str, Any] = {"vpcId": "${vpc.id}", "port": 8080, "protocol": "HTTP", "targetType": "ip"}
BLUE = Parent("blue", "aws:lb/targetGroup:TargetGroup", TARGET)
GREEN = Parent("green", "aws:lb/targetGroup:TargetGroup", TARGET)
NOT_FOUND = {
    "type": "fixed-response",
    "fixedResponse": {"contentType": "text/plain", "messageBody": "no such host", "statusCode": "404"},
}
TO_HTTPS = {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}}
TO_BLUE = {"type": "forward", "targetGroupArn": "${blue.arn}"}
LISTENER = Parent(
    "listener",
    "aws:lb/listener:Listener",
    {"loadBalancerArn": "${balancer.arn}", "port": 80, "protocol": "HTTP", "defaultActions": [NOT_FOUND]},
)
BALANCED = parents(VPC, SUBNETS, GROUP, BALANCER)
CERTIFICATE = "arn:aws:acm:eu-west-1:222222222222:certificate/00000000-0000-0000-0000-00000000000"


def _weighted(blue: int, green: int) -> dict[str, Any]:
    groups = [{"arn": "${blue.arn}", "weight": blue}, {"arn": "${green.arn}", "weight": green}]
    return {"type": "forward", "forward": {"targetGroups": groups, "stickiness": {"enabled": True, "duration": 60}}}


CASES = (
    Case(
        token="aws:lb/loadBalancer:LoadBalancer",
        parents=parents(VPC, SUBNETS, THIRD, GROUP, SECOND),
        inputs={
            "name": "public",
            "internal": False,
            "loadBalancerType": "application",
            "subnets": ["${a.id}", "${b.id}"],
            "securityGroups": ["${group.id}"],
            "ipAddressType": "ipv4",
            "enableDeletionProtection": False,
            "dropInvalidHeaderFields": True,
            "accessLogs": {"bucket": "logs", "prefix": "alb", "enabled": True},
        },
        updates=(
            {"idleTimeout": 120, "clientKeepAlive": 600},
            {"securityGroups": ["${group.id}", "${second.id}"]},
            {"subnets": ["${a.id}", "${c.id}"]},
            {"accessLogs": {"bucket": "logs", "prefix": "alb", "enabled": False}},
            {"connectionLogs": {"bucket": "logs", "prefix": "connections", "enabled": True}},
            {"desyncMitigationMode": "strictest", "xffHeaderProcessingMode": "preserve"},
            {"enableHttp2": False, "preserveHostHeader": True, "enableXffClientPort": True},
            {"enableTlsVersionAndCipherSuiteHeaders": True, "enableWafFailOpen": True, "enableZonalShift": True},
            {"enableCrossZoneLoadBalancing": True},
            {"ipAddressType": "dualstack"},
            {"tags": {"Name": "public"}},
        ),
        replaces=({"internal": True}, {"name": "other"}),
        refused=(
            {"name": "internal-x"},
            {"name": "x" * 33},
            {"idleTimeout": 0},
            {"desyncMitigationMode": "none"},
            {"loadBalancerType": "gateway"},
            {"subnets": None},
            {"accessLogs": {"enabled": True}},
        ),
    ),
    Case(
        token="aws:lb/targetGroup:TargetGroup",
        parents=(VPC,),
        inputs={
            **TARGET,
            "name": "web",
            "protocolVersion": "HTTP1",
            "ipAddressType": "ipv4",
            "healthCheck": {
                "enabled": True,
                "path": "/healthz",
                "matcher": "200-299",
                "interval": 10,
                "timeout": 4,
                "healthyThreshold": 2,
                "unhealthyThreshold": 3,
                "port": "traffic-port",
                "protocol": "HTTP",
            },
            "deregistrationDelay": 30,
        },
        updates=(
            {"healthCheck": {"path": "/health", "matcher": "200", "interval": 15, "timeout": 5}},
            {"deregistrationDelay": 20, "slowStart": 30},
            {"loadBalancingAlgorithmType": "least_outstanding_requests", "loadBalancingCrossZoneEnabled": "true"},
            {"loadBalancingAlgorithmType": "weighted_random", "loadBalancingAnomalyMitigation": "on"},
            {"stickiness": {"type": "lb_cookie", "enabled": True, "cookieDuration": 600}},
            {"stickiness": {"type": "app_cookie", "enabled": True, "cookieName": "session", "cookieDuration": 60}},
            {"tags": {"Name": "web"}},
        ),
        replaces=({"port": 80}, {"protocol": "HTTPS"}, {"vpcId": "vpc-12345678"}, {"targetType": "instance"}),
        refused=(
            {"port": None},
            {"targetType": "lambda"},
            {"slowStart": 10},
            {"healthCheck": {"interval": 5, "timeout": 5}},
            {"healthCheck": {"healthyThreshold": 1}},
            {"port": 70000},
            {"name": "x" * 33},
        ),
    ),
    Case(
        token="aws:lb/listener:Listener",
        parents=parents(BALANCED, BLUE, GREEN),
        inputs={
            "loadBalancerArn": "${balancer.arn}",
            "port": 443,
            "protocol": "HTTPS",
            "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
            "certificateArn": f"{CERTIFICATE}1",
            "defaultActions": [NOT_FOUND],
        },
        updates=(
            {"sslPolicy": "ELBSecurityPolicy-TLS13-1-3-2021-06"},
            {"certificateArn": f"{CERTIFICATE}2"},
            {"defaultActions": [TO_BLUE]},
            {"defaultActions": [_weighted(90, 10)]},
            {"defaultActions": [_weighted(50, 50)]},
            {"port": 8443},
            {"routingHttpResponseServerEnabled": False},
            {
                "routingHttpResponseStrictTransportSecurityHeaderValue": "max-age=31536000",
                "routingHttpResponseXContentTypeOptionsHeaderValue": "nosniff",
                "routingHttpResponseXFrameOptionsHeaderValue": "DENY",
                "routingHttpResponseContentSecurityPolicyHeaderValue": "default-src 'self'",
            },
            {"tags": {"Name": "https"}},
        ),
        replaces=({"loadBalancerArn": "arn:aws:elasticloadbalancing:eu-west-1:222222222222:loadbalancer/app/x/1"},),
        refused=(
            {"certificateArn": None},
            {"port": None},
            {"defaultActions": []} | {"protocol": "GOPHER"},
            {"defaultActions": [{"type": "redirect"}]},
            {"defaultActions": [{"type": "forward", "authenticateOidc": {}}]},
        ),
    ),
    Case(
        token="aws:lb/listener:Listener",
        label="redirect",
        parents=BALANCED,
        inputs={"loadBalancerArn": "${balancer.arn}", "port": 80, "protocol": "HTTP", "defaultActions": [TO_HTTPS]},
        refused=({"certificateArn": CERTIFICATE},),
    ),
    Case(
        token="aws:lb/listenerRule:ListenerRule",
        parents=parents(BALANCED, LISTENER, BLUE, GREEN),
        inputs={
            "listenerArn": "${listener.arn}",
            "priority": 10,
            "conditions": [
                {"hostHeader": {"values": ["counter.example", "www.counter.example"]}},
                {"pathPattern": {"values": ["/api/*"]}},
            ],
            "actions": [TO_BLUE],
        },
        updates=(
            {"priority": 20},
            {"conditions": [{"hostHeader": {"values": ["counter.example"]}}]},
            {"conditions": [{"httpHeader": {"httpHeaderName": "x-test", "values": ["1"]}}]},
            {"conditions": [{"httpRequestMethod": {"values": ["GET"]}}, {"sourceIp": {"values": ["10.0.0.0/8"]}}]},
            {"actions": [_weighted(100, 0)]},
            {"actions": [TO_HTTPS]},
            {"actions": [NOT_FOUND]},
            {"tags": {"Name": "api"}},
        ),
        replaces=({"listenerArn": "arn:aws:elasticloadbalancing:eu-west-1:222222222222:listener/app/x/1/2"},),
        refused=(
            {"priority": 0},
            {"conditions": []},
            {"conditions": [{}]},
            {"conditions": [{"hostHeader": {"regexValues": [".*"]}}]},
            {"actions": [{"type": "forward"}]},
            {"actions": [{"type": "dance"}]},
        ),
    ),
    Case(
        token="aws:lb/listenerRule:ListenerRule",
        label="next-priority",
        parents=parents(BALANCED, LISTENER, BLUE),
        inputs={
            "listenerArn": "${listener.arn}",
            "conditions": [{"queryStrings": [{"key": "version", "value": "2"}]}],
            "actions": [TO_BLUE],
        },
    ),
)
