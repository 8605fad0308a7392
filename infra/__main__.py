"""What the engine runs for every stack."""

import pulumi

from infra.prepared import config, program

for name, value in program.declare(config.of_running_stack()).items():
    pulumi.export(name, value)
