"""What a field of an answer means: the string below it in the source."""

import ast
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from importlib import import_module
from types import ModuleType

import server.hours.exporting
import server.routes

Fields = Mapping[tuple[str, str], str]


def field_words() -> Fields:
    """By class and field: every class of the routes, and lines of hours, exported as they are."""
    return {
        (found.name, field): " ".join(words.split())
        for module in _modules()
        for found in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(found, ast.ClassDef)
        for field, words in _fields(found)
    }


def _modules() -> Iterator[ModuleType]:
    for each in pkgutil.walk_packages(server.routes.__path__, "server.routes."):
        yield import_module(each.name)
    yield server.hours.exporting


def _fields(found: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, below in zip(found.body, found.body[1:], strict=False):
        if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name):
            continue
        said = below.value if isinstance(below, ast.Expr) else None
        if isinstance(said, ast.Constant) and isinstance(said.value, str):
            yield field.target.id, said.value
