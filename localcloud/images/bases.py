"""The list of base images, and what a stand-in of each is made from."""

import hashlib
import re
import stat
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from localcloud import home
from localcloud.errors import Trouble

LIST = Path(__file__).with_name("bases.toml")
RECIPES = Path(__file__).with_name("recipes")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True)
class Base:
    """One base image."""

    name: str
    """As Dockerfiles ask for it, with its tag."""
    digest: str
    """`sha256:<64 hex>` of the upstream image; empty while it is not pinned."""
    recipe: str
    """Folder under recipes/ with the stand-in's Dockerfile."""
    needs: tuple[str, ...] = ()
    """Names of bases that the recipe builds on."""
    shell: bool = True
    """Whether it has a shell and the usual commands."""
    paths: tuple[str, ...] = ()
    """Paths that exist in the image, wherever it comes from."""
    users: Mapping[int, str] = field(default_factory=dict)
    """User names by id."""

    def __post_init__(self) -> None:
        if self.digest and not DIGEST.fullmatch(self.digest):
            raise Trouble(f"the digest of {self.name} is {self.digest!r}, not sha256:<64 hex digits>", f"mend {LIST}")

    @property
    def repository(self) -> str:
        """The name without its tag."""
        return self.name.rpartition(":")[0]

    @property
    def pulled(self) -> str:
        """What to ask a registry for: the digest when there is one, else the tag."""
        return f"{self.repository}@{self.digest}" if self.digest else self.name


@dataclass(frozen=True)
class Debian:
    """The Debian under every stand-in."""

    suite: str
    """Debian's release, by its code name."""
    packages: tuple[str, ...]
    """What is installed besides the smallest set."""

    @property
    def name(self) -> str:
        """Its image's name, which recipes build from."""
        return f"localcloud/debian:{self.suite}"

    def fingerprint(self) -> str:
        """Return a hash of what the image is made from: this list and the program that makes it."""
        program = Path(__file__).with_name("debian.py").read_bytes()
        return hashlib.sha256(repr((self.suite, self.packages)).encode() + program).hexdigest()[:16]


@dataclass(frozen=True)
class Bases:
    """The list: the Debian of the stand-ins, and the bases by name."""

    debian: Debian
    by_name: Mapping[str, Base]

    def choose(self, names: Iterable[str] | None = None) -> list[Base]:
        """Return the bases of these names (all without names); a Trouble for a name that is not in the list."""
        wanted = list(self.by_name) if names is None else list(names)
        unknown = [name for name in wanted if name not in self.by_name]
        if unknown:
            raise Trouble(
                f"no base image is called {unknown[0]}: there are {', '.join(self.by_name)}", f"add it to {LIST}"
            )
        return [self.by_name[name] for name in wanted]

    def in_order(self, wanted: Iterable[Base]) -> list[Base]:
        """Return the bases and all that they need, each after what it needs."""
        order: dict[str, Base] = {}
        for base in wanted:
            for needed in self.in_order(self.choose(base.needs)):
                order.setdefault(needed.name, needed)
            order.setdefault(base.name, base)
        return list(order.values())

    def fingerprint(self, base: Base) -> str:
        """Return a hash of everything that a stand-in is made from: 16 hex digits, kept as its label."""
        parts = hashlib.sha256(self.debian.fingerprint().encode())
        for needed in self.choose(base.needs):
            parts.update(self.fingerprint(needed).encode())
        folder = RECIPES / base.recipe
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            executable = bool(path.stat().st_mode & stat.S_IXUSR)
            parts.update(repr((path.relative_to(folder).as_posix(), executable, path.read_bytes())).encode())
        return parts.hexdigest()[:16]


def load(path: Path = LIST) -> Bases:
    """Read the list."""
    table = tomllib.loads(path.read_text())
    found = [
        Base(
            name=entry["name"],
            digest=entry["digest"],
            recipe=entry["recipe"],
            needs=tuple(entry.get("needs", ())),
            shell=entry.get("shell", True),
            paths=tuple(entry.get("paths", ())),
            users={int(uid): user for uid, user in entry.get("users", {}).items()},
        )
        for entry in table["base"]
    ]
    debian = Debian(table["stand-ins"]["suite"], tuple(table["stand-ins"]["packages"]))
    return Bases(debian, {base.name: base for base in found})


def write_digest(path: Path, name: str, digest: str) -> bool:
    """Set the digest of a base in the list and leave everything else as it is; say whether it changed."""
    text = path.read_text()
    entry = re.compile(rf'(^name = "{re.escape(name)}"\ndigest = ")[^"]*(")', re.MULTILINE)
    changed = entry.sub(rf"\g<1>{digest}\g<2>", text)
    if changed == text:
        return False
    home.write(path, changed)
    return True
