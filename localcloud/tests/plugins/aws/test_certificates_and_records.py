"""Certificates wait for their records; records are what zone, name, type and set identifier say."""

from collections.abc import Iterator
from typing import Any

import pytest

from localcloud.errors import Trouble
from localcloud.plugins.aws.provider import Provider
from localcloud.plugins.provider import Create
from localcloud.tests.plugins.aws.conformance import REGION, Life, Made

pytestmark = [pytest.mark.cloud, pytest.mark.slow]
RECORD = "aws:route53/record:Record"
VALIDATION = "aws:acm/certificateValidation:CertificateValidation"


@pytest.fixture
def life(provider: Provider) -> Iterator[Life]:
    made = Life(provider)
    yield made
    made.end()


@pytest.fixture
def zone(life: Life) -> Made:
    return life.make("aws:route53/zone:Zone", "zone", {"name": "dev.slipway.example", "forceDestroy": True})


@pytest.fixture
def certificate(life: Life) -> Made:
    inputs = {
        "domainName": "dev.slipway.example",
        "subjectAlternativeNames": ["*.dev.slipway.example"],
        "validationMethod": "DNS",
    }
    return life.make("aws:acm/certificate:Certificate", "certificate", inputs)


def record(zone: Made, name: str, *values: str, **more: Any) -> dict[str, Any]:
    return {"zoneId": zone.id, "name": name, "type": "A", "ttl": 60, "records": list(values), **more}


def validate(life: Life, inputs: dict[str, Any], timeout: float = 0) -> str:
    made = Made(VALIDATION, "validation", "", {}, {})
    wanted = life.checked(made, inputs, {})
    return life.provider.create(Create(made.urn, VALIDATION, wanted, timeout=timeout)).id


def test_a_certificate_tells_for_each_name_which_record_proves_it(certificate: Made) -> None:
    options = certificate.outputs["domainValidationOptions"]

    assert [each["domainName"] for each in options] == ["dev.slipway.example", "*.dev.slipway.example"]
    assert {each["resourceRecordType"] for each in options} == {"CNAME"}
    assert all(each["resourceRecordName"].endswith(".dev.slipway.example.") for each in options)


def test_a_validation_without_its_records_in_the_zone_never_ends(life: Life, zone: Made, certificate: Made) -> None:
    with pytest.raises(Trouble, match=r"waited 1 s for the certificate dev\.slipway\.example to be issued"):
        validate(life, {"certificateArn": certificate.id}, timeout=1)


def test_a_validation_that_lists_too_few_records_says_which_are_missing(life: Life, certificate: Made) -> None:
    proof = certificate.outputs["domainValidationOptions"][0]["resourceRecordName"].rstrip(".")

    with pytest.raises(Trouble, match=rf"validationRecordFqdns lack {proof}"):
        validate(life, {"certificateArn": certificate.id, "validationRecordFqdns": ["www.dev.slipway.example"]})


def test_a_validation_ends_when_the_records_are_there(life: Life, zone: Made, certificate: Made) -> None:
    proof = certificate.outputs["domainValidationOptions"][0]
    wanted = {"type": proof["resourceRecordType"], "records": [proof["resourceRecordValue"]]}
    made = life.make(RECORD, "proof", {**record(zone, proof["resourceRecordName"]), **wanted})

    inputs = {"certificateArn": certificate.id, "validationRecordFqdns": [made.outputs["fqdn"]]}

    assert validate(life, inputs) == certificate.id


def test_a_name_without_its_zone_stands_in_it(life: Life, zone: Made) -> None:
    made = life.make(RECORD, "www", record(zone, "www", "192.0.2.1"))

    assert made.outputs["fqdn"] == "www.dev.slipway.example"
    assert made.outputs["name"] == "www"
    assert made.id == f"{zone.id}_www.dev.slipway.example_A"


def test_a_record_that_is_there_with_other_values_is_not_taken_over(life: Life, zone: Made) -> None:
    life.make(RECORD, "mine", record(zone, "www", "192.0.2.1"))

    with pytest.raises(Trouble, match="it already exists"):
        life.make(RECORD, "yours", record(zone, "www", "192.0.2.2"))
    life.make(RECORD, "overwriting", record(zone, "www", "192.0.2.2", allowOverwrite=True))

    assert values(life, zone, "www.dev.slipway.example.") == ["192.0.2.2"]


def test_a_cname_stands_alone_and_never_at_the_zone_itself(life: Life, zone: Made) -> None:
    life.make(RECORD, "www", record(zone, "www", "192.0.2.1"))
    alone = {**record(zone, "www", "example.com"), "type": "CNAME"}

    with pytest.raises(Trouble, match=r"www\.dev\.slipway\.example has a record of type A, beside which no CNAME"):
        life.make(RECORD, "beside", alone)
    with pytest.raises(Trouble, match=r"a CNAME cannot stand at the zone dev\.slipway\.example itself → use an alias"):
        life.make(RECORD, "apex", {**alone, "name": "dev.slipway.example"})


def test_a_record_that_was_changed_by_hand_shows_it_and_can_be_deleted(life: Life, zone: Made) -> None:
    made = life.make(RECORD, "www", record(zone, "www", "192.0.2.1"))
    wanted = {"Name": "www.dev.slipway.example", "Type": "A", "TTL": 9, "ResourceRecords": [{"Value": "192.0.2.9"}]}
    batch = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": wanted}]}
    life.provider.session.client("route53", REGION).change_resource_record_sets(HostedZoneId=zone.id, ChangeBatch=batch)

    seen = life.read(made).inputs
    life.delete(made)

    assert (seen["ttl"], seen["records"]) == (9, ["192.0.2.9"])
    assert life.read(made) is None


def test_a_record_is_imported_by_its_id(life: Life, zone: Made) -> None:
    made = life.make(RECORD, "www", record(zone, "*.apps", "192.0.2.1"))
    made.inputs, made.outputs = {}, {}

    seen = life.read(made).inputs

    assert seen == {
        "zoneId": zone.id,
        "name": "*.apps.dev.slipway.example",
        "type": "A",
        "ttl": 60,
        "records": ["192.0.2.1"],
    }


def values(life: Life, zone: Made, name: str) -> list[str]:
    """Return the live values of a name in a zone."""
    found = life.provider.session.client("route53", REGION).list_resource_record_sets(HostedZoneId=zone.id)
    return [
        one["Value"] for each in found["ResourceRecordSets"] if each["Name"] == name for one in each["ResourceRecords"]
    ]
