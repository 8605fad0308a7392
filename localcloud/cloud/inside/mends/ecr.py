"""ECR: images that came through the registry, counted and listed as AWS does."""

import json
from typing import Any

from ..registry import size_of
from .mend import Mend


def _registry_of_another_account(ecr: Any) -> None:
    from ministack.core.responses import request_scope

    handle = ecr.handle_request

    async def handle_request(
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, list[str]]
    ) -> Any:
        try:
            account = json.loads(body or b"{}").get("registryId")
        except ValueError:
            account = None
        if not account or account == ecr.get_account_id():
            return await handle(method, path, headers, body, query)
        with request_scope(account, ecr.get_region()):
            return await handle(method, path, headers, body, query)

    ecr.handle_request = handle_request


def _image_listings(ecr: Any) -> None:
    missing = ecr.error_response_json

    def sizes(name: str) -> dict[str, int]:
        known: dict[str, int] = {}
        for image in ecr._images.get(name, []):
            known[image["imageDigest"]] = size_of(image.get("imageManifest", "").encode())
        return known

    def not_found(name: str, wanted: Any) -> Any:
        text = f"The image with imageId {json.dumps(wanted)} does not exist within the repository with name '{name}'"
        return missing("ImageNotFoundException", text, 400)

    def describe_images(data: dict[str, Any]) -> Any:
        name = data.get("repositoryName", "")
        wanted = data.get("imageIds") or []
        absent = [each for each in wanted if name in ecr._repositories and not ecr._find_image(name, each)]
        if absent:
            return not_found(name, absent[0])
        status, headers, body = original_describe(data)
        content = json.loads(body)
        known = sizes(name) if status == 200 else {}
        for detail in content.get("imageDetails", []):
            image = ecr._find_image(name, {"imageDigest": detail["imageDigest"]})
            detail["imageSizeInBytes"] = size_of(image.get("imageManifest", "").encode(), known)
            if not detail["imageTags"]:
                del detail["imageTags"]
        return status, headers, json.dumps(content).encode()

    def list_images(data: dict[str, Any]) -> Any:
        name = data.get("repositoryName", "")
        if name not in ecr._repositories:
            return original_list(data)
        status = data.get("filter", {}).get("tagStatus", "ANY")
        found: list[dict[str, str]] = []
        for image in ecr._images.get(name, []):
            identity = {"imageDigest": image["imageDigest"]}
            if image["imageTags"] and status != "UNTAGGED":
                found += [{**identity, "imageTag": tag} for tag in image["imageTags"]]
            elif not image["imageTags"] and status != "TAGGED":
                found.append(identity)
        return ecr.json_response({"imageIds": found})

    def batch_get_image(data: dict[str, Any]) -> Any:
        status, headers, body = original_get(data)
        content = json.loads(body)
        name = data.get("repositoryName", "")
        asked = [each for each in data.get("imageIds", []) if status == 200 and ecr._find_image(name, each)]
        for image, wanted in zip(content.get("images", []), asked, strict=False):
            record = ecr._find_image(name, wanted)
            tag = wanted.get("imageTag")
            image["imageId"] = {"imageDigest": record["imageDigest"], **({"imageTag": tag} if tag else {})}
        return status, headers, json.dumps(content).encode()

    def batch_delete_image(data: dict[str, Any]) -> Any:
        name = data.get("repositoryName", "")
        deleted, by_digest = [], []
        for wanted in data.get("imageIds", []):
            image = ecr._find_image(name, wanted) if name in ecr._repositories else None
            tag = wanted.get("imageTag")
            if image and tag and not wanted.get("imageDigest") and len(image["imageTags"]) > 1:
                image["imageTags"].remove(tag)
                deleted.append({"imageDigest": image["imageDigest"], "imageTag": tag})
            else:
                by_digest.append(wanted)
        status, headers, body = original_delete({**data, "imageIds": by_digest})
        content = json.loads(body)
        if status == 200:
            content["imageIds"] = [*deleted, *content["imageIds"]]
        return status, headers, json.dumps(content).encode()

    original_describe, original_list = ecr._describe_images, ecr._list_images
    original_get, original_delete = ecr._batch_get_image, ecr._batch_delete_image
    ecr._describe_images, ecr._list_images = describe_images, list_images
    ecr._batch_get_image, ecr._batch_delete_image = batch_get_image, batch_delete_image


MENDS = (
    Mend(
        "`registryId` of another account reads that account's images",
        "the parameter is ignored",
        "ministack.services.ecr",
        {"handle_request": "492f992e404d"},
        _registry_of_another_account,
    ),
    Mend(
        "images are listed once a tag, with the size of their layers; unknown ones are an error",
        "the size is the manifest's, a second tag is not listed, deleting one tag deletes the image",
        "ministack.services.ecr",
        {
            "_describe_images": "86c7f7b273ab",
            "_list_images": "ee72ee16d753",
            "_batch_get_image": "b9c1da9cdc90",
            "_batch_delete_image": "65fc8eea2738",
            "_find_image": "2f2a20563833",
        },
        _image_listings,
    ),
)
