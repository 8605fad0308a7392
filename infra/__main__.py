"""What the engine runs for every stack."""

from infra.core import sdk

sdk.enter()

import pulumi  # noqa: E402  # the SDK is prepared before anything imports it

from infra import config, program  # noqa: E402

for name, value in program.declare(config.of_running_stack()).items():
    pulumi.export(name, value)
