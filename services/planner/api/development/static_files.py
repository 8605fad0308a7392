"""`python -m development.static_files`: write planner/staticfiles.json, the hashed names of the static files."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planner.settings")

MANIFEST = Path(__file__).parents[1] / "planner/staticfiles.json"


def write(target: Path = MANIFEST) -> None:
    """Collect the files and keep the list of their names."""
    import django

    django.setup()
    from planner import static_files

    with tempfile.TemporaryDirectory() as folder:
        static_files.collect(Path(folder, "static"))
        shutil.copyfile(Path(folder, "static/staticfiles.json"), target)


if __name__ == "__main__":
    write()
