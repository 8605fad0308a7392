"""How containers reach the cloud: the gateway of the engine's bridge, and nobody else by that way."""

import ipaddress
import logging
import socket
from dataclasses import dataclass
from typing import Any

from .settings import SETTINGS

logger = logging.getLogger("slipway.network")

BRIDGE = "bridge"


@dataclass(frozen=True)
class Gateway:
    """An address of this machine on the containers' network."""

    address: str
    port: int
    network: ipaddress.IPv4Network

    @property
    def endpoint(self) -> str:
        """The cloud's address as a container writes it."""
        return f"http://{self.address}:{self.port}"

    def admits(self, server: str, client: str) -> bool:
        """Say whether a connection is from this machine or its containers.

        Another machine could send packets for the bridge's address here, so those who come in by it are looked at.
        """
        if server != self.address:
            return True
        caller = ipaddress.ip_address(client)
        return caller in self.network or caller.is_loopback


def find(docker_client: Any) -> Gateway | None:
    """Return the bridge's gateway when this process can listen there, else nothing (an engine in a machine apart)."""
    try:
        config = docker_client.networks.get(BRIDGE).attrs["IPAM"]["Config"][0]
        network = ipaddress.IPv4Network(config["Subnet"])
        address = config.get("Gateway") or str(network.network_address + 1)
    except Exception as error:  # whatever the engine says, the cloud runs without the way in
        logger.warning("containers cannot reach the cloud: %s", error)
        return None
    for port in (SETTINGS.port, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError as error:
                logger.info("%s:%s is not to be had: %s", address, port, error)
                continue
            return Gateway(address, probe.getsockname()[1], network)
    return None
