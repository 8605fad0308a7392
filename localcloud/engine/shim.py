"""The `pulumi` of the project's shell: the real one, run on the workspace of the embedded cloud from any folder."""

import shlex
from pathlib import Path

from localcloud import home

MARK = "# localcloud: the Pulumi command line on this project's workspace"

TEXT = """#!/bin/sh
{mark}
for argument in "$@"; do
  case "$argument" in
    --) break ;;
    -C* | --cwd | --cwd=*) exec {pulumi} "$@" ;;
  esac
done
exec {pulumi} --cwd {overlay} "$@"
"""


def write(pulumi: Path, overlay: Path) -> Path:
    """Write `.slipway/bin/pulumi` and return it; paths on its command line count from the workspace folder."""
    shim = home.file("bin", "pulumi")
    text = TEXT.format(mark=MARK, pulumi=shlex.quote(str(pulumi)), overlay=shlex.quote(str(overlay)))
    if not shim.exists() or shim.read_text() != text:
        home.write(shim, text, mode=0o755)
    return shim


def is_shim(candidate: Path) -> bool:
    """Say whether an executable is such a file, of this project or of another copy of it."""
    with candidate.open("rb") as file:
        return MARK.encode() in file.read(200)
