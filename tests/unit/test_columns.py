import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.terminal.columns import cut, spelt, width_of

LETTERS = "a漢e\u0301 ☀\ufe0f·…"


def test_letters_of_east_asia_take_two_columns_and_marks_none() -> None:
    assert width_of("漢字") == 4
    assert width_of("e\N{COMBINING ACUTE ACCENT}") == 1
    assert width_of("a\N{ZERO WIDTH JOINER}b") == 2


def test_a_sign_that_is_made_an_emoji_takes_two_columns() -> None:
    assert width_of("\N{BLACK SUN WITH RAYS}") == 1
    assert width_of("\N{BLACK SUN WITH RAYS}\N{VARIATION SELECTOR-16}") == 2


def test_a_text_that_fits_is_not_cut() -> None:
    assert cut("four", 4) == "four"
    assert cut("fours", 4) == "fou…"
    assert cut("漢字漢", 5) == "漢字…"


@given(st.text(alphabet=LETTERS, max_size=40), st.integers(1, 30))
def test_a_cut_text_is_never_wider_than_it_may_be(text: str, width: int) -> None:
    assert width_of(cut(text, width)) <= width


@pytest.mark.parametrize(
    ("text", "encoding", "shown"),
    [
        ("building · 50% …", "utf-8", "building · 50% …"),
        ("building · 50% …", "ascii", "building - 50% ~"),
        ("building · é …", "latin-1", "building · é ~"),
        ("app │ a → b", "ascii", "app | a > b"),
        ("漢字", "cp437", "????"),
    ],
)
def test_a_text_is_spelt_as_the_encoding_can(text: str, encoding: str, shown: str) -> None:
    assert spelt(text, encoding) == shown


@given(st.text(alphabet=LETTERS, max_size=40), st.sampled_from(["ascii", "cp437", "latin-1"]))
def test_what_is_spelt_stays_as_wide_and_can_be_encoded(text: str, encoding: str) -> None:
    plain = spelt(text, encoding)

    assert width_of(plain) == width_of(text)
    assert plain.encode(encoding) is not None
