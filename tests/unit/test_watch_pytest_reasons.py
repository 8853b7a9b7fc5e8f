from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.pytest_watch.affected import reasons
from livereload_sse.pytest_watch.affected.choice import Choice, Reason, Why
from livereload_sse.terminal.columns import width_of

ROOT = "/shop"


def path(name: str) -> str:
    return f"{ROOT}/{name}"


def choice(
    files: Mapping[str, tuple[str, ...]],
    *,
    everything: str = "",
    changed: tuple[str, ...] = (),
    text: str = "",
    tests: frozenset[str] | None = None,
) -> Choice:
    """`files`: test file → how, and the way from it to what has changed."""
    made: dict[str, Reason] = {}
    for file, (how, *way) in files.items():
        chain = (file, *way)
        made[path(file)] = Reason(path(chain[-1]), _why(how), tuple(map(path, chain)), text)
    ends = dict.fromkeys([*(reason.path for reason in made.values()), *map(path, changed)])
    return Choice(tuple(ends), made, everything, total_files=30, tests=tests)


def _why(how: str) -> Why:
    return how  # type: ignore[return-value]  # the tables below hold nothing else


def counts(**files: int) -> dict[str, int]:
    return {path(f"{name}.py"): count for name, count in files.items()}


COUNTS = counts(test_cart=3, test_page=1, test_other=308)
CART = choice(
    {
        "test_cart.py": ("imports", "src/cart.py"),
        "test_page.py": ("imports", "page.py", "src/cart.py"),
    }
)


def line(made: Choice, tests: Mapping[str, int] = COUNTS) -> str:
    return f"{header(made, tests=tests)}: {why(made)}"


def header(made: Choice, width: int = 0, tests: Mapping[str, int] = COUNTS) -> str:
    return reasons.header(made, counts=tests, rootdir=ROOT, width=width)


def why(made: Choice, width: int = 0) -> str:
    return reasons.why(made, rootdir=ROOT, width=width)


def test_one_line_says_what_changed_how_many_tests_and_why() -> None:
    assert line(CART) == (
        "src/cart.py → 4 of 312 tests: test_cart (imports it), test_page (through page.py)"
    )


def test_the_header_and_the_reason_may_be_two_lines() -> None:
    assert header(CART) == "src/cart.py → 4 of 312 tests"
    assert why(CART) == "test_cart (imports it), test_page (through page.py)"


@pytest.mark.parametrize(
    ("how", "way", "words"),
    [
        ("is", (), "test_a (changed)"),
        ("new", (), "test_a (is new)"),
        ("imports", ("cart.py",), "test_a (imports it)"),
        ("imports", ("shop/__init__.py", "cart.py"), "test_a (through shop/__init__.py)"),
        ("reads", ("home.html",), "test_a (reads home.html)"),
        ("reads", ("page.py", "home.html"), "test_a (reads home.html)"),
        ("lists", ("data/x.json",), "test_a (lists its folder)"),
        ("starts", ("conftest.py",), "test_a (starts with it)"),
        ("map", ("openapi.yaml",), "test_a (live_watch_map, for it)"),
        ("everything", ("a.txt",), "test_a (may use it: starts python)"),
        ("unknown", ("a.txt",), "test_a (may use it: never ran to its end)"),
    ],
)
def test_each_way_has_its_words(how: str, way: tuple[str, ...], words: str) -> None:
    assert why(choice({"test_a.py": (how, *way)}, text="starts python")) == words


def test_what_may_be_used_for_no_known_reason_may_be_used() -> None:
    assert why(choice({"test_a.py": ("everything", "a.txt")})) == "test_a (may use it)"


def test_where_several_have_changed_each_is_named() -> None:
    made = choice(
        {
            "test_a.py": ("imports", "cart.py"),
            "test_b.py": ("reads", "home.html"),
            "test_c.py": ("imports", "page.py", "cart.py"),
            "test_d.py": ("lists", "home.html"),
        }
    )

    assert line(made, tests={}) == (
        "cart.py, home.html → 4 of 30 files: test_a (imports cart.py), test_b (reads home.html), "
        "test_c (cart.py through page.py), test_d (lists home.html's folder)"
    )


