"""API Gateway v2: VPC links, settings of a stage that are taken away, and refusals where something is in use."""

import re
import secrets
import time
from typing import Any
from urllib.parse import unquote

from .mend import Mend, replace

LINKS = re.compile(r"^/v2/vpclinks(?:/(?P<id>[^/]+))?/?$")
LINK_TAGS = re.compile(r"^/v2/tags/arn:aws:apigateway:[^/]*::/vpclinks/(?P<id>[^/]+)$")
STAGE_PARTS = re.compile(
    r"^/v2/apis/(?P<api>[^/]+)/stages/(?P<stage>[^/]+)/(?P<part>accesslogsettings|routesettings)(?:/(?P<key>.+))?$"
)


def _links(gateway: Any) -> None:
    store = gateway.AccountRegionScopedDict()
    gateway._vpc_links = store
    handle = gateway.handle_request

    def missing(identity: str) -> Any:
        return gateway._apigw_error("NotFoundException", f"Invalid VPC Link identifier specified: {identity}", 404)

    def create(data: dict[str, Any]) -> Any:
        absent = [name for name in ("name", "subnetIds") if not data.get(name)]
        if absent:
            return gateway._apigw_error("BadRequestException", f"{absent[0]} is required", 400)
        identity = secrets.token_hex(3)
        store[identity] = {
            "vpcLinkId": identity,
            "name": data["name"],
            "subnetIds": data["subnetIds"],
            "securityGroupIds": data.get("securityGroupIds") or [],
            "tags": dict(data.get("tags") or {}),
            "createdDate": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "vpcLinkStatus": "AVAILABLE",
            "vpcLinkStatusMessage": "VPC link is ready to route traffic",
            "vpcLinkVersion": "V2",
        }
        return gateway._apigw_response(store[identity], 201)

    def users(identity: str) -> list[str]:
        return [
            each["integrationId"]
            for integrations in gateway._integrations.values()
            for each in integrations.values()
            if each.get("connectionId") == identity
        ]

    def link(method: str, identity: str | None, data: dict[str, Any]) -> Any:
        if identity is None:
            return create(data) if method == "POST" else gateway._apigw_response({"items": list(store.values())})
        if identity not in store:
            return missing(identity)
        if method == "PATCH":
            store[identity]["name"] = data.get("name", store[identity]["name"])
        if method == "DELETE":
            if users(identity):
                text = f"Unable to delete VPC link {identity}. It is used by an integration: {users(identity)[0]}"
                return gateway._apigw_error("ConflictException", text, 409)
            store.pop(identity)
            return 202, {}, b""
        return gateway._apigw_response(store[identity])

    def without(api: str, stage: str, part: str, key: str | None) -> Any:
        record = gateway._stages.get(api, {}).get(stage)
        if record is None:
            return gateway._apigw_error("NotFoundException", "Invalid stage identifier specified", 404)
        if part == "accesslogsettings":
            record.pop("accessLogSettings", None)
        else:
            record.get("routeSettings", {}).pop(key, None)
        return 204, {}, b""

    def tags(method: str, identity: str, data: dict[str, Any], query: Any) -> Any:
        if identity not in store:
            return missing(identity)
        own = store[identity]["tags"]
        if method == "POST":
            own.update(data.get("tags") or {})
            return 201, {}, b""
        if method == "DELETE":
            named = query.get("tagKeys") or []
            for key in [named] if isinstance(named, str) else named:
                own.pop(key, None)
            return 204, {}, b""
        return gateway._apigw_response({"tags": own})

    async def handle_request(method: str, path: str, headers: dict[str, str], body: bytes, query: Any) -> Any:
        link_path, tag_path, part = (each.match(unquote(path)) for each in (LINKS, LINK_TAGS, STAGE_PARTS))
        if part and method == "DELETE":
            return without(*part.group("api", "stage", "part", "key"))
        if link_path or tag_path:
            try:
                data = gateway.json.loads(body or b"{}")
            except ValueError:
                return gateway._apigw_error("BadRequestException", "the body is not JSON", 400)
            if link_path:
                return link(method, link_path["id"], data)
            if tag_path:
                return tags(method, tag_path["id"], data, query)
        return await handle(method, path, headers, body, query)

    gateway.handle_request = handle_request


