"""DynamoDB and SSM."""

from typing import Any

from localcloud.tests.plugins.aws.cases.dynamodb import attributes, by_owner
from localcloud.tests.plugins.aws.refusal import Refusals, api, terraform

TABLE, INDEX = api("dynamodb", "CreateTable"), api("dynamodb", "GlobalSecondaryIndex")
UNITS = api("dynamodb", "OnDemandThroughput")
PARAMETER = api("ssm", "PutParameter")
NAMES = "https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html"


def _indexed(**more: Any) -> dict[str, Any]:
    index = {key: each for key, each in by_owner(hashKey="owner", **more).items() if each is not None}
    return {"attributes": attributes(id="S", owner="S"), "globalSecondaryIndexes": [index]}


TABLES = (
    Refusals(
        token="aws:dynamodb/table:Table",
        valid={"name": "counter", "hashKey": "id", "attributes": attributes(id="S"), "billingMode": "PAY_PER_REQUEST"},
        refused=(
            ({"name": "ab"}, "name", "must match", TABLE),
            ({"name": "t" * 256}, "name", "at most 255 characters", TABLE),
            ({"name": "my table"}, "name", "must match", TABLE),
            ({"hashKey": None}, "hashKey", "is required", TABLE),
            ({"attributes": None}, "attributes", "is required", TABLE),
            (
                {"attributes": attributes(id="X")},
                "attributes[0].type",
                "B, N, S",
                api("dynamodb", "AttributeDefinition"),
            ),
            ({"attributes": attributes(other="S")}, "attributes", "must be defined", TABLE),
            ({"attributes": attributes(id="S", idle="S")}, "attributes", "no key", terraform("dynamodb_table")),
            ({"billingMode": "FREE"}, "billingMode", "PROVISIONED, PAY_PER_REQUEST", TABLE),
            ({"billingMode": "PROVISIONED"}, "readCapacity", "must be given", terraform("dynamodb_table")),
            ({"readCapacity": 5}, "readCapacity", "cannot be given", TABLE),
            ({"streamEnabled": True}, "streamViewType", "is required", terraform("dynamodb_table")),
            ({"streamViewType": "NEW_IMAGE"}, "streamViewType", "cannot be given", terraform("dynamodb_table")),
            (
                {"streamEnabled": True, "streamViewType": "ALL"},
                "streamViewType",
                "must be one of",
                api("dynamodb", "StreamSpecification"),
            ),
            ({"tableClass": "GOLD"}, "tableClass", "STANDARD", TABLE),
            ({"ttl": {"enabled": True}}, "ttl", "attributeName", api("dynamodb", "TimeToLiveSpecification")),
            (
                {"pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 36}},
                "pointInTimeRecovery.recoveryPeriodInDays",
                "at most 35",
                api("dynamodb", "PointInTimeRecoverySpecification"),
            ),
            ({"onDemandThroughput": {"maxReadRequestUnits": 0}}, "onDemandThroughput.maxReadRequestUnits", "1", UNITS),
            (
                {"serverSideEncryption": {"enabled": True, "kmsKeyArn": "alias/slipway"}},
                "serverSideEncryption.kmsKeyArn",
                "must match ^arn:",
                terraform("dynamodb_table"),
            ),
            (_indexed(projectionType="SOME"), "globalSecondaryIndexes", "KEYS_ONLY", api("dynamodb", "Projection")),
            (_indexed(projectionType="INCLUDE"), "globalSecondaryIndexes", "INCLUDE", api("dynamodb", "Projection")),
            (_indexed(name="ab"), "globalSecondaryIndexes", "3 to 255 characters", INDEX),
            (
                {"localSecondaryIndexes": [{"name": "local", "rangeKey": "id", "projectionType": "ALL"}]},
                "localSecondaryIndexes",
                "rangeKey",
                TABLE,
            ),
        ),
        accepted=(
            {"name": "abc"},
            {"name": "t" * 255},
            {"pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 35}},
            {"onDemandThroughput": {"maxReadRequestUnits": 1, "maxWriteRequestUnits": 1}},
            {"billingMode": "PROVISIONED", "readCapacity": 1, "writeCapacity": 1},
            {"ttl": {"enabled": True, "attributeName": "expires"}},
            _indexed(name="abc"),
        ),
    ),
    Refusals(
        token="aws:ssm/parameter:Parameter",
        valid={"name": "/slipway/vpc", "type": "String", "value": "vpc-1"},
        refused=(
            ({"type": None}, "type", "is required", PARAMETER),
            ({"type": "Number"}, "type", "a parameter type", PARAMETER),
            ({"name": "two words"}, "name", "letters, digits", NAMES),
            ({"name": "/aws/mine"}, "name", "not begin with aws or ssm", NAMES),
            ({"name": "/SSM-mine"}, "name", "not begin with aws or ssm", NAMES),
            ({"name": "/a" * 16}, "name", "at most 15 levels", NAMES),
            ({"name": "slipway/vpc"}, "name", "with / at most", NAMES),
            ({"value": None}, "value", "must be given", PARAMETER),
            ({"insecureValue": "vpc-1"}, "insecureValue", "together with", terraform("ssm_parameter")),
            ({"value": "v" * 4097}, "value", "at most 4096 bytes", PARAMETER),
            ({"value": None, "valueWo": "v"}, "valueWoVersion", "must be given", terraform("ssm_parameter")),
            ({"valueWo": "v", "valueWoVersion": 1}, "valueWo", "together with", terraform("ssm_parameter")),
            ({"tier": "Advanced", "value": "v" * 8193}, "value", "at most 8192 bytes", PARAMETER),
            ({"allowedPattern": "subnet-.*"}, "value", "must match", PARAMETER),
            ({"allowedPattern": "v" + "p?" * 512 + ".*"}, "allowedPattern", "at most 1024 characters", PARAMETER),
            ({"description": "d" * 1025}, "description", "at most 1024 characters", PARAMETER),
            ({"keyId": "alias/slipway"}, "keyId", "cannot be given", PARAMETER),
            ({"tier": "Free"}, "tier", "Standard, Advanced", PARAMETER),
            ({"dataType": "number"}, "dataType", "text, aws:ec2:image", PARAMETER),
        ),
        accepted=(
            {"value": "v" * 4096},
            {"tier": "Advanced", "value": "v" * 8192},
            {"name": "/a" * 15},
            {"description": "d" * 1024},
            {"type": "SecureString", "keyId": "alias/slipway"},
        ),
    ),
)
