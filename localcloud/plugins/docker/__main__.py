"""Started by the engine as `pulumi-resource-docker`."""

from localcloud.plugins.docker.provider import Docker
from localcloud.plugins.server import serve

serve(Docker())
