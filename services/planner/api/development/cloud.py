"""`python -m development.cloud`: what the stack makes on AWS, made on the stand-in; run again it does nothing.

The ids of the user pool go to /settings/environment.json for the API, and with the rest of config.json into the bucket
planner-site for the page.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError
from planner import environment

SETTINGS = Path("/settings/environment.json")
SITE_BUCKET = "planner-site"
QUEUE = "planner-uploads"
POOL = "planner"


def main() -> None:
    """Make everything."""
    region = environment.region()
    for name in (environment.text("MEDIA_BUCKET"), SITE_BUCKET):
        _bucket(name, region)
    _hook()
    pool, client = _user_pool()
    SETTINGS.write_text(
        json.dumps({"USER_POOL_ID": pool, "USER_POOL_CLIENT_ID": client, "OIDC_CLIENT_ID": client}), encoding="utf-8"
    )
    config = {
        "environment": environment.text("ENVIRONMENT"),
        "region": region,
        "userPoolId": pool,
        "userPoolClientId": client,
        "apiUrl": "/api",
        "endpoint": environment.text("CLOUD_URL"),
    }
    boto3.client("s3").put_object(
        Bucket=SITE_BUCKET, Key="config.json", Body=json.dumps(config).encode(), ContentType="application/json"
    )


def _bucket(name: str, region: str) -> None:
    s3 = boto3.client("s3", region_name=region)
    try:
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
            raise
    site = environment.text("SITE_URL")
    rule = {"AllowedMethods": ["POST", "GET"], "AllowedOrigins": [site], "AllowedHeaders": ["*"]}
    s3.put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": [rule]})


def _hook() -> None:
    """S3 tells the queue what arrives."""
    sqs, s3 = boto3.client("sqs"), boto3.client("s3")
    queue = sqs.create_queue(QueueName=QUEUE)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    told = {
        "QueueArn": arn,
        "Events": ["s3:ObjectCreated:*"],
        "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "incoming/"}]}},
    }
    s3.put_bucket_notification_configuration(
        Bucket=environment.text("MEDIA_BUCKET"), NotificationConfiguration={"QueueConfigurations": [told]}
    )


def _user_pool() -> tuple[str, str]:
    """The ids of the pool and of its one client."""
    cognito: Any = boto3.client("cognito-idp")
    pools = cognito.list_user_pools(MaxResults=60)["UserPools"]
    pool = next((each["Id"] for each in pools if each["Name"] == POOL), None)
    if pool is None:
        pool = cognito.create_user_pool(
            PoolName=POOL,
            UsernameAttributes=["email"],
            AutoVerifiedAttributes=["email"],
            Policies={"PasswordPolicy": {"MinimumLength": 12}},
        )["UserPool"]["Id"]
        cognito.create_group(GroupName="admins", UserPoolId=pool)
    clients = cognito.list_user_pool_clients(UserPoolId=pool, MaxResults=60)["UserPoolClients"]
    if clients:
        return pool, clients[0]["ClientId"]
    site = environment.text("SITE_URL")
    made = cognito.create_user_pool_client(
        UserPoolId=pool,
        ClientName="page",
        ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        AllowedOAuthFlows=["code"],
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthScopes=["openid", "email"],
        SupportedIdentityProviders=["COGNITO"],
        CallbackURLs=[f"{site}/admin/oidc/callback"],
        LogoutURLs=[f"{site}/"],
    )
    return pool, made["UserPoolClient"]["ClientId"]


if __name__ == "__main__":
    main()
