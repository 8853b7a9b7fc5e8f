"""Pages as people really have them, and edits as authors make them: no page is ever shown wrong.

A few edits of each page in each run. `SSE_RELOAD_SOAK_EDITS=300` makes so many of each, from a seed
that is printed; `SSE_RELOAD_SEED` repeats a run. The law itself is in `corpus/visit.py`.
"""

import difflib
import os
import random
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import Tabs
from tests.browser.corpus.edits import Author
from tests.browser.corpus.packages import find_packages
from tests.browser.corpus.pages import PAGES, CorpusPage, make_all
from tests.browser.corpus.report import lines
from tests.browser.corpus.visit import Outcome, Visit, WrongPage
from tests.serving import LiveServer, serving

SOAK = os.environ.get("SSE_RELOAD_SOAK_EDITS")
EDITS = int(SOAK or "4")
SEED = os.environ.get("SSE_RELOAD_SEED") or (str(random.randrange(10**6)) if SOAK else "1")

Visiting = Callable[[CorpusPage], Visit]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The corpus: its root, and a root of generated pages after their author's change."""
    root, revised = tmp_path_factory.mktemp("corpus"), tmp_path_factory.mktemp("revised")
    make_all(root, revised, find_packages())
    return root, revised


@pytest.fixture(scope="module")
def corpus_server(
    made: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    """One server for all pages, on a copy that authors may edit."""
    root = shutil.copytree(made[0], tmp_path_factory.mktemp("served") / "corpus")
    with serving(root) as running:
        yield running


def restore(server: LiveServer, first: Path, page: CorpusPage) -> None:
    """Take back what authors have done to a page before."""
    text = (first / page.file).read_bytes()
    if (server.root / page.file).read_bytes() != text:
        (server.root / page.file).write_bytes(text)
        server.wait_for_line(f"{re.escape(page.file)}.* → ")


@pytest.fixture(scope="module")
def fresh(browser: Browser) -> Iterator[Page]:
    """Another window, in which pages are loaded without the client."""
    context = browser.new_context()
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setBlockedURLs", {"urls": ["*/__sse-reload/*"]})
    yield page
    context.close()


@pytest.fixture
def visit(made: tuple[Path, Path], corpus_server: LiveServer, fresh: Page, tabs: Tabs) -> Visiting:
    """Open a page of the corpus as it was made; the fresh window has the size of that tab."""

    def open_page(page: CorpusPage) -> Visit:
        restore(corpus_server, made[0], page)
        live = tabs.open(corpus_server.url + page.url)
        size = live.evaluate("({ width: innerWidth, height: innerHeight })")
        fresh.set_viewport_size(size)
        return Visit(page, corpus_server, live, fresh)

    return open_page


@pytest.fixture(scope="module")
def outcomes(request: pytest.FixtureRequest) -> Iterator[list[Outcome]]:
    """What became of the edits; the summary is printed at the end."""
    collected: list[Outcome] = []
    yield collected
    capture: Any = request.config.pluginmanager.get_plugin("capturemanager")
    reporter: Any = request.config.pluginmanager.get_plugin("terminalreporter")
    with capture.global_and_fixture_disabled():
        for line in lines(collected, SEED, by_page=SOAK is not None):
            reporter.ensure_newline()
            reporter.write_line(line)


@contextmanager
def explained(kind: str, number: int, before: str, after: str) -> Iterator[None]:
    """Say with a wrong page which edit made it so."""
    try:
        yield
    except AssertionError as error:
        change = difflib.unified_diff(before.splitlines(), after.splitlines(), n=1, lineterm="")
        where = f"edit {number} with SSE_RELOAD_SEED={SEED}: {kind}"
        raise WrongPage("\n".join([where, *list(change)[:60], "", str(error)])) from error


def named(name: str) -> CorpusPage:
    return next(page for page in PAGES if page.name == name)


def reworded(page: CorpusPage, text: str) -> str:
    return text.replace(page.phrase, "Something else altogether")


def author_of(page: CorpusPage, visit: Visit, revised: Path) -> Author:
    chance = random.Random(f"{SEED} {page.name}")
    other = revised / page.file
    return Author(chance, visit.read(), other.read_text("utf-8") if other.exists() else None)


@pytest.mark.timeout(60 + 5 * EDITS)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_after_each_edit_the_page_is_what_a_fresh_load_shows(
    page: CorpusPage, visit: Visiting, made: tuple[Path, Path], outcomes: list[Outcome]
) -> None:
    visiting = visit(page)
    visiting.begin()
    author = author_of(page, visiting, made[1])
    assert author.texts[0].count(page.phrase) == 1
    plain = visiting.save("word changed", author.write(reworded(page, author.texts[0])))
    for number in range(EDITS):
        kind, text = author.edit()
        with explained(kind, number, author.texts[-2], text):
            outcomes.append(visiting.save(kind, text))

    assert visiting.read() == author.texts[-1]
    assert plain.patched, f"a changed word was not changed in place: {plain.line}"


# The harness can fail: what is wrong in any of these ways is found.

SHADOW = "document.querySelector('lamp-part').shadowRoot"
DAMAGES = {
    "a word": "document.querySelector('p').firstChild.data = 'other'",
    "white space": "document.querySelector('h1').after(' ')",
    "an attribute": "document.querySelector('section').setAttribute('lang', 'fr')",
    "an attribute less": "document.querySelector('section').removeAttribute('id')",
    "an element more": "document.body.append(document.createElement('br'))",
    "an element less": "document.querySelector('p').remove()",
    "another order": "document.querySelector('section').before(document.querySelector('section ~ section'))",
    "a comment": "document.body.append(document.createComment('x'))",
    "the title": "document.title = 'other'",
    "what is in a shadow root": f"{SHADOW}.querySelector('h2').textContent = 'other'",
    "a sheet of a shadow root": f"{SHADOW}.adoptedStyleSheets = [new CSSStyleSheet()]",
    "the inside of a template": "document.querySelector('template.spare').content.append('other')",
    "a rule of a sheet": "document.styleSheets[0].insertRule('p { color: red }')",
    "a sheet that is off": "document.styleSheets[0].disabled = true",
    "a sheet of the document": "document.adoptedStyleSheets = [new CSSStyleSheet()]",
    "what a field says": "document.querySelector('[name=remark]').value = 'other'",
    "what is checked": "document.querySelector('[type=checkbox]').checked = true",
    "what is selected": "document.querySelector('select').selectedIndex = 1",
    "a script more": "document.head.append(document.createElement('script'))",
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_page_that_is_wrong_in_one_place_has_another_form(visit: Visiting, damage: str) -> None:
    visiting = visit(named("components"))
    before = visiting.form(visiting.live)
    visiting.live.evaluate(f"() => {{ {damage} }}")

    assert visiting.form(visiting.live) != before


def test_a_page_that_is_wrong_is_found(visit: Visiting) -> None:
    visiting = visit(named("article"))
    visiting.compare()
    visiting.live.evaluate("() => { document.querySelector('li').firstChild.data += 'x' }")

    with pytest.raises(WrongPage, match=r"\+ .*x"):
        visiting.compare(patience=0.1)


LOSSES = {
    "typed text": "document.querySelector('form input').value = ''",
    "an opened <details>": "document.querySelector('details').open = false",
    "a drawing": "document.querySelector('canvas').width = 300",
    "a box scrolled": "document.querySelector('.log').scrollTop = 0",
    "the place in a film": "document.querySelector('video').currentTime = 0",
    "a frame as it was": "document.querySelector('iframe').contentWindow.mark = null",
    "the place on the page": """
        const detail = { elements: [document.querySelector('footer')] };
        document.dispatchEvent(new CustomEvent('sse-reload:patched', { detail }));
        scrollTo({ top: 0, behavior: 'instant' });""",
}


@pytest.mark.parametrize("loss", LOSSES)
def test_what_a_person_has_lost_is_found(visit: Visiting, loss: str) -> None:
    visiting = visit(named("studio"))
    visiting.begin()
    assert visiting.complaints() == []
    visiting.live.evaluate(f"() => {{ {LOSSES[loss]} }}")

    (missed,) = visiting.complaints()
    assert missed.startswith(loss)


def test_a_component_that_was_made_again_is_found(visit: Visiting) -> None:
    visiting = visit(named("components"))
    visiting.begin()
    visiting.live.evaluate(
        "() => { const [part] = document.querySelectorAll('lamp-part'); part.remove(); document.body.append(part); }"
    )

    assert visiting.complaints() == ["a component as it was made"]


def test_a_script_that_was_changed_in_place_is_found(visit: Visiting) -> None:
    visiting = visit(named("pelican"))
    visiting.begin()
    text = reworded(visiting.page, visiting.read())

    with pytest.raises(WrongPage, match="a change of a script was not answered by a reload"):
        visiting.save("script changed", text)


def test_a_loss_in_a_page_that_was_changed_in_place_is_found(visit: Visiting) -> None:
    visiting = visit(named("contents"))
    visiting.begin()
    visiting.live.evaluate("() => { mark.complaints = () => ['something']; }")

    with pytest.raises(WrongPage, match="a person has lost something"):
        visiting.save("word changed", reworded(visiting.page, visiting.read()))


@pytest.mark.parametrize("page", [one for one in PAGES if one.made], ids=lambda page: page.name)
def test_what_is_left_out_of_a_page_is_there(visit: Visiting, page: CorpusPage) -> None:
    live = visit(page).live
    live.evaluate("scrollTo(0, 300)")
    for rule in page.made:
        live.wait_for_selector(rule.selector, state="attached", timeout=3000)
