"""The front door: one loopback port that serves the host names of the emulated accounts."""

from localcloud.door.service import Door, address, running, start, stop

__all__ = ["Door", "address", "running", "start", "stop"]
