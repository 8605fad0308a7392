"""ACM: certificates and the wait for their validation by DNS."""

import hashlib
import re
from collections.abc import Iterable
from typing import Any

from localcloud.errors import Trouble
from localcloud.plugins.aws.call import GENERATION, URN, Call
from localcloud.plugins.aws.entry import Entry, Properties, Tags
from localcloud.plugins.aws.errors import Gone
from localcloud.plugins.aws.rules import ARN, absent, required, value, when
from localcloud.plugins.aws.steps import Op, pages
from localcloud.plugins.provider import UNKNOWN

_ALGORITHMS = (
    "RSA_1024",
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "EC_prime256v1",
    "EC_secp384r1",
    "EC_secp521r1",
)
_FAILED = ("FAILED", "VALIDATION_TIMED_OUT", "REVOKED", "EXPIRED")
_DOMAIN = re.compile(r"(\*\.)?([a-zA-Z0-9_]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?\.)+[a-zA-Z]{2,63}")


def _request(call: Call) -> str:
    """Ask for the certificate; a repeated call of the same run is recognised by its token and makes no twin."""
    token = hashlib.sha256(f"{call.marks[URN]} {call.marks[GENERATION]}".encode()).hexdigest()[:32]
    sent = call.parameters(
        "request_certificate", ("domainName", "keyAlgorithm", "subjectAlternativeNames", "validationMethod")
    )
    if call.inputs.get("options"):
        sent["Options"] = _options(call)
    if call.inputs.get("validationOptions"):
        sent["DomainValidationOptions"] = [
            {"DomainName": each["domainName"], "ValidationDomain": each["validationDomain"]}
            for each in call.inputs["validationOptions"]
        ]
    pairs = [{"Key": key, "Value": text} for key, text in sorted(call.tags.items())]
    return str(call.api("request_certificate", IdempotencyToken=token, Tags=pairs, **sent)["CertificateArn"])


def _options(call: Call) -> Properties:
    given = call.inputs.get("options") or {}
    wanted = {"CertificateTransparencyLoggingPreference": given.get("certificateTransparencyLoggingPreference")}
    wanted["Export"] = given.get("export")
    return {key: text for key, text in wanted.items() if text}


def _described(call: Call, arn: str) -> Any:
    return call.api("describe_certificate", CertificateArn=arn)["Certificate"]


def _settle(call: Call) -> None:
    """Wait until AWS has made up the records that prove each domain."""
    if call.inputs.get("validationMethod") == "DNS":
        call.wait(lambda: _has_records(_described(call, call.id)), "the certificate's validation records")


def _has_records(certificate: Any) -> bool:
    options = certificate.get("DomainValidationOptions") or []
    return bool(options) and all("ResourceRecord" in each for each in options)


def _read(call: Call) -> Properties:
    live = _described(call, call.id)
    options = live.get("DomainValidationOptions") or []
    records = [(each["DomainName"], each["ResourceRecord"]) for each in options if "ResourceRecord" in each]
    preference = (live.get("Options") or {}).get("CertificateTransparencyLoggingPreference", "ENABLED")
    export = (live.get("Options") or {}).get("Export")
    found: Properties = {
        "arn": live["CertificateArn"],
        "domainName": live["DomainName"],
        "subjectAlternativeNames": _names(call, live),
        "validationMethod": next((each.get("ValidationMethod") for each in options), None),
        "keyAlgorithm": live.get("KeyAlgorithm", "RSA_2048").replace("-", "_"),
        "options": {"certificateTransparencyLoggingPreference": preference, **({"export": export} if export else {})},
        "domainValidationOptions": [
            {
                "domainName": name,
                "resourceRecordName": record["Name"],
                "resourceRecordType": record["Type"],
                "resourceRecordValue": record["Value"],
            }
            for name, record in records
        ],
        "validationOptions": [
            {"domainName": each["DomainName"], "validationDomain": each["ValidationDomain"]}
            for each in options
            if each.get("ValidationDomain", each["DomainName"]) != each["DomainName"]
        ],
        "status": live["Status"],
        "type": live["Type"],
        "pendingRenewal": False,
        "renewalEligibility": live.get("RenewalEligibility", "INELIGIBLE"),
        "renewalSummaries": [],
        "validationEmails": [mail for each in options for mail in each.get("ValidationEmails", [])],
    }
    return found | {
        ours: live[theirs].isoformat()
        for ours, theirs in (("notBefore", "NotBefore"), ("notAfter", "NotAfter"))
        if theirs in live
    }


