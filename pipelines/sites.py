"""Sites: browser applications built to files by the pinned Node, and packed as a zip of what the build leaves."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from localcloud.errors import Trouble
from pipelines import zips

BUILT = "dist"
"""Where Vite puts the files."""
QUIET = {"CI": "1", "NPM_CONFIG_AUDIT": "false", "NPM_CONFIG_FUND": "false", "NPM_CONFIG_UPDATE_NOTIFIER": "false"}


def pack(sources: Path, what: str) -> bytes:
    """Return a zip of what `npm run build` makes of a folder of sources, with the packages that its lock pins."""
    with tempfile.TemporaryDirectory(prefix="slipway-site-") as place:
        project = Path(place) / "project"
        # The normalised copy has times of 1970 and is shared: the build writes into one of its own.
        shutil.copytree(sources, project, copy_function=shutil.copyfile)
        environment = QUIET | {"PATH": f"{node()}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
        zips.run([str(node() / "npm"), "ci"], project, what, environment)
        zips.run([str(node() / "npm"), "run", "build"], project, what, environment)
        if not (project / BUILT / "index.html").is_file():
            raise Trouble(f"{what} cannot be packed: its build left no {BUILT}/index.html", "mend its build script")
        return zips.zipped(project / BUILT)


def node() -> Path:
    """Return the folder of the commands `node` and `npm` that every site is built with: this Python's own."""
    return Path(sys.executable).parent
