"""Resource providers of the embedded cloud, under the names and versions of the real ones."""

from localcloud.plugins.install import install

__all__ = ["install"]
