"""Database instances, and the subnets and parameters that they stand on."""

from typing import Any

from localcloud.tests.plugins.aws.conformance import SUBNETS, VPC, Case, Parent, parents

DATABASE_SUBNETS = Parent("subnets", "aws:rds/subnetGroup:SubnetGroup", {"subnetIds": ["${a.id}", "${b.id}"]})
PARAMETERS = Parent("parameters", "aws:rds/parameterGroup:ParameterGroup", {"family": "postgres17"})
OTHER_PARAMETERS = Parent("others", "aws:rds/parameterGroup:ParameterGroup", {"family": "postgres17"})
GROUP = Parent("group", "aws:ec2/securityGroup:SecurityGroup", {"vpcId": "${vpc.id}"})
THIRD = Parent(
    "c",
    "aws:ec2/subnet:Subnet",
    {"vpcId": "${vpc.id}", "cidrBlock": "10.0.2.0/24", "availabilityZone": "eu-west-1c"},
)
KEY = "arn:aws:kms:eu-west-1:222222222222:key/00000000-0000-0000-0000-000000000001"
INSTANCE: dict[str, Any] = {
    "identifier": "slipway-dev",
    "engine": "postgres",
    "engineVersion": "17",
    "instanceClass": "db.t4g.micro",
    "allocatedStorage": 20,
    "username": "slipway",
    "manageMasterUserPassword": True,
    "dbSubnetGroupName": "${subnets.name}",
    "skipFinalSnapshot": True,
    "applyImmediately": True,
}


def ssl(value: str, **more: str) -> list[dict[str, str]]:
    return [{"name": "rds.force_ssl", "value": value, **more}]


CASES = (
    Case(
        token="aws:rds/subnetGroup:SubnetGroup",
        parents=parents(VPC, SUBNETS, THIRD),
        inputs={
            "name": "slipway-dev",
            "description": "databases",
            "subnetIds": ["${a.id}", "${b.id}"],
            "tags": {"team": "x"},
        },
        updates=(
            {"subnetIds": ["${b.id}", "${c.id}"]},
            {"description": "all databases"},
            {"tags": {"team": "y"}},
        ),
        replaces=({"name": "other"},),
        refused=({"name": "Upper"}, {"name": "default"}, {"subnetIds": ["${a.id}"]}),
    ),
    Case(
        token="aws:rds/parameterGroup:ParameterGroup",
        inputs={
            "name": "slipway-dev",
            "family": "postgres17",
            "description": "parameters",
            "parameters": ssl("1"),
            "skipDestroy": True,
            "tags": {"team": "x"},
        },
        updates=(
            {"parameters": [*ssl("0"), {"name": "log_min_duration_statement", "value": "1000"}]},
            {"parameters": ssl("0", applyMethod="pending-reboot")},
            {"parameters": None},
            {"skipDestroy": False},
            {"tags": {"team": "y"}},
        ),
        replaces=({"name": "other"}, {"family": "postgres16"}, {"description": "others"}),
        refused=({"family": "paper"}, {"name": "default.mine"}, {"parameters": [*ssl("1"), *ssl("0")]}),
    ),
    Case(
        token="aws:rds/instance:Instance",
        parents=parents(VPC, SUBNETS, GROUP, DATABASE_SUBNETS, PARAMETERS, OTHER_PARAMETERS),
        inputs={
            **INSTANCE,
            "dbName": "platform",
            "port": 5433,
            "multiAz": False,
            "storageType": "gp3",
            "storageEncrypted": True,
            "storageThroughput": 125,
            "kmsKeyId": KEY,
            "maxAllocatedStorage": 100,
            "parameterGroupName": "${parameters.name}",
            "vpcSecurityGroupIds": ["${group.id}"],
            "backupRetentionPeriod": 7,
            "backupWindow": "03:00-04:00",
            "maintenanceWindow": "sun:05:00-sun:06:00",
            "copyTagsToSnapshot": True,
            "deletionProtection": True,
            "publiclyAccessible": False,
            "autoMinorVersionUpgrade": False,
            "iamDatabaseAuthenticationEnabled": True,
            "caCertIdentifier": "rds-ca-rsa4096-g1",
            "enabledCloudwatchLogsExports": ["postgresql"],
            "performanceInsightsEnabled": True,
            "performanceInsightsKmsKeyId": KEY,
            "performanceInsightsRetentionPeriod": 7,
            "monitoringInterval": 60,
            "monitoringRoleArn": "arn:aws:iam::${account}:role/monitoring",
            "masterUserSecretKmsKeyId": "alias/slipway",
            "allowMajorVersionUpgrade": False,
            "deleteAutomatedBackups": True,
            "finalSnapshotIdentifier": "last",
            "tags": {"team": "x"},
        },
        updates=(
            {"instanceClass": "db.t4g.small"},
            {"allocatedStorage": 30, "maxAllocatedStorage": None},
            {"multiAz": True},
            {"backupRetentionPeriod": 14, "backupWindow": "04:00-05:00", "maintenanceWindow": "mon:05:00-mon:06:00"},
            {"parameterGroupName": "${others.name}"},
            {"copyTagsToSnapshot": None, "publiclyAccessible": True},
            {"autoMinorVersionUpgrade": None, "storageThroughput": 250},
            {"iamDatabaseAuthenticationEnabled": False, "caCertIdentifier": "rds-ca-rsa2048-g1"},
            {"enabledCloudwatchLogsExports": ["upgrade"]},
            {"performanceInsightsRetentionPeriod": 31},
            {"monitoringInterval": 30, "monitoringRoleArn": "arn:aws:iam::${account}:role/others"},
            {"engineVersion": "18", "allowMajorVersionUpgrade": True},
            {"deletionProtection": False, "tags": {"team": "y"}},
        ),
        replaces=(
            {"identifier": "other"},
            {"dbName": "other"},
            {"port": 5434},
            {"username": "other"},
            {"engine": "mysql"},
            {"storageEncrypted": False, "kmsKeyId": None},
            {"dbSubnetGroupName": "other"},
        ),
        refused=(
            {"identifier": "Upper"},
            {"password": "in-plain-text"},
            {"manageMasterUserPassword": None},
            {"allocatedStorage": None},
            {"maxAllocatedStorage": 10},
            {"backupRetentionPeriod": 36},
            {"monitoringInterval": 2},
            {"monitoringRoleArn": None},
            {"storageType": "io2"},
            {"snapshotIdentifier": "old"},
        ),
    ),
    Case(
        token="aws:rds/instance:Instance",
        label="with-a-password",
        parents=parents(VPC, SUBNETS, DATABASE_SUBNETS),
        inputs={
            **{key: each for key, each in INSTANCE.items() if key != "manageMasterUserPassword"},
            "password": "not-in-plain-text",
            "availabilityZone": "eu-west-1b",
        },
        updates=({"password": "nor-this-one"}, {"storageType": "io2", "iops": 3000}, {"iops": 4000}),
        replaces=({"availabilityZone": "eu-west-1a"},),
    ),
)
