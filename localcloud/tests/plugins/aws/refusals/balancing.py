"""Load balancers, target groups, listeners and their rules."""

from typing import Any

from localcloud.tests.plugins.aws.refusal import Refusals, Row, api, terraform

BALANCER, LISTENER = api("elbv2", "CreateLoadBalancer"), api("elbv2", "CreateListener")
ATTRIBUTE, GROUP = api("elbv2", "LoadBalancerAttribute"), api("elbv2", "CreateTargetGroup")
GROUP_ATTRIBUTE, CONDITION = api("elbv2", "TargetGroupAttribute"), api("elbv2", "RuleCondition")
FIXED, REDIRECT = api("elbv2", "FixedResponseActionConfig"), api("elbv2", "RedirectActionConfig")
TARGET = "arn:aws:elasticloadbalancing:eu-west-1:222222222222:targetgroup/web/0123456789abcdef"
CERTIFICATE = "arn:aws:acm:eu-west-1:222222222222:certificate/00000000-0000-0000-0000-000000000001"
TO_TARGET = {"type": "forward", "targetGroupArn": TARGET}


def _fixed(**more: Any) -> list[dict[str, Any]]:
    return [{"type": "fixed-response", "fixedResponse": {"contentType": "text/plain", "statusCode": "404", **more}}]


def _redirect(**more: Any) -> list[dict[str, Any]]:
    return [{"type": "redirect", "redirect": {"statusCode": "HTTP_301", "protocol": "HTTPS", **more}}]


def _forward(*weights: int, **more: Any) -> list[dict[str, Any]]:
    groups = [{"arn": f"{TARGET}{number}", "weight": weight} for number, weight in enumerate(weights)]
    return [{"type": "forward", "forward": {"targetGroups": groups, **more}}]


def _actions(name: str) -> tuple[Row, ...]:
    """Return the rows of actions: listeners and rules refuse the same."""
    at, config, redirect = f"{name}[0]", f"{name}[0].fixedResponse", f"{name}[0].redirect"
    forward = api("elbv2", "ForwardActionConfig")
    return (
        ({name: [{"type": "dance"}]}, f"{at}.type", "must be one of", api("elbv2", "Action")),
        ({name: [{"type": "forward"}]}, at, "needs targetGroupArn", api("elbv2", "Action")),
        ({name: [{"type": "redirect"}]}, at, "needs redirect", api("elbv2", "Action")),
        ({name: [{"type": "fixed-response"}]}, at, "needs fixedResponse", api("elbv2", "Action")),
        ({name: [{**TO_TARGET, "order": 50001}]}, f"{at}.order", "at most 50000", api("elbv2", "Action")),
        (
            {name: [{**TO_TARGET, "targetGroupArn": "web"}]},
            f"{at}.targetGroupArn",
            "must match ^arn:",
            terraform("lb_listener"),
        ),
        ({name: _fixed(contentType="image/png")}, f"{config}.contentType", "text/plain", FIXED),
        ({name: _fixed(messageBody="m" * 1025)}, f"{config}.messageBody", "at most 1024 characters", FIXED),
        ({name: _fixed(statusCode="302")}, f"{config}.statusCode", "must match", FIXED),
        ({name: _redirect(statusCode="HTTP_307")}, f"{redirect}.statusCode", "HTTP_301, HTTP_302", REDIRECT),
        ({name: _redirect(protocol="FTP")}, f"{redirect}.protocol", "#{protocol}", REDIRECT),
        ({name: _redirect(path="home")}, f"{redirect}.path", "must match", REDIRECT),
        ({name: _redirect(host="h" * 129)}, f"{redirect}.host", "at most 128 characters", REDIRECT),
        ({name: _forward(1, 1, 1, 1, 1, 1)}, f"{at}.forward.targetGroups", "at most 5 items", forward),
        (
            {name: _forward(1000)},
            f"{at}.forward.targetGroups[0].weight",
            "at most 999",
            api("elbv2", "TargetGroupTuple"),
        ),
        (
            {name: _forward(1, stickiness={"enabled": True, "duration": 604801})},
            f"{at}.forward.stickiness.duration",
            "at most 604800",
            api("elbv2", "TargetGroupStickinessConfig"),
        ),
    )


def _near_actions(name: str) -> tuple[dict[str, Any], ...]:
    return (
        {name: _fixed(messageBody="m" * 1024, statusCode="503")},
        {name: _redirect(path="/#{path}", port="#{port}", query="#{query}")},
        {name: _forward(999, 0, 1, 1, 1, stickiness={"enabled": True, "duration": 604800})},
    )


