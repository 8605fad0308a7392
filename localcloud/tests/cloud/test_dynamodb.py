"""DynamoDB where data must not be lost: restores, conditions under many requests at once, ends of items."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.tests.cloud.calls import name, refusal
from localcloud.tests.cloud.stage import until

pytestmark = [pytest.mark.cloud]

CALLS = 200
WORKERS = 32


@pytest.fixture
def dynamodb(client: Any) -> Any:
    return client("dynamodb")


def create(dynamodb: Any, **settings: Any) -> str:
    """Create a table of one design: keys `pk` and `sk`, an index the other way round."""
    table = name()
    dynamodb.create_table(
        TableName=table,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": each, "AttributeType": "S"} for each in ("pk", "sk")],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "inverse",
                "KeySchema": [{"AttributeName": "sk", "KeyType": "HASH"}, {"AttributeName": "pk", "KeyType": "RANGE"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        **settings,
    )
    return table


def recoverable(dynamodb: Any) -> str:
    table = create(dynamodb)
    dynamodb.update_continuous_backups(
        TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    return table


def put(dynamodb: Any, table: str, key: str, text: str) -> None:
    dynamodb.put_item(TableName=table, Item={"pk": {"S": key}, "sk": {"S": "list"}, "text": {"S": text}})


def content(dynamodb: Any, table: str) -> dict[str, str]:
    found = dynamodb.scan(TableName=table)["Items"]
    return {each["pk"]["S"]: each["text"]["S"] for each in found}


def next_second() -> int:
    """Wait for the second after this one, which a request can name, and return it."""
    moment = int(time.time()) + 1
    until(lambda: time.time() >= moment + 0.01, "the clock stood still")
    return moment


def test_a_table_is_restored_as_it_was_at_a_second(dynamodb: Any) -> None:
    table = recoverable(dynamodb)
    put(dynamodb, table, "a", "first")
    put(dynamodb, table, "b", "first")
    moment = next_second()
    put(dynamodb, table, "a", "second")
    dynamodb.delete_item(TableName=table, Key={"pk": {"S": "b"}, "sk": {"S": "list"}})
    key = {"pk": {"S": "c"}, "sk": {"S": "list"}}
    values = {":text": {"S": "late"}}
    dynamodb.update_item(
        TableName=table,
        Key=key,
        UpdateExpression="SET #text = :text",
        ExpressionAttributeNames={"#text": "text"},
        ExpressionAttributeValues=values,
    )
    assert content(dynamodb, table) == {"a": "second", "c": "late"}
    past, latest = name(), name()
    restored = dynamodb.restore_table_to_point_in_time(
        SourceTableName=table, TargetTableName=past, RestoreDateTime=moment
    )["TableDescription"]
    assert restored["RestoreSummary"]["RestoreInProgress"] is False
    dynamodb.get_waiter("table_exists").wait(TableName=past)
    assert content(dynamodb, past) == {"a": "first", "b": "first"}
    found = dynamodb.query(
        TableName=past,
        IndexName="inverse",
        KeyConditionExpression="sk = :sk",
        ExpressionAttributeValues={":sk": {"S": "list"}},
    )
    assert [each["pk"]["S"] for each in found["Items"]] == ["a", "b"]
    dynamodb.restore_table_to_point_in_time(SourceTableName=table, TargetTableName=latest, UseLatestRestorableTime=True)
    assert content(dynamodb, latest) == {"a": "second", "c": "late"}


def test_only_the_past_of_a_table_with_recovery_can_be_restored(dynamodb: Any) -> None:
    table, plain = recoverable(dynamodb), create(dynamodb)
    call = dynamodb.restore_table_to_point_in_time
    assert (
        refusal(call, SourceTableName=plain, TargetTableName=name(), UseLatestRestorableTime=True)
        == "PointInTimeRecoveryUnavailableException"
    )
    for moment in (time.time() - 86400, time.time() + 86400):
        assert (
            refusal(call, SourceTableName=table, TargetTableName=name(), RestoreDateTime=moment)
            == "InvalidRestoreTimeException"
        )
    recovery = dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    found = recovery["PointInTimeRecoveryDescription"]
    assert (found["PointInTimeRecoveryStatus"], found["RecoveryPeriodInDays"]) == ("ENABLED", 35)
    assert found["EarliestRestorableDateTime"] <= found["LatestRestorableDateTime"]


def test_a_backup_is_restored_with_its_key_after_its_table_is_gone(dynamodb: Any, client: Any) -> None:
    key = client("kms").create_key()["KeyMetadata"]["Arn"]
    table = create(dynamodb, SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key})
    put(dynamodb, table, "a", "first")
    backup = dynamodb.create_backup(TableName=table, BackupName="before")["BackupDetails"]["BackupArn"]
    put(dynamodb, table, "a", "second")
    dynamodb.delete_table(TableName=table)
    target = name()
    restored = dynamodb.restore_table_from_backup(TargetTableName=target, BackupArn=backup)["TableDescription"]
    assert restored["SSEDescription"]["KMSMasterKeyArn"] == key
    assert content(dynamodb, target) == {"a": "first"}
    dynamodb.delete_backup(BackupArn=backup)


def test_of_two_hundred_at_once_one_reserves_the_last(dynamodb: Any) -> None:
    table = create(dynamodb)
    put(dynamodb, table, "a", "free")

    def reserve(number: int) -> bool:
        try:
            dynamodb.update_item(
                TableName=table,
                Key={"pk": {"S": "a"}, "sk": {"S": "list"}},
                UpdateExpression="SET #text = :taken",
                ConditionExpression="#text = :free",
                ExpressionAttributeNames={"#text": "text"},
                ExpressionAttributeValues={":taken": {"S": str(number)}, ":free": {"S": "free"}},
            )
        except ClientError as error:
            assert error.response["Error"]["Code"] == "ConditionalCheckFailedException"
            return False
        return True

    with ThreadPoolExecutor(WORKERS) as pool:
        won = list(pool.map(reserve, range(CALLS)))
    assert won.count(True) == 1
    assert content(dynamodb, table) == {"a": str(won.index(True))}


def test_transactions_at_once_lose_no_count_and_leave_nothing_half_done(dynamodb: Any) -> None:
    table = create(dynamodb)
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "a"}, "sk": {"S": "list"}, "left": {"N": "7"}})

    def reserve(number: int) -> bool:
        take = {
            "TableName": table,
            "Key": {"pk": {"S": "a"}, "sk": {"S": "list"}},
            "UpdateExpression": "SET #left = #left - :one",
            "ConditionExpression": "#left >= :one",
            "ExpressionAttributeNames": {"#left": "left"},
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        }
        note = {
            "TableName": table,
            "Item": {"pk": {"S": "a"}, "sk": {"S": f"reservation#{number}"}},
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        try:
            dynamodb.transact_write_items(TransactItems=[{"Put": note}, {"Update": take}])
        except ClientError as error:
            assert error.response["Error"]["Code"] == "TransactionCanceledException"
            assert [each["Code"] for each in error.response["CancellationReasons"]] == [
                "None",
                "ConditionalCheckFailed",
            ]
            return False
        return True

    with ThreadPoolExecutor(WORKERS) as pool:
        won = list(pool.map(reserve, range(CALLS)))
    items = dynamodb.scan(TableName=table)["Items"]
    assert won.count(True) == 7
    assert len([each for each in items if each["sk"]["S"].startswith("reservation#")]) == 7
    assert [each["left"]["N"] for each in items if each["sk"]["S"] == "list"] == ["0"]


def test_an_index_is_read_page_by_page(dynamodb: Any) -> None:
    table = create(dynamodb)
    for number in range(7):
        put(dynamodb, table, f"list#{number}", "x")
    pages = dynamodb.get_paginator("query").paginate(
        TableName=table,
        IndexName="inverse",
        KeyConditionExpression="sk = :sk AND begins_with(pk, :list)",
        ExpressionAttributeValues={":sk": {"S": "list"}, ":list": {"S": "list#"}},
        ScanIndexForward=False,
        PaginationConfig={"PageSize": 3},
    )
    found = [[each["pk"]["S"] for each in page["Items"]] for page in pages]
    assert [len(page) for page in found] == [3, 3, 1]
    assert [key for page in found for key in page] == [f"list#{number}" for number in reversed(range(7))]


def test_an_item_ends_at_its_time_and_its_stream_says_who_did_it(dynamodb: Any, client: Any) -> None:
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    table = create(dynamodb, StreamSpecification=stream)
    dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": "ends"})
    moments = {"old": time.time() - 10, "later": time.time() + 86400, "ancient": time.time() - 6 * 365 * 86400}
    for key, moment in moments.items():
        item = {"pk": {"S": key}, "sk": {"S": "list"}, "text": {"S": "x"}, "ends": {"N": str(int(moment))}}
        dynamodb.put_item(TableName=table, Item=item)
    until(lambda: "old" not in content(dynamodb, table), "the item did not end")
    assert content(dynamodb, table) == {"later": "x", "ancient": "x"}
    streams = client("dynamodbstreams")
    arn = dynamodb.describe_table(TableName=table)["Table"]["LatestStreamArn"]
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    begin = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    records = streams.get_records(ShardIterator=begin["ShardIterator"])["Records"]
    assert [each["eventName"] for each in records] == ["INSERT", "INSERT", "INSERT", "REMOVE"]
    assert records[-1]["userIdentity"] == {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"}


def test_a_protected_table_stays(dynamodb: Any) -> None:
    table = create(dynamodb, DeletionProtectionEnabled=True)
    assert refusal(dynamodb.delete_table, TableName=table) == "ValidationException"
    dynamodb.update_table(TableName=table, DeletionProtectionEnabled=False)
    dynamodb.delete_table(TableName=table)
    assert refusal(dynamodb.describe_table, TableName=table) == "ResourceNotFoundException"
