"""Functions from a zip file in a bucket, their aliases, calls of them, and who may call them."""

import io
import json
import zipfile
from typing import Any

from localcloud.tests.plugins.aws.cases.iam import trust
from localcloud.tests.plugins.aws.cases.sqs import DEAD, QUEUE
from localcloud.tests.plugins.aws.conformance import REGION, SUBNETS, VPC, Case, Life, Parent, parents

BUCKET = Parent("code", "aws:s3/bucket:Bucket", {"bucket": "conformance-code", "forceDestroy": True})
ROLE = Parent("role", "aws:iam/role:Role", {"assumeRolePolicy": trust("lambda.amazonaws.com")})
OTHER_ROLE = Parent("stranger", "aws:iam/role:Role", {"assumeRolePolicy": trust("lambda.amazonaws.com")})
SECURITY = Parent("security", "aws:ec2/securityGroup:SecurityGroup", {"vpcId": "${vpc.id}"})
KEY = "arn:aws:kms:eu-west-1:222222222222:key/00000000-0000-0000-0000-000000000001"
FUNCTION: dict[str, Any] = {
    "role": "${role.arn}",
    "runtime": "python3.11",
    "handler": "code.handle",
    "s3Bucket": "${code.bucket}",
    "s3Key": "first.zip",
}
LAYER = "arn:aws:lambda:eu-west-1:333333333333:layer:tools:1"


def put_code(life: Life) -> None:
    """Put two versions of the code into the bucket."""
    client = life.provider.session.client("s3", REGION)
    for name in ("first", "second"):
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as file:
            file.writestr("code.py", f"def handle(event, context):\n    return {{**event, 'by': '{name}'}}\n")
        client.put_object(Bucket=life.names["code"]["bucket"], Key=f"{name}.zip", Body=content.getvalue())


def put_function(life: Life) -> None:
    """Make two functions, which need their code first."""
    put_code(life)
    for name in ("function", "another"):
        made = life.make("aws:lambda/function:Function", name, life.resolved({**FUNCTION, "publish": True}))
        life.names[name] = {**made.outputs, "id": made.id}


def order(number: int) -> str:
    return json.dumps({"order": number})


