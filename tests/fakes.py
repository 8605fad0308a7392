"""What the recording engine answers: outputs that AWS would make up, by token."""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

from pulumi.runtime import mocks

ACCOUNT = "222222222222"
REGION = "eu-west-1"
DIGEST = "sha256:" + "a" * 64
PASSWORD = "registry-password"
PUBLIC_KEY = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n"

Inputs = Mapping[str, Any]


def _domain_validation(inputs: Inputs) -> dict[str, Any]:
    domain = inputs["domainName"]
    return {
        "domainValidationOptions": [
            {
                "domainName": domain,
                "resourceRecordName": f"_0123.{domain}.",
                "resourceRecordType": "CNAME",
                "resourceRecordValue": "_4567.acm-validations.aws.",
            }
        ]
    }


MADE: Mapping[str, Callable[[Inputs], Mapping[str, Any]]] = {
    "aws:acm/certificate:Certificate": _domain_validation,
    "aws:apigatewayv2/api:Api": lambda _: {"executionArn": f"arn:aws:execute-api:{REGION}:{ACCOUNT}:api"},
    "aws:apigatewayv2/domainName:DomainName": lambda inputs: {
        "domainNameConfiguration": {
            **inputs["domainNameConfiguration"],
            "targetDomainName": f"d-1.execute-api.{REGION}.amazonaws.com",
            "hostedZoneId": "Z0GATEWAY",
        }
    },
    "aws:backup/vault:Vault": lambda _: {"arn": f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:nightly"},
    "aws:cloudfront/distribution:Distribution": lambda _: {
        "domainName": "d111.cloudfront.net",
        "hostedZoneId": "Z2FDTNDATAQYW2",
    },
    "aws:ec2/eip:Eip": lambda _: {"allocationId": "eipalloc-1"},
    "aws:kms/key:Key": lambda _: {"keyId": "11111111-2222-3333-4444-555555555555"},
    "aws:route53/zone:Zone": lambda _: {
        "zoneId": "Z0ZONE",
        "nameServers": [f"ns-{n}.awsdns.example" for n in range(4)],
    },
    "aws:route53/record:Record": lambda inputs: {"fqdn": inputs["name"]},
    "aws:lb/loadBalancer:LoadBalancer": lambda _: {
        "dnsName": "public-1.eu-west-1.elb.amazonaws.com",
        "zoneId": "Z0BALANCER",
        "arnSuffix": "app/public/1",
    },
    "aws:lb/targetGroup:TargetGroup": lambda _: {"arnSuffix": "targetgroup/one/1"},
    "aws:elasticache/replicationGroup:ReplicationGroup": lambda _: {
        "primaryEndpointAddress": "primary.valkey.example",
        "replicationGroupId": "valkey",
    },
    "aws:lambda/alias:Alias": lambda inputs: {"invokeArn": f"arn:aws:apigateway:{inputs['functionName']}"},
    "aws:lambda/function:Function": lambda _: {
        "codeSha256": base64.b64encode(bytes.fromhex("a" * 64)).decode(),
        "version": "7",
    },
    "aws:lambda/invocation:Invocation": lambda _: {"result": json.dumps({"publicKey": PUBLIC_KEY, "digest": DIGEST})},
    "aws:rds/instance:Instance": lambda _: {
        "address": "database.example",
        "masterUserSecrets": [{"secretArn": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:rds-master"}],
    },
    "aws:s3/bucket:Bucket": lambda inputs: {
        "bucketRegionalDomainName": f"bucket.s3.{REGION}.amazonaws.com",
        **({"arn": f"arn:aws:s3:::{inputs['bucket']}"} if "bucket" in inputs else {}),
    },
    "aws:sesv2/emailIdentity:EmailIdentity": lambda _: {
        "dkimSigningAttributes": {"tokens": [f"token{letter}" for letter in "abc"]}
    },
    "aws:sqs/queue:Queue": lambda _: {"url": "https://sqs.eu-west-1.amazonaws.com/222222222222/queue"},
    "docker-build:index:Image": lambda inputs: {"digest": DIGEST, "ref": f"{inputs['tags'][0]}@{DIGEST}"},
}
"""Outputs that are not inputs, by token."""

READ: Mapping[str, Callable[[Inputs], Mapping[str, Any]]] = {
    "aws:index/getAvailabilityZones:getAvailabilityZones": lambda _: {
        "names": [f"{REGION}{letter}" for letter in "abc"],
        "zoneIds": [f"euw1-az{n}" for n in (1, 2, 3)],
    },
    "aws:route53/getZone:getZone": lambda inputs: {"zoneId": "Z0ROOT", "name": inputs["name"]},
    "aws:ecr/getAuthorizationToken:getAuthorizationToken": lambda _: {"userName": "AWS", "password": PASSWORD},
    "aws:s3/getObject:getObject": lambda inputs: {**inputs, "metadata": {"sha256": "a" * 64}},
    "docker:index/getRegistryImage:getRegistryImage": lambda inputs: {"name": inputs["name"], "sha256Digest": DIGEST},
}
"""Answers of functions, by token."""


ARNS: Mapping[str, str] = {
    "aws:acm/certificate:Certificate": f"arn:aws:acm:{{region}}:{ACCOUNT}:certificate/{{name}}",
    "aws:lb/listener:Listener": f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:listener/app/public/1/{{name}}",
    "aws:cloudfront/distribution:Distribution": f"arn:aws:cloudfront::{ACCOUNT}:distribution/{{name}}",
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": (
        f"arn:aws:logs:{{region}}:{ACCOUNT}:delivery-destination:{{name}}"
    ),
    "aws:cloudwatch/logGroup:LogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{{name}}",
    "aws:lambda/alias:Alias": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{{name}}:live",
    "aws:cognito/userPool:UserPool": f"arn:aws:cognito-idp:{REGION}:{ACCOUNT}:userpool/{{name}}",
    "aws:dynamodb/table:Table": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{{name}}",
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{{name}}",
    "aws:iam/role:Role": f"arn:aws:iam::{ACCOUNT}:role/{{name}}",
    "aws:kms/key:Key": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{{name}}",
    "aws:ecs/cluster:Cluster": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{{name}}",
    "aws:s3/bucket:Bucket": "arn:aws:s3:::{name}",
    "aws:servicediscovery/service:Service": f"arn:aws:servicediscovery:{REGION}:{ACCOUNT}:service/srv-{{name}}",
    "aws:secretsmanager/secret:Secret": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{{name}}",
    "aws:sesv2/configurationSet:ConfigurationSet": f"arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/{{name}}",
    "aws:sesv2/emailIdentity:EmailIdentity": f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/{{name}}",
    "aws:sqs/queue:Queue": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{{name}}",
    "aws:sns/topic:Topic": f"arn:aws:sns:{REGION}:{ACCOUNT}:{{name}}",
}
"""ARNs as AWS writes them, where policies name them; everything else gets one that only looks like it."""


IDS: Mapping[str, str] = {"aws:ec2/vpc:Vpc": "vpc-0a1b2c3d"}
"""Ids whose form the plugin looks at, by token; others are made from the name."""


class Fakes(mocks.Mocks):
    """Inputs come back as outputs, with an id, an ARN, a name, and what the tables add."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Answer a registration."""
        made = MADE.get(args.typ, lambda _: {})(args.inputs)
        arn = ARNS.get(args.typ, f"arn:aws:service:{REGION}:{ACCOUNT}:{{name}}").format(
            name=args.name, region=args.inputs.get("region", REGION)
        )
        return IDS.get(args.typ, f"{args.name}-id"), {
            "arn": arn,
            "name": args.name,
            "bucket": args.name,
            **args.inputs,
            **made,
        }

    def call(self, args: mocks.MockCallArgs) -> dict[str, Any]:  # type: ignore[override]  # pulumi takes either form
        """Answer a function; one that the table does not know is an error of the test."""
        return dict(READ[args.token](args.args))
