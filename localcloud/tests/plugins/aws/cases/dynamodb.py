"""Tables."""

from typing import Any

from localcloud.tests.plugins.aws.cases.kms import KEY
from localcloud.tests.plugins.aws.conformance import Case

TOKEN = "aws:dynamodb/table:Table"


def attributes(**types: str) -> list[dict[str, str]]:
    return [{"name": name, "type": kind} for name, kind in types.items()]


def by_owner(**more: Any) -> dict[str, Any]:
    return {"name": "by-owner", "hashKey": "owner", "projectionType": "ALL", **more}


BY_TIME = {"name": "by-time", "hashKey": "owner", "rangeKey": "time", "projectionType": "KEYS_ONLY"}

CASES = (
    Case(
        token=TOKEN,
        parents=(KEY,),
        inputs={
            "name": "counter-conformance",
            "hashKey": "id",
            "attributes": attributes(id="S"),
            "billingMode": "PAY_PER_REQUEST",
            "deletionProtectionEnabled": True,
            "pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 14},
            "serverSideEncryption": {"enabled": True, "kmsKeyArn": "${key.arn}"},
            "ttl": {"enabled": True, "attributeName": "expires"},
            "streamEnabled": True,
            "streamViewType": "NEW_IMAGE",
            "tableClass": "STANDARD_INFREQUENT_ACCESS",
            "onDemandThroughput": {"maxReadRequestUnits": 10, "maxWriteRequestUnits": 5},
            "tags": {"team": "x"},
        },
        updates=(
            {"deletionProtectionEnabled": False},
            {"pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 7}},
            {"pointInTimeRecovery": None},
            {"serverSideEncryption": {"enabled": True}},
            {"serverSideEncryption": None},
            {"ttl": {"enabled": True, "attributeName": "ends"}},
            {"ttl": None},
            {"streamViewType": "NEW_AND_OLD_IMAGES"},
            {"streamEnabled": False, "streamViewType": None},
            {"tableClass": "STANDARD"},
            {"onDemandThroughput": {"maxReadRequestUnits": 20, "maxWriteRequestUnits": 5}},
            {"onDemandThroughput": None},
            {"billingMode": "PROVISIONED", "readCapacity": 5, "writeCapacity": 6},
            {"readCapacity": 7},
            {"writeCapacity": 8},
            {"billingMode": "PAY_PER_REQUEST", "readCapacity": None, "writeCapacity": None},
            {"tags": {"team": "y"}},
        ),
        replaces=(
            {"hashKey": "other", "attributes": attributes(other="S")},
            {"attributes": attributes(id="N")},
            {"rangeKey": "time", "attributes": attributes(id="S", time="N")},
            {"name": "counter-other"},
        ),
        refused=(
            {"hashKey": None},
            {"attributes": None},
            {"attributes": attributes(id="S", idle="S")},
            {"attributes": attributes(other="S")},
            {"attributes": [*attributes(id="S"), *attributes(id="N")]},
            {"billingMode": "FREE"},
            {"billingMode": "PROVISIONED"},
            {"readCapacity": 5},
            {"streamViewType": None},
            {"streamEnabled": False},
            {"streamViewType": "ALL"},
            {"tableClass": "GOLD"},
            {"name": "a b"},
            {"globalSecondaryIndexes": [by_owner(hashKey="id", projectionType="SOME")]},
            {"globalSecondaryIndexes": [by_owner(hashKey="id", name="i")]},
            {"globalSecondaryIndexes": [by_owner(hashKey="id"), by_owner(hashKey="id")]},
            {"globalSecondaryIndexes": [by_owner(hashKey="id", projectionType="INCLUDE")]},
            {"globalSecondaryIndexes": [by_owner(hashKey=None)]},
            {"replicas": [{"regionName": "us-east-1"}]},
        ),
    ),
    Case(
        token=TOKEN,
        label="indexed",
        inputs={
            "hashKey": "id",
            "rangeKey": "time",
            "attributes": attributes(id="S", time="N", owner="S"),
            "billingMode": "PAY_PER_REQUEST",
            "globalSecondaryIndexes": [
                by_owner(onDemandThroughput={"maxReadRequestUnits": 5, "maxWriteRequestUnits": 5})
            ],
            "localSecondaryIndexes": [{"name": "local", "rangeKey": "owner", "projectionType": "ALL"}],
        },
        updates=(
            {
                "globalSecondaryIndexes": [
                    by_owner(onDemandThroughput={"maxReadRequestUnits": 9, "maxWriteRequestUnits": 5})
                ]
            },
            {"globalSecondaryIndexes": [by_owner(), BY_TIME]},
            {"globalSecondaryIndexes": [by_owner(projectionType="INCLUDE", nonKeyAttributes=["a", "b"]), BY_TIME]},
            {
                "attributes": attributes(id="S", time="N", owner="S", kind="S"),
                "globalSecondaryIndexes": [
                    {
                        "name": "by-kind",
                        "keySchemas": [{"attributeName": "kind", "keyType": "HASH"}],
                        "projectionType": "ALL",
                    }
                ],
            },
        ),
        unimported=("globalSecondaryIndexes",),
        replaces=(
            {
                "localSecondaryIndexes": None,
                "globalSecondaryIndexes": [by_owner()],
                "attributes": attributes(id="S", time="N", owner="S"),
            },
        ),
    ),
    Case(
        token=TOKEN,
        label="provisioned",
        inputs={
            "hashKey": "id",
            "attributes": attributes(id="S", owner="S"),
            "readCapacity": 1,
            "writeCapacity": 1,
            "globalSecondaryIndexes": [by_owner(readCapacity=2, writeCapacity=2)],
        },
        updates=(
            {"globalSecondaryIndexes": [by_owner(readCapacity=3, writeCapacity=2)]},
            {
                "billingMode": "PAY_PER_REQUEST",
                "readCapacity": None,
                "writeCapacity": None,
                "globalSecondaryIndexes": [by_owner()],
            },
        ),
        refused=({"billingMode": "PAY_PER_REQUEST"}, {"readCapacity": None}),
    ),
    Case(
        token=TOKEN,
        label="billing",
        inputs={
            "hashKey": "id",
            "attributes": attributes(id="S", owner="S"),
            "billingMode": "PAY_PER_REQUEST",
            "globalSecondaryIndexes": [by_owner()],
        },
        updates=(
            {
                "billingMode": "PROVISIONED",
                "readCapacity": 1,
                "writeCapacity": 1,
                "globalSecondaryIndexes": [by_owner(readCapacity=3, writeCapacity=3)],
            },
        ),
        refused=({"billingMode": None}, {"readCapacity": 1}),
        unread=("globalSecondaryIndexes",),
    ),
)
