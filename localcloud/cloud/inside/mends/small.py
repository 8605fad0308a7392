"""One or two missing actions or fields a service: ACM, DynamoDB, ECR, IAM, CloudWatch Logs, S3."""

import functools
import json
from typing import Any
from urllib.parse import parse_qs

from .. import wire
from .mend import Mend, add_json_actions, replace

TRANSPARENCY = {"CertificateTransparencyLoggingPreference": "ENABLED"}
SIZE_HEADER = "x-amz-transition-default-minimum-object-size"
SIZE_DEFAULT = "all_storage_classes_128K"


def _certificates(acm: Any) -> None:
    tokens: dict[tuple[str, str, str, str], str] = {}

    def request(data: dict[str, Any]) -> Any:
        token = data.get("IdempotencyToken")
        key = (acm.get_account_id(), acm.get_region(), data.get("DomainName", ""), token or "")
        if token and tokens.get(key) in acm._certificates:
            return acm.json_response({"CertificateArn": tokens[key]})
        response = original_request(data)
        if response[0] == 200:
            arn = tokens[key] = json.loads(response[2])["CertificateArn"]
            acm._certificates[arn]["KeyAlgorithm"] = data.get("KeyAlgorithm", "RSA_2048")
            acm._certificates[arn]["Options"] = {**TRANSPARENCY, **(data.get("Options") or {})}
        return response

    def shape(certificate: dict[str, Any]) -> dict[str, Any]:
        return {**original_shape(certificate), "KeyAlgorithm": certificate.get("KeyAlgorithm", "RSA_2048")}

    original_request = replace(acm, "_request_certificate", request)
    original_shape = replace(acm, "_cert_shape", shape)


def _index_throughput(dynamodb: Any) -> None:
    def update(data: dict[str, Any]) -> Any:
        response = original(data)
        table = dynamodb._tables.get(dynamodb._normalize_table_name(data.get("TableName")))
        wanted = [each.get("Update") or {} for each in data.get("GlobalSecondaryIndexUpdates") or []]
        limits = {each["IndexName"]: each["OnDemandThroughput"] for each in wanted if "OnDemandThroughput" in each}
        for index in table["GlobalSecondaryIndexes"] if response[0] == 200 and limits else []:
            if index["IndexName"] in limits:
                index["OnDemandThroughput"] = limits[index["IndexName"]]
        return response

    original = replace(dynamodb, "_update_table", update)


def _tag_exclusions(ecr: Any) -> None:
    key = "imageTagMutabilityExclusionFilters"

    def keep(data: dict[str, Any], response: Any) -> Any:
        repository = ecr._repositories.get(data.get("repositoryName", ""))
        if response[0] == 200 and repository is not None:
            repository[key] = data.get(key) or []
        return response

    def shape(repository: dict[str, Any]) -> dict[str, Any]:
        shown: dict[str, Any] = original_shape(repository)
        return {**shown, key: repository[key]} if repository.get(key) else shown

    original_create = replace(ecr, "_create_repository", lambda data: keep(data, original_create(data)))
    original_put = replace(ecr, "_put_image_tag_mutability", lambda data: keep(data, original_put(data)))
    original_shape = replace(ecr, "_repo_shape", shape)


def _identity_providers(iam: Any) -> None:
    def action(name: str, change: Any) -> None:
        def answer(params: dict[str, Any]) -> Any:
            given = wire.decode("iam", name, params)
            provider = iam._oidc_providers.get(given["OpenIDConnectProviderArn"])
            if provider is None:
                text = f"OpenIDConnect Provider not found for arn {given['OpenIDConnectProviderArn']}"
                return iam._error(404, "NoSuchEntity", text)
            return wire.encode("iam", name, change(provider, given) or {})

        iam._IAM_HANDLERS[name] = answer

    def thumbprints(provider: dict[str, Any], given: dict[str, Any]) -> None:
        provider["ThumbprintList"] = given["ThumbprintList"]

    def add_client(provider: dict[str, Any], given: dict[str, Any]) -> None:
        provider["ClientIDList"] = list(dict.fromkeys([*provider["ClientIDList"], given["ClientID"]]))

    def remove_client(provider: dict[str, Any], given: dict[str, Any]) -> None:
        provider["ClientIDList"] = [each for each in provider["ClientIDList"] if each != given["ClientID"]]

    def tag(provider: dict[str, Any], given: dict[str, Any]) -> None:
        kept = {each["Key"]: each for each in [*provider.get("Tags", []), *given["Tags"]]}
        provider["Tags"] = list(kept.values())

    def untag(provider: dict[str, Any], given: dict[str, Any]) -> None:
        provider["Tags"] = [each for each in provider.get("Tags", []) if each["Key"] not in given["TagKeys"]]

    action("UpdateOpenIDConnectProviderThumbprint", thumbprints)
    action("AddClientIDToOpenIDConnectProvider", add_client)
    action("RemoveClientIDFromOpenIDConnectProvider", remove_client)
    action("TagOpenIDConnectProvider", tag)
    action("UntagOpenIDConnectProvider", untag)
    action("ListOpenIDConnectProviderTags", lambda provider, given: {"Tags": provider.get("Tags", [])})


