from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.pytest_watch.messages import Use
from livereload_sse.pytest_watch.recorder.ledger import (
    AT_IMPORT,
    DOUBT,
    Context,
    FixtureUse,
    Ledger,
)

TEST = "/test_a.py"
CONFTEST = "/conftest.py"


def ledger(*edges: tuple[str, str, str]) -> Ledger:
    made = Ledger()
    for source, name, path in edges:
        made.add_edge(source, name, (path, "imports"))
    return made


def context(hits: Mapping[str, str]) -> Context:
    return Context({(path, "imports"): source for path, source in hits.items()})


def paths(uses: tuple[Use, ...]) -> set[str]:
    return {use.path for use in uses}


def test_edges_are_followed_to_the_end_and_round_in_circles_once() -> None:
    book = ledger(("/a", "", "/b"), ("/b", "load", "/c"), ("/c", "", "/a"))

    found = book.gather(TEST, own=[context({"/a": TEST})])

    assert found.uses == (
        Use(TEST, "is"),
        Use("/a", "imports", TEST),
        Use("/b", "imports", "/a"),
        Use("/c", "imports", "/b"),
    )


def test_the_shortest_way_is_told() -> None:
    book = ledger(("/a", "", "/b"), ("/b", "", "/d"), ("/c", "", "/d"), ("/d", "", "/e"))

    found = book.gather(TEST, own=[context({"/a": TEST, "/c": TEST})])

    assert Use("/d", "imports", "/c") in found.uses


def test_code_that_ran_for_a_test_is_used_by_it_whoever_has_imported_it() -> None:
    found = Ledger().gather(TEST, own=[context({"/data": "/app"})])

    assert set(found.uses) >= {Use("/app", "imports", TEST), Use("/data", "imports", "/app")}


def test_what_a_file_uses_as_data_and_as_a_module_is_told_twice() -> None:
    own = Context({("/a", "imports"): TEST, ("/a", "reads"): TEST})

    assert len(Ledger().gather(TEST, own=[own]).uses) == 3


def test_of_a_shared_file_only_what_no_fixture_claims_is_followed() -> None:
    book = ledger((CONFTEST, AT_IMPORT, "/a"), (CONFTEST, "thing", "/b"), (CONFTEST, "hook", "/c"))
    shared = {CONFTEST: frozenset({"thing"})}

    without = book.gather(TEST, own=[], starts=[CONFTEST], shared=shared)
    fixture = FixtureUse(Context(), CONFTEST, frozenset({"thing"}))
    with_it = book.gather(TEST, own=[], starts=[CONFTEST], shared=shared, fixtures=[fixture])

    assert paths(without.uses) == {TEST, CONFTEST, "/a", "/c"}
    assert paths(with_it.uses) == {TEST, CONFTEST, "/a", "/b", "/c"}


def test_a_shared_file_that_a_test_imports_is_followed_in_full() -> None:
    book = ledger((CONFTEST, "thing", "/b"))
    own = [context({CONFTEST: TEST})]

    found = book.gather(TEST, own=own, starts=[CONFTEST], shared={CONFTEST: frozenset({"thing"})})

    assert "/b" in paths(found.uses)


def test_what_was_loaded_before_the_first_test_is_used_but_not_all_of_it() -> None:
    book = ledger(("/plugin", AT_IMPORT, "/a"), ("/plugin", "thing", "/b"))
    book.start.hits["/plugin", "imports"] = ""

    found = book.gather(TEST, own=[], shared={"/plugin": frozenset({"thing"})})

    assert paths(found.uses) == {TEST, "/plugin", "/a"}


def test_packages_are_imported_with_their_modules() -> None:
    book = ledger(("/pkg/__init__.py", "", "/pkg/base.py"))
    own = [context({"/pkg/mod.py": TEST})]

    found = book.gather(
        TEST,
        own=own,
        packages=lambda path: ["/pkg/__init__.py"] if path == "/pkg/mod.py" else [],
    )

    assert Use("/pkg/__init__.py", "imports", "/pkg/mod.py") in found.uses
    assert "/pkg/base.py" in paths(found.uses)


def test_doubts_are_reasons_and_no_uses_and_the_nearest_is_told() -> None:
    book = Ledger()
    book.add_edge("/far", "", ("starts far", DOUBT))
    own = Context({("/far", "imports"): TEST, ("starts near", DOUBT): "/x/near.py"})

    found = book.gather(TEST, own=[own])

    assert found.everything == "starts far in far"
    assert paths(found.uses) == {TEST, "/far", "/x/near.py"}


def test_nothing_is_followed_from_a_folder_that_is_listed() -> None:
    book = ledger(("/folder", "", "/a"))

    found = book.gather(TEST, own=[Context({("/folder", "lists"): TEST})])

    assert paths(found.uses) == {TEST, "/folder"}


names = st.sampled_from("abcdefgh")
edges = st.lists(st.tuples(names, st.sampled_from(["", "f"]), names), max_size=20)
hits = st.dictionaries(names, names, max_size=4)


@given(edges, edges, hits, st.dictionaries(names, st.just(frozenset({"f"}))))
def test_more_edges_never_mean_fewer_uses(
    few: list[tuple[str, str, str]],
    more: list[tuple[str, str, str]],
    own: dict[str, str],
    shared: dict[str, frozenset[str]],
) -> None:
    small = ledger(*few).gather(TEST, own=[context(own)], shared=shared)
    large = ledger(*few, *more).gather(TEST, own=[context(own)], shared=shared)

    assert paths(small.uses) <= paths(large.uses)


@given(edges, hits, st.dictionaries(names, st.just(frozenset({"f"}))))
def test_each_chain_ends_at_the_test_file(
    given_edges: list[tuple[str, str, str]],
    own: dict[str, str],
    shared: dict[str, frozenset[str]],
) -> None:
    uses = ledger(*given_edges).gather(TEST, own=[context(own)], shared=shared).uses
    via = {use.path: use.via for use in reversed(uses)}

    for use in uses:
        path, steps = use.path, 0
        while path != TEST:
            path, steps = via[path], steps + 1
            assert steps <= len(via)


@given(edges, hits)
def test_all_that_was_hit_and_all_that_those_use_is_found(
    given_edges: list[tuple[str, str, str]], own: dict[str, str]
) -> None:
    found = paths(ledger(*given_edges).gather(TEST, own=[context(own)]).uses)

    assert set(own) | set(own.values()) <= found
    assert all(target in found for source, _, target in given_edges if source in found)
