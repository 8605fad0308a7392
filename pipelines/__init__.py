"""What happens to stacks: the `slipway` command and what it drives."""
