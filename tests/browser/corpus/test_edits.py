import random
import re

import pytest

from tests.browser.corpus.edits import EDITS, Author, edit, must_reload
from tests.browser.corpus.source import read
from tests.browser.corpus.visit import HERE

PAGE = """<!doctype html>
<html lang=en><head><meta charset=utf-8><title>Lamps &amp; bells</title>
<style>p { margin: 0 }</style></head>
<body class="plain">
<h1>Lamps &amp; bells</h1>
<section id="a"><h2>First</h2><p lang=en>One <em>word</em> &eacute; more.</p><p>Two</p></section>
<ul>
  <li>one <a href="x">link</a>
  <li>two</li>
  <li>three</li>
</ul>
<table><tr><th>head<td>cell</tr></table>
<pre><code>x = 1 &lt; 2
</code></pre>
<form><input name=a value="b"><br></form>
<svg><circle cx="1" r='2'/></svg>
<script>let started = '<p>no element</p>';</script>
<script type="application/json">{"data": "<p>"}</script>
</body></html>
"""


@pytest.mark.parametrize("kind", EDITS)
def test_each_kind_of_edit_changes_a_page_that_has_a_place_for_it(kind: str) -> None:
    results = {edit(random.Random(seed), PAGE, kind) for seed in range(30)}

    assert results - {None}
    assert PAGE not in results


def test_an_edit_is_repeated_by_its_seed() -> None:
    one, other = [Author(random.Random("7"), PAGE) for _ in range(2)]

    assert [one.edit() for _ in range(50)] == [other.edit() for _ in range(50)]


def test_an_author_never_saves_the_same_twice_in_a_row() -> None:
    author = Author(random.Random(3), PAGE, PAGE.replace("Two", "Three"))
    for _ in range(200):
        author.edit()

    assert all(one != other for one, other in zip(author.texts, author.texts[1:], strict=False))


def test_a_page_keeps_its_end_through_hundreds_of_edits() -> None:
    author = Author(random.Random(5), PAGE)

    assert all(author.edit()[1].rstrip().endswith("</body></html>") for _ in range(300))


def test_elements_and_texts_are_found_where_they_stand() -> None:
    source = read(PAGE)

    assert [source.of(one) for one in source.find("em", "input", "circle")] == [
        "<em>word</em>",
        '<input name=a value="b">',
        "<circle cx=\"1\" r='2'/>",
    ]
    assert [PAGE[one.start : one.end] for one in source.prose()][:4] == [
        "Lamps &amp; bells",
        "First",
        "One ",
        "word",
    ]


def test_what_a_browser_does_not_read_as_the_page_s_text_is_not_edited_as_such() -> None:
    source = read(PAGE)
    names = {one.name for one in source.find()}

    assert names.isdisjoint({"script", "style", "title", "head", "html", "body"})
    assert len(source.find("p")) == 2


def test_an_element_whose_end_tag_was_left_out_is_not_found() -> None:
    assert [read(PAGE).of(one)[:7] for one in read(PAGE).find("li")] == ["<li>two", "<li>thr"]


def test_an_attribute_is_written_once() -> None:
    results = [edit(random.Random(seed), PAGE, "attribute changed") for seed in range(200)]
    tags = [tag for result in results if result for tag in re.findall(r"<p [^>]*>", result)]

    assert any(tag.startswith('<p lang="') for tag in tags)
    assert all(tag.count("lang=") <= 1 for tag in tags)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("script changed", True), ("script changed and word changed", True), ("word changed", False)],
)
def test_an_edit_that_only_a_load_can_show_is_known(kind: str, expected: bool) -> None:  # noqa: FBT001 - a table's column
    assert must_reload(kind) is expected


def test_data_in_a_script_element_are_no_script() -> None:
    results = [edit(random.Random(seed), PAGE, "script changed") for seed in range(20)]

    assert all(result and '{"data": "<p>"}</script>' in result for result in results)


@pytest.mark.parametrize("path", sorted((HERE / "pages").glob("*.html")), ids=lambda one: one.name)
def test_each_page_of_the_corpus_can_be_edited_hundreds_of_times(path: object) -> None:
    author = Author(random.Random(1), (HERE / "pages" / str(path)).read_text("utf-8"))
    texts = [author.edit()[1] for _ in range(200)]

    assert len(set(texts)) > 100
