"""Log groups."""

from localcloud.tests.plugins.aws.conformance import Case

KEY = "arn:aws:kms:${region}:${account}:key/00000000-0000-0000-0000-00000000000"

CASES = (
    Case(
        token="aws:cloudwatch/logGroup:LogGroup",
        inputs={"name": "/slipway/dev/counter", "retentionInDays": 14, "kmsKeyId": f"{KEY}1", "tags": {"team": "x"}},
        updates=(
            {"retentionInDays": 30},
            {"retentionInDays": None},
            {"kmsKeyId": f"{KEY}2"},
            {"kmsKeyId": None},
            {"tags": {"team": "y"}},
        ),
        replaces=({"name": "/slipway/dev/other"}, {"logGroupClass": "INFREQUENT_ACCESS"}),
        refused=(
            {"retentionInDays": 8},
            {"name": "with space"},
            {"name": "aws/mine"},
            {"kmsKeyId": "alias/slipway"},
            {"logGroupClass": "GOLD"},
            {"deletionProtectionEnabled": True},
        ),
    ),
    Case(
        token="aws:cloudwatch/logGroup:LogGroup",
        label="infrequent",
        inputs={"logGroupClass": "INFREQUENT_ACCESS", "retentionInDays": 0},
    ),
    Case(
        token="aws:cloudwatch/logGroup:LogGroup",
        label="kept",
        inputs={"name": "/slipway/kept", "skipDestroy": True},
        stays="skipDestroy says so",
    ),
)
