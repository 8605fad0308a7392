"""The process that started this one: plugins and language hosts end with it."""

import os

PARENT = os.getppid()
"""Taken as early as it can be."""


def start_anew() -> None:
    """Take the parent of a fork, which has the parent of the process that it was forked from written down."""
    global PARENT
    PARENT = os.getppid()


def is_orphan() -> bool:
    """Say whether the process that started this one is gone.

    It may have gone before this module was imported: then the parent was init from the first look on, and init
    starts no engine's children, except where it is the engine (a container's only process).
    """
    parent = os.getppid()
    if parent != PARENT:
        return True
    if parent != 1:
        return False
    import psutil  # nothing else in a plugin needs it

    return bool(psutil.Process(1).name() != "pulumi")
