import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.pytest_watch.patterns import Pattern

NAMES = [
    "tests/test_cart.py::test_add[1]",
    "tests/test_cart.py::test_add[2]",
    "tests/test_cart.py::test_slow_total",
    "tests/test_page.py::TestHome::test_is_empty",
    "tests/test_salt and pepper.py::test_call(1)",
]
ADD = NAMES[:2]


@pytest.mark.parametrize(
    ("text", "picked"),
    [
        ("", NAMES),
        ("  ", NAMES),
        ("add", ADD),
        ("ADD", ADD),
        ("testhome", [NAMES[3]]),
        ("test_add[2]", [NAMES[1]]),
        ("cart.py::test_slow", [NAMES[2]]),
        ("nothing", []),
        ("test_*_total", [NAMES[2]]),
        ("add[?]", ADD),
        ("cart*total", [NAMES[2]]),
        ("cart and not slow", ADD),
        ("slow or home", NAMES[2:4]),
        ("cart and (slow or add[1])", [NAMES[0], NAMES[2]]),
        ("not cart and not salt", [NAMES[3]]),
        ("not not slow", [NAMES[2]]),
        ("CART AND NOT SLOW", ADD),
        ("home or cart and slow", NAMES[2:4]),
        ("(home or cart) and slow", [NAMES[2]]),
        ("test_call(1)", [NAMES[4]]),
        ("cart and total*", [NAMES[2]]),
        # No expressions, so texts:
        ("salt and pepper.py", [NAMES[4]]),
        ("salt and", [NAMES[4]]),
        ("not", []),
        ("(cart", []),
        ("cart)", []),
        ("and pepper", [NAMES[4]]),
        ("cart slow", []),
    ],
)
def test_a_filter_lets_through_what_it_says(text: str, picked: list[str]) -> None:
    pattern = Pattern(text)

    assert pattern.picked(NAMES) == picked
    assert [name for name in NAMES if pattern.picks(name)] == picked


@pytest.mark.parametrize("text", ["a and and", "a and or", "a and )"])
def test_an_operator_is_no_term(text: str) -> None:
    assert not Pattern(text).picks("a land for (all)")
    assert Pattern(text).picks(text)


@given(st.text(alphabet="ab()*?[] ", max_size=12), st.text(alphabet="ab()[] ", max_size=12))
def test_no_text_is_an_error(text: str, name: str) -> None:
    Pattern(text).picks(name)


@given(st.text(max_size=20))
def test_a_name_is_picked_by_itself(name: str) -> None:
    if not {"and", "or", "not"} & set(name.casefold().split()) and not set("()") & set(name):
        assert Pattern(name).picks(name)