def _in_use(gateway: Any) -> None:
    def delete_integration(api: str, identity: str) -> Any:
        target = f"integrations/{identity}"
        users = [each["routeKey"] for each in gateway._routes.get(api, {}).values() if each.get("target") == target]
        if users:
            text = f"Cannot delete Integration {identity} due to being referenced by route(s): {', '.join(users)}"
            return gateway._apigw_error("ConflictException", text, 409)
        return missing("_integrations", api, identity) or original_integration(api, identity)

    def delete_authorizer(api: str, identity: str) -> Any:
        users = [each for each in gateway._routes.get(api, {}).values() if each.get("authorizerId") == identity]
        if users:
            text = f"Authorizer {identity} is referenced by route {users[0]['routeKey']}"
            return gateway._apigw_error("ConflictException", text, 409)
        return missing("_authorizers", api, identity) or original_authorizer(api, identity)

    def missing(store: str, api: str, identity: str) -> Any:
        if api in gateway._apis and identity not in getattr(gateway, store).get(api, {}):
            kind = {"_integrations": "Integration", "_authorizers": "Authorizer", "_routes": "Route"}.get(
                store, "Stage"
            )
            return gateway._apigw_error("NotFoundException", f"Invalid {kind} identifier specified {identity}", 404)
        return None

    def delete_route(api: str, identity: str) -> Any:
        return missing("_routes", api, identity) or original_route(api, identity)

    def mapped(api: str, stage: str | None = None) -> bool:
        from ministack.services import apigateway_v1

        found = [each for mappings in apigateway_v1._base_path_mappings.values() for each in mappings.values()]
        return any(each["restApiId"] == api and stage in (None, each["stage"]) for each in found)

    def delete_api(api: str) -> Any:
        if mapped(api):
            text = "Deleting API failed. Please remove all base path mappings related to the API in your domains."
            return gateway._apigw_error("BadRequestException", text, 400)
        response = original_api(api)
        if response[0] == 204:
            gateway._authorizers.pop(api, None)
        return response

    def delete_stage(api: str, stage: str) -> Any:
        if mapped(api, stage):
            text = "Deleting stage failed. Please remove all API mappings related to the stage in your domains."
            return gateway._apigw_error("BadRequestException", text, 400)
        return missing("_stages", api, stage) or original_stage(api, stage)

    def create_route(api: str, data: dict[str, Any]) -> Any:
        key = data.get("routeKey", "$default")
        if any(each["routeKey"] == key for each in gateway._routes.get(api, {}).values()):
            return gateway._apigw_error("ConflictException", f"Route with key {key} already exists for this API", 409)
        return original_create_route(api, data)

    def create_stage(api: str, data: dict[str, Any]) -> Any:
        if data.get("stageName") in gateway._stages.get(api, {}):
            return gateway._apigw_error("ConflictException", "Stage already exists", 409)
        return original_create_stage(api, data)

    def create_authorizer(api: str, data: dict[str, Any]) -> Any:
        if any(each["name"] == data.get("name") for each in gateway._authorizers.get(api, {}).values()):
            return gateway._apigw_error("ConflictException", f"Authorizer name {data['name']} must be unique", 409)
        return original_create_authorizer(api, data)

    original_create_authorizer = replace(gateway, "_create_authorizer", create_authorizer)
    original_create_route = replace(gateway, "_create_route", create_route)
    original_create_stage = replace(gateway, "_create_stage", create_stage)
    original_integration = replace(gateway, "_delete_integration", delete_integration)
    original_authorizer = replace(gateway, "_delete_authorizer", delete_authorizer)
    original_route = replace(gateway, "_delete_route", delete_route)
    original_api = replace(gateway, "_delete_api", delete_api)
    original_stage = replace(gateway, "_delete_stage", delete_stage)


MODULE = "ministack.services.apigateway"
MENDS = (
    Mend(
        "parts of an API that are in use or unknown are refused when they are deleted, twins when they are made",
        "all of it is answered with success",
        MODULE,
        {
            "_delete_integration": "de8602893260",
            "_delete_authorizer": "52a029714115",
            "_delete_route": "5e714e6e4517",
            "_delete_api": "3cc1e45fcb58",
            "_delete_stage": "817d314065e6",
        },
        _in_use,
    ),
    Mend(
        "there are VPC links, kept while an integration uses one, and single settings of a stage are taken away",
        "a VPC link is an unknown path, and taking a setting away deletes the stage",
        MODULE,
        {"handle_request": "c8227527d626"},
        _links,
    ),
)
