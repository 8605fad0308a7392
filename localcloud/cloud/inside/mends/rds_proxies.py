"""RDS Proxy: the endpoint of a proxy is that of the server behind it, for there is nothing in between here."""

from typing import Any

from .mend import Mend, replace

FAMILIES = {"POSTGRESQL": ("postgres", "aurora-postgresql"), "MYSQL": ("mysql", "mariadb", "aurora-mysql")}


def _endpoints(rds: Any) -> None:
    def create(params: Any) -> Any:
        response = original_create(params)
        if response[0] != 200:
            return response
        proxy = rds._db_proxies[rds._p(params, "DBProxyName")]
        before = proxy["Endpoint"]
        lead(proxy, behind(proxy))
        return response[0], response[1], _bytes(response[2]).replace(before.encode(), proxy["Endpoint"].encode())

    def register(params: Any) -> Any:
        response = original_register(params)
        proxy = rds._db_proxies.get(rds._p(params, "DBProxyName"))
        if response[0] == 200 and proxy["Targets"]:
            lead(proxy, rds._instances.get(proxy["Targets"][0]["RdsResourceId"]))
        return response

    def behind(proxy: dict[str, Any]) -> Any:
        """Return the server that a proxy will have: the one whose secret it signs in by, else the only one there."""
        secrets = {each.get("SecretArn") for each in proxy["Auth"]}
        servers = [
            each for each in rds._instances.values() if each["Engine"] in FAMILIES.get(proxy["EngineFamily"], ())
        ]
        by_secret = [each for each in servers if (each.get("MasterUserSecret") or {}).get("SecretArn") in secrets]
        return (by_secret or servers)[0] if by_secret or len(servers) == 1 else None

    def lead(proxy: dict[str, Any], server: Any) -> None:
        address = ((server or {}).get("Endpoint") or {}).get("Address")
        if address:
            proxy["Endpoint"] = rds._db_proxy_endpoints[proxy["DBProxyName"]]["Endpoint"] = address

    original_create = replace(rds, "_create_db_proxy", create)
    original_register = replace(rds, "_register_db_proxy_targets", register)


def _bytes(body: Any) -> bytes:
    return body if isinstance(body, bytes) else str(body).encode()


MENDS = (
    Mend(
        "a database proxy leads to its server",
        "its endpoint is a name that nobody answers to",
        "ministack.services.rds",
        {"_create_db_proxy": "e67de6a61d99", "_register_db_proxy_targets": "3ea3a324a8e9"},
        _endpoints,
    ),
)
