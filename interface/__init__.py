"""What the Pulumi program and the pipelines have in common: names, outputs, pins. Imports neither."""
