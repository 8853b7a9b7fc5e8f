"""From the save of a source to what a person sees: `sse-reload preview` beside each generator's own
server, on projects of 200 pages, in a real Chromium.

A word in the body of one page is changed, and saved as editors do, by a rename. The own servers are
those of MkDocs, Zensical and Hugo, and sphinx-autobuild. Pelican's has no part in it: it reloads no
tab, and did not notice these saves.

    python -m tests.benchmarks.generators [mkdocs material sphinx pelican zensical hugo]
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path
from playwright.sync_api import Page

from tests.benchmarks.peers import Peer, answers, as_installed, free_port
from tests.benchmarks.table import Row, print_rows
from tests.browser.chromium import Tabs, driven, find_chromium
from tests.browser.pages import save

PAGES = 200
ROUNDS = 10
WARM_UP = 2
CALM = 1.0
PATIENCE = 60_000  # milliseconds

BIN = Path(sys.executable).parent

WORDS = (
    "A paragraph as documentation has it, with `code`, *emphasis* and [a link](https://example.org), "
    "long enough that two hundred of these pages are some work for whoever turns them into HTML.\n"
)


@dataclass(frozen=True, slots=True)
class Project:
    """A project of 200 pages: how it is written, where its page is, what serves it otherwise.

    `write` fills a folder; `source` is the file that is saved, with the text of `page`; `path` is
    where that page is shown.
    """

    name: str
    generator: str
    write: Callable[[Path], None]
    source: str
    page: Callable[[str], str]
    path: str
    own: Peer | None


def markdown(word: str, title: str = "Page 7") -> str:
    sections = "".join(f"\n## Section {n}\n\n{WORDS}\n{WORDS}\n" for n in range(12))
    return f"# {title}\n\nThe word is {word}.\n{sections}"


def write_markdown(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "index.md").write_text(markdown("home", "Home"), encoding="utf-8")
    for number in range(PAGES):
        text = markdown(f"w{number}", f"Page {number}")
        (folder / f"page{number}.md").write_text(text, encoding="utf-8")


def write_mkdocs(theme: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        write_markdown(folder / "docs")
        (folder / "mkdocs.yml").write_text(
            f"site_name: Big\nsite_url: https://example.org/\ntheme:\n  name: {theme}\n",
            encoding="utf-8",
        )

    return write


def restructured(word: str, title: str = "Page 7") -> str:
    words = WORDS.replace("`code`", "``code``").replace(
        "[a link](https://example.org)", "`a link <https://example.org>`__"
    )
    sections = "".join(f"\nSection {n}\n----------\n\n{words}\n{words}\n" for n in range(12))
    return f"{title}\n{'=' * len(title)}\n\nThe word is {word}.\n{sections}"


def write_sphinx(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "conf.py").write_text('project = "Big"\nhtml_theme = "furo"\n', encoding="utf-8")
    names = "\n".join(f"   page{number}" for number in range(PAGES))
    (folder / "index.rst").write_text(f"Big\n===\n\n.. toctree::\n\n{names}\n", encoding="utf-8")
    for number in range(PAGES):
        text = restructured(f"w{number}", f"Page {number}")
        (folder / f"page{number}.rst").write_text(text, encoding="utf-8")


def article(word: str, title: str = "Page 7") -> str:
    return f"Title: {title}\nDate: 2026-01-01\n\n{markdown(word, title)}"


def write_pelican(folder: Path) -> None:
    (folder / "content").mkdir(parents=True)
    (folder / "pelicanconf.py").write_text(
        'SITENAME = "Big"\nPATH = "content"\nTIMEZONE = "UTC"\nSITEURL = ""\n', encoding="utf-8"
    )
    for number in range(PAGES):
        text = article(f"w{number}", f"Page {number}")
        (folder / "content" / f"page{number}.md").write_text(text, encoding="utf-8")


def matter(word: str, title: str = "Page 7") -> str:
    return f'+++\ntitle = "{title}"\n+++\n{markdown(word, title)}'


def write_hugo(folder: Path) -> None:
    (folder / "content").mkdir(parents=True)
    (folder / "layouts" / "_default").mkdir(parents=True)
    (folder / "hugo.toml").write_text(
        'baseURL = "https://example.org/"\ntitle = "Big"\n', encoding="utf-8"
    )
    page = (
        "<!doctype html><html><head><title>{{ .Title }}</title></head><body>"
        "<nav>{{ range .Site.RegularPages }}<a href='{{ .RelPermalink }}'>{{ .Title }}</a> {{ end }}"
        "</nav>{{ .Content }}</body></html>"
    )
    for name in ("single", "list"):
        (folder / "layouts" / "_default" / f"{name}.html").write_text(page, encoding="utf-8")
    for number in range(PAGES):
        text = matter(f"w{number}", f"Page {number}")
        (folder / "content" / f"page{number}.md").write_text(text, encoding="utf-8")


def own(name: str, *words: str) -> Peer:
    return Peer(name, (str(BIN / words[0]), *words[1:]))


def projects() -> list[Project]:
    """Everything there is to compare."""
    sphinx_autobuild = peer_folder("sphinx-autobuild", "furo") / "bin" / "sphinx-autobuild"
    address = "127.0.0.1:{port}"
    mkdocs = ("mkdocs", "serve", "-f", "{folder}/mkdocs.yml", "-a", address)
    return [
        Project(
            "MkDocs", "mkdocs", write_mkdocs("mkdocs"), "docs/page7.md", markdown, "page7/",
            own("mkdocs serve", *mkdocs),
        ),
        Project(
            "MkDocs Material", "mkdocs", write_mkdocs("material"), "docs/page7.md", markdown,
            "page7/", own("mkdocs serve", *mkdocs),
        ),
        Project(
            "Sphinx", "sphinx", write_sphinx, "page7.rst", restructured, "page7.html",
            Peer(
                "sphinx-autobuild",
                (str(sphinx_autobuild), "{folder}", "{folder}/_build", "--port", "{port}"),
            ),
        ),
        Project(
            "Pelican", "pelican", write_pelican, "content/page7.md", article, "page-7.html",
            None,
        ),
        Project(
            "Zensical", "zensical", write_mkdocs("material"), "docs/page7.md", markdown, "page7/",
            own("zensical serve", "zensical", "serve", "-f", "{folder}/mkdocs.yml", "-a", address),
        ),
        Project(
            "Hugo", "hugo", write_hugo, "content/page7.md", matter, "page7/",
            own("hugo server", "hugo", "server", "-s", "{folder}", "-p", "{port}"),
        ),
    ]  # fmt: skip


def peer_folder(*packages: str) -> Path:
    """Install a peer that is no part of our tests into an environment of its own."""
    folder = user_cache_path("sse-reload-benchmarks", ensure_exists=True) / packages[0]
    if not (folder / "bin" / packages[0]).exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *packages]
        subprocess.run(pip, check=True)
    return folder


def preview(project: Project) -> Peer:
    words = ("-m", "livereload_sse", "preview", "{folder}", "--port", "{port}")
    return Peer("sse-reload preview", (sys.executable, *words, "--generator", project.generator))


def start(stack: ExitStack, peer: Peer, folder: Path) -> str:
    """Run a server on a folder; returns its address once it answers."""
    port = free_port()
    process = subprocess.Popen(
        peer.command(folder, port),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=as_installed(),
    )
    stack.callback(process.wait, 20)
    stack.callback(process.terminate)
    deadline = time.monotonic() + 120
    while not answers(port):
        if time.monotonic() > deadline or process.poll() is not None:
            raise AssertionError(f"{peer.name} did not answer")
        time.sleep(0.05)
    return f"http://127.0.0.1:{port}/"


def made(stack: ExitStack) -> Path:
    """Make a folder; servers may go on writing into it for a moment while they end."""
    return Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))


def until_shown(tab: Page, word: str) -> None:
    """Wait until a tab shows the word; asked every frame, and through reloads."""
    tab.wait_for_function(
        "word => document.body?.innerText.includes(word)", arg=word, timeout=PATIENCE
    )


def measure(executable: str, project: Project, *, rounds: int = ROUNDS) -> list[Row]:
    """Measure the two in turn; milliseconds from the save."""
    peers = [peer for peer in (project.own, preview(project)) if peer is not None]
    taken: dict[str, list[float]] = {peer.name: [] for peer in peers}
    with ExitStack() as stack:
        tabs = Tabs(stack.enter_context(driven(executable)).contexts[0])
        sites = []
        for peer in peers:
            folder = made(stack) / "project"
            project.write(folder)
            url = start(stack, peer, folder) + project.path
            sites.append((peer, folder / project.source, tabs.open(url)))
        for number in range(rounds + WARM_UP):
            for peer, source, tab in sites:
                tab.bring_to_front()
                time.sleep(CALM)
                word = f"changed{number}"
                began = time.perf_counter()
                save(source, project.page(word))
                until_shown(tab, word)
                taken[peer.name].append((time.perf_counter() - began) * 1000)
    rows = [Row(f"{project.name}: {name}", all_[WARM_UP:], "ms") for name, all_ in taken.items()]
    if len(rows) == 1:
        return rows
    return [*rows, Row("  as quick as its own server", [rows[0].median / rows[1].median], "x")]


def main(wanted: Sequence[str] = ()) -> None:
    executable = find_chromium()
    if executable is None:
        sys.exit("Generators: no Chromium; install it, or set CHROMIUM to its path.")
    for project in projects():
        if not wanted or project.name.lower().split()[-1] in wanted:
            title = f"A body edit, {PAGES} pages, {ROUNDS} rounds: {project.name}"
            print_rows(title, measure(executable, project))


if __name__ == "__main__":
    main(sys.argv[1:])