def _names(call: Call, live: Any) -> list[str]:
    """Return the alternative names; AWS adds the domain itself, which counts only where the program says it too."""
    given = call.inputs.get("subjectAlternativeNames") or []
    names = [str(name) for name in live.get("SubjectAlternativeNames", [])]
    return [name for name in names if name != live["DomainName"] or name in given]


def _find(call: Call) -> str | None:
    for each in _certificates(call):
        arn = str(each["CertificateArn"])
        if each["DomainName"] != call.inputs["domainName"] or arn in call.known:
            continue
        if call.mine(_tags(call, arn)):
            return arn
    return None


def _tags(call: Call, arn: str) -> Any:
    """Return a certificate's tags, none when it has just ended."""
    try:
        return call.api("list_tags_for_certificate", CertificateArn=arn)["Tags"]
    except Gone:
        return None


def _certificates(call: Call) -> list[Any]:
    return pages(call, "list_certificates", "CertificateSummaryList")


def _change(call: Call) -> None:
    if call.changed("options"):
        options = _options(call) or {"CertificateTransparencyLoggingPreference": "ENABLED"}
        call.api("update_certificate_options", CertificateArn=call.id, Options=options)


def _await_validation(call: Call) -> str:
    """Wait until every record that proves a domain is in its zone and the certificate is issued."""
    arn = str(call.inputs["certificateArn"])
    certificate = _described(call, arn)
    missing = _unproven(certificate, call.inputs.get("validationRecordFqdns"))
    if missing:
        raise Trouble(
            f"the certificate {certificate['DomainName']} is never issued: validationRecordFqdns lack {missing}",
            "make a route53 Record for each of the certificate's domainValidationOptions",
        )
    call.wait(lambda: _issued(call, arn), f"the certificate {certificate['DomainName']} to be issued")
    return arn


def _unproven(certificate: Any, given: list[str] | None) -> str:
    """Return the names of validation records that the program does not list, where it lists any."""
    if not given:
        return ""
    there = {name.rstrip(".").lower() for name in given}
    wanted = {record["Name"].rstrip(".").lower() for record in _records(certificate)}
    return ", ".join(sorted(wanted - there))


def _records(certificate: Any) -> list[Any]:
    options = certificate.get("DomainValidationOptions") or []
    return [each["ResourceRecord"] for each in options if "ResourceRecord" in each]


def _issued(call: Call, arn: str) -> bool:
    certificate = _described(call, arn)
    if certificate["Status"] in _FAILED:
        raise Trouble(f"the certificate {certificate['DomainName']} is {certificate['Status']}")
    return certificate["Status"] == "ISSUED" and _in_dns(call, _records(certificate))


def _in_dns(call: Call, records: Iterable[Any]) -> bool:
    """Say whether the records are in this account's zones: the emulator issues at once and asks nobody.

    A name that no public zone of the account holds is proven in another account, which cannot be seen from here.
    """
    zones = call.api("list_hosted_zones", of="route53")["HostedZones"]
    for record in records:
        holders = [
            zone
            for zone in zones
            if not zone["Config"]["PrivateZone"] and f".{record['Name']}".endswith(f".{zone['Name']}")
        ]
        longest = max((len(zone["Name"]) for zone in holders), default=0)
        nearest = [zone["Id"] for zone in holders if len(zone["Name"]) == longest]
        if nearest and not any(_has(call, zone, record) for zone in nearest):
            return False
    return True


