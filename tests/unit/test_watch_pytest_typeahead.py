import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.pytest_watch.patterns import Pattern
from livereload_sse.pytest_watch.screen.typeahead import Match, Typeahead, find_letters

FILES = [
    "src/shop/cart.py",
    "src/shop/discount.py",
    "tests/cart/test_page.py",
    "tests/test_cart.py",
    "tests/test_recart.py",
]


def typed(*presses: str, **more: object) -> Typeahead:
    typeahead = Typeahead(FILES, **more)  # type: ignore[arg-type]  # passed on
    for press in presses:
        assert typeahead.feed(press) == "typing"
    return typeahead


def shown(typeahead: Typeahead) -> list[str]:
    return [match.text for match in typeahead.matches]


def test_at_first_all_candidates_match_in_their_order() -> None:
    typeahead = typed()

    assert shown(typeahead) == FILES
    assert (typeahead.text, typeahead.total, typeahead.picked, typeahead.count) == ("", 5, 5, 5)


def test_each_letter_leaves_fewer() -> None:
    assert typed("c").picked == 5
    assert typed(*"cart").picked == 4
    assert typed(*"cart.").picked == 3


def test_what_begins_a_segment_comes_first_and_the_file_s_own_name_before_its_folder() -> None:
    assert shown(typed(*"cart")) == [
        "src/shop/cart.py",
        "tests/test_cart.py",
        "tests/cart/test_page.py",
        "tests/test_recart.py",
    ]


def test_a_test_s_own_name_comes_before_its_file() -> None:
    names = ["tests/cart.py::test_a", "tests/long_name.py::TestIt::cart"]

    assert shown(Typeahead(names, text="cart")) == names[::-1]


def test_the_shorter_of_two_comes_first() -> None:
    assert shown(Typeahead(["a/cart_long.py", "a/cart.py"], text="cart"))[0] == "a/cart.py"


def test_letters_in_fewer_pieces_and_closer_together_come_first() -> None:
    names = ["a/x_b_c", "a/x_bc", "a/x_bxxc"]

    assert shown(Typeahead(names, text="abc")) == ["a/x_bc", "a/x_b_c", "a/x_bxxc"]


def test_letters_in_their_order_find_more_further_down() -> None:
    typeahead = typed(*"s/cart")

    assert shown(typeahead)[0] == "tests/cart/test_page.py"
    assert shown(typeahead)[1:] == [
        "src/shop/cart.py",
        "tests/test_cart.py",
        "tests/test_recart.py",
    ]
    assert (typeahead.picked, typeahead.total) == (1, 4)


def test_spaces_between_letters_do_not_matter() -> None:
    assert shown(typed("s", "space", *"disc")) == ["src/shop/discount.py"]


def test_what_matches_is_marked() -> None:
    assert typed(*"disc").matches == (Match("src/shop/discount.py", (9, 10, 11, 12)),)
    assert typed(*"sdt").matches[0] == Match("src/shop/discount.py", (4, 9, 16))


def test_no_more_are_shown_than_the_limit() -> None:
    typeahead = typed(*"cart", limit=2)

    assert len(typeahead.matches) == 2
    assert typeahead.total == 4


def test_enter_keeps_the_text_that_lets_some_through() -> None:
    typeahead = typed(*"Cart", "space")

    assert typeahead.feed("enter") == "accepted"
    assert typeahead.accepted == "Cart"


def test_enter_takes_the_first_whole_where_the_text_alone_would_let_none_through() -> None:
    typeahead = typed(*"shdisc")

    assert typeahead.picked == 0
    assert typeahead.feed("enter") == "accepted"
    assert typeahead.accepted == "src/shop/discount.py"


def test_enter_does_nothing_where_nothing_matches() -> None:
    typeahead = typed(*"xyz")

    assert typeahead.feed("enter") == "typing"
    assert typeahead.matches == ()


def test_an_empty_text_is_no_filter() -> None:
    typeahead = typed(text="cart")
    typeahead.feed("ctrl-u")

    assert typeahead.feed("enter") == "accepted"
    assert typeahead.accepted == ""


def test_arrows_choose_and_pass_the_text_itself() -> None:
    typeahead = typed(*"cart")

    seen = []
    for press in ("down", "down", "up", "up", "up", "ctrl-n", "ctrl-n", "back-tab", "ctrl-p"):
        typeahead.feed(press)
        seen.append(typeahead.chosen)

    assert seen == [0, 1, 0, None, 3, None, 0, None, 3]


def test_enter_takes_what_is_chosen() -> None:
    typeahead = typed(*"cart", "down", "down")

    assert typeahead.feed("enter") == "accepted"
    assert typeahead.accepted == "tests/test_cart.py"


def test_arrows_choose_nothing_where_nothing_matches() -> None:
    assert typed(*"xyz", "down", "up").chosen is None


def test_typing_on_chooses_nothing_any_more() -> None:
    assert typed(*"cart", "down", ".").chosen is None


def test_tab_completes_to_the_first_or_the_chosen_one_which_can_be_changed() -> None:
    assert typed(*"disc", "tab").text == "src/shop/discount.py"
    assert typed(*"cart", "down", "down", "tab", "backspace").text == "tests/test_cart.p"
    assert typed(*"xyz", "tab").text == "xyz"


def test_editing() -> None:
    assert typed(*"carts", "backspace").text == "cart"
    assert typed("backspace").text == ""
    assert typed(*"cart", "ctrl-u").text == ""
    assert typed(*"test_cart.py", "ctrl-w").text == "test_cart."
    assert typed(*"a b", "space", "space", "ctrl-w").text == "a "
    assert typed(*"test_", "ctrl-w").text == "test"
    assert typed("ctrl-w").text == ""


def test_escape_gives_up() -> None:
    typeahead = typed(*"cart")

    assert typeahead.feed("escape") == "cancelled"
    assert typeahead.accepted == ""


@pytest.mark.parametrize("press", ["page-up", "ctrl-x", "delete", "left"])
def test_other_presses_change_nothing(press: str) -> None:
    typeahead = typed(*"cart", press)

    assert typeahead.text == "cart"


def test_it_begins_with_the_filter_that_is_on() -> None:
    assert shown(typed(text="disc")) == ["src/shop/discount.py"]


def test_a_letter_that_is_two_when_folded_marks_nothing() -> None:
    assert Typeahead(["straße_a"], text="_a").matches == (Match("straße_a"),)


def test_expressions_and_globs_match_as_the_filter_will() -> None:
    assert shown(typed(text="cart and not test")) == ["src/shop/cart.py"]
    assert typed(text="test_*cart").picked == 2


@given(st.lists(st.text(alphabet="ab/_.", max_size=8)), st.text(alphabet="ab/", max_size=4))
def test_whoever_the_filter_lets_through_is_counted_and_comes_first(
    names: list[str], text: str
) -> None:
    typeahead = Typeahead(names, text=text, limit=len(names))

    picked = Pattern(text).picked(names)
    assert typeahead.picked == len(picked)
    assert sorted(shown(typeahead)[: typeahead.picked]) == sorted(picked)


@given(st.text(alphabet="abc", max_size=8), st.text(alphabet="abc", min_size=1, max_size=4))
def test_letters_are_found_in_their_order_or_not_at_all(name: str, letters: str) -> None:
    places = find_letters(name, letters)

    left = iter(name)
    assert bool(places) == all(letter in left for letter in letters)
    assert sorted(set(places)) == list(places)
    assert "".join(name[at] for at in places) == (letters if places else "")
