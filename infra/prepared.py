"""The program with all that it imports, the SDK first: what can be done before it is known for which stack."""

from infra.core import sdk

sdk.enter()

from infra import config, program  # noqa: E402  # the SDK is prepared before anything imports it

__all__ = ["config", "program"]