def _blank_values(iam: Any) -> None:
    iam.parse_qs = functools.partial(parse_qs, keep_blank_values=True)


def _log_keys(logs: Any) -> None:
    def group_of(data: dict[str, Any]) -> Any:
        return logs._log_groups.get(data.get("logGroupName", ""))

    def missing() -> Any:
        return logs.error_response_json("ResourceNotFoundException", "The specified log group does not exist.", 400)

    def associate(data: dict[str, Any]) -> Any:
        group = group_of(data)
        if group is None:
            return missing()
        group["kmsKeyId"] = data["kmsKeyId"]
        return logs.json_response({})

    def disassociate(data: dict[str, Any]) -> Any:
        group = group_of(data)
        if group is None:
            return missing()
        group.pop("kmsKeyId", None)
        return logs.json_response({})

    add_json_actions(logs, {"AssociateKmsKey": associate, "DisassociateKmsKey": disassociate})


def _lifecycle(s3: Any) -> None:
    sizes: dict[tuple[str, str], str] = {}
    handle = s3.handle_request

    async def handle_request(method: str, path: str, headers: dict[str, str], body: bytes, query: Any) -> Any:
        response = await handle(method, path, headers, body, query)
        if "lifecycle" not in query or not 200 <= response[0] < 300:
            return response
        key = (s3.get_account_id(), path.strip("/").split("/")[0])
        if method == "PUT":
            sizes[key] = headers.get(SIZE_HEADER, SIZE_DEFAULT)
        elif method == "DELETE":
            sizes.pop(key, None)
            return response
        return response[0], {**response[1], SIZE_HEADER: sizes.get(key, SIZE_DEFAULT)}, response[2]

    s3.handle_request = handle_request


MENDS = (
    Mend(
        "a certificate keeps its key algorithm and options; a repeated request with one token gives one certificate",
        "both are constants, and a retry makes a second one",
        "ministack.services.acm",
        {"_request_certificate": "8fb1d8187af5", "_cert_shape": "1ce4bcc96cec"},
        _certificates,
    ),
    Mend(
        "an index keeps its limits of throughput on demand",
        "a change of them is ignored",
        "ministack.services.dynamodb",
        {"_update_table": "dd1170ef031c"},
        _index_throughput,
    ),
    Mend(
        "a repository keeps which tags are exempt from its mutability",
        "the filters are lost",
        "ministack.services.ecr",
        {
            "_create_repository": "56ebb5843976",
            "_put_image_tag_mutability": "a71ffe06b82d",
            "_repo_shape": "7bebcc19d387",
        },
        _tag_exclusions,
    ),
    Mend(
        "OpenID Connect providers change their thumbprints, clients and tags",
        "six actions are missing",
        "ministack.services.iam",
        {"_create_oidc_provider": "ac7d9b3d79b2", "_get_oidc_provider": "7db716f5f5c7"},
        _identity_providers,
    ),
    Mend(
        "an empty description clears the old one, an empty tag value is kept",
        "empty parameters are dropped before they are looked at",
        "ministack.services.iam",
        {"handle_request": "97093e1a35f9", "_update_role": "5822711fdc26"},
        _blank_values,
    ),
    Mend(
        "a log group takes and drops its key",
        "two actions are missing",
        "ministack.services.cloudwatch_logs",
        {"_describe_log_groups": "675b9c94231f"},
        _log_keys,
    ),
    Mend(
        "a bucket's lifecycle keeps the smallest size of a transition",
        "the header is lost",
        "ministack.services.s3",
        {"_get_bucket_lifecycle": "d917afaa84ff", "_put_bucket_lifecycle": "8babb1b38408"},
        _lifecycle,
    ),
)
