"""RDS and ElastiCache without Docker: records, secrets, refusals."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud import cloud

pytestmark = [pytest.mark.cloud]

ACCOUNT = "888888888888"


@pytest.fixture
def rds(plain: cloud.Cloud) -> Any:
    return cloud.client("rds", ACCOUNT, plain)


@pytest.fixture
def elasticache(plain: cloud.Cloud) -> Any:
    return cloud.client("elasticache", ACCOUNT, plain)


def instance(rds: Any, name: str, **more: Any) -> dict[str, Any]:
    given = {"Engine": "postgres", "EngineVersion": "17.4", "DBInstanceClass": "db.t4g.micro", "AllocatedStorage": 20}
    made = rds.create_db_instance(DBInstanceIdentifier=name, MasterUsername="platform", **given, **more)
    return dict(made["DBInstance"])


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_a_managed_password_is_in_a_secret_that_goes_with_the_instance(rds: Any, plain: cloud.Cloud) -> None:
    secrets = cloud.client("secretsmanager", ACCOUNT, plain)
    secret = instance(rds, "managed", ManageMasterUserPassword=True)["MasterUserSecret"]
    assert secret["SecretStatus"] == "active"
    first = json.loads(secrets.get_secret_value(SecretId=secret["SecretArn"])["SecretString"])
    assert first["username"] == "platform"
    rds.modify_db_instance(DBInstanceIdentifier="managed", RotateMasterUserPassword=True, ApplyImmediately=True)
    second = json.loads(secrets.get_secret_value(SecretId=secret["SecretArn"])["SecretString"])
    assert len({"", first["password"], second["password"]}) == 3
    rds.delete_db_instance(DBInstanceIdentifier="managed", SkipFinalSnapshot=True)
    with pytest.raises(ClientError) as error:
        secrets.describe_secret(SecretId=secret["SecretArn"])
    assert code(error) == "ResourceNotFoundException"


def test_a_managed_password_is_not_given_by_hand(rds: Any) -> None:
    with pytest.raises(ClientError) as error:
        instance(rds, "both", ManageMasterUserPassword=True, MasterUserPassword="by-hand-1234")
    assert code(error) == "InvalidParameterCombination"


def test_an_instance_gives_back_what_it_was_given(rds: Any) -> None:
    made = instance(
        rds,
        "kept",
        MasterUserPassword="by-hand-1234",
        EnableCloudwatchLogsExports=["postgresql", "upgrade"],
        EnablePerformanceInsights=True,
        StorageThroughput=125,
        PreferredBackupWindow="01:00-02:00",
    )
    assert made["EnabledCloudwatchLogsExports"] == ["postgresql", "upgrade"]
    assert (made["PerformanceInsightsEnabled"], made["StorageThroughput"]) == (True, 125)
    changed = rds.modify_db_instance(
        DBInstanceIdentifier="kept",
        CloudwatchLogsExportConfiguration={"DisableLogTypes": ["upgrade"]},
        AutoMinorVersionUpgrade=False,
        ApplyImmediately=True,
    )["DBInstance"]
    assert (changed["EnabledCloudwatchLogsExports"], changed["AutoMinorVersionUpgrade"]) == (["postgresql"], False)
    rds.delete_db_instance(DBInstanceIdentifier="kept", SkipFinalSnapshot=True)


def test_an_instance_is_deleted_with_a_last_snapshot_or_a_word_that_none_is_wanted(
    rds: Any, plain: cloud.Cloud
) -> None:
    instance(rds, "last", MasterUserPassword="by-hand-1234")
    with pytest.raises(ClientError, match="FinalDBSnapshotIdentifier is required"):
        rds.delete_db_instance(DBInstanceIdentifier="last")
    rds.delete_db_instance(DBInstanceIdentifier="last", FinalDBSnapshotIdentifier="kept-data")
    assert "rds snapshot kept-data" in cloud.leftovers(plain.endpoint, plain.region, ACCOUNT)
    instance(rds, "last", MasterUserPassword="by-hand-1234")
    with pytest.raises(ClientError) as error:
        rds.delete_db_instance(DBInstanceIdentifier="last", FinalDBSnapshotIdentifier="kept-data")
    assert code(error) == "DBSnapshotAlreadyExists"
    rds.delete_db_snapshot(DBSnapshotIdentifier="kept-data")
    rds.delete_db_instance(DBInstanceIdentifier="last", SkipFinalSnapshot=True)


def test_a_protected_instance_stays(rds: Any) -> None:
    instance(rds, "protected", MasterUserPassword="by-hand-1234", DeletionProtection=True)
    with pytest.raises(ClientError) as error:
        rds.delete_db_instance(DBInstanceIdentifier="protected", SkipFinalSnapshot=True)
    assert code(error) == "InvalidParameterCombination"
    rds.modify_db_instance(DBInstanceIdentifier="protected", DeletionProtection=False, ApplyImmediately=True)
    rds.delete_db_instance(DBInstanceIdentifier="protected", SkipFinalSnapshot=True)


def test_groups_that_an_instance_uses_stay(rds: Any, plain: cloud.Cloud) -> None:
    ec2 = cloud.client("ec2", ACCOUNT, plain)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    described = {"DBSubnetGroupName": "data", "DBSubnetGroupDescription": "data"}
    rds.create_db_subnet_group(**described, SubnetIds=[subnet])
    with pytest.raises(ClientError) as twice:
        rds.create_db_subnet_group(**described, SubnetIds=[subnet])
    assert code(twice) == "DBSubnetGroupAlreadyExists"
    rds.create_db_parameter_group(
        DBParameterGroupName="data", DBParameterGroupFamily="postgres17", Description="data & more"
    )
    groups = {"DBSubnetGroupName": "data", "DBParameterGroupName": "data"}
    instance(rds, "user", MasterUserPassword="by-hand-1234", **groups)
    with pytest.raises(ClientError) as subnets:
        rds.delete_db_subnet_group(DBSubnetGroupName="data")
    with pytest.raises(ClientError) as parameters:
        rds.delete_db_parameter_group(DBParameterGroupName="data")
    assert (code(subnets), code(parameters)) == ("InvalidDBSubnetGroupStateFault", "InvalidDBParameterGroupState")
    rds.delete_db_instance(DBInstanceIdentifier="user", SkipFinalSnapshot=True)
    rds.delete_db_subnet_group(DBSubnetGroupName="data")
    rds.delete_db_parameter_group(DBParameterGroupName="data")


def test_a_cache_user_keeps_its_access_string(elasticache: Any) -> None:
    access = "on ~app:* resetchannels &app:* -@all +@read"
    mode = {"Type": "password", "Passwords": ["long-enough-password", "another-long-password"]}
    made = elasticache.create_user(
        UserId="app", UserName="app", Engine="valkey", AccessString=access, AuthenticationMode=mode
    )
    assert (made["AccessString"], made["Authentication"]) == (access, {"Type": "password", "PasswordCount": 2})
    changed = elasticache.modify_user(UserId="app", AppendAccessString="+ping", NoPasswordRequired=True)
    assert changed["AccessString"] == f"{access} +ping"
    assert changed["Authentication"] == {"Type": "no-password", "PasswordCount": 0}
    with pytest.raises(ClientError) as error:
        elasticache.modify_user(UserId="app", AccessString="everything please")
    assert code(error) == "InvalidParameterValue"
    elasticache.create_user_group(UserGroupId="apps", Engine="valkey", UserIds=["app"])
    elasticache.delete_user(UserId="app")
    assert elasticache.describe_user_groups()["UserGroups"][0].get("UserIds", []) == []
    elasticache.delete_user_group(UserGroupId="apps")


def test_only_what_somebody_set_is_listed_as_theirs(elasticache: Any) -> None:
    described = {"CacheParameterGroupFamily": "valkey8", "Description": "queues & more"}
    made = elasticache.create_cache_parameter_group(CacheParameterGroupName="queue", **described)
    assert made["CacheParameterGroup"]["Description"] == "queues & more"
    values = [{"ParameterName": "maxmemory-policy", "ParameterValue": "noeviction"}]
    elasticache.modify_cache_parameter_group(CacheParameterGroupName="queue", ParameterNameValues=values)
    found = elasticache.describe_cache_parameters(CacheParameterGroupName="queue", Source="user")["Parameters"]
    assert [(each["ParameterName"], each["ParameterValue"]) for each in found] == [("maxmemory-policy", "noeviction")]
    assert len(elasticache.describe_cache_parameters(CacheParameterGroupName="queue")["Parameters"]) > 1
    elasticache.delete_cache_parameter_group(CacheParameterGroupName="queue")


def test_a_replication_group_and_its_clusters_keep_changes(elasticache: Any) -> None:
    elasticache.create_replication_group(
        ReplicationGroupId="queue",
        ReplicationGroupDescription="queue",
        Engine="valkey",
        EngineVersion="8.0",
        CacheNodeType="cache.t4g.micro",
        NumCacheClusters=2,
        Port=6380,
    )
    [group] = elasticache.describe_replication_groups(ReplicationGroupId="queue")["ReplicationGroups"]
    assert group["NodeGroups"][0]["PrimaryEndpoint"]["Port"] == 6380
    elasticache.modify_replication_group(
        ReplicationGroupId="queue",
        CacheNodeType="cache.t4g.small",
        PreferredMaintenanceWindow="mon:01:00-mon:02:00",
        ApplyImmediately=True,
    )
    [group] = elasticache.describe_replication_groups(ReplicationGroupId="queue")["ReplicationGroups"]
    clusters = elasticache.describe_cache_clusters()["CacheClusters"]
    assert group["CacheNodeType"] == "cache.t4g.small"
    assert [(each["CacheNodeType"], each["PreferredMaintenanceWindow"]) for each in clusters] == [
        ("cache.t4g.small", "mon:01:00-mon:02:00")
    ] * 2
    elasticache.delete_replication_group(ReplicationGroupId="queue")
