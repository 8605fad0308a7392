"""AWS for the embedded cloud: the official provider's types over boto3 and an emulator on loopback."""
