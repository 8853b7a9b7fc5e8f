"""Where an application is mounted, as the browser sees it.

Knows the two ways in which ASGI servers tell: with the mount's path in `path` (ASGI since 3.0 as
Starlette and uvicorn read it), and without (a proxy has cut it off).
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Scope


def basis_of(scope: "Scope") -> str:
    """The path below which the application is, without a slash at its end: `/sub`, or nothing."""
    return str(scope.get("root_path", "")).rstrip("/")


def path_within(scope: "Scope") -> str:
    """The path of a request as seen from where the application is mounted."""
    path, basis = str(scope["path"]), basis_of(scope)
    if basis and path.startswith(basis) and path[len(basis) :][:1] in ("", "/"):
        return path[len(basis) :]
    return path
