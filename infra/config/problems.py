"""What is wrong with a stack file, in its reader's words: key, what is allowed, value, the command that mends it."""

import json
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

NAMESPACE = "platform"


@dataclass(frozen=True)
class Problem:
    """One wrong setting; `path` begins with the section, `fix` is a command or what else to do."""

    path: tuple[str | int, ...]
    wrong: str
    fix: str

    def __str__(self) -> str:
        return f"{key(self.path)}: {self.wrong} → {self.fix}"


class ConfigurationError(pulumi.RunError):
    """A stack file that cannot be used; its text is one line a problem, and Pulumi shows it without a traceback."""

    def __init__(self, stack: str, problems: Sequence[Problem]) -> None:
        count = f"{len(problems)} problem{'' if len(problems) == 1 else 's'}"
        super().__init__("\n".join([f"Pulumi.{stack}.yaml has {count}", *(f"  {problem}" for problem in problems)]))
        self.problems = tuple(problems)


def key(path: tuple[str | int, ...]) -> str:
    """Write a path as `pulumi config set --path` reads it: `platform:network.zones`."""
    text = f"{NAMESPACE}:{path[0]}"
    for part in path[1:]:
        if isinstance(part, int):
            text += f"[{part}]"
        elif re.fullmatch(r"[A-Za-z0-9_/-]+", part):
            text += f".{part}"
        else:
            text += f"[{json.dumps(part)}]"
    return text


def shown(value: Any) -> str:
    """Write a value as it may stand in a line: JSON where that is possible, at most 60 characters."""
    try:
        text = json.dumps(value, default=str, ensure_ascii=False)
    except (ValueError, TypeError, RecursionError):  # a number of thousands of digits, or a structure within itself
        return "a value that cannot be shown"
    text = "".join(letter if letter.isprintable() else "?" for letter in text)
    return text if len(text) <= 60 else f"{text[:57]}…"


def set_command(stack: str, path: tuple[str | int, ...], example: Any) -> str:
    """Return the command that gives a setting the value of `example`."""
    value = str(example).lower() if isinstance(example, bool) else str(example)
    return f"pulumi config set --stack {shlex.quote(stack)} --path {shlex.quote(key(path))} {shlex.quote(value)}"


def remove_command(stack: str, path: tuple[str | int, ...]) -> str:
    """Return the command that takes a setting out of the stack file."""
    return f"pulumi config rm --stack {shlex.quote(stack)} --path {shlex.quote(key(path))}"


def of_section(stack: str, section: str, model: type[BaseModel], error: ValidationError) -> list[Problem]:
    """Turn what pydantic found in one section into problems."""
    return [_problem(stack, (section, *_location(detail)), model, detail) for detail in error.errors()]


def _location(detail: ErrorDetails) -> tuple[str | int, ...]:
    return tuple(part for part in detail["loc"] if part != "[key]")


def _problem(stack: str, path: tuple[str | int, ...], model: type[BaseModel], detail: ErrorDetails) -> Problem:
    match detail["type"]:
        case "missing":
            return Problem(path, "is missing", set_command(stack, path, _example(model, path)))
        case "extra_forbidden" | "invalid_key":
            return Problem(path, f"no such setting, got {shown(detail['input'])}", remove_command(stack, path))
        case "model_type" | "dict_type" | "tuple_type":
            needed = "a list" if detail["type"] == "tuple_type" else "a section with keys of its own"
            return Problem(path, f"must be {needed}, got {shown(detail['input'])}", _as_elsewhere(path))
    wrong = f"{_words(detail)}, got {shown(detail['input'])}"
    if isinstance(detail["input"], dict):
        return Problem(path, wrong, f"change it in Pulumi.{stack}.yaml")
    return Problem(path, wrong, set_command(stack, path, _example(model, path)))


def _as_elsewhere(path: tuple[str | int, ...]) -> str:
    return f"copy {key(path)} from another stack file and change what differs"


def _words(detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    match detail["type"]:
        case "value_error":
            return str(context["error"])
        case "literal_error":
            return "must be " + str(context["expected"]).replace("'", "")
        case "greater_than_equal":
            return f"at least {context['ge']}"
        case "less_than_equal":
            return f"at most {context['le']}"
        case "int_type" | "int_parsing" | "int_from_float":
            return "must be a whole number"
        case "bool_type":
            return "must be true or false"
        case "string_type":
            return "must be text"
    return detail["msg"][:1].lower() + detail["msg"][1:]


def _example(model: type[BaseModel], path: tuple[str | int, ...]) -> Any:
    """Find the example of the field that a path leads to, or of the nearest one above it."""
    example: Any = "VALUE"
    fields = model.model_fields
    for part in path[1:]:
        field = fields.get(str(part)) or fields.get("root")
        if field is None:
            continue
        if field.examples:
            example = field.examples[0]
        inner = next(
            (x for x in _arguments(field.annotation) if isinstance(x, type) and issubclass(x, BaseModel)), None
        )
        fields = inner.model_fields if inner else {}
    return example


def _arguments(annotation: Any) -> tuple[Any, ...]:
    return (annotation, *getattr(annotation, "__args__", ()))