TABLES = (
    Refusals(
        token="aws:lb/loadBalancer:LoadBalancer",
        valid={"name": "web", "subnets": ["subnet-1", "subnet-2"], "securityGroups": ["sg-1"]},
        refused=(
            ({"name": "internal-web"}, "name", "must match", BALANCER),
            ({"name": "-web"}, "name", "must match", BALANCER),
            ({"name": "web-"}, "name", "must match", BALANCER),
            ({"name": "web_1"}, "name", "must match", BALANCER),
            ({"name": "w" * 33}, "name", "at most 32 characters", BALANCER),
            ({"subnets": None}, "subnets", "must be given", BALANCER),
            ({"subnets": ["subnet-1"]}, "subnets", "at least two", BALANCER),
            ({"loadBalancerType": "classic"}, "loadBalancerType", "application or network", BALANCER),
            ({"ipAddressType": "ipv6"}, "ipAddressType", "must be one of", BALANCER),
            ({"idleTimeout": 0}, "idleTimeout", "1 to 4000", ATTRIBUTE),
            ({"idleTimeout": 4001}, "idleTimeout", "1 to 4000", ATTRIBUTE),
            ({"clientKeepAlive": 59}, "clientKeepAlive", "60 to 604800", ATTRIBUTE),
            ({"clientKeepAlive": 604801}, "clientKeepAlive", "60 to 604800", ATTRIBUTE),
            ({"desyncMitigationMode": "none"}, "desyncMitigationMode", "strictest", ATTRIBUTE),
            ({"xffHeaderProcessingMode": "keep"}, "xffHeaderProcessingMode", "preserve", ATTRIBUTE),
            ({"accessLogs": {"enabled": True}}, "accessLogs.bucket", "is required", terraform("lb")),
        ),
        accepted=(
            {"name": "w" * 32},
            {"idleTimeout": 4000, "clientKeepAlive": 60},
            {"loadBalancerType": "network", "subnets": ["subnet-1"]},
        ),
    ),
    Refusals(
        token="aws:lb/targetGroup:TargetGroup",
        valid={"name": "web", "vpcId": "vpc-1", "port": 8080, "protocol": "HTTP", "targetType": "ip"},
        refused=(
            ({"name": "w" * 33}, "name", "at most 32 characters", GROUP),
            ({"name": "web-"}, "name", "must match", GROUP),
            ({"port": 0}, "port", "at least 1", GROUP),
            ({"port": 65536}, "port", "at most 65535", GROUP),
            ({"port": None}, "port", "is required", GROUP),
            ({"vpcId": None}, "vpcId", "is required", GROUP),
            ({"protocol": "GOPHER"}, "protocol", "must be one of", GROUP),
            ({"protocolVersion": "HTTP3"}, "protocolVersion", "HTTP1, HTTP2 or GRPC", GROUP),
            ({"targetType": "pod"}, "targetType", "must be", GROUP),
            ({"deregistrationDelay": 3601}, "deregistrationDelay", "0 to 3600", GROUP_ATTRIBUTE),
            ({"slowStart": 29}, "slowStart", "30 to 900", GROUP_ATTRIBUTE),
            ({"slowStart": 901}, "slowStart", "30 to 900", GROUP_ATTRIBUTE),
            ({"loadBalancingAlgorithmType": "dice"}, "loadBalancingAlgorithmType", "round_robin", GROUP_ATTRIBUTE),
            ({"loadBalancingAnomalyMitigation": "yes"}, "loadBalancingAnomalyMitigation", "on, off", GROUP_ATTRIBUTE),
            ({"loadBalancingCrossZoneEnabled": "no"}, "loadBalancingCrossZoneEnabled", "true, false", GROUP_ATTRIBUTE),
            ({"stickiness": {"type": "gum"}}, "stickiness.type", "lb_cookie", GROUP_ATTRIBUTE),
            (
                {"stickiness": {"type": "lb_cookie", "cookieDuration": 604801}},
                "stickiness.cookieDuration",
                "at most 604800",
                GROUP_ATTRIBUTE,
            ),
            ({"healthCheck": {"healthyThreshold": 1}}, "healthCheck.healthyThreshold", "2 to 10", GROUP),
            ({"healthCheck": {"unhealthyThreshold": 11}}, "healthCheck.unhealthyThreshold", "2 to 10", GROUP),
            ({"healthCheck": {"interval": 4}}, "healthCheck.interval", "5 to 300", GROUP),
            ({"healthCheck": {"timeout": 121}}, "healthCheck.timeout", "2 to 120", GROUP),
            ({"healthCheck": {"interval": 5, "timeout": 5}}, "healthCheck.timeout", "shorter", GROUP),
            ({"healthCheck": {"path": "healthz"}}, "healthCheck.path", "must match", GROUP),
            ({"healthCheck": {"port": "front"}}, "healthCheck.port", "must match", GROUP),
            ({"healthCheck": {"protocol": "UDP"}}, "healthCheck.protocol", "HTTP, HTTPS, TCP", GROUP),
            ({"healthCheck": {"matcher": "ok"}}, "healthCheck.matcher", "must match", api("elbv2", "Matcher")),
        ),
        accepted=(
            {"port": 65535, "deregistrationDelay": 3600, "slowStart": 900},
            {"slowStart": 0, "healthCheck": {"interval": 300, "timeout": 120, "port": "traffic-port"}},
            {"healthCheck": {"matcher": "200,202-299", "path": "/", "port": 8081}},
            {"stickiness": {"type": "lb_cookie", "cookieDuration": 604800}},
        ),
    ),
    Refusals(
        token="aws:lb/listener:Listener",
        valid={
            "loadBalancerArn": "arn:aws:elasticloadbalancing:eu-west-1:222222222222:loadbalancer/app/web/1",
            "port": 443,
            "protocol": "HTTPS",
            "certificateArn": CERTIFICATE,
            "defaultActions": [TO_TARGET],
        },
        refused=(
            ({"loadBalancerArn": None}, "loadBalancerArn", "is required", LISTENER),
            ({"loadBalancerArn": "web"}, "loadBalancerArn", "must match ^arn:", terraform("lb_listener")),
            ({"port": 65536}, "port", "at most 65535", LISTENER),
            ({"protocol": "GOPHER"}, "protocol", "must be one of", LISTENER),
            ({"certificateArn": None}, "certificateArn", "is required", LISTENER),
            ({"certificateArn": "web"}, "certificateArn", "must match ^arn:", terraform("lb_listener")),
            ({"protocol": "HTTP"}, "certificateArn", "cannot be given", LISTENER),
            ({"defaultActions": None}, "defaultActions", "is required", LISTENER),
            ({"defaultActions": []}, "defaultActions", "at least 1 items", terraform("lb_listener")),
            *_actions("defaultActions"),
        ),
        accepted=({"port": 65535}, *_near_actions("defaultActions")),
    ),
    Refusals(
        token="aws:lb/listenerRule:ListenerRule",
        valid={
            "listenerArn": "arn:aws:elasticloadbalancing:eu-west-1:222222222222:listener/app/web/1/2",
            "priority": 10,
            "conditions": [{"pathPattern": {"values": ["/api/*"]}}],
            "actions": [TO_TARGET],
        },
        refused=(
            ({"listenerArn": "web"}, "listenerArn", "must match ^arn:", terraform("lb_listener_rule")),
            ({"priority": 0}, "priority", "at least 1", api("elbv2", "CreateRule")),
            ({"priority": 50001}, "priority", "at most 50000", api("elbv2", "CreateRule")),
            ({"conditions": []}, "conditions", "must be given", CONDITION),
            ({"conditions": [{}]}, "conditions[0]", "exactly one field", CONDITION),
            (
                {"conditions": [{"hostHeader": {"values": ["h" * 129]}}]},
                "conditions[0].hostHeader.values[0]",
                "at most 128 characters",
                api("elbv2", "HostHeaderConditionConfig"),
            ),
            (
                {"conditions": [{"pathPattern": {"values": ["/" + "p" * 128]}}]},
                "conditions[0].pathPattern.values[0]",
                "at most 128 characters",
                api("elbv2", "PathPatternConditionConfig"),
            ),
            (
                {"conditions": [{"httpHeader": {"httpHeaderName": "x test", "values": ["1"]}}]},
                "conditions[0].httpHeader.httpHeaderName",
                "must match",
                api("elbv2", "HttpHeaderConditionConfig"),
            ),
            (
                {"conditions": [{"httpRequestMethod": {"values": ["get"]}}]},
                "conditions[0].httpRequestMethod.values[0]",
                "must match",
                api("elbv2", "HttpRequestMethodConditionConfig"),
            ),
            (
                {"conditions": [{"sourceIp": {"values": ["10.0.0.1"]}}]},
                "conditions[0].sourceIp.values[0]",
                "must match",
                api("elbv2", "SourceIpConditionConfig"),
            ),
            *_actions("actions"),
        ),
        accepted=(
            {"priority": 50000},
            {"conditions": [{"hostHeader": {"values": ["h" * 128]}}]},
            {"conditions": [{"sourceIp": {"values": ["10.0.0.1/32", "2001:db8::/32"]}}]},
            *_near_actions("actions"),
        ),
    ),
)
