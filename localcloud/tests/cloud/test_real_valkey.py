"""Valkey for real: verified TLS, its users and their rules, and its data after a kill."""

import socket
import ssl
from collections.abc import Iterator
from typing import IO

import pytest

from localcloud.tests.cloud.data import WAIT, Data
from localcloud.tests.cloud.stage import until

pytestmark = [pytest.mark.docker, pytest.mark.cloud, pytest.mark.slow]


def last_word(lines: IO[bytes]) -> str:
    """Return an answer's text; of a list the last one."""
    line = lines.readline().decode().rstrip()
    if line.startswith("*"):
        return [last_word(lines) for _ in range(int(line[1:]))][-1]
    return lines.readline().decode().rstrip() if line.startswith("$") and line != "$-1" else line


class Valkey:
    """A replication group with one user."""

    def __init__(self, data: Data, name: str) -> None:
        self.data = data
        data.elasticache.get_waiter("replication_group_available").wait(ReplicationGroupId=name, WaiterConfig=WAIT)
        [record] = data.elasticache.describe_replication_groups(ReplicationGroupId=name)["ReplicationGroups"]
        endpoint = record["NodeGroups"][0]["PrimaryEndpoint"]
        self.address = (endpoint["Address"], endpoint["Port"])

    def ask(self, password: str, *commands: str) -> list[str]:
        """Return the last word of each answer to the user `app`."""
        context = ssl.create_default_context(cadata=self.data.authority)
        with (
            socket.create_connection(self.address, 20) as plain,
            context.wrap_socket(plain, server_hostname=self.address[0]) as stream,
            stream.makefile("rwb") as lines,
        ):
            answers = []
            for command in (f"AUTH app {password}", *commands):
                lines.write(f"{command}\r\n".encode())
                lines.flush()
                answers.append(last_word(lines))
            return answers[1:] if answers[0] == "+OK" else answers[:1]


@pytest.fixture(scope="module")
def valkey(data: Data) -> Iterator[Valkey]:
    """A replication group for queues, with two nodes and a user of the keys `app:*`."""
    elasticache = data.elasticache
    elasticache.create_cache_parameter_group(
        CacheParameterGroupName="queue", CacheParameterGroupFamily="valkey8", Description="queue"
    )
    set_policy(data, "noeviction")
    elasticache.create_user(
        UserId="app",
        UserName="app",
        Engine="valkey",
        AccessString="on ~app:* resetchannels -@all +@read +@write +@connection +config|get",
        AuthenticationMode={"Type": "password", "Passwords": ["first-long-password"]},
    )
    elasticache.create_user_group(UserGroupId="apps", Engine="valkey", UserIds=["app"])
    elasticache.create_replication_group(
        ReplicationGroupId="queue",
        ReplicationGroupDescription="queue",
        Engine="valkey",
        EngineVersion="8.0",
        CacheNodeType="cache.t4g.micro",
        NumCacheClusters=2,
        AutomaticFailoverEnabled=True,
        TransitEncryptionEnabled=True,
        CacheParameterGroupName="queue",
        UserGroupIds=["apps"],
    )
    yield Valkey(data, "queue")
    elasticache.delete_replication_group(ReplicationGroupId="queue")
    assert data.containers("elasticache") == []
    elasticache.delete_user_group(UserGroupId="apps")
    elasticache.delete_user(UserId="app")
    elasticache.delete_cache_parameter_group(CacheParameterGroupName="queue")


def set_policy(data: Data, policy: str) -> None:
    values = [{"ParameterName": "maxmemory-policy", "ParameterValue": policy}]
    data.elasticache.modify_cache_parameter_group(CacheParameterGroupName="queue", ParameterNameValues=values)


def test_the_eviction_policy_is_the_groups_and_changes_at_once(valkey: Valkey, data: Data) -> None:
    assert valkey.ask("first-long-password", "CONFIG GET maxmemory-policy") == ["noeviction"]
    set_policy(data, "allkeys-lru")
    assert valkey.ask("first-long-password", "CONFIG GET maxmemory-policy") == ["allkeys-lru"]
    set_policy(data, "noeviction")


def test_a_user_reaches_its_keys_and_no_others(valkey: Valkey) -> None:
    answers = valkey.ask("first-long-password", "SET app:x 1", "GET app:x", "SET other 1", "INFO")
    assert answers[:2] == ["+OK", "1"]
    assert [answer.split()[0] for answer in answers[2:]] == ["-NOPERM", "-NOPERM"]


def test_valkey_comes_back_with_its_data_and_its_users(valkey: Valkey, data: Data) -> None:
    valkey.ask("first-long-password", "SET app:job 7", "WAITAOF 1 0 20000")
    [container] = data.containers("elasticache")
    data.docker("kill", container)

    def back() -> bool:
        try:
            return valkey.ask("first-long-password", "GET app:job") == ["7"]
        except OSError:
            return False

    until(back, "it did not come back")


def test_another_password_counts_at_once(valkey: Valkey, data: Data) -> None:
    mode = {"Type": "password", "Passwords": ["second-long-password"]}
    data.elasticache.modify_user(UserId="app", AuthenticationMode=mode)
    assert valkey.ask("first-long-password", "PING")[0].startswith("-WRONGPASS")
    assert valkey.ask("second-long-password", "PING") == ["+PONG"]
    mode["Passwords"] = ["first-long-password"]
    data.elasticache.modify_user(UserId="app", AuthenticationMode=mode)
