import pytest

from livereload_sse.web.whole import (
    DOUBTFUL_QUIET,
    EMPTY_QUIET,
    LEAST_QUIET,
    UNFINISHED_QUIET,
    Sighting,
    looks_whole,
    needed_quiet,
    tail,
)

STYLES = b"body { color: red }\n" * 10


@pytest.mark.parametrize(
    ("content", "whole"),
    [
        (b"<html></html>", True),
        (b"<p></HTML>\n\n", True),
        (b"<p></html >\n<!-- generated\nin 3 ms -->\n <!-- 2 -->", True),
        (b"<html><p>", False),
        (b"</html><p>more", False),
        (b"</html><!-- open", False),
        (b"</html><!-- a --> b -->", False),
        (b"", False),
    ],
)
def test_a_page_is_whole_when_it_is_closed(content: bytes, *, whole: bool) -> None:
    assert looks_whole(content, is_html=True, known_tail=None) is whole


def test_a_file_is_whole_when_it_ends_like_the_version_before() -> None:
    longer = b"/* new */" + STYLES

    assert looks_whole(longer, is_html=False, known_tail=tail(STYLES))
    assert not looks_whole(longer[:-3], is_html=False, known_tail=tail(STYLES))
    assert not looks_whole(longer, is_html=False, known_tail=None)
    assert not looks_whole(b"</html>", is_html=False, known_tail=None)


def test_an_ending_that_is_only_a_part_of_the_one_before_is_not_whole() -> None:
    assert not looks_whole(b"}\n", is_html=False, known_tail=tail(STYLES))
    assert not looks_whole(b"", is_html=False, known_tail=b"")


@pytest.mark.parametrize(
    ("content", "code", "known", "quiet"),
    [
        (b"<p></html>", True, None, LEAST_QUIET),
        (b"<p>", True, None, DOUBTFUL_QUIET),
        (b"<p>", True, b"<p>", LEAST_QUIET),
        (b"", True, None, EMPTY_QUIET),
        (b"", False, None, LEAST_QUIET),
        (b"", False, b"text", EMPTY_QUIET),
        (b"", False, b"", LEAST_QUIET),
        (None, False, None, DOUBTFUL_QUIET),
    ],
)
def test_the_more_doubtful_a_file_the_longer_it_must_rest(
    content: bytes | None, *, code: bool, known: bytes | None, quiet: float
) -> None:
    needed = needed_quiet(content, is_html=code, is_code=code, known_tail=known)

    assert needed == quiet


def test_a_file_that_was_written_long_ago_is_quiet_at_first_sight() -> None:
    sighting = Sighting(since=100.0)

    same = sighting.see("a", touched=1000.0, wall=1060.0, now=100.0)

    assert not same
    assert (sighting.quiet, sighting.waited) == (60.0, 0.0)


def test_a_change_begins_the_quiet_anew() -> None:
    sighting = Sighting(since=100.0)
    sighting.see("a", touched=1000.0, wall=1000.01, now=100.0)

    assert sighting.see("a", touched=1000.0, wall=1000.03, now=100.02)
    assert sighting.quiet == pytest.approx(0.03)
    assert not sighting.see("b", touched=1000.04, wall=1000.04, now=100.03)
    assert sighting.quiet == pytest.approx(0.0)
    assert sighting.waited == pytest.approx(0.03)


def test_a_time_in_the_future_says_nothing_and_our_own_looking_counts() -> None:
    sighting = Sighting(since=100.0)
    sighting.see("a", touched=9000.0, wall=1000.0, now=100.0)

    assert sighting.quiet == 0.0
    sighting.see("a", touched=9000.0, wall=1000.05, now=100.05)
    assert sighting.quiet == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("content", "html", "code", "unfinished", "quiet"),
    [
        (b"a {}", False, True, False, 0.0),
        (b"<p></html>", True, True, False, 0.0),
        (b"<p>", True, True, False, DOUBTFUL_QUIET),
        (b"", False, True, False, EMPTY_QUIET),
        (b"", False, False, False, 0.0),
        (None, False, False, False, 0.0),
        (b"<p></html>", True, True, True, UNFINISHED_QUIET),
        (None, False, False, True, UNFINISHED_QUIET),
    ],
)
def test_where_the_system_tells_who_is_writing_it_is_believed(
    content: bytes | None, *, html: bool, code: bool, unfinished: bool, quiet: float
) -> None:
    needed = needed_quiet(
        content, is_html=html, is_code=code, known_tail=None, unfinished=unfinished
    )

    assert needed == quiet
