"""`python -m localcloud.images look|ensure|pin`: see, prepare and pin the base images."""

import argparse
import dataclasses
import json
import sys
from collections.abc import Sequence

from localcloud import docker, images, progress
from localcloud.errors import Trouble
from localcloud.images import bases, registry


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code: 0 when all is well, 1 when something is missing."""
    parser = argparse.ArgumentParser(prog="python -m localcloud.images", description=__doc__)
    parser.add_argument(
        "action", choices=["look", "ensure", "pin"], help="list, prepare, or ask the registry for digests"
    )
    parser.add_argument("names", nargs="*", help="base images as Dockerfiles name them; all without")
    parser.add_argument("--json", action="store_true", help="look: print JSON")
    asked = parser.parse_args(arguments)
    names = asked.names or None
    try:
        if asked.action == "pin":
            return pin(names)
        engine = docker.ensure() if asked.action == "ensure" else docker.find()
        if engine is None:
            raise Trouble("base images need a Docker engine", "; ".join(docker.explain()))
        if asked.action == "ensure":
            with progress.step("base images") as step:
                images.ensure(engine, names, step.say)
        return look(engine, names, asked.json)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1


def look(engine: docker.DockerEngine, names: Sequence[str] | None, as_json: bool) -> int:
    """Print what the engine has of the base images; 1 when one is not ready."""
    found = images.status(engine, names)
    if as_json:
        print(json.dumps([dataclasses.asdict(image) for image in found], indent=2))
    else:
        width = max(len(image.name) for image in found)
        for image in found:
            print(f"{image.name:{width}}  {image.source:8}  {image.note}".rstrip())
    return 0 if all(image.ready for image in found) else 1


def pin(names: Sequence[str] | None) -> int:
    """Write the digest that each base's tag has in its registry now into the list."""
    for base in bases.load().choose(names):
        digest = registry.digest(base.name)
        changed = bases.write_digest(bases.LIST, base.name, digest)
        print(f"{base.name}  {digest}  {'changed' if changed else 'unchanged'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
