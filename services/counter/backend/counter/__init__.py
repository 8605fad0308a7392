"""The counter's API: how many cameras are left to sell."""
