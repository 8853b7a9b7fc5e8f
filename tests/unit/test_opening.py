import pytest

from livereload_sse.web.answers import RefusedError
from livereload_sse.web.opening import QUERY_FIELDS, Wanted, parse_wanted
from livereload_sse.web.readers import Counts


def test_a_query_may_name_channels_an_id_and_tabs() -> None:
    query = b"channel=a&after=1-0&channel=b%26c&reader=r-1&visible=2&hidden=3"

    assert parse_wanted(query) == Wanted(["a", "b&c"], "1-0", "r-1", Counts(2, 3))


def test_a_query_may_say_nothing() -> None:
    assert parse_wanted(b"") == Wanted([], "", "", None)


def test_of_what_is_said_twice_the_first_counts() -> None:
    wanted = parse_wanted(b"after=1-0&after=2-0&visible=1&visible=2")

    assert (wanted.after, wanted.counts) == ("1-0", Counts(1, 0))


def test_hidden_tabs_alone_are_no_number_of_tabs() -> None:
    assert parse_wanted(b"hidden=3").counts is None


@pytest.mark.parametrize("query", [b"visible=", b"visible=1&hidden=x", b"reader=a.b"])
def test_malformed_words_about_tabs_are_refused(query: bytes) -> None:
    with pytest.raises(RefusedError):
        parse_wanted(query)


def test_a_query_of_too_many_fields_is_refused() -> None:
    parse_wanted(b"channel=a&" * (QUERY_FIELDS - 1) + b"channel=a")
    with pytest.raises(RefusedError):
        parse_wanted(b"channel=a&" * QUERY_FIELDS + b"channel=a")
