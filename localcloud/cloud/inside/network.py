"""The containers' network of this cloud: names and fixed addresses on it, and how containers reach the cloud."""

import ipaddress
import itertools
import logging
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .settings import SETTINGS

logger = logging.getLogger("slipway.network")

LABEL = "ministack.instance"
MTU = "com.docker.network.driver.mtu"


@dataclass(frozen=True)
class Gateway:
    """An address of this machine on the containers' network."""

    address: str
    port: int
    network: ipaddress.IPv4Network
    name: str = SETTINGS.instance
    """The network's name in the engine."""
    _fixed: Iterator[int] = field(default_factory=lambda: itertools.count(1), compare=False, repr=False)

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

    def reserve(self) -> str:
        """Return an address of the network's upper half, from which the engine gives none away by itself."""
        return str(halves(self.network)[1][next(self._fixed)])


def halves(network: ipaddress.IPv4Network) -> tuple[ipaddress.IPv4Network, ipaddress.IPv4Network]:
    """Return the half from which the engine gives addresses, and the half with fixed ones."""
    lower, upper = network.subnets(prefixlen_diff=1)
    return lower, upper


def find(docker_client: Any) -> Gateway | None:
    """Return the gateway of our network when this process can listen there, else nothing (an engine in a machine
    apart); the network is made when there is none."""
    try:
        config = ensure(docker_client, SETTINGS.instance).attrs["IPAM"]["Config"][0]
    except Exception as error:  # whatever the engine says, the cloud runs without the way in
        logger.warning("containers cannot reach the cloud: %s", error)
        return None
    network, address = ipaddress.IPv4Network(config["Subnet"]), config["Gateway"]
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


def ensure(docker_client: Any, name: str) -> Any:
    """Return the network of this name, made where it is missing.

    Fixed addresses are to be had only in a network whose addresses were asked for, and the engine alone knows which
    are free: so it chooses first, and the network is made again with what it chose.
    """
    from docker.types import IPAMConfig, IPAMPool

    for network in docker_client.networks.list(names=[name]):
        if network.name == name:
            return network
    chosen = docker_client.networks.create(name)
    subnet = ipaddress.IPv4Network(docker_client.networks.get(chosen.id).attrs["IPAM"]["Config"][0]["Subnet"])
    chosen.remove()
    pool = IPAMPool(subnet=str(subnet), gateway=str(subnet[1]), iprange=str(halves(subnet)[0]))
    made = docker_client.networks.create(
        name,
        ipam=IPAMConfig(pool_configs=[pool]),
        labels={LABEL: SETTINGS.instance},
        options=packet_size(docker_client),
    )
    return docker_client.networks.get(made.id)


def packet_size(docker_client: Any) -> dict[str, str]:
    """Return the option that gives a network the largest packet of the engine's default network."""
    for network in docker_client.networks.list(names=["bridge"]):
        options = network.attrs.get("Options") or {}
        if network.name == "bridge" and MTU in options:
            return {MTU: options[MTU]}
    return {}


def sweep(docker_client: Any) -> None:
    """Remove what this cloud has in the engine: containers, their volumes, the network."""
    from docker.errors import DockerException

    chosen = {"label": f"{LABEL}={SETTINGS.instance}"}
    try:
        for container in docker_client.containers.list(all=True, sparse=True, filters=chosen):
            _quietly(lambda found=container: found.remove(v=True, force=True))
        for volume in docker_client.volumes.list(filters=chosen):
            _quietly(lambda found=volume: found.remove(force=True))
        for network in docker_client.networks.list(filters=chosen):
            _quietly(network.remove)
    except DockerException as error:
        logger.warning("the engine does not list what is left: %s", error)


def _quietly(remove: Any) -> None:
    from docker.errors import DockerException

    try:
        remove()
    except DockerException as error:  # gone by itself meanwhile, or the engine's to tell
        logger.info("not removed: %s", error)
