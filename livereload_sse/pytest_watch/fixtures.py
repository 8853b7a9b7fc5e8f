"""The fixture `sse_reload`: a running session on a temporary site.

Loaded by every pytest run where sse-reload is installed, so it imports nothing but pytest until a test
asks for the fixture.
"""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livereload_sse.pytest_watch.sharing.site_under_test import SseReload


@pytest.fixture
def sse_reload(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> "Iterator[SseReload]":
    """Serve a temporary site, which is empty at first, with live reload.

    In a test of any kind: `sse_reload.write("index.html", "…")`, then `await
    sse_reload.expect_update()` or `sse_reload.wait_for_update()`. Settings are given by
    `@pytest.mark.parametrize("sse_reload", [{"site": "docs", "spa": True}], indirect=True)`.
    """
    from livereload_sse.pytest_watch.sharing.site_under_test import site_under_test  # noqa: PLC0415 - see above

    options = getattr(request, "param", {})
    with site_under_test(tmp_path_factory.mktemp("site"), options) as running:
        yield running
