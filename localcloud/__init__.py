"""An AWS on one machine for Pulumi programs: engine, provider plugins, emulator, front door."""
