"""Where an application is mounted, as servers and routers tell it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.web.reading import basis_of, path_within

SEGMENTS = st.lists(st.text("abc%é ", min_size=1, max_size=3), max_size=3)


@pytest.mark.parametrize(
    ("path", "root_path", "wanted"),
    [
        ("/page", "", "/page"),
        ("/sub/page", "/sub", "/page"),  # as Starlette and uvicorn have it
        ("/page", "/sub", "/page"),  # a proxy has cut the path off
        ("/sub/page", "/sub/", "/page"),
        ("/sub", "/sub", ""),
        ("/sub/", "/sub", "/"),
        ("/submarine", "/sub", "/submarine"),
        ("/sub/sub/page", "/sub", "/sub/page"),
        ("/page", "/", "/page"),
    ],
)
def test_the_path_is_that_within_the_application(path: str, root_path: str, wanted: str) -> None:
    assert path_within({"path": path, "root_path": root_path}) == wanted


def test_a_server_may_leave_the_root_path_out() -> None:
    assert path_within({"path": "/page"}) == "/page"
    assert basis_of({"path": "/page"}) == ""


def test_the_basis_has_no_slash_at_its_end() -> None:
    assert basis_of({"root_path": "/sub/"}) == "/sub"


@given(SEGMENTS, SEGMENTS)
def test_basis_and_path_within_make_the_whole(root: list[str], rest: list[str]) -> None:
    basis, within = "".join(f"/{one}" for one in root), "".join(f"/{one}" for one in rest)
    scope = {"path": basis + within, "root_path": basis}

    assert basis_of(scope) + path_within(scope) == basis + within