def test_those_with_the_same_reason_stand_together() -> None:
    made = choice(
        {
            "test_a.py": ("imports", "cart.py"),
            "test_b.py": ("reads", "cart.py"),
            "test_c.py": ("imports", "cart.py"),
        }
    )

    assert why(made) == "test_a, test_c (import it), test_b (reads cart.py)"


def test_those_of_the_same_name_are_told_apart() -> None:
    made = choice(
        {"unit/test_a.py": ("imports", "cart.py"), "api/test_a.py": ("imports", "cart.py")}
    )

    assert why(made) == "unit/test_a.py, api/test_a.py (import it)"


@pytest.mark.parametrize(
    ("files", "tests", "words"),
    [
        (["test_cart"], COUNTS, "3 of 312 tests"),
        (["test_page"], COUNTS, "1 of 312 tests"),
        (["test_cart"], counts(test_cart=3), "all 3 tests"),
        (["test_cart"], counts(test_cart=1), "1 test"),
        (["test_cart", "test_new"], COUNTS, "3 of 312 tests and 1 new file"),
        (["test_new"], COUNTS, "1 new file"),
        (["test_new", "test_newer"], COUNTS, "2 new files"),
        (["test_none"], {**COUNTS, **counts(test_none=0)}, "1 file without tests"),
        (
            ["test_cart", "test_new", "test_none"],
            {**COUNTS, **counts(test_none=0)},
            "3 of 312 tests, 1 new file and 1 file without tests",
        ),
        (["test_cart"], {}, "1 of 30 files"),
    ],
)
def test_tests_are_counted(files: list[str], tests: Mapping[str, int], words: str) -> None:
    made = choice({f"{name}.py": ("imports", "cart.py") for name in files})

    assert header(made, tests=tests) == f"cart.py → {words}"


def test_where_only_some_tests_of_the_files_run_those_are_counted() -> None:
    made = choice({"test_cart.py": ("imports", "cart.py")}, tests=frozenset({"one", "two"}))

    assert header(made) == "cart.py → 2 of 312 tests"


def test_where_nobody_knows_which_tests_there_are_all_of_them_run() -> None:
    made = choice({}, everything="no test is known yet")
    assert reasons.header(made, counts=COUNTS, rootdir=ROOT) == "all tests"


def test_where_everything_runs_the_cause_is_the_reason() -> None:
    files = {
        f"test_{name}.py": ("configuration", "pytest.ini") for name in ("cart", "page", "other")
    }
    made = choice(files, everything="pytest.ini is configuration")

    assert line(made) == "pytest.ini → all 312 tests: pytest.ini is configuration"
    assert line(made, tests={}) == "pytest.ini → all tests: pytest.ini is configuration"


def test_names_are_left_out_where_it_is_narrow_and_counted() -> None:
    made = choice({f"test_{letter}.py": ("imports", "cart.py") for letter in "abcdef"})

    assert why(made, 40) == "test_a, test_b (import it) and 4 more"
    assert why(made, 36) == "test_a (imports it) and 5 more"
    assert why(made, 60) == "test_a, test_b, test_c, test_d, test_e, test_f (import it)"


def test_there_is_an_end_to_names_even_where_it_is_wide() -> None:
    made = choice({f"test_{number}.py": ("imports", "cart.py") for number in range(99)})

    assert why(made).endswith("test_7 (import it) and 91 more")
    assert why(made, 10_000) == why(made)


def test_a_header_that_is_narrow_names_files_without_their_folders() -> None:
    assert header(CART, 28) == "src/cart.py → 4 of 312 tests"
    assert header(CART, 27) == "cart.py → 4 of 312 tests"
    assert header(CART, 20) == "cart.py → 4 of 312 …"


def test_of_many_changed_files_some_are_named() -> None:
    made = choice({"test_cart.py": ("imports", "a.py")}, changed=("b.py", "c.py", "d.py", "e.py"))

    assert header(made) == "a.py, b.py, c.py and 2 more → 3 of 312 tests"
    assert header(made, 36) == "a.py and 4 more → 3 of 312 tests"


