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
from types import CodeType, FrameType, ModuleType
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
        code: CodeType = self._kept()[0]
        return code

    def exec_module(self, module: ModuleType) -> None:
        """Run the file."""
        code, vars(module)["_mentioned"] = self._kept()
        exec(code, vars(module))  # noqa: S102 - the module's own code, as any loader runs it

    def translate(self, tree: ast.Module) -> Any:
        """Return what is kept of a file: its code, and the types that it mentions."""
        code = self._compiled(tree)
        return code, _types_in(_mentioned(code))

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
        frame, vars(module)["_classes"], vars(module)["_mentioned"] = self._kept()
        exec(frame, vars(module))  # noqa: S102 - as above
        vars(module)["_names"] = vars(module).pop("__all__", [*vars(module)["_classes"]])

    def translate(self, tree: ast.Module) -> Any:
        """Return the code of all that is no class, by the name of each class its code and those that it names, and
        the types of other files that they mention."""
        classes = {node.name: self._compiled(ast.Module([_light(node)], [])) for node in tree.body if _is_class(node)}
        mentioned = {name: _mentioned(code) for name, code in classes.items()}
        parts = {
            name: (marshal.dumps(code), tuple(sorted(mentioned[name] & classes.keys() - {name})))
            for name, code in classes.items()
        }
        rest = self._compiled(ast.Module([node for node in tree.body if not _is_class(node)], []))
        # `import *` in the rest has to bring what the classes will mention.
        foreign = _mentioned(rest).union(*mentioned.values()) - classes.keys()
        return rest, parts, _types_in(foreign)


class _Module(ModuleType):
    """A module whose classes are made when they are asked for."""

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return self._wanted_by(sys._getframe(1))
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

    def _wanted_by(self, importer: FrameType) -> list[str]:
        """Return what `import *` brings: to a file the names that it mentions, to a package all of them."""
        names: list[str] = self._names
        if importer.f_code.co_filename.endswith("__init__.py"):
            return names
        mentioned = importer.f_globals.get("_mentioned")
        if mentioned is None:
            mentioned = _types_in(_mentioned(importer.f_code))
        return [name for name in names if name in mentioned]


def _is_class(node: ast.stmt) -> TypeGuard[ast.ClassDef]:
    return isinstance(node, ast.ClassDef)


def _light(node: ast.ClassDef) -> ast.ClassDef:
    """Return a class as it is needed: of a TypedDict, which is there for type checkers alone, no more than its name."""
    if any(isinstance(base, ast.Name) and base.id == "TypedDict" for base in node.bases):
        node.body = [ast.Pass(lineno=node.lineno, col_offset=0)]
    return node


def _types_in(words: set[str]) -> frozenset[str]:
    """Return the names of types among some words: they begin with a capital."""
    return frozenset(word for word in words if word[:1].isupper())


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
