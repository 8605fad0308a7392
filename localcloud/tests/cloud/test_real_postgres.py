"""Postgres for real: verified TLS, its users and parameters, and its data after a kill."""

import json
import subprocess
from collections.abc import Iterator

import pytest

from localcloud import cloud
from localcloud.cloud import environment
from localcloud.cloud.process import instance
from localcloud.tests.cloud.data import IMAGES, WAIT, Data
from localcloud.tests.cloud.stage import ACCOUNT, until

pytestmark = [pytest.mark.docker, pytest.mark.cloud, pytest.mark.slow]

QUERY = """
import sys, psycopg2
with psycopg2.connect(sys.argv[1]) as connection, connection.cursor() as cursor:
    cursor.execute(sys.argv[2])
    if cursor.description:
        print(cursor.fetchone()[0])
"""


class Postgres:
    """An instance with its managed password."""

    def __init__(self, data: Data, name: str) -> None:
        self.data = data
        data.rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier=name, WaiterConfig=WAIT)
        [self.record] = data.rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
        arn = self.record["MasterUserSecret"]["SecretArn"]
        secret = data.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]
        self.secret: dict[str, str] = json.loads(secret)
        self.host, self.port = self.record["Endpoint"]["Address"], self.record["Endpoint"]["Port"]

    def address(self, mode: str, bundle: str) -> str:
        user, password = self.secret["username"], self.secret["password"]
        return (
            f"host={self.host} port={self.port} dbname=app user={user} password={password}"
            f" sslmode={mode} sslrootcert={bundle} connect_timeout=20"
        )

    def try_query(self, statement: str, mode: str = "verify-full") -> subprocess.CompletedProcess[str]:
        """Run a statement from this machine."""
        command = [str(environment.ensure()), "-c", QUERY, self.address(mode, str(self.data.bundle)), statement]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    def query(self, statement: str) -> str:
        done = self.try_query(statement)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture(scope="module")
def postgres(data: Data) -> Iterator[Postgres]:
    """An instance with a parameter group and a table with one row."""
    data.rds.create_db_parameter_group(
        DBParameterGroupName="app", DBParameterGroupFamily="postgres17", Description="app"
    )
    set_parameter(data, "log_min_duration_statement", "250")
    set_parameter(data, "shared_preload_libraries", "pg_stat_statements", "pending-reboot")
    data.rds.create_db_instance(
        DBInstanceIdentifier="main",
        DBName="app",
        Engine="postgres",
        EngineVersion="17",
        DBInstanceClass="db.t4g.micro",
        AllocatedStorage=20,
        MasterUsername="platform",
        ManageMasterUserPassword=True,
        DBParameterGroupName="app",
        Port=5433,
    )
    made = Postgres(data, "main")
    made.query("CREATE TABLE kept AS SELECT 7 AS value")
    yield made
    data.rds.delete_db_instance(DBInstanceIdentifier="main", FinalDBSnapshotIdentifier="last")
    assert data.containers("rds") == []
    data.rds.delete_db_snapshot(DBSnapshotIdentifier="last")
    data.rds.delete_db_parameter_group(DBParameterGroupName="app")


def set_parameter(data: Data, name: str, value: str, method: str = "immediate") -> None:
    change = {"ParameterName": name, "ParameterValue": value, "ApplyMethod": method}
    data.rds.modify_db_parameter_group(DBParameterGroupName="app", Parameters=[change])


def test_a_server_is_listed_as_long_as_its_container_is_there(postgres: Postgres, data: Data) -> None:
    listed = cloud.leftovers(data.cloud.endpoint, data.cloud.region, ACCOUNT)
    assert {"rds database main", f"container {instance()}-rds-{ACCOUNT}-eu-west-1-main"} <= set(listed)


def test_postgres_is_reached_from_this_machine_and_verified(postgres: Postgres) -> None:
    assert postgres.port == 5433
    assert postgres.query("SELECT value FROM kept") == "7"
    assert postgres.query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == "True"


def test_postgres_is_reached_from_a_container_and_verified(postgres: Postgres, data: Data) -> None:
    script = (
        'printf %s "$CA" > /tmp/ca.pem && psql --no-psqlrc --tuples-only --no-align "$TO" -c "SELECT value FROM kept"'
    )
    settings = ("--env", f"CA={data.authority}", "--env", f"TO={postgres.address('verify-full', '/tmp/ca.pem')}")
    asked = ("run", "--rm", "--network", instance(), *settings, "--entrypoint", "sh", IMAGES[0], "-c", script)
    assert data.docker(*asked) == "7"


def test_without_tls_nobody_comes_in_unless_the_parameter_group_says_so(postgres: Postgres, data: Data) -> None:
    refused = postgres.try_query("SELECT 1", mode="disable")
    assert "pg_hba.conf rejects connection" in refused.stderr
    set_parameter(data, "rds.force_ssl", "0")
    assert postgres.try_query("SELECT 1", mode="disable").returncode == 0
    set_parameter(data, "rds.force_ssl", "1")
    assert postgres.try_query("SELECT 1", mode="disable").returncode != 0


def test_parameters_have_the_values_of_the_group(postgres: Postgres, data: Data) -> None:
    assert postgres.query("SHOW log_min_duration_statement") == "250ms"
    assert postgres.query("SHOW shared_preload_libraries") == "pg_stat_statements"
    set_parameter(data, "log_min_duration_statement", "500")
    assert postgres.query("SHOW log_min_duration_statement") == "500ms"
    set_parameter(data, "max_connections", "50", "pending-reboot")
    assert postgres.query("SHOW max_connections") == "100"
    data.rds.reboot_db_instance(DBInstanceIdentifier="main")
    data.rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="main", WaiterConfig=WAIT)
    assert postgres.query("SHOW max_connections") == "50"


def test_the_master_user_is_no_superuser(postgres: Postgres) -> None:
    assert postgres.query("SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == "False"
    postgres.query("CREATE ROLE item LOGIN PASSWORD 'x'")
    assert "SET ROLE" in postgres.try_query("ALTER TABLE kept OWNER TO item").stderr


def test_a_rotated_password_is_the_servers(postgres: Postgres, data: Data) -> None:
    data.rds.modify_db_instance(DBInstanceIdentifier="main", RotateMasterUserPassword=True, ApplyImmediately=True)
    assert "password authentication failed" in postgres.try_query("SELECT 1").stderr
    postgres.secret = Postgres(data, "main").secret
    assert postgres.query("SELECT 1") == "1"


@pytest.mark.parametrize("end", [["kill"], ["rm", "--force"]], ids=["killed", "removed"])
def test_postgres_comes_back_with_its_data(postgres: Postgres, data: Data, end: list[str]) -> None:
    [container] = data.containers("rds")
    data.docker(*end, container)
    until(lambda: postgres.try_query("SELECT value FROM kept").stdout.strip() == "7", "it did not come back")