def test_a_file_that_could_not_be_collected_is_not_called_new() -> None:
    made = choice({"test_new.py": ("unknown", "a.py"), "test_odd.py": ("unknown", "a.py")})
    odd = [path("test_odd.py")]

    assert reasons.header(made, counts=COUNTS, rootdir=ROOT, uncollected=odd) == (
        "a.py → 1 new file and 1 file that could not be collected"
    )
    assert reasons.why(made, rootdir=ROOT, uncollected=odd) == (
        "test_new (may use it: never ran to its end), test_odd (could not be collected)"
    )


def test_code_that_is_as_before_is_named() -> None:
    def same(*names: str, width: int = 0) -> str:
        return reasons.same_line([path(name) for name in names], rootdir=ROOT, width=width)

    assert same("src/cart.py") == "src/cart.py: same code as before, nothing to run"
    assert same("a.py", "b.py") == "a.py, b.py: same code as before, nothing to run"
    assert same("a.py", "b.txt") == "a.py, b.txt: same as before, nothing to run"
    assert same("a.py", *("a_long_name.py" for _ in "bc"), width=56) == (
        "a.py and 2 more: same code as before, nothing to run"
    )


def test_what_no_test_uses_is_named() -> None:
    def unused(*names: str, width: int = 0) -> str:
        return reasons.unused_line([path(name) for name in names], rootdir=ROOT, width=width)

    assert unused("docs/notes.txt") == "no test reads docs/notes.txt"
    assert unused("a.py", "notes.txt") == "no test uses a.py, notes.txt"
    assert reasons.unused_line([path("a.py")], rootdir=ROOT, is_narrowed=True) == (
        "no test that is selected uses a.py"
    )
    assert unused("a.txt", *("a_long_name.txt" for _ in "bc"), width=33) == (
        "no test reads a.txt and 2 more"
    )


def test_the_chain_goes_from_the_test_to_what_changed() -> None:
    made = choice({"unit/test_page.py": ("reads", "src/page.py", "src/home.html")})

    assert reasons.chain(made, path("unit/test_page.py"), rootdir=ROOT) == (
        "unit/test_page.py → page.py → home.html"
    )
    assert reasons.chain(made, path("other.py"), rootdir=ROOT) == ""


@pytest.mark.parametrize(
    ("how", "way", "words"),
    [
        ("is", (), "test_a.py (changed)"),
        ("new", (), "test_a.py (new)"),
        ("starts", ("conftest.py",), "test_a.py → conftest.py"),
        ("lists", ("x.json",), "test_a.py → x.json (lists its folder, or one above it)"),
        ("map", ("x.json",), "test_a.py → x.json (by live_watch_map)"),
        ("everything", ("x",), "test_a.py → x (may use it: starts python)"),
        ("unknown", ("x",), "test_a.py → x (may use it: never ran to its end)"),
        ("configuration", ("x.ini",), "test_a.py → x.ini (x.ini is configuration)"),
    ],
)
def test_a_chain_says_what_is_no_step(how: str, way: tuple[str, ...], words: str) -> None:
    made = choice(
        {"test_a.py": (how, *way)}, text="starts python", everything="x.ini is configuration"
    )

    assert reasons.chains(made, rootdir=ROOT) == [words]


def test_each_chosen_file_has_its_chain_in_their_order() -> None:
    assert reasons.chains(CART, rootdir=ROOT) == [
        "test_cart.py → cart.py",
        "test_page.py → page.py → cart.py",
    ]


def test_what_a_terminal_would_obey_is_spelt_out() -> None:
    made = choice({"test_\x1b[2J.py": ("reads", "a\nb.txt")}, text="\x07")

    for text in (line(made), header(made), why(made), *reasons.chains(made, rootdir=ROOT)):
        assert text.isprintable()


names = st.text(st.sampled_from("ab\u4e2d_"), min_size=1, max_size=12)


@given(st.lists(names, min_size=1, max_size=30, unique=True), st.integers(1, 200))
def test_a_line_is_never_wider_than_the_terminal(files: list[str], width: int) -> None:
    made = choice({f"test_{name}.py": ("imports", f"{name}.py") for name in files})

    assert width_of(why(made, width)) <= max(width, width_of(why(made, 1)))
    assert width_of(header(made, width)) <= width
