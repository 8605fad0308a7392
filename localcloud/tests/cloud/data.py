"""A cloud with Docker for tests of databases, caches and tasks."""

import urllib.request
from pathlib import Path
from typing import Any

from localcloud import cloud
from localcloud.cloud.process import instance
from localcloud.docker import DockerEngine
from localcloud.tests.cloud.stage import ACCOUNT

IMAGES = ["postgres:17-alpine", "valkey/valkey:8-alpine"]
WAIT = {"Delay": 1, "MaxAttempts": 300}


class Data:
    """A cloud with Docker and clients of one account."""

    def __init__(self, engine: DockerEngine, running: cloud.Cloud, folder: Path) -> None:
        self.engine = engine
        self.cloud = running
        with urllib.request.urlopen(f"{running.endpoint}/_slipway/rds-ca.pem") as answer:
            self.authority = answer.read().decode()
        self.bundle = folder / "ca.pem"
        self.bundle.write_text(self.authority)
        self.rds, self.elasticache, self.ecs = map(self.client, ("rds", "elasticache", "ecs"))

    def client(self, service: str) -> Any:
        return cloud.client(service, ACCOUNT, self.cloud)

    def docker(self, *arguments: str) -> str:
        done = self.engine.run(*arguments, seconds=300)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def containers(self, service: str) -> list[str]:
        mine = f"label=ministack.instance={instance()}"
        listed = self.docker("ps", "--quiet", "--no-trunc", "--filter", mine, "--filter", f"label=ministack={service}")
        return listed.split()
