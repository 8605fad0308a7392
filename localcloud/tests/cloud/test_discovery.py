"""Cloud Map's records: namespaces, services, operations, lists."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud import cloud

pytestmark = [pytest.mark.cloud]

ACCOUNT = "777777777776"


@pytest.fixture
def names(plain: cloud.Cloud) -> Any:
    return cloud.client("servicediscovery", ACCOUNT, plain)


def namespace(names: Any, name: str) -> str:
    operation = names.create_private_dns_namespace(Name=name, Vpc="vpc-1")["OperationId"]
    found = names.get_operation(OperationId=operation)["Operation"]
    assert found["Status"] == "SUCCESS"
    return str(found["Targets"]["NAMESPACE"])


def test_a_service_finds_its_namespace_in_its_dns_settings(names: Any, plain: cloud.Cloud) -> None:
    dev, other = namespace(names, "dev.internal"), namespace(names, "other.internal")
    records = [{"Type": "A", "TTL": 10}]
    made = names.create_service(Name="api", DnsConfig={"NamespaceId": dev, "DnsRecords": records})["Service"]
    settings = {"NamespaceId": dev, "RoutingPolicy": "MULTIVALUE", "DnsRecords": records}
    assert (made["NamespaceId"], made["DnsConfig"]) == (dev, settings)
    assert names.get_service(Id=made["Id"])["Service"]["DnsConfig"] == settings
    with pytest.raises(ClientError) as error:
        names.create_service(Name="api", NamespaceId=dev)
    assert error.value.response["Error"]["Code"] == "ServiceAlreadyExists"

    def of(identity: str) -> list[str]:
        found = names.list_services(Filters=[{"Name": "NAMESPACE_ID", "Values": [identity]}])["Services"]
        return [str(each["Name"]) for each in found]

    assert (of(dev), of(other)) == (["api"], [])
    listed = cloud.leftovers(plain.endpoint, plain.region, ACCOUNT)
    assert {"servicediscovery namespace dev.internal", "servicediscovery service api"} <= set(listed)
    names.update_service(Id=made["Id"], Service={"DnsConfig": {"DnsRecords": [{"Type": "A", "TTL": 5}]}})
    assert names.get_service(Id=made["Id"])["Service"]["DnsConfig"]["NamespaceId"] == dev
    names.delete_service(Id=made["Id"])
    for identity in (dev, other):
        names.delete_namespace(Id=identity)
    assert cloud.leftovers(plain.endpoint, plain.region, ACCOUNT) == []
