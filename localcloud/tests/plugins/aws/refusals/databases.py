"""Secrets, database instances, and the subnets and parameters of both databases and caches."""

from localcloud.tests.plugins.aws.cases.rds import KEY, ssl
from localcloud.tests.plugins.aws.cases.secretsmanager import reading
from localcloud.tests.plugins.aws.refusal import Refusals, api, terraform

SECRET, INSTANCE = api("secretsmanager", "CreateSecret"), api("rds", "CreateDBInstance")
SUBNETS, PARAMETERS = api("rds", "CreateDBSubnetGroup"), api("rds", "CreateDBParameterGroup")
CACHE_SUBNETS = api("elasticache", "CreateCacheSubnetGroup")
CACHE_PARAMETERS = api("elasticache", "CreateCacheParameterGroup")
OFFICIAL = terraform("db_instance")
ROLE = "arn:aws:iam::222222222222:role/monitoring"

TABLES = (
    Refusals(
        token="aws:secretsmanager/secret:Secret",
        valid={"name": "slipway/dev/database"},
        refused=(
            ({"name": "two words"}, "name", "must match", SECRET),
            ({"name": "s" * 513}, "name", "at most 512 characters", SECRET),
            ({"description": "d" * 2049}, "description", "at most 2048 characters", SECRET),
            ({"recoveryWindowInDays": 6}, "recoveryWindowInDays", "7 to 30", api("secretsmanager", "DeleteSecret")),
            ({"recoveryWindowInDays": 31}, "recoveryWindowInDays", "7 to 30", api("secretsmanager", "DeleteSecret")),
            ({"policy": "[]"}, "policy", "a policy document", api("secretsmanager", "PutResourcePolicy")),
        ),
        accepted=(
            {"name": "s" * 512},
            {"description": "d" * 2048},
            {"recoveryWindowInDays": 0},
            {"recoveryWindowInDays": 7},
            {"recoveryWindowInDays": 30},
            {"policy": reading("333333333333")},
        ),
    ),
    Refusals(
        token="aws:rds/subnetGroup:SubnetGroup",
        valid={"name": "databases", "subnetIds": ["subnet-1", "subnet-2"]},
        refused=(
            ({"name": "Databases"}, "name", "must match", SUBNETS),
            ({"name": "default"}, "name", "AWS's own", SUBNETS),
            ({"name": "s" * 256}, "name", "at most 255 characters", SUBNETS),
            ({"subnetIds": ["subnet-1"]}, "subnetIds", "at least 2", SUBNETS),
            ({"subnetIds": None}, "subnetIds", "is required", SUBNETS),
        ),
        accepted=({"name": "s" * 255}, {"name": "data bases.of_mine"}),
    ),
    Refusals(
        token="aws:rds/parameterGroup:ParameterGroup",
        valid={"name": "parameters", "family": "postgres17"},
        refused=(
            ({"name": "a--b"}, "name", "must match", PARAMETERS),
            ({"name": "default-mine"}, "name", "AWS's own", PARAMETERS),
            ({"family": None}, "family", "is required", PARAMETERS),
            ({"family": "paper1"}, "family", "a family such as", PARAMETERS),
            ({"family": "postgres"}, "family", "a family such as", PARAMETERS),
            ({"parameters": [*ssl("1"), *ssl("0")]}, "parameters", "once each", api("rds", "ModifyDBParameterGroup")),
            (
                {"parameters": ssl("1", applyMethod="tomorrow")},
                "parameters[0].applyMethod",
                "immediate, pending-reboot",
                api("rds", "Parameter"),
            ),
        ),
        accepted=({"parameters": ssl("1", applyMethod="pending-reboot")}, {"family": "mysql8.4"}),
    ),
    Refusals(
        token="aws:rds/instance:Instance",
        valid={
            "identifier": "slipway-dev",
            "engine": "postgres",
            "instanceClass": "db.t4g.micro",
            "allocatedStorage": 20,
            "username": "slipway",
            "manageMasterUserPassword": True,
        },
        refused=(
            ({"identifier": "Slipway"}, "identifier", "must match", INSTANCE),
            ({"identifier": "ends-"}, "identifier", "must match", INSTANCE),
            ({"identifier": "i" * 64}, "identifier", "at most 63 characters", INSTANCE),
            ({"engine": None}, "engine", "is required", INSTANCE),
            ({"username": None}, "username", "is required", INSTANCE),
            ({"username": "1st"}, "username", "a letter first", INSTANCE),
            ({"instanceClass": "t4g.micro"}, "instanceClass", "db.t4g.micro", INSTANCE),
            ({"allocatedStorage": None}, "allocatedStorage", "is required", INSTANCE),
            ({"allocatedStorage": 4}, "allocatedStorage", "5 to 65536", INSTANCE),
            ({"maxAllocatedStorage": 19}, "maxAllocatedStorage", "at least allocatedStorage", INSTANCE),
            ({"manageMasterUserPassword": None}, "manageMasterUserPassword", "one of", INSTANCE),
            ({"manageMasterUserPassword": False}, "manageMasterUserPassword", "must be true", OFFICIAL),
            ({"password": "a-good-one"}, "password", "together with manageMasterUserPassword", INSTANCE),
            (
                {"manageMasterUserPassword": None, "password": "short"},
                "password",
                "8 to 128 characters",
                INSTANCE,
            ),
            (
                {"manageMasterUserPassword": None, "password": "with@sign-in-it"},
                "password",
                "none of them",
                INSTANCE,
            ),
            (
                {"manageMasterUserPassword": None, "password": "a-good-one", "masterUserSecretKmsKeyId": KEY},
                "manageMasterUserPassword",
                "must be given when masterUserSecretKmsKeyId is",
                INSTANCE,
            ),
            ({"kmsKeyId": KEY}, "kmsKeyId", "cannot be given here", INSTANCE),
            ({"kmsKeyId": "alias/mine", "storageEncrypted": True}, "kmsKeyId", "must match", OFFICIAL),
            ({"multiAz": True, "availabilityZone": "eu-west-1a"}, "availabilityZone", "cannot be given", INSTANCE),
            ({"storageType": "io2"}, "iops", "must be given for io2", INSTANCE),
            ({"storageThroughput": 125}, "storageThroughput", "gp3 only", INSTANCE),
            ({"backupRetentionPeriod": 36}, "backupRetentionPeriod", "0 to 35", INSTANCE),
            ({"backupWindow": "night"}, "backupWindow", "03:00-04:00", INSTANCE),
            ({"maintenanceWindow": "03:00-04:00"}, "maintenanceWindow", "sun:05:00", INSTANCE),
            ({"monitoringInterval": 2}, "monitoringInterval", "must be one of", INSTANCE),
            ({"monitoringInterval": 60}, "monitoringRoleArn", "is required", INSTANCE),
            ({"performanceInsightsKmsKeyId": KEY}, "performanceInsightsKmsKeyId", "cannot be given", INSTANCE),
            (
                {"performanceInsightsRetentionPeriod": 7},
                "performanceInsightsRetentionPeriod",
                "cannot be given",
                INSTANCE,
            ),
            ({"port": 1149}, "port", "1150 to 65535", INSTANCE),
        ),
        accepted=(
            {"identifier": "i" * 63},
            {"allocatedStorage": 5},
            {"maxAllocatedStorage": 20},
            {"maxAllocatedStorage": 0},
            {"manageMasterUserPassword": None, "password": "12345678"},
            {"kmsKeyId": KEY, "storageEncrypted": True},
            {"multiAz": False, "availabilityZone": "eu-west-1a"},
            {"storageType": "io2", "iops": 1000},
            {"storageType": "gp3", "storageThroughput": 125},
            {"backupRetentionPeriod": 35},
            {"monitoringInterval": 60, "monitoringRoleArn": ROLE},
            {"performanceInsightsEnabled": True, "performanceInsightsKmsKeyId": KEY},
            {"port": 1150},
        ),
    ),
    Refusals(
        token="aws:elasticache/subnetGroup:SubnetGroup",
        valid={"name": "caches", "subnetIds": ["subnet-1"]},
        refused=(
            ({"name": "Caches"}, "name", "must match", CACHE_SUBNETS),
            ({"name": "default"}, "name", "AWS's own", CACHE_SUBNETS),
            ({"subnetIds": []}, "subnetIds", "at least 1", CACHE_SUBNETS),
        ),
        accepted=({"name": "s" * 255},),
    ),
    Refusals(
        token="aws:elasticache/parameterGroup:ParameterGroup",
        valid={"name": "parameters", "family": "valkey8"},
        refused=(
            ({"name": "a--b"}, "name", "must match", CACHE_PARAMETERS),
            ({"name": "default-mine"}, "name", "AWS's own", CACHE_PARAMETERS),
            ({"family": "paper1"}, "family", "a family such as", CACHE_PARAMETERS),
            ({"family": None}, "family", "is required", CACHE_PARAMETERS),
            ({"parameters": [{"name": "timeout", "value": "1"}] * 2}, "parameters", "once each", CACHE_PARAMETERS),
        ),
        accepted=({"family": "redis6.x"}, {"family": "redis7"}),
    ),
)
