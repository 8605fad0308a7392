"""Caches and their users."""

from localcloud.tests.plugins.aws.cases.elasticache import KEY, NOBODY, log
from localcloud.tests.plugins.aws.refusal import Refusals, api, terraform

USER, GROUP = api("elasticache", "CreateUser"), api("elasticache", "CreateUserGroup")
CACHE = api("elasticache", "CreateReplicationGroup")
OFFICIAL = terraform("elasticache_user")
WITHOUT = {"noPasswordRequired": None}
GOOD = "a-password-of-16"

TABLES = (
    Refusals(
        token="aws:elasticache/user:User",
        valid={**NOBODY, "userId": "market", "userName": "market"},
        refused=(
            ({"userId": "Market"}, "userId", "small letters", USER),
            ({"userId": "m" * 41}, "userId", "at most 40", USER),
            ({"userName": "two words"}, "userName", "must match", USER),
            ({"accessString": None}, "accessString", "is required", USER),
            ({"accessString": ""}, "accessString", "must match", USER),
            ({"engine": "memcached"}, "engine", "redis, valkey", USER),
            (WITHOUT, "authenticationMode", "must be given", OFFICIAL),
            ({"noPasswordRequired": False}, "noPasswordRequired", "must be true", OFFICIAL),
            ({"passwords": [GOOD]}, "passwords", "together with noPasswordRequired", USER),
            ({**WITHOUT, "passwords": ["too-short"]}, "passwords", "16 to 128 characters", USER),
            ({**WITHOUT, "passwords": [GOOD] * 3}, "passwords", "1 or 2", USER),
            (
                {**WITHOUT, "authenticationMode": {"type": "key"}},
                "authenticationMode.type",
                "must be one of",
                api("elasticache", "AuthenticationMode"),
            ),
            (
                {**WITHOUT, "authenticationMode": {"type": "password"}},
                "authenticationMode",
                "give passwords instead",
                api("elasticache", "AuthenticationMode"),
            ),
            (
                {**WITHOUT, "authenticationMode": {"type": "iam", "passwords": [GOOD]}},
                "authenticationMode.passwords",
                "in plain text",
                OFFICIAL,
            ),
        ),
        accepted=(
            {"userId": "m" * 40},
            {**WITHOUT, "passwords": [GOOD]},
            {**WITHOUT, "passwords": [GOOD, "p" * 128]},
            {**WITHOUT, "authenticationMode": {"type": "iam"}},
        ),
    ),
    Refusals(
        token="aws:elasticache/userGroup:UserGroup",
        valid={"userGroupId": "users", "engine": "valkey"},
        refused=(
            ({"userGroupId": "Users"}, "userGroupId", "small letters", GROUP),
            ({"userGroupId": "u" * 41}, "userGroupId", "at most 40", GROUP),
            ({"engine": "memcached"}, "engine", "redis, valkey", GROUP),
            ({"engine": "redis"}, "userIds", "userName is default", GROUP),
            ({"userIds": [f"user-{number}" for number in range(101)]}, "userIds", "at most 100", GROUP),
        ),
        accepted=({"userGroupId": "u" * 40}, {"engine": "redis", "userIds": ["default"]}),
    ),
    Refusals(
        token="aws:elasticache/userGroupAssociation:UserGroupAssociation",
        valid={"userGroupId": "users", "userId": "market"},
        refused=(
            ({"userId": "Market"}, "userId", "small letters", api("elasticache", "ModifyUserGroup")),
            ({"userGroupId": "two words"}, "userGroupId", "small letters", api("elasticache", "ModifyUserGroup")),
            ({"userId": None}, "userId", "is required", api("elasticache", "ModifyUserGroup")),
        ),
    ),
    Refusals(
        token="aws:elasticache/replicationGroup:ReplicationGroup",
        valid={"replicationGroupId": "cache", "description": "cache", "engine": "valkey"},
        refused=(
            ({"replicationGroupId": "Cache"}, "replicationGroupId", "must match", CACHE),
            ({"replicationGroupId": "c" * 41}, "replicationGroupId", "at most 40 characters", CACHE),
            ({"description": None}, "description", "is required", CACHE),
            ({"engine": "memcached"}, "engine", "redis, valkey", CACHE),
            ({"nodeType": "t4g.micro"}, "nodeType", "cache.t4g.micro", CACHE),
            ({"numCacheClusters": 0}, "numCacheClusters", "1 to 6", CACHE),
            ({"numCacheClusters": 7}, "numCacheClusters", "1 to 6", CACHE),
            ({"automaticFailoverEnabled": True}, "numCacheClusters", "at least 2", CACHE),
            ({"numCacheClusters": 2, "multiAzEnabled": True}, "automaticFailoverEnabled", "must be true", CACHE),
            ({"userGroupIds": ["users"]}, "transitEncryptionEnabled", "must be true for userGroupIds", CACHE),
            ({"transitEncryptionMode": "required"}, "transitEncryptionEnabled", "must be true", CACHE),
            (
                {"transitEncryptionEnabled": True, "transitEncryptionMode": "often"},
                "transitEncryptionMode",
                "preferred, required",
                CACHE,
            ),
            ({"transitEncryptionEnabled": True, "userGroupIds": ["a", "b"]}, "userGroupIds", "one only", CACHE),
            ({"kmsKeyId": KEY}, "kmsKeyId", "cannot be given here", CACHE),
            ({"snapshotRetentionLimit": 36}, "snapshotRetentionLimit", "0 to 35", CACHE),
            ({"snapshotWindow": "night"}, "snapshotWindow", "03:00-04:00", CACHE),
            ({"maintenanceWindow": "night"}, "maintenanceWindow", "sun:05:00", CACHE),
            (
                {"logDeliveryConfigurations": [log("chat-log")]},
                "logDeliveryConfigurations[0].logType",
                "engine-log, slow-log",
                api("elasticache", "LogDeliveryConfigurationRequest"),
            ),
            (
                {"authToken": GOOD},
                "authToken",
                "not in the embedded cloud's table",
                terraform("elasticache_replication_group"),
            ),
        ),
        accepted=(
            {"replicationGroupId": "c" * 40},
            {"numCacheClusters": 6},
            {"numCacheClusters": 2, "automaticFailoverEnabled": True, "multiAzEnabled": True},
            {"transitEncryptionEnabled": True, "userGroupIds": ["users"], "transitEncryptionMode": "required"},
            {"kmsKeyId": KEY, "atRestEncryptionEnabled": True},
            {"snapshotRetentionLimit": 35},
        ),
    ),
)
