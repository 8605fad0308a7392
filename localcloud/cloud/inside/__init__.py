"""What runs inside the cloud's process, in MiniStack's environment: imports the standard library and MiniStack only."""
