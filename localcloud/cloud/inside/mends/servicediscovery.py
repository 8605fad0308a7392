"""Cloud Map: services as AWS keeps them, and names of ECS services that the containers' network answers for."""

from typing import Any

from .. import network
from .ecs_services import service_of
from .mend import Mend, replace

gateway: network.Gateway | None = None
"""The containers' network; set before the server starts, nothing without Docker."""


def _services(cloud_map: Any) -> None:
    def create(data: dict[str, Any]) -> Any:
        dns = data.get("DnsConfig") or {}
        namespace = data.get("NamespaceId") or dns.get("NamespaceId")
        for service in cloud_map._services.values():
            if (service["NamespaceId"], service["Name"]) == (namespace, data.get("Name")):
                return cloud_map.error_response_json("ServiceAlreadyExists", "Service already exists.", 400)
        if dns:
            dns = {"RoutingPolicy": "MULTIVALUE", **dns, "NamespaceId": namespace}
        return original_create({**data, "NamespaceId": namespace, "DnsConfig": dns or None})

    def update(data: dict[str, Any]) -> Any:
        service = cloud_map._services.get(data.get("Id"))
        before = dict((service or {}).get("DnsConfig") or {})
        response = original_update(data)
        if response[0] == 200 and before and service is not None:
            service["DnsConfig"] = {**before, **(service.get("DnsConfig") or {})}
        return response

    def chosen(data: dict[str, Any], records: list[dict[str, Any]], names: dict[str, str]) -> list[dict[str, Any]]:
        for each in data.get("Filters") or []:
            key = names.get(each["Name"])
            records = [record for record in records if key is None or record.get(key) in each["Values"]]
        return records

    def list_services(data: dict[str, Any]) -> Any:
        found = chosen(data, list(cloud_map._services.values()), {"NAMESPACE_ID": "NamespaceId"})
        return cloud_map.json_response({"Services": found})

    def list_namespaces(data: dict[str, Any]) -> Any:
        found = chosen(data, list(cloud_map._namespaces.values()), {"TYPE": "Type", "NAME": "Name"})
        return cloud_map.json_response({"Namespaces": found})

    original_create = replace(cloud_map, "_create_service", create)
    original_update = replace(cloud_map, "_update_service", update)
    replace(cloud_map, "_list_services", list_services)
    replace(cloud_map, "_list_namespaces", list_namespaces)


def _names(ecs: Any) -> None:
    build = ecs._build_run_kwargs

    def run_arguments(definition: dict[str, Any], task_definition: dict[str, Any], *rest: Any) -> dict[str, Any]:
        arguments: dict[str, Any] = build(definition, task_definition, *rest)
        if gateway is None or "network" not in arguments:
            return arguments
        arguments["network"] = gateway.name
        names = names_of(ecs, rest[5]) if definition.get("portMappings") else []
        if names:
            from docker.types import EndpointConfig

            version = ecs._get_docker().api.api_version
            arguments["networking_config"] = {gateway.name: EndpointConfig(version, aliases=names)}
        return arguments

    ecs._build_run_kwargs = run_arguments


def names_of(ecs: Any, task_arn: str) -> list[str]:
    """Return the names under which a service's task is found, such as `market-api.dev.internal`."""
    from ministack.services import servicediscovery as cloud_map

    found = service_of(ecs, ecs._tasks.get(task_arn) or {})
    arns = {each.get("registryArn") for each in (found[2].get("serviceRegistries") or [])} if found else set()
    services = [each for each in cloud_map._services.values() if each["Arn"] in arns]
    return [f"{each['Name']}.{cloud_map._namespaces[each['NamespaceId']]['Name']}" for each in services]


MENDS = (
    Mend(
        "a service finds its namespace in its DNS settings too and keeps it; lists are filtered",
        "only the deprecated input is read, and filters are ignored",
        "ministack.services.servicediscovery",
        {
            "_create_service": "c3c80a6921fc",
            "_update_service": "af081f45f4d9",
            "_list_services": "b9b2996446a9",
            "_list_namespaces": "f6e255afc815",
        },
        _services,
    ),
    Mend(
        "containers are on a network of this cloud, where a service's tasks answer to its name in Cloud Map",
        "they are on the engine's default network, which knows no names",
        "ministack.services.ecs",
        {"_build_run_kwargs": "25f7593b8823", "_start_task_worker": "73e133e6afaa"},
        _names,
    ),
)
