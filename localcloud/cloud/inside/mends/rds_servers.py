"""RDS: an instance of Postgres is a server in a container, with the values of its parameter group."""

import threading
import time
from typing import Any

from .. import databases
from ..databases import Database
from ..network import Gateway
from ..servers import Servers
from .mend import Mend, replace

POLL_SECONDS = 0.3
READY_SECONDS = 300.0

servers: Servers | None = None
"""The servers of this cloud; set before the server starts, nothing without Docker."""
gateway: Gateway | None = None


def _server_for_each(rds: Any) -> None:
    from ministack.core.responses import request_scope

    def create(params: Any) -> Any:
        engine, version = rds._p(params, "Engine"), rds._p(params, "EngineVersion") or "17"
        is_ours = servers is not None and gateway is not None and engine == "postgres"
        if is_ours and not servers.has_image(databases.image(version)):  # type: ignore[union-attr]  # is_ours
            return rds._error("InvalidParameterCombination", f"Cannot find version {version} for postgres", 400)
        response = original_create(params)
        if response[0] != 200 or not is_ours:
            return response
        instance = rds._resolve_instance(rds._p(params, "DBInstanceIdentifier"))
        instance["DBName"] = rds._p(params, "DBName")
        begin(instance)
        return rds._single_instance_response("CreateDBInstanceResponse", "CreateDBInstanceResult", instance)

    def begin(instance: dict[str, Any]) -> None:
        assert gateway is not None  # noqa: S101  # asked by create
        name = databases.server_name(rds.get_account_id(), rds.get_region(), instance["DBInstanceIdentifier"])
        database = Database(name, gateway.reserve(), int(instance["Endpoint"]["Port"]))
        instance["_database"], instance["DBInstanceStatus"] = database, "creating"
        instance["Endpoint"]["Address"] = database.address
        account, region = rds.get_account_id(), rds.get_region()

        def work() -> None:
            with request_scope(account, region):
                start(instance, database)

        threading.Thread(target=work, daemon=True, name=f"slipway-{name}").start()

    def start(instance: dict[str, Any], database: Database) -> None:
        assert servers is not None  # noqa: S101  # asked by create
        while True:
            instance["DBInstanceStatus"] = "creating"
            try:
                make(instance, database)
                return
            except Exception as error:  # whatever it is, the instance tells it
                rds.logger.warning("RDS: %s does not start: %s", database.name, error)
                instance["DBInstanceStatus"] = "failed"
                if not servers.outlast(error, lambda: not is_deleted(instance)):
                    return

    def make(instance: dict[str, Any], database: Database) -> None:
        assert servers is not None  # noqa: S101  # as above
        values = group_values(rds, instance)
        databases.start(
            servers,
            database,
            instance["EngineVersion"],
            instance["MasterUsername"],
            instance["_MasterUserPassword"],
            instance["DBName"],
            databases.is_forced(values.get(databases.FORCE_TLS)),
        )
        if is_deleted(instance):
            servers.remove(database.name)
            return
        wait_until_ready(instance, database)
        if databases.apply(servers, database, values):
            servers.restart(database.name)
            wait_until_ready(instance, database)
        instance["DBInstanceStatus"] = "available"

    def delete(params: Any) -> Any:
        instance = rds._resolve_instance(rds._p(params, "DBInstanceIdentifier"))
        response = original_delete(params)
        if response[0] == 200 and servers is not None and "_database" in instance:
            servers.remove(instance["_database"].name)
        return response

    def rotate(instance: dict[str, Any], old: str, new: str) -> None:
        if "_database" in instance:
            databases.set_password(instance["_database"], instance["MasterUsername"], new)
        else:
            original_rotate(instance, old, new)

    def is_deleted(instance: dict[str, Any]) -> bool:
        return rds._instances.get(instance["DBInstanceIdentifier"]) is not instance

    def wait_until_ready(instance: dict[str, Any], database: Database) -> None:
        end = time.monotonic() + READY_SECONDS
        while not databases.is_ready(database):
            if is_deleted(instance) or time.monotonic() > end:
                raise TimeoutError(f"{database.name} took no statement")
            time.sleep(POLL_SECONDS)

    rds._get_docker = lambda: None
    original_create = replace(rds, "_create_db_instance", create)
    original_delete = replace(rds, "_delete_db_instance", delete)
    original_rotate = replace(rds, "_rotate_instance_password", rotate)


def group_values(rds: Any, instance: dict[str, Any]) -> dict[str, str | None]:
    """Return what the parameter group of an instance sets."""
    group = rds._param_groups.get(instance["DBParameterGroups"][0]["DBParameterGroupName"]) or {}
    return {name: each["ParameterValue"] for name, each in (group.get("Parameters") or {}).items()}


def _parameters(rds: Any) -> None:
    def change(group: str, changes: Any, refuse_static: bool = True) -> Any:
        refusal = original_change(group, changes, refuse_static)
        if refusal or servers is None:
            return refusal
        at_once = {name: value for name, value, method in changes if method == "immediate"}
        for instance in [each for each in rds._instances.values() if "_database" in each]:
            member = instance["DBParameterGroups"][0]
            if member["DBParameterGroupName"] != group or instance["DBInstanceStatus"] != "available":
                continue
            waits = databases.apply(servers, instance["_database"], at_once) if at_once else False
            if waits or len(at_once) < len(changes):
                member["ParameterApplyStatus"] = "pending-reboot"
        return None

    def modify(params: Any) -> Any:
        response = original_modify(params)
        instance = rds._resolve_instance(rds._p(params, "DBInstanceIdentifier"))
        if response[0] == 200 and servers is not None and rds._p(params, "DBParameterGroupName"):
            # AWS too lets another group's values wait for a restart, whatever is asked.
            instance["DBParameterGroups"][0]["ParameterApplyStatus"] = "pending-reboot"
        return response

    def finish_reboot(instance: dict[str, Any], cluster: Any) -> None:
        database = instance.get("_database")
        if database is not None and servers is not None:
            try:
                databases.apply(servers, database, group_values(rds, instance))
                servers.restart(database.name)
                end = time.monotonic() + READY_SECONDS
                while not databases.is_ready(database) and time.monotonic() < end:
                    time.sleep(POLL_SECONDS)
            except Exception as error:  # the original then tells the state
                rds.logger.warning("RDS: %s does not restart: %s", database.name, error)
            instance["DBParameterGroups"][0]["ParameterApplyStatus"] = "in-sync"
        original_finish(instance, cluster)

    original_change = replace(rds, "_apply_parameter_group_changes", change)
    original_modify = replace(rds, "_modify_db_instance", modify)
    original_finish = replace(rds, "_finish_instance_reboot", finish_reboot)


MENDS = (
    Mend(
        "an instance of Postgres is a server with TLS at an address that stays, and its master user is no superuser",
        "the address changes with each start of the container, data is in memory, the master user may do anything",
        "ministack.services.rds",
        {
            "_create_db_instance_impl": "cfde6023907a",
            "_delete_db_instance_impl": "a4243069fc42",
            "_rotate_instance_password": "5f3a5a239df8",
            "_get_docker": "a161d31a7eef",
        },
        _server_for_each,
    ),
    Mend(
        "Postgres has the values of its parameter group: at once, or after a restart",
        "only MySQL has",
        "ministack.services.rds",
        {
            "_apply_parameter_group_changes": "7e0356843d1c",
            "_modify_param_group": "425eb7a2e04e",
            "_reset_param_group": "94da02c0a06e",
            "_finish_instance_reboot": "caa8eadfaf92",
        },
        _parameters,
    ),
)
