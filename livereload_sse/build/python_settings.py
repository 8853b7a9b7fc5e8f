"""What a configuration that is written in Python says in plain values.

Knows syntax only: nothing of the project is executed, and what is computed is simply not known.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


def read_settings(text: str) -> Mapping[str, Any]:
    """Read what is assigned to names at the top of a module, as far as it is written out.

    A name of which something is computed, now or later, is left out. A text that is no Python says
    nothing.
    """
    settings: dict[str, Any] = {}
    for name, value in _assignments(text):
        settings.pop(name, None)
        try:
            settings[name] = ast.literal_eval(value)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            continue
    return settings


def read_path_entries(text: str, folder: Path) -> tuple[Path, ...]:
    """Read which folders a module puts on `sys.path`: `sys.path.insert(0, os.path.abspath("../src"))`
    and its relatives, in which the one text is the folder.
    """
    return tuple(
        folder / texts[0]
        for call in ast.walk(_parse(text))
        if isinstance(call, ast.Call) and _is_on_path(call.func) and call.args
        if len(texts := _texts(call.args[-1])) == 1
    )


def _parse(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return ast.Module(body=[], type_ignores=[])


def _assignments(text: str) -> Iterator[tuple[str, ast.expr]]:
    for statement in _parse(text).body:
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                if isinstance(target, ast.Name):
                    yield target.id, statement.value
        elif isinstance(statement, ast.AnnAssign | ast.AugAssign):
            # `+=` computes: the statement's own value is not what the name says then
            value = statement.value if isinstance(statement, ast.AnnAssign) else statement.target
            if isinstance(statement.target, ast.Name) and value is not None:
                yield statement.target.id, value


def _is_on_path(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and ast.unparse(function) in {
        "sys.path.insert",
        "sys.path.append",
    }


def _texts(expression: ast.expr) -> list[str]:
    """List the texts in an expression; two may be joined in ways that only running it would tell."""
    return [
        node.value
        for node in ast.walk(expression)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
