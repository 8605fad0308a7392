"""API Gateway v2: settings and tags come back as they were put."""

from typing import Any

from .mend import Mend, replace

KEPT = {
    "api": ("ipAddressType",),
    "integration": ("connectionId", "credentialsArn", "integrationSubtype", "passthroughBehavior", "tlsConfig"),
    "route": (),
    "stage": (),
    "authorizer": ("identityValidationExpression",),
}
"""What MiniStack loses of each kind."""
JWT_ONLY = (
    "authorizerUri",
    "authorizerCredentialsArn",
    "authorizerPayloadFormatVersion",
    "authorizerResultTtlInSeconds",
    "enableSimpleResponses",
)
"""What a JWT authorizer has none of."""


def _records(gateway: Any) -> None:
    def kept(kind: str, record: dict[str, Any], data: dict[str, Any]) -> None:
        for name in KEPT[kind]:
            if name in data:
                record[name] = data[name]

    def tidy(record: dict[str, Any]) -> None:
        for name in [name for name, value in record.items() if value in ("", {}, None) and name != "tags"]:
            del record[name]

    def wrap(kind: str, store: Any, identity: str) -> None:
        create, update = getattr(gateway, f"_create_{kind}"), getattr(gateway, f"_update_{kind}")

        def shown(response: Any, api: str, data: dict[str, Any], key: str) -> Any:
            if response[0] not in (200, 201):
                return response
            record = store(api)[key]
            kept(kind, record, data)
            finish[kind](record)
            tidy(record)
            return gateway._apigw_response(record, response[0])

        def created(api: str, data: dict[str, Any]) -> Any:
            response = create(api, data)
            key = gateway.json.loads(response[2]).get(identity, "")
            return shown(response, api, data, key)

        def updated(api: str, key: str, data: dict[str, Any]) -> Any:
            before = dict(store(api).get(key) or {}) if api in gateway._apis else {}
            return shown(update(api, key, merged(before, data)), api, data, key)

        replace(gateway, f"_create_{kind}", created)
        replace(gateway, f"_update_{kind}", updated)

    def merged(before: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
        """Parameters are added to those there are; one with an empty value is taken away."""
        given = dict(data)
        if isinstance(data.get("requestParameters"), dict):
            given["requestParameters"] = _merged(before.get("requestParameters") or {}, data["requestParameters"])
        if isinstance(data.get("responseParameters"), dict):
            known = before.get("responseParameters") or {}
            changed = {
                status: _merged(known.get(status) or {}, parameters or {})
                for status, parameters in data["responseParameters"].items()
            }
            given["responseParameters"] = {key: value for key, value in {**known, **changed}.items() if value}
        return given

    def integration(record: dict[str, Any]) -> None:
        if record.get("integrationType") == "HTTP_PROXY":
            record["payloadFormatVersion"] = "1.0"

    def authorizer(record: dict[str, Any]) -> None:
        for name in JWT_ONLY if record.get("authorizerType") == "JWT" else ():
            record.pop(name, None)

    finish = {"integration": integration, "authorizer": authorizer, "route": _nothing, "stage": _nothing}
    wrap("integration", lambda api: gateway._integrations[api], "integrationId")
    wrap("route", lambda api: gateway._routes[api], "routeId")
    wrap("stage", lambda api: gateway._stages[api], "stageName")
    wrap("authorizer", lambda api: gateway._authorizers[api], "authorizerId")

    def endpoint(record: dict[str, Any], data: dict[str, Any]) -> Any:
        kept("api", record, data)
        record.setdefault("ipAddressType", "ipv4")
        record["apiEndpoint"] = f"https://{record['apiId']}.execute-api.{gateway.get_region()}.amazonaws.com"
        tidy(record)
        return record

    def create_api(data: dict[str, Any]) -> Any:
        response = original_create(data)
        if response[0] != 201:
            return response
        identity = gateway.json.loads(response[2])["apiId"]
        return gateway._apigw_response(endpoint(gateway._apis[identity], data), 201)

    def update_api(identity: str, data: dict[str, Any]) -> Any:
        response = original_update(identity, data)
        if response[0] != 200:
            return response
        return gateway._apigw_response(endpoint(gateway._apis[identity], data))

    original_create = replace(gateway, "_create_api", create_api)
    original_update = replace(gateway, "_update_api", update_api)


def _merged(before: dict[str, str], given: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in {**before, **given}.items() if value != ""}


def _nothing(_record: dict[str, Any]) -> None:
    """Leave a record as it is."""


def _tags(gateway: Any) -> None:
    def put(arn: str, change: Any) -> None:
        """Tags lie in the record too, from which the reads take them."""
        parts = arn.partition("::/")[2].split("/")
        api = gateway._apis.get(parts[1]) if parts[0] == "apis" and len(parts) > 1 else None
        record = gateway._stages.get(parts[1], {}).get(parts[3]) if api and len(parts) == 4 else api
        if record is not None:
            record["tags"] = change(dict(record.get("tags") or {}))

    def tag(arn: str, data: dict[str, Any]) -> Any:
        response = original_tag(arn, data)
        if response[0] == 201:
            put(arn, lambda tags: {**tags, **(data.get("tags") or {})})
        return response

    def untag(arn: str, keys: list[str]) -> Any:
        response = original_untag(arn, keys)
        if response[0] == 204:
            put(arn, lambda tags: {key: value for key, value in tags.items() if key not in keys})
        return response

    original_tag = replace(gateway, "_tag_resource", tag)
    original_untag = replace(gateway, "_untag_resource", untag)


MODULE = "ministack.services.apigateway"
MENDS = (
    Mend(
        "APIs, integrations, routes, stages and authorizers come back as they were put, with AWS's endpoint",
        "connection, credentials and TLS are lost, unset texts are empty ones, the endpoint is localhost",
        MODULE,
        {
            "_create_api": "de00441a615d",
            "_update_api": "53d84fad49e6",
            "_create_integration": "970005e3a99e",
            "_update_integration": "9fe937d47d75",
            "_create_route": "9fffc0fee702",
            "_update_route": "c7242cb3edee",
            "_create_stage": "3090b5b56949",
            "_update_stage": "86a4462b9479",
            "_create_authorizer": "acfa0e4818fe",
            "_update_authorizer": "065e471e0d40",
        },
        _records,
    ),
    Mend(
        "tags that are changed later are shown with the API and the stage",
        "the record keeps those of its creation",
        MODULE,
        {"_tag_resource": "f1eceb19b1ce", "_untag_resource": "7630bbd7dbbc"},
        _tags,
    ),
)
