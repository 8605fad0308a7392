"""The embedded AWS: one process on loopback that answers for every account, started and stopped here."""

from localcloud.cloud.addresses import registry_address
from localcloud.cloud.clients import client
from localcloud.cloud.leftovers import leftovers
from localcloud.cloud.service import Cloud, docker_host, running, start, stop

__all__ = ["Cloud", "client", "docker_host", "leftovers", "registry_address", "running", "start", "stop"]
