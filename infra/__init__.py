"""The Pulumi program: every stack of the platform."""
