"""A quick start: the provider SDKs without the hundreds of modules that a program never uses.

Importing `pulumi_aws.ec2` as usual runs every file of the service. Here each package is entered without running
anything of it: a class comes from its own file when it is first asked for, and of the files that hold the types of all
resources' inputs and outputs only those classes are run that somebody names (`infra.core.definitions`). The classes are
the SDK's own, under their own names.

Nothing depends on this: whatever is not found this way is found by running the package as usual.
"""

import importlib
import importlib.util
import re
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from infra.core import definitions, hints

SERVICES = (
    "acm",
    "apigatewayv2",
    "appautoscaling",
    "backup",
    "budgets",
    "cloudfront",
    "cloudwatch",
    "cognito",
    "dynamodb",
    "ec2",
    "ecr",
    "ecs",
    "elasticache",
    "iam",
    "kms",
    "lambda_",
    "lb",
    "rds",
    "route53",
    "s3",
    "scheduler",
    "secretsmanager",
    "servicediscovery",
    "sesv2",
    "sns",
    "sqs",
    "ssm",
    "vpc",
)
"""AWS services that the program uses; one that is missing here is only slower."""

PACKAGES = (
    "pulumi_aws",
    "pulumi_docker",
    "pulumi_docker_build",
    *(f"pulumi_aws.{service}" for service in SERVICES),
)
"""Packages that are entered without being run, each after the one that it is part of."""

TYPES = ("_inputs", "outputs", "_enums")
"""Files that hold the types of a whole service."""


def enter() -> None:
    """Prepare the packages; call it before anything imports one. A package that is imported already stays as it is."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    for name in PACKAGES:
        if name not in sys.modules:
            _enter_package(name)
    hints.remember()


class _Finder(MetaPathFinder):
    """Finds the files of the packages that are entered, for loaders that run no more of them than is needed."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Return how a module of an entered package is loaded; nothing for any other."""
        parent, _, child = name.rpartition(".")
        if not path or not isinstance(sys.modules.get(parent), _Package):
            return None
        file = Path(path[0]) / f"{child}.py"
        loader = definitions.Parts if child in TYPES else definitions.Whole
        return (
            importlib.util.spec_from_file_location(name, file, loader=loader(name, str(file)))
            if file.is_file()
            else None
        )


class _Package(ModuleType):
    """A package whose names are looked for in the files that they are named after."""

    def __init__(self, spec: ModuleSpec, folder: Path) -> None:
        super().__init__(spec.name)
        self.__spec__ = spec
        self.__loader__ = spec.loader
        self.__package__ = spec.name
        self.__file__ = spec.origin
        self.__path__ = [str(folder)]
        self._files = {path.stem.replace("_", ""): path.stem for path in folder.glob("*.py")}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if f"{self.__name__}.{name}" in PACKAGES:
            return sys.modules[f"{self.__name__}.{name}"]
        for candidate in _files_of(name):
            if candidate in self._files:
                module = importlib.import_module(f"{self.__name__}.{self._files[candidate]}")
                if hasattr(module, name):
                    value = getattr(module, name)
                    setattr(self, name, value)
                    return value
        if name in self._files.values():
            return importlib.import_module(f"{self.__name__}.{name}")
        return self._by_running_it(name)

    def _by_running_it(self, name: str) -> Any:
        spec = self.__spec__
        if "_ran" not in self.__dict__ and spec is not None and spec.loader is not None:
            self._ran = True
            spec.loader.exec_module(self)
        try:
            return self.__dict__[name]
        except KeyError:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}") from None


def _enter_package(name: str) -> None:
    parent, _, child = name.rpartition(".")
    if parent and not isinstance(sys.modules.get(parent), _Package):
        return  # part of a package that was imported as usual, and looks for its own parts
    found = importlib.util.find_spec(name) if not parent else _below(sys.modules[parent], child)
    if found is None or found.origin is None or not found.submodule_search_locations:
        return
    folder = Path(found.submodule_search_locations[0])
    sys.modules[name] = _Package(found, folder)


def _below(package: ModuleType, child: str) -> ModuleSpec | None:
    file = Path(package.__path__[0]) / child / "__init__.py"
    if not file.is_file():
        return None
    name = f"{package.__name__}.{child}"
    return importlib.util.spec_from_file_location(name, file, submodule_search_locations=[str(file.parent)])


def _files_of(name: str) -> tuple[str, ...]:
    """Return which files may define a name, as spelt without underscores: `get_zone_output` is in `get_zone.py`."""
    plain = name.replace("_", "").lower()
    shorter = re.sub(r"(argsdict|args|output|result|state)$", "", plain)
    return (plain, shorter, "inputs") if plain != shorter else (plain,)
