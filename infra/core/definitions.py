"""Modules of generated classes, run without what nobody asks for.

A provider SDK says what its resources take in files of up to thirty thousand lines, of which a program uses a few
classes. `Parts` takes such a file apart: what stands before and between the classes is run at once, a class when it is
first asked for, together with those that it names. `Whole` runs a file as usual. Both leave annotations as text until
somebody looks them up, and leave docstrings out.

What they compile is kept beside Python's own byte code, under a name of its own.
"""

import __future__

import ast
import contextlib
import hashlib
import marshal
import os
import re
import struct
import sys
import tempfile
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import MAGIC_NUMBER, cache_from_source
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, TypeGuard

_WORD = re.compile(r"\w+")
_STAMP = struct.Struct("<dq")
_MAKER = MAGIC_NUMBER + hashlib.sha256(Path(__file__).read_bytes()).digest()
"""What else makes a kept copy void: another Python, or another way of taking files apart."""
_WITHOUT_DOCSTRINGS = 2


class Whole(SourceFileLoader):
    """Runs a file whole."""

    kept_as = "whole"

    def get_code(self, fullname: str) -> CodeType:
        """Return the code of the module."""
        code: CodeType = self._kept()
        return code

    def translate(self, tree: ast.Module) -> Any:
        """Return what is kept of a file: its code."""
        return self._compiled(tree)

    def _compiled(self, tree: ast.Module) -> CodeType:
        flags = __future__.annotations.compiler_flag
        code: CodeType = compile(tree, self.path, "exec", flags=flags, dont_inherit=True, optimize=_WITHOUT_DOCSTRINGS)
        return code

    def _kept(self) -> Any:
        """Return what `translate` makes of the file, made anew when the file has changed."""
        source = Path(self.path)
        stamp = _MAKER + _STAMP.pack(source.stat().st_mtime, source.stat().st_size)
        kept = Path(cache_from_source(self.path, optimization=self.kept_as))
        with contextlib.suppress(OSError, ValueError, EOFError, TypeError):
            content = kept.read_bytes()
            if content.startswith(stamp):
                return marshal.loads(content[len(stamp) :])  # noqa: S302 - as Python reads its own byte code
        made = self.translate(ast.parse(source.read_bytes()))
        with contextlib.suppress(OSError):
            _write(kept, stamp + marshal.dumps(made))
        return made


class Parts(Whole):
    """Runs a file without its classes, which the module makes when they are asked for."""

    kept_as = "parts"

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return an empty module."""
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Run what is no class."""
        frame, classes = self._kept()
        vars(module)["_classes"] = classes
        exec(frame, vars(module))  # noqa: S102 - the module's own code, as any loader runs it
        vars(module)["_names"] = vars(module).pop("__all__", [*classes])

    def translate(self, tree: ast.Module) -> Any:
        """Return the code of all that is no class, and by the name of each class its code and those that it names."""
        classes = {node.name: self._compiled(ast.Module([node], [])) for node in tree.body if _is_class(node)}
        mentioned = {name: _mentioned(code) for name, code in classes.items()}
        parts = {
            name: (marshal.dumps(code), tuple(sorted(mentioned[name] & classes.keys() - {name})))
            for name, code in classes.items()
        }
        # `import *` in the rest has to bring what the classes will mention: names of types begin with a capital.
        foreign = {word for words in mentioned.values() for word in words if word[0].isupper()} - classes.keys()
        rest = [node for node in tree.body if not _is_class(node)]
        rest.append(ast.parse(f"_mentioned = {tuple(sorted(foreign))!r}").body[0])
        return self._compiled(ast.Module(rest, [])), parts


class _Module(ModuleType):
    """A module whose classes are made when they are asked for."""

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return self._wanted_by(sys._getframe(1).f_code)
        if name.startswith("__") or name not in self._classes:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        self._make(name)
        return vars(self)[name]

    def _make(self, name: str) -> None:
        """Make a class, and what its types are looked up by: the classes that it names, and those that they name."""
        waiting = [name]
        while waiting:
            name = waiting.pop()
            if name not in vars(self):
                code, named = self._classes[name]
                exec(marshal.loads(code), vars(self))  # noqa: S102, S302 - as above
                waiting.extend(named)

    def _wanted_by(self, importer: CodeType) -> list[str]:
        """Return what `import *` brings: to a file the names that it mentions, to a package all of them."""
        names: list[str] = self._names
        if importer.co_filename.endswith("__init__.py"):
            return names
        mentioned = _mentioned(importer)
        return [name for name in names if name in mentioned]


def _is_class(node: ast.stmt) -> TypeGuard[ast.ClassDef]:
    return isinstance(node, ast.ClassDef)


def _mentioned(code: CodeType) -> set[str]:
    """Return every word that stands in a code's names and texts, and in the code inside it."""
    found = set(code.co_names)
    for constant in _flat(code.co_consts):
        if isinstance(constant, str):
            found.update(_WORD.findall(constant))
        elif isinstance(constant, CodeType):
            found |= _mentioned(constant)
    return found


def _flat(constants: tuple[Any, ...]) -> list[Any]:
    return [each for constant in constants for each in (_flat(constant) if isinstance(constant, tuple) else [constant])]


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(exist_ok=True)
    descriptor, beside = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        Path(beside).replace(path)
    finally:
        Path(beside).unlink(missing_ok=True)
