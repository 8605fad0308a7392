"""Started by the engine as `pulumi-resource-docker-build`."""

from localcloud.plugins.docker_build.provider import DockerBuild
from localcloud.plugins.server import serve

serve(DockerBuild())
