"""Shapes of the stack outputs, as the program exports them and the pipelines read them."""

from typing import NotRequired, TypedDict


class Image(TypedDict):
    """The image, zip or site that runs: its digest (`sha256:…`) and the content address of its sources."""

    digest: str
    address: str


class System(TypedDict):
    """One application of an environment: where it answers, who signs in where, and what it runs (service → image)."""

    url: str
    api: NotRequired[str]
    userPoolId: NotRequired[str]
    userPoolClientId: NotRequired[str]
    mailFrom: NotRequired[str]
    images: dict[str, Image]


class Foundation(TypedDict):
    """What an environment offers to other stacks: where its SSM parameters lie, which zips run in it."""

    account: str
    region: str
    domain: str
    parameters: str
    artifacts: dict[str, Image]


class ToolingFoundation(TypedDict):
    """What the tooling stack offers: the root zone's name servers, repositories (service → URL), bucket of zips."""

    account: str
    region: str
    domain: str
    name_servers: list[str]
    repositories: dict[str, str]
    artifacts: str


class EnvironmentOutputs(TypedDict):
    """Outputs of an environment's stack."""

    systems: dict[str, System]
    foundation: Foundation


class ToolingOutputs(TypedDict):
    """Outputs of the tooling stack."""

    foundation: ToolingFoundation
