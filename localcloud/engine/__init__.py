"""The Pulumi engine of this machine: its command line, language host, plugins, workspace and environment."""

from localcloud.engine import shim, workspace
from localcloud.engine.cli import SDK_VERSION, Engine, find
from localcloud.engine.plugins import install_plugins
from localcloud.engine.provide import ensure
from localcloud.engine.variables import FOREIGN, environment

__all__ = ["FOREIGN", "SDK_VERSION", "Engine", "ensure", "environment", "find", "install_plugins", "shim", "workspace"]
