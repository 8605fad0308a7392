"""boto3 clients for an account of the embedded cloud; never for anything that is not on this machine."""

import functools
import threading
from typing import Any
from urllib.parse import urlsplit

from localcloud.cloud.service import Cloud, running
from localcloud.errors import Trouble

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")

_making = threading.Lock()


@functools.cache
def _session() -> Any:
    import boto3  # a quarter of a second that not every command needs

    return boto3.session.Session()


def client(service: str, account: str, cloud: Cloud | None = None, region: str | None = None) -> Any:
    """Return a boto3 client of `service` that acts in the 12-digit `account` of the running cloud.

    Raises Trouble when no cloud runs or its endpoint is not loopback.
    """
    cloud = cloud or running()
    if cloud is None:
        raise Trouble("the embedded cloud does not run", "start it with `slipway up`")
    return at(service, account, cloud.endpoint, region or cloud.region)


@functools.lru_cache(maxsize=256)
def at(service: str, account: str, endpoint: str, region: str) -> Any:
    """Return a boto3 client for an account behind a loopback endpoint: the same one for the same four."""
    if urlsplit(endpoint).hostname not in LOOPBACK_HOSTS:
        raise Trouble(f"{endpoint} is not on this machine", "the embedded cloud is reached by loopback addresses only")
    from botocore.config import Config

    config = Config(
        retries={"total_max_attempts": 4, "mode": "standard"},
        connect_timeout=10,
        read_timeout=120,
        parameter_validation=True,
        s3={"addressing_style": "path"},
    )
    with _making:  # a boto3 session is not safe to make clients from in several threads
        return _session().client(
            service,
            endpoint_url=endpoint,
            region_name=region,
            aws_access_key_id=account,
            aws_secret_access_key="embedded",  # noqa: S106  # any text does, it protects nothing
            config=config,
        )