CASES = (
    Case(
        token="aws:lambda/function:Function",
        parents=parents(VPC, SUBNETS, SECURITY, BUCKET, ROLE, OTHER_ROLE, DEAD, QUEUE),
        before=put_code,
        inputs={
            **FUNCTION,
            "name": "steps",
            "packageType": "Zip",
            "architectures": ["x86_64"],
            "description": "steps of a deployment",
            "environment": {"variables": {"LEVEL": "info"}},
            "memorySize": 256,
            "timeout": 30,
            "publish": True,
            "sourceCodeHash": "first",
            "vpcConfig": {"subnetIds": ["${a.id}", "${b.id}"], "securityGroupIds": ["${security.id}"]},
            "deadLetterConfig": {"targetArn": "${dead.arn}"},
            "tracingConfig": {"mode": "Active"},
            "loggingConfig": {"logFormat": "JSON", "applicationLogLevel": "INFO", "logGroup": "steps"},
            "ephemeralStorage": {"size": 1024},
            "reservedConcurrentExecutions": 1,
            "kmsKeyArn": KEY,
            "layers": [LAYER],
            "skipDestroy": False,
            "tags": {"team": "x"},
        },
        updates=(
            {"description": "steps", "memorySize": 512, "timeout": 60},
            {"environment": {"variables": {"LEVEL": "debug", "MODE": "x"}}},
            {"s3Key": "second.zip", "sourceCodeHash": "second"},
            {"role": "${stranger.arn}", "runtime": "python3.12", "handler": "code.handle_all"},
            {"vpcConfig": {"subnetIds": ["${a.id}"], "securityGroupIds": ["${security.id}"]}},
            {"deadLetterConfig": {"targetArn": "${queue.arn}"}, "tracingConfig": {"mode": "PassThrough"}},
            {"loggingConfig": {"logFormat": "Text", "logGroup": "steps"}, "ephemeralStorage": {"size": 512}},
            {"reservedConcurrentExecutions": 2},
            {"kmsKeyArn": f"{KEY[:-1]}2", "layers": [LAYER.replace("tools:1", "tools:2")]},
            {"reservedConcurrentExecutions": None, "layers": None, "kmsKeyArn": None, "description": None},
            {"deadLetterConfig": None, "memorySize": None, "timeout": None},
            {"architectures": ["arm64"]},
            {"tags": {"team": "y"}},
        ),
        replaces=({"name": "other"},),
        refused=(
            {"name": "two words"},
            {"runtime": "cobol"},
            {"timeout": 901},
            {"memorySize": 64},
            {"s3Key": None},
            {"packageType": "Image"},
            {"imageUri": "image"},
            {"deadLetterConfig": {"targetArn": "nowhere"}},
            {"loggingConfig": {"logFormat": "Text", "systemLogLevel": "INFO"}},
        ),
    ),
    Case(
        token="aws:lambda/alias:Alias",
        parents=(BUCKET, ROLE),
        before=put_function,
        inputs={
            "name": "live",
            "functionName": "${function.arn}",
            "functionVersion": "1",
            "description": "what runs",
            "routingConfig": {"additionalVersionWeights": {"2": 0.1}},
        },
        updates=(
            {"description": "what runs now"},
            {"routingConfig": {"additionalVersionWeights": {"2": 0.5}}},
            {"routingConfig": None, "description": None},
            {"functionVersion": "$LATEST"},
        ),
        replaces=({"name": "next"}, {"functionName": "${another.name}"}),
        refused=({"name": "1"}, {"functionVersion": "newest"}),
    ),
    Case(
        token="aws:lambda/invocation:Invocation",
        parents=(BUCKET, ROLE),
        before=put_function,
        inputs={
            "functionName": "${function.name}",
            "qualifier": "1",
            "input": order(1),
            "lifecycleScope": "CRUD",
            "terraformKey": "about",
            "triggers": {"image": "1"},
        },
        updates=({"input": order(2)}, {"terraformKey": "of"}),
        replaces=({"functionName": "${another.name}"}, {"qualifier": "$LATEST"}, {"triggers": {"image": "2"}}),
        refused=({"input": "no JSON"}, {"input": "[]"}, {"lifecycleScope": "DAILY"}),
        stays="AWS remembers no call",
    ),
    Case(
        token="aws:lambda/invocation:Invocation",
        label="once",
        parents=(BUCKET, ROLE),
        before=put_function,
        inputs={"functionName": "${function.name}", "input": order(1)},
        replaces=({"input": order(2)},),
        stays="AWS remembers no call",
    ),
    Case(
        token="aws:lambda/permission:Permission",
        parents=(BUCKET, ROLE),
        before=put_function,
        inputs={
            "statementId": "rule",
            "action": "lambda:InvokeFunction",
            "function": "${function.name}",
            "principal": "events.amazonaws.com",
            "principalOrgId": "o-1234567890",
            "eventSourceToken": "token",
            "qualifier": "1",
            "sourceAccount": "${account}",
            "sourceArn": "arn:aws:events:eu-west-1:${account}:rule/daily",
        },
        replaces=(
            {"statementId": "other"},
            {"function": "${another.name}"},
            {"principal": "333333333333"},
            {"sourceArn": None},
        ),
        refused=({"action": "s3:GetObject"}, {"statementId": "two words"}, {"sourceAccount": "me"}),
    ),
    Case(
        token="aws:lambda/permission:Permission",
        label="of-an-address",
        parents=(BUCKET, ROLE),
        before=put_function,
        inputs={
            "action": "lambda:InvokeFunctionUrl",
            "function": "${function.arn}",
            "principal": "333333333333",
            "functionUrlAuthType": "AWS_IAM",
        },
    ),
    Case(
        token="aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
        parents=(BUCKET, ROLE, DEAD, QUEUE),
        before=put_function,
        inputs={
            "functionName": "${function.name}",
            "qualifier": "1",
            "maximumEventAgeInSeconds": 600,
            "maximumRetryAttempts": 1,
            "destinationConfig": {
                "onFailure": {"destination": "${dead.arn}"},
                "onSuccess": {"destination": "${queue.arn}"},
            },
        },
        updates=(
            {"maximumEventAgeInSeconds": 300, "maximumRetryAttempts": 0},
            {"destinationConfig": {"onFailure": {"destination": "${queue.arn}"}}},
            {"destinationConfig": None, "maximumRetryAttempts": None},
        ),
        replaces=({"functionName": "${another.name}"}, {"qualifier": "$LATEST"}),
        refused=({"maximumRetryAttempts": 3}, {"maximumEventAgeInSeconds": 30}),
    ),
    Case(
        token="aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
        label="of-all-versions",
        parents=(BUCKET, ROLE, DEAD),
        before=put_function,
        inputs={"functionName": "${function.arn}", "destinationConfig": {"onFailure": {"destination": "${dead.arn}"}}},
    ),
)
