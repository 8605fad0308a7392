"""Who calls which cloud: the provider's settings as an account, a region and boto3 clients for loopback only."""

from __future__ import annotations

import functools
import os
import re
import threading
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from localcloud.errors import Trouble
from localcloud.plugins.aws import plain
from localcloud.plugins.aws.entry import Properties

_KNOWN = {
    "region",
    "allowedAccountIds",
    "forbiddenAccountIds",
    "assumeRole",
    "assumeRoles",
    "defaultTags",
    "endpoints",
    "accessKey",
    "secretKey",
    "token",
    "profile",
    "maxRetries",
    "retryMode",
    "s3UsePathStyle",
    "skipCredentialsValidation",
    "skipMetadataApiCheck",
    "skipRegionValidation",
    "skipRequestingAccountId",
    "stsRegionalEndpoints",
    "version",
    "pluginDownloadURL",
}
"""Settings that are understood, or mean nothing on one machine (`skip…`, retries, profile, style of S3's addresses)."""

_LOCK = threading.RLock()
"""Clients are made one at a time: botocore's session is not made for threads, its clients are."""

_ACCOUNT = re.compile(r"\d{12}")


@dataclass(frozen=True)
class Role:
    """A role that the provider takes before its first call."""

    arn: str
    session_name: str = "pulumi"
    external_id: str | None = None

    @property
    def account(self) -> str:
        """The account of the role, from its ARN."""
        return self.arn.split(":")[4]


@dataclass
class Session:
    """Clients of one provider: made once for each service and region, shared by all threads."""

    endpoint: str
    region: str
    caller: str
    """The account whose 12 digits are the access key id."""
    role: Role | None = None
    default_tags: dict[str, str] = field(default_factory=dict)
    _clients: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    _credentials: dict[str, str] = field(default_factory=dict)

    @property
    def account(self) -> str:
        """The account in which resources are made."""
        return self.role.account if self.role else self.caller

    def client(self, service: str, region: str, account: str = "") -> Any:
        """Return the boto3 client of a service; the first one of a service costs up to half a second.

        `account` is another account than the provider's, for reads that AWS allows across accounts.
        """
        key = (service, region, account)
        if key not in self._clients:
            with _LOCK:
                if key not in self._clients:
                    keys = _own_keys(account) if account else self.keys(region)
                    self._clients[key] = self._make(service, region, keys)
        return self._clients[key]

    def keys(self, region: str) -> dict[str, str]:
        """Return the credentials under botocore's names, of the role when there is one."""
        if not self._credentials:
            keys = _own_keys(self.caller)
            if self.role:
                keys = self._assume(self.role, region, keys)
            self._credentials = keys
        return self._credentials

    def _assume(self, role: Role, region: str, keys: dict[str, str]) -> dict[str, str]:
        asked = {"RoleArn": role.arn, "RoleSessionName": role.session_name}
        asked |= {"ExternalId": role.external_id} if role.external_id else {}
        if quick := plain.assumed(self.endpoint, region, keys, **asked):
            return quick
        got = self._make("sts", region, keys).assume_role(**asked)["Credentials"]
        return {
            "aws_access_key_id": got["AccessKeyId"],
            "aws_secret_access_key": got["SecretAccessKey"],
            "aws_session_token": got["SessionToken"],
        }

    def _make(self, service: str, region: str, keys: dict[str, str]) -> Any:
        """Make a client; botocore is imported at need, so that a run without changes never pays for it."""
        from botocore.config import Config

        return _botocore().create_client(
            service,
            region_name=region,
            endpoint_url=self.endpoint,
            config=Config(
                connect_timeout=5,
                read_timeout=120,
                retries={"mode": "standard", "total_max_attempts": 4},
                max_pool_connections=40,
                inject_host_prefix=False,
                s3={"addressing_style": "path"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
            **keys,
        )


def configured(settings: Properties) -> Session:
    """Return the session for a provider's settings and the environment (`AWS_ENDPOINT_URL`, `AWS_REGION`).

    Trouble names a setting that is not understood, and any endpoint that is not this machine.
    """
    unknown = sorted(set(settings) - _KNOWN)
    if unknown:
        raise Trouble(
            f"the aws provider's setting {unknown[0]} is not in the embedded cloud's table",
            f"one of {', '.join(sorted(_KNOWN))}",
        )
    endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
    for each in (endpoint, *_endpoints(settings.get("endpoints"))):
        refuse_elsewhere(each)
    allowed = [str(each) for each in settings.get("allowedAccountIds") or ()]
    role = _role(settings)
    caller = _caller(settings, [] if role else allowed)
    account = role.account if role else caller
    if allowed and account not in allowed:
        raise Trouble(f"account {account} is not one of the provider's allowedAccountIds {', '.join(allowed)}")
    region = settings.get("region") or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if not region:
        raise Trouble("the aws provider has no region", "set aws:region or AWS_REGION")
    tags = {key: str(value) for key, value in ((settings.get("defaultTags") or {}).get("tags") or {}).items()}
    return Session(endpoint=endpoint, region=str(region), caller=caller, role=role, default_tags=tags)


def refuse_elsewhere(endpoint: str) -> None:
    """Raise Trouble for an endpoint that is not on loopback: this plugin must never reach the real AWS."""
    host = urlsplit(endpoint).hostname or ""
    try:
        loopback = ip_address(host).is_loopback
    except ValueError:
        loopback = host == "localhost" or host.endswith(".localhost")
    if not loopback:
        raise Trouble(
            f"the embedded aws provider works on this machine only, got the endpoint {endpoint or '(none)'}",
            "start the embedded cloud and set AWS_ENDPOINT_URL to its address on 127.0.0.1",
        )


@functools.cache
def _botocore() -> Any:
    """Return the one botocore session, which keeps the service models that it has read."""
    import botocore.session

    return botocore.session.Session()


def _own_keys(account: str) -> dict[str, str]:
    """Return credentials by which the emulator knows the account."""
    return {"aws_access_key_id": account, "aws_secret_access_key": "embedded"}


def _endpoints(endpoints: Any) -> list[str]:
    """Return every address of the provider's `endpoints` setting."""
    return [str(address) for each in endpoints or () for address in each.values() if address]


def _role(settings: Properties) -> Role | None:
    roles = list(settings.get("assumeRoles") or ())
    roles += [settings["assumeRole"]] if settings.get("assumeRole") else []
    if len(roles) > 1:
        raise Trouble("the embedded aws provider takes one role, not a chain of them", "set one of assumeRoles")
    if not roles or not roles[0].get("roleArn"):
        return None
    return Role(roles[0]["roleArn"], roles[0].get("sessionName") or "pulumi", roles[0].get("externalId"))


def _caller(settings: Properties, allowed: list[str]) -> str:
    for each in (*allowed, settings.get("accessKey"), os.environ.get("AWS_ACCESS_KEY_ID")):
        if each and _ACCOUNT.fullmatch(str(each)):
            return str(each)
    raise Trouble(
        "the embedded aws provider does not know its account",
        "set allowedAccountIds of the provider, or AWS_ACCESS_KEY_ID to the account's 12 digits",
    )
