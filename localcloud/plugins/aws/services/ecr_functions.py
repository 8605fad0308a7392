"""ECR: what the program asks about registries, repositories and images."""

import base64
from typing import Any

from localcloud.errors import Trouble
from localcloud.plugins.aws import plain
from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Function, Properties
from localcloud.plugins.aws.errors import Refused
from localcloud.plugins.aws.marks import without
from localcloud.plugins.aws.services.ecr import described
from localcloud.plugins.aws.shapes import pairs


def _get_authorization_token(call: Call) -> Properties:
    """Return the registry's password in all the shapes that the official provider has."""
    data = plain.registry_token(call) or call.api("get_authorization_token")["authorizationData"][0]
    user, _, password = base64.b64decode(data["authorizationToken"]).decode().partition(":")
    registry = str(call.inputs.get("registryId") or call.account)
    return {
        "id": call.region,
        "authorizationToken": data["authorizationToken"],
        "expiresAt": data["expiresAt"].isoformat(),
        "password": password,
        "proxyEndpoint": f"https://{registry}.dkr.ecr.{call.region}.amazonaws.com",
        "registryId": registry,
        "userName": user,
    }


def _get_image(call: Call) -> Properties:
    """Return one image by tag, by digest, or the one pushed last; Trouble when it is not there."""
    name, registry = str(call.inputs["repositoryName"]), str(call.inputs.get("registryId") or call.account)
    repository = described(call, name, registry)
    images = _images(call, name, registry)
    if not images:
        wanted = call.inputs.get("imageTag") or call.inputs.get("imageDigest") or "the newest image"
        raise Trouble(f"the repository {name} of account {registry} has no image {wanted}")
    image = max(images, key=lambda each: each["imagePushedAt"])
    return {
        "id": image["imageDigest"],
        "imageDigest": image["imageDigest"],
        "imagePushedAt": int(image["imagePushedAt"].timestamp()),
        "imageSizeInBytes": image.get("imageSizeInBytes", 0),
        "imageTags": image.get("imageTags", []),
        "imageUri": f"{repository['repositoryUri']}@{image['imageDigest']}",
        "registryId": registry,
        "repositoryName": name,
    }


def _images(call: Call, name: str, registry: str) -> list[Any]:
    account = registry if registry != call.account else ""
    wanted = {key: call.inputs[key] for key in ("imageTag", "imageDigest") if call.inputs.get(key)}
    sent: dict[str, Any] = {"repositoryName": name, **({"imageIds": [wanted]} if wanted else {})}
    try:
        answer = call.api("describe_images", account=account, **sent)
        found = list(answer["imageDetails"])
        while answer.get("nextToken"):
            answer = call.api("describe_images", account=account, nextToken=answer["nextToken"], **sent)
            found += answer["imageDetails"]
    except Refused as error:
        if error.code == "ImageNotFoundException":
            return []
        raise
    return found


def _get_repository(call: Call) -> Properties:
    registry = str(call.inputs.get("registryId") or call.account)
    live = described(call, str(call.inputs["name"]), registry)
    account = registry if registry != call.account else ""
    tags = call.api("list_tags_for_resource", account=account, resourceArn=live["repositoryArn"])["tags"]
    images = call.api("describe_images", account=account, repositoryName=live["repositoryName"])["imageDetails"]
    newest: Properties = max(images, key=lambda each: each["imagePushedAt"], default={})
    return {
        "id": live["repositoryName"],
        "arn": live["repositoryArn"],
        "name": live["repositoryName"],
        "registryId": live["registryId"],
        "repositoryUrl": live["repositoryUri"],
        "imageTagMutability": live.get("imageTagMutability", "MUTABLE"),
        "imageScanningConfigurations": [live["imageScanningConfiguration"]],
        "encryptionConfigurations": [live["encryptionConfiguration"]],
        "imageTagMutabilityExclusionFilters": live.get("imageTagMutabilityExclusionFilters", []),
        "mostRecentImageTags": newest.get("imageTags", []),
        "tags": without(pairs(tags)),
    }


FUNCTIONS = (
    Function(
        token="aws:ecr/getAuthorizationToken:getAuthorizationToken",
        service="ecr",
        inputs=("registryId",),
        run=_get_authorization_token,
        secret=("authorizationToken", "password"),
    ),
    Function(
        token="aws:ecr/getImage:getImage",
        service="ecr",
        inputs=("imageDigest", "imageTag", "mostRecent", "registryId", "repositoryName"),
        run=_get_image,
    ),
    Function(
        token="aws:ecr/getRepository:getRepository",
        service="ecr",
        inputs=("name", "registryId"),
        run=_get_repository,
    ),
)
