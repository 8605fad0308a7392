"""What stops a command, in one line."""


class AdminError(Exception):
    """Something that the person at the keyboard can do something about."""
