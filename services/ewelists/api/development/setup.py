"""Makes what the API stands on where it is not there yet: the table, the user pool and its client, the mail sender.

Prints nothing; writes config.json for the page, and the API's environment, into the folder that CONFIG_FOLDER names.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from development.table import make_table

POOL = "ewelists"
TRIES = 20
PASSWORD = {
    "MinimumLength": 12,
    "RequireUppercase": True,
    "RequireLowercase": True,
    "RequireNumbers": True,
    "RequireSymbols": False,
}


def user_pool(service: Any) -> str:
    """The id of the pool, made as the stack makes it."""
    for pool in service.list_user_pools(MaxResults=60)["UserPools"]:
        if pool["Name"] == POOL:
            return str(pool["Id"])
    made = service.create_user_pool(
        PoolName=POOL,
        Policies={"PasswordPolicy": PASSWORD},
        UsernameAttributes=["email"],
        UsernameConfiguration={"CaseSensitive": False},
        AutoVerifiedAttributes=["email"],
        AccountRecoverySetting={"RecoveryMechanisms": [{"Priority": 1, "Name": "verified_email"}]},
    )
    return str(made["UserPool"]["Id"])


def user_pool_client(service: Any, pool: str) -> str:
    """The id of the page's client: public, SRP alone."""
    for client in service.list_user_pool_clients(UserPoolId=pool, MaxResults=60)["UserPoolClients"]:
        if client["ClientName"] == POOL:
            return str(client["ClientId"])
    made = service.create_user_pool_client(
        UserPoolId=pool,
        ClientName=POOL,
        GenerateSecret=False,
        ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        PreventUserExistenceErrors="ENABLED",
    )
    return str(made["UserPoolClient"]["ClientId"])


def main() -> None:
    """Make everything once; done again, nothing changes."""
    patient = Config(retries={"mode": "standard", "max_attempts": TRIES})  # both emulators may be starting still
    make_table(boto3.client("dynamodb", config=patient), os.environ["TABLE_NAME"])
    service = boto3.client("cognito-idp", config=patient)
    pool = user_pool(service)
    client = user_pool_client(service, pool)
    boto3.client("sesv2").create_email_identity(EmailIdentity=os.environ["MAIL_FROM"].rpartition("@")[2])
    folder = Path(os.environ["CONFIG_FOLDER"])
    region = os.environ["AWS_REGION"]
    page = {
        "environment": "development",
        "region": region,
        "userPoolId": pool,
        "userPoolClientId": client,
        "apiUrl": "/api",
        "endpoint": os.environ["BROWSER_ENDPOINT"],
    }
    (folder / "config.json").write_text(json.dumps(page))
    issuer = f"https://cognito-idp.{region}.amazonaws.com/{pool}"
    told = {"USER_POOL_ID": pool, "USER_POOL_CLIENT_ID": client, "TOKEN_ISSUER": issuer}
    told["TOKEN_KEYS"] = f"{os.environ['AWS_ENDPOINT_URL']}/{pool}/.well-known/jwks.json"
    (folder / "api.json").write_text(json.dumps(told))


if __name__ == "__main__":
    main()
