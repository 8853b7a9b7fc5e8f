import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.web.ranges import Part, find_part, is_current, may_resume


@pytest.mark.parametrize(
    ("header", "part"),
    [
        (b"bytes=0-0", Part(0, 1)),
        (b"bytes=0-", Part(0, 10)),
        (b"bytes=3-5", Part(3, 6)),
        (b"bytes=3-99", Part(3, 10)),
        (b"bytes=9-9", Part(9, 10)),
        (b"bytes=-4", Part(6, 10)),
        (b"bytes=-99", Part(0, 10)),
        (b"Bytes = 3 - 5", Part(3, 6)),
        (b"bytes=10-", "unsatisfiable"),
        (b"bytes=10-20", "unsatisfiable"),
        (b"bytes=-0", "unsatisfiable"),
        (b"bytes=5-3", "whole"),
        (b"bytes=", "whole"),
        (b"bytes=-", "whole"),
        (b"bytes=a-b", "whole"),
        (b"bytes=0-1,3-4", "whole"),
        (b"lines=0-1", "whole"),
        (b"bytes=0-" + b"9" * 5000, "whole"),
        (b"bytes=" + b"0-0," * 5000, "whole"),
    ],
)
def test_a_range_is_read_against_a_content_of_ten_bytes(header: bytes, part: object) -> None:
    assert find_part(header, 10) == part


@given(st.binary(max_size=20) | st.from_regex(rb"bytes=[0-9]{0,4}-[0-9]{0,4}"), st.integers(0, 99))
def test_a_part_never_leaves_the_content(header: bytes, size: int) -> None:
    part = find_part(header, size)

    assert isinstance(part, str) or 0 <= part.start < part.stop <= size


def test_a_part_says_where_it_comes_from() -> None:
    assert Part(3, 6).content_range(10) == b"bytes 3-5/10"
    assert len(Part(3, 6)) == 3
    assert len(Part(6, 3)) == 0


@pytest.mark.parametrize(
    ("header", "current"),
    [
        (b'"a"', True),
        (b'W/"a"', True),
        (b'"b", "a"', True),
        (b'"b","c" , W/"a"', True),
        (b"*", True),
        (b'"b"', False),
        (b'"aa"', False),
        (b"a", False),
        (b"", False),
    ],
)
def test_a_browser_that_holds_the_tag_is_current(header: bytes, *, current: bool) -> None:
    assert is_current(header, b'"a"') is current
    assert is_current(header, b'W/"a"') is current


@pytest.mark.parametrize(
    ("header", "etag", "may"),
    [
        (None, b'"a"', True),
        (None, b'W/"a"', True),
        (b'"a"', b'"a"', True),
        (b'"b"', b'"a"', False),
        (b'W/"a"', b'W/"a"', False),
        (b"Sat, 21 Nov 2026 02:00:00 GMT", b'"a"', False),
    ],
)
def test_a_download_is_resumed_only_on_proof(
    header: bytes | None, etag: bytes, *, may: bool
) -> None:
    assert may_resume(header, etag) is may
