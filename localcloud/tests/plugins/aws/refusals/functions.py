"""Functions, calls of them, and the services that tasks are found by."""

from typing import Any

from localcloud.tests.plugins.aws.cases.lambda_ import FUNCTION, LAYER
from localcloud.tests.plugins.aws.refusal import Refusals, api, terraform

CREATE, ALIAS = api("lambda", "CreateFunction"), api("lambda", "CreateAlias")
PERMISSION, INVOCATION = api("lambda", "AddPermission"), terraform("lambda_invocation")
EVENTS = api("lambda", "PutFunctionEventInvokeConfig")
NAMESPACE = api("servicediscovery", "CreatePrivateDnsNamespace")
SERVICE = api("servicediscovery", "CreateService")
RECORD = api("servicediscovery", "DnsRecord")


def _records(*kinds: str, **more: Any) -> dict[str, Any]:
    records = [{"type": kind, "ttl": 10} for kind in kinds]
    return {"dnsConfig": {"namespaceId": "ns-1", "dnsRecords": records, **more}}


TABLES = (
    Refusals(
        token="aws:lambda/function:Function",
        valid={**FUNCTION, "name": "steps", "role": "arn:aws:iam::222222222222:role/steps", "s3Bucket": "code"},
        refused=(
            ({"name": "two words"}, "name", "must match", CREATE),
            ({"name": "f" * 65}, "name", "at most 64 characters", CREATE),
            ({"role": "steps"}, "role", "must match", CREATE),
            ({"role": None}, "role", "is required", CREATE),
            ({"s3Key": None}, "s3Key", "is required", api("lambda", "FunctionCode")),
            ({"handler": None}, "handler", "is required", CREATE),
            ({"handler": "two words"}, "handler", "must match", CREATE),
            ({"runtime": "cobol1"}, "runtime", "a runtime such as", CREATE),
            ({"packageType": "Image"}, "packageType", "must be Zip", CREATE),
            ({"memorySize": 127}, "memorySize", "at least 128", CREATE),
            ({"memorySize": 10241}, "memorySize", "at most 10240", CREATE),
            ({"timeout": 0}, "timeout", "at least 1", CREATE),
            ({"timeout": 901}, "timeout", "at most 900", CREATE),
            ({"architectures": ["sparc"]}, "architectures[0]", "x86_64, arm64", CREATE),
            ({"architectures": ["x86_64", "arm64"]}, "architectures", "at most 1 items", CREATE),
            ({"ephemeralStorage": {"size": 511}}, "ephemeralStorage.size", "at least 512", CREATE),
            ({"reservedConcurrentExecutions": -2}, "reservedConcurrentExecutions", "at least -1", CREATE),
            ({"tracingConfig": {"mode": "Often"}}, "tracingConfig.mode", "Active, PassThrough", CREATE),
            ({"deadLetterConfig": {"targetArn": "arn:aws:s3:::a"}}, "deadLetterConfig.targetArn", "match", CREATE),
            (
                {"loggingConfig": {"logFormat": "Text", "applicationLogLevel": "INFO"}},
                "loggingConfig",
                "JSON only",
                api("lambda", "LoggingConfig"),
            ),
            ({"layers": [LAYER] * 6}, "layers", "at most 5", CREATE),
        ),
        accepted=(
            {"name": "f" * 64},
            {"memorySize": 10240},
            {"timeout": 900},
            {"reservedConcurrentExecutions": 0},
            {"loggingConfig": {"logFormat": "JSON", "applicationLogLevel": "INFO"}},
            {"runtime": "python3.13"},
        ),
    ),
    Refusals(
        token="aws:lambda/alias:Alias",
        valid={"name": "live", "functionName": "steps", "functionVersion": "1"},
        refused=(
            ({"name": "12"}, "name", "must match", ALIAS),
            ({"name": "a" * 129}, "name", "at most 128 characters", ALIAS),
            ({"functionVersion": "newest"}, "functionVersion", "must match", ALIAS),
            (
                {"functionVersion": "$LATEST", "routingConfig": {"additionalVersionWeights": {"1": 0.1}}},
                "routingConfig",
                "cannot be given",
                api("lambda", "AliasRoutingConfiguration"),
            ),
        ),
        accepted=({"name": "v1"}, {"functionVersion": "$LATEST"}),
    ),
    Refusals(
        token="aws:lambda/invocation:Invocation",
        valid={"functionName": "steps", "input": "{}"},
        refused=(
            ({"input": "no JSON"}, "input", "must be JSON", INVOCATION),
            ({"input": "[]", "lifecycleScope": "CRUD"}, "input", "a JSON object", INVOCATION),
            ({"lifecycleScope": "DAILY"}, "lifecycleScope", "CREATE_ONLY or CRUD", INVOCATION),
            ({"input": None}, "input", "is required", INVOCATION),
        ),
        accepted=({"input": "[]"}, {"input": '{"a": 1}', "lifecycleScope": "CRUD"}),
    ),
    Refusals(
        token="aws:lambda/permission:Permission",
        valid={
            "statementId": "events",
            "action": "lambda:InvokeFunction",
            "function": "steps",
            "principal": "events.amazonaws.com",
        },
        refused=(
            ({"statementId": "two words"}, "statementId", "must match", PERMISSION),
            ({"statementId": "s" * 101}, "statementId", "at most 100 characters", PERMISSION),
            ({"action": "s3:GetObject"}, "action", "lambda:InvokeFunction", PERMISSION),
            ({"sourceAccount": "me"}, "sourceAccount", "must match", PERMISSION),
            ({"functionUrlAuthType": "KEY"}, "functionUrlAuthType", "AWS_IAM, NONE", PERMISSION),
            ({"principal": None}, "principal", "is required", PERMISSION),
        ),
        accepted=({"statementId": "s" * 100}, {"sourceAccount": "222222222222"}, {"principal": "333333333333"}),
    ),
    Refusals(
        token="aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
        valid={"name": "dev.internal", "vpc": "vpc-1"},
        refused=(
            ({"name": "two words"}, "name", "a name of DNS", NAMESPACE),
            ({"name": "n" * 254}, "name", "at most 253 characters", NAMESPACE),
            ({"vpc": "mine"}, "vpc", "the id of a VPC", NAMESPACE),
            ({"vpc": None}, "vpc", "is required", NAMESPACE),
        ),
        accepted=({"name": "n" * 253},),
    ),
    Refusals(
        token="aws:servicediscovery/service:Service",
        valid={"name": "market-api", **_records("A")},
        refused=(
            ({"name": "two words"}, "name", "must match", SERVICE),
            ({"name": "s" * 128}, "name", "at most 127 characters", SERVICE),
            ({"dnsConfig": None}, "namespaceId", "must be given", SERVICE),
            (_records(), "dnsConfig", "at least one record", SERVICE),
            (_records("MX"), "dnsConfig.dnsRecords[0].type", "A, AAAA, CNAME, SRV", RECORD),
            (_records("A", "A"), "dnsConfig", "one record of each type", RECORD),
            (_records("CNAME"), "dnsConfig", "with the routingPolicy WEIGHTED", RECORD),
            (_records("A", routingPolicy="RANDOM"), "dnsConfig.routingPolicy", "MULTIVALUE, WEIGHTED", RECORD),
            (
                {"healthCheckConfig": {"type": "HTTP"}, "healthCheckCustomConfig": {"failureThreshold": 1}},
                "healthCheckCustomConfig",
                "together with healthCheckConfig",
                SERVICE,
            ),
            (
                {"healthCheckConfig": {"type": "PING"}},
                "healthCheckConfig.type",
                "HTTP, HTTPS, TCP",
                api("servicediscovery", "HealthCheckConfig"),
            ),
        ),
        accepted=(
            {"name": "s" * 127},
            {"dnsConfig": None, "namespaceId": "ns-1"},
            _records("A", "AAAA"),
            _records("CNAME", routingPolicy="WEIGHTED"),
        ),
    ),
    Refusals(
        token="aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
        valid={"functionName": "steps"},
        refused=(
            ({"functionName": None}, "functionName", "is required", EVENTS),
            ({"maximumRetryAttempts": 3}, "maximumRetryAttempts", "at most 2", EVENTS),
            ({"maximumRetryAttempts": -1}, "maximumRetryAttempts", "at least 0", EVENTS),
            ({"maximumEventAgeInSeconds": 59}, "maximumEventAgeInSeconds", "at least 60", EVENTS),
            ({"maximumEventAgeInSeconds": 21601}, "maximumEventAgeInSeconds", "at most 21600", EVENTS),
            (
                {"destinationConfig": {"onFailure": {"destination": "dead"}}},
                "destinationConfig.onFailure.destination",
                "must match",
                api("lambda", "OnFailure"),
            ),
        ),
        accepted=({"maximumRetryAttempts": 0}, {"maximumEventAgeInSeconds": 21600}),
    ),
)
