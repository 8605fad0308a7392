"""Where an image that is named as on AWS lies on this machine."""

from localcloud.cloud.inside.addresses import registry_address

__all__ = ["registry_address"]
