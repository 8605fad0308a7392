"""RDS: what AWS refuses in a database instance and no schema says."""

import re

from localcloud.plugins.aws.entry import Properties
from localcloud.plugins.aws.rules import absent, given, needs, one_of, required, value, when
from localcloud.plugins.aws.services.databases import daily, weekly
from localcloud.plugins.provider import UNKNOWN

_OWN_STORAGE = ("io1", "io2")
_MONITORING = (0, 1, 5, 10, 15, 30, 60)


def _storage(inputs: Properties) -> tuple[str, str] | None:
    """Judge storage that grows and storage whose speed is bought."""
    size, most, kind = inputs.get("allocatedStorage"), inputs.get("maxAllocatedStorage"), inputs.get("storageType")
    if isinstance(size, int) and isinstance(most, int) and most and most < size:
        return "maxAllocatedStorage", f"must be at least allocatedStorage {size}, or 0, got {most}"
    if kind in _OWN_STORAGE and not given(inputs, "iops"):
        return "iops", f"must be given for {kind}"
    if kind is not UNKNOWN and given(inputs, "storageThroughput") and kind != "gp3":
        return "storageThroughput", "means something for gp3 only"
    return None


def _password(inputs: Properties) -> tuple[str, str] | None:
    """Judge a password without ever showing it."""
    text = inputs.get("password")
    if not isinstance(text, str) or (8 <= len(text) <= 128 and not set(text) & set('/"@ ')):
        return None
    return "password", 'must have 8 to 128 characters, none of them /, ", @ or a space'


RULES = (
    required("engine", "username", "allocatedStorage"),
    one_of("manageMasterUserPassword", "password"),
    value("manageMasterUserPassword", lambda on: on is True, "must be true or not given"),
    needs("masterUserSecretKmsKeyId", "manageMasterUserPassword"),
    when("storageEncrypted", (None, False), absent("kmsKeyId")),
    when(
        "performanceInsightsEnabled",
        (None, False),
        absent("performanceInsightsKmsKeyId", "performanceInsightsRetentionPeriod"),
    ),
    when("multiAz", (True,), absent("availabilityZone")),
    when("monitoringInterval", _MONITORING[1:], required("monitoringRoleArn")),
    _storage,
    value("allocatedStorage", lambda size: 5 <= int(size) <= 65536, "must be 5 to 65536 GiB"),
    value("backupRetentionPeriod", lambda days: 0 <= int(days) <= 35, "must be 0 to 35 days"),
    daily("backupWindow"),
    value("instanceClass", lambda name: name.startswith("db."), "must be like db.t4g.micro"),
    weekly("maintenanceWindow"),
    value("monitoringInterval", lambda got: int(got) in _MONITORING, f"must be one of {_MONITORING}"),
    value("port", lambda port: 1150 <= int(port) <= 65535, "must be 1150 to 65535"),
    value(
        "username",
        lambda name: bool(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,62}", name)),
        "must be of letters, digits and _, a letter first, at most 63",
    ),
    _password,
)
