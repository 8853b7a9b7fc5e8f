"""What the text of one Python file names: modules it imports, and words that may be modules or files.

Pure. Refuses to know disks, and what a name leads to. All imports count, those in functions and
below `if TYPE_CHECKING` included: which of them happen is not for a text to say.
"""

import ast
import re
from dataclasses import dataclass

LONGEST_WORD = 200
"""Characters; a longer text is no name."""

_MODULE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_FILE = re.compile(r"[^\x00-\x1f:*?\"<>|]*[^\x00-\x1f:*?\"<>|/\\.]\.\w{1,12}")
_FOLDER = re.compile(r"[\w.-]+(?:/[\w.-]+)*")
_IMPORTERS = frozenset({"import_module", "__import__", "importorskip", "resolve_name", "files"})
_PLUGINS = "pytest_plugins"


@dataclass(frozen=True, slots=True)
class Named:
    """What a file names.

    `modules` are (level, dotted name): level 0 from the roots, 1 from the file's own folder, and so
    on up. `files` and `folders` are words that may be relative paths.
    """

    modules: frozenset[tuple[int, str]] = frozenset()
    files: frozenset[str] = frozenset()
    folders: frozenset[str] = frozenset()


def names_in(tree: ast.Module) -> Named:
    """Gather what a syntax tree names."""
    modules: set[tuple[int, str]] = set()
    words: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules.update((0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            modules |= _from(node)
        elif isinstance(node, ast.Call):
            modules |= _called(node)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            modules |= _plugins(node)
        elif isinstance(node, ast.Constant):
            words |= _words(node.value)
    modules.update((0, word) for word in words if _MODULE.fullmatch(word))
    files = frozenset(word for word in words if _FILE.fullmatch(word))
    folders = frozenset(word for word in words - files if _FOLDER.fullmatch(word))
    return Named(frozenset(modules), files, folders if files else frozenset())


def _words(value: object) -> set[str]:
    return {value} if isinstance(value, str) and 0 < len(value) <= LONGEST_WORD else set()


def _from(node: ast.ImportFrom) -> set[tuple[int, str]]:
    """`from a import b`: b may be a module in a, or anything else in it."""
    base = node.module or ""
    dotted = {f"{base}.{alias.name}".strip(".") for alias in node.names if alias.name != "*"}
    return {(node.level, name) for name in dotted | {base}}


def _called(node: ast.Call) -> set[tuple[int, str]]:
    """`importlib.import_module("a.b")` and its like, where the name is written out."""
    function = node.func
    called = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if called not in _IMPORTERS or not node.args:
        return set()
    return _as_modules(node.args[0])


def _plugins(node: ast.Assign | ast.AnnAssign) -> set[tuple[int, str]]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if not any(getattr(target, "id", "") == _PLUGINS for target in targets) or node.value is None:
        return set()
    return {found for part in ast.walk(node.value) for found in _as_modules(part)}


def _as_modules(node: ast.AST) -> set[tuple[int, str]]:
    words = _words(node.value) if isinstance(node, ast.Constant) else set()
    return {(len(word) - len(word.lstrip(".")), word.lstrip(".")) for word in words}