def _has(call: Call, zone: str, record: Any) -> bool:
    live = call.api(
        "list_resource_record_sets",
        of="route53",
        HostedZoneId=zone,
        StartRecordName=record["Name"],
        StartRecordType=record["Type"],
        MaxItems="1",
    )["ResourceRecordSets"]
    value_of = record["Value"].rstrip(".")
    return any(
        (each["Name"], each["Type"]) == (record["Name"], record["Type"])
        and value_of in [one["Value"].rstrip(".") for one in each.get("ResourceRecords", [])]
        for each in live
    )


def _read_validation(call: Call) -> Properties | None:
    """Return the validation while the certificate is there and issued."""
    if _described(call, call.id)["Status"] != "ISSUED":
        return None
    fqdns = call.inputs.get("validationRecordFqdns")
    return {"certificateArn": call.id, **({"validationRecordFqdns": fqdns} if fqdns else {})}


def _are_domains(names: list[Any]) -> bool:
    return all(name is UNKNOWN or _DOMAIN.fullmatch(str(name)) for name in names)


ENTRIES = (
    Entry(
        token="aws:acm/certificate:Certificate",
        service="acm",
        cfn="AWS::CertificateManager::Certificate",
        inputs=(
            "domainName",
            "keyAlgorithm",
            "options",
            "subjectAlternativeNames",
            "validationMethod",
            "validationOptions",
        ),
        create=_request,
        settle=_settle,
        read=_read,
        update=_change,
        delete=Op("delete_certificate", {"CertificateArn": "$id"}),
        find=_find,
        tags=Tags(
            add="add_tags_to_certificate",
            remove="remove_tags_from_certificate",
            owner=lambda call: {"CertificateArn": call.id},
            keys="Tags",
            remove_pairs=True,
            list="list_tags_for_certificate",
        ),
        replace={
            "keyAlgorithm": "a certificate keeps its key for life",
            "options.export": "AWS decides it when the certificate is requested",
            "subjectAlternativeNames": "a certificate keeps its names for life",
            "validationMethod": "AWS decides it when the certificate is requested",
            "validationOptions": "AWS decides it when the certificate is requested",
        },
        defaults={"keyAlgorithm": "RSA_2048", "subjectAlternativeNames": []},
        dropped={"validationOptions": "the emulator sends no mail and keeps no domain for it"},
        sets=("subjectAlternativeNames", "validationOptions"),
        limits={
            f"options.{name}": {"enum": ["ENABLED", "DISABLED"]}
            for name in ("certificateTransparencyLoggingPreference", "export")
        },
        rules=(
            required("domainName", "validationMethod"),
            value("domainName", lambda name: len(name) <= 253 and _are_domains([name]), "must be a domain name"),
            value("subjectAlternativeNames", _are_domains, "must be domain names"),
            value("subjectAlternativeNames", lambda names: len(names) < 100, "must be fewer than 100"),
            value("validationMethod", lambda how: how in ("DNS", "EMAIL"), "must be DNS or EMAIL"),
            value("keyAlgorithm", lambda kind: kind in _ALGORITHMS, f"must be one of {', '.join(_ALGORITHMS)}"),
            when("validationMethod", ("DNS",), absent("validationOptions")),
        ),
        seconds=300,
        unlike=("a certificate is issued at once; its body is made up and no client trusts it",),
    ),
    Entry(
        token="aws:acm/certificateValidation:CertificateValidation",
        service="acm",
        inputs=("certificateArn", "validationRecordFqdns"),
        limits={"certificateArn": ARN},
        create=_await_validation,
        read=_read_validation,
        delete=lambda call: None,
        dropped={"validationRecordFqdns": "AWS keeps no list of what was waited for"},
        sets=("validationRecordFqdns",),
        seconds=300,
        unlike=("looks for the records in zones of the certificate's account; a delegation to it is not checked",),
    ),
)
