"""How generators and the tools behind them say what is wrong: one table.

Knows the shapes of messages. Refuses to know disks: a path is what the message calls it. Each row
has an example, by which it is tested; rows that come first are more exact, and a message that one
row has read is not read by another.

Every repetition is bounded and every shape begins at the beginning of a line: what a program prints
may be of any length and of any kind.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from livereload_sse.build.results import Severity


@dataclass(frozen=True, slots=True)
class Pattern:
    """One shape. The groups `message`, `path`, `line`, `column` and `severity` may be in it.

    `severity` is what it means where no group says so. `example` is a real message, `read` what has
    to be read from it: path, line, message.
    """

    name: str
    shape: re.Pattern[str]
    severity: Severity
    example: str
    read: tuple[str, int | None, str]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a message says: `path` as written, empty where there is none; `start` is where it begins
    in the text. `is_echo`: it says only that a command has failed, which has said why itself.
    """

    start: int
    severity: Severity
    message: str
    path: str = ""
    line: int | None = None
    column: int | None = None
    is_echo: bool = False


def _pattern(
    name: str,
    severity: Severity,
    shape: str,
    example: str,
    read: tuple[str, int | None, str],
) -> Pattern:
    return Pattern(name, re.compile(shape, re.MULTILINE), severity, example, read)


_DRIVE = r"(?:[A-Za-z]:(?=[\\/]))?"
_PATH = r"(?P<path>" + _DRIVE + r"[^\s:\"][^\n:\"]{0,300}?)"
_PLACE = r":(?P<line>\d{1,7}):(?P<column>\d{1,7})"
_MESSAGE = r"(?P<message>[^\n]{1,600})"

PATTERNS: tuple[Pattern, ...] = (
    _pattern(
        "Hugo", "error",
        r"^(?:ERROR|Error:) [^\n]{0,600}?\"(?P<path>" + _DRIVE + r"[^\"\n:]{1,300})" + _PLACE + r"\": "
        + _MESSAGE,
        'ERROR error building site: "/site/layouts/single.html:3:1": parse of template failed',
        ("/site/layouts/single.html", 3, "parse of template failed"),
    ),
    _pattern(
        "YAML", "error",
        r"^(?P<message>[^\n]{1,300})\n {0,8}in \"(?P<path>[^\"\n]{1,300})\", line (?P<line>\d{1,7}), column"
        r" (?P<column>\d{1,7})",
        "expected the node content, but found '<stream end>'\n  in \"/site/mkdocs.yml\", line 4, column 1",
        ("/site/mkdocs.yml", 4, "expected the node content, but found '<stream end>'"),
    ),
    _pattern(
        "Sphinx", "warning",
        r"^(?:[a-z ]{1,40}\.\.\. )?" + _PATH + r"(?P<docstring>:docstring of [^\n:]{1,200})?:(?P<line>\d{1,7})?:? (?P<severity>WARNING|ERROR|"
        r"CRITICAL|SEVERE): " + _MESSAGE,
        "/site/index.rst:4: WARNING: undefined label: 'nope' [ref.ref]",
        ("/site/index.rst", 4, "undefined label: 'nope' [ref.ref]"),
    ),
    _pattern(
        "MkDocs", "warning",
        r"^(?P<severity>WARNING|ERROR|CRITICAL) +-  ?(?P<message>Doc file '(?P<path>[^'\n]{1,300})'"
        r"[^\n]{0,600})",
        "WARNING -  Doc file 'index.md' contains a link 'nope.md', but the target is not found.",
        ("index.md", None, "Doc file 'index.md' contains a link 'nope.md', but the target is not found."),
    ),
    _pattern(
        "MkDocs", "warning",
        r"^(?P<severity>WARNING|ERROR|CRITICAL) +-  ?" + _MESSAGE,
        "ERROR   -  Config value 'plugins': The \"nope\" plugin is not installed",
        ("", None, "Config value 'plugins': The \"nope\" plugin is not installed"),
    ),
    _pattern(
        "Zensical", "warning",
        r"^(?P<severity>Warning|Error): (?P<message>[^\n]{1,300})\n {0,8}╭─\[ (?P<path>[^\n:]{1,300}):"
        r"(?P<line>\d{1,7}):(?P<column>\d{1,7}) \]",
        "Warning: page does not exist\n   ╭─[ index.md:2:5 ]",
        ("index.md", 2, "page does not exist"),
    ),
    _pattern(
        "Sass", "error",
        r"^Error: (?P<message>[^\n]{1,300})\n(?:[^\n]{0,300}\n){1,8}? {2,}(?P<path>[^\s:]{1,300}\.s[ac]ss)"
        r" (?P<line>\d{1,7}):(?P<column>\d{1,7}) ",
        'Error: expected "}".\n  ╷\n3 │ a { b: c\n  │         ^\n  ╵\n  main.scss 3:9  root stylesheet',
        ("main.scss", 3, 'expected "}".'),
    ),
    _pattern(
        "TypeScript", "error",
        r"^" + _PATH + r"\((?P<line>\d{1,7}),(?P<column>\d{1,7})\): (?P<severity>error|warning) (?P<message>TS\d+: "
        r"[^\n]{1,600})",
        "src/main.ts(3,7): error TS2322: Type 'string' is not assignable to type 'number'.",
        ("src/main.ts", 3, "TS2322: Type 'string' is not assignable to type 'number'."),
    ),
    _pattern(
        "TypeScript", "error",
        r"^" + _PATH + r":(?P<line>\d{1,7}):(?P<column>\d{1,7}) - (?P<severity>error|warning) (?P<message>TS\d+: "
        r"[^\n]{1,600})",
        "src/main.ts:3:7 - error TS2322: Type 'string' is not assignable to type 'number'.",
        ("src/main.ts", 3, "TS2322: Type 'string' is not assignable to type 'number'."),
    ),
    _pattern(
        "esbuild", "error",
        r"^[✘▲] \[(?P<severity>ERROR|WARNING)\] (?P<message>[^\n]{1,600})\n\n {4}(?P<path>[^\n:]{1,300}):"
        r"(?P<line>\d{1,7}):(?P<column>\d{1,7}):",
        '✘ [ERROR] Could not resolve "./nope"\n\n    src/main.js:1:7:',
        ("src/main.js", 1, 'Could not resolve "./nope"'),
    ),
    _pattern(
        "Astro", "error",
        r"^[^\n]{0,20}\[ERROR\] (?P<message>[^\n]{1,600})\n(?:[^\n]{0,300}\n){0,8}? *Location:\n *"
        r"(?P<path>[^\n:]{1,300}):(?P<line>\d{1,7}):(?P<column>\d{1,7})",
        "[ERROR] Unexpected token\n  Hint:\n    Look there.\n  Location:\n    /site/src/pages/a.astro:3:9",
        ("/site/src/pages/a.astro", 3, "Unexpected token"),
    ),
    _pattern(
        "Eleventy", "error",
        r"^(?:\[11ty\] )?\d+\. (?P<message>[^\n]{1,600}?), file:(?P<path>[^\n:,]{1,300}), line:(?P<line>\d{1,7}),"
        r" col:(?P<column>\d{1,7})",
        "[11ty] 2. undefined filter: nope, file:./index.md, line:3, col:1 (via RenderError)",
        ("./index.md", 3, "undefined filter: nope"),
    ),
    _pattern(
        "Eleventy", "error",
        r"^(?:\[11ty\] )?1\. (?P<message>[^\n]{1,400}? template (?P<path>[^\s(]{1,300})[^\n]{0,200})",
        "[11ty] 1. Having trouble rendering njk template ./a.njk (via TemplateContentRenderError)",
        ("./a.njk", None, "Having trouble rendering njk template ./a.njk (via TemplateContentRenderError)"),
    ),
    _pattern(
        "Jekyll", "error",
        r"^ *Liquid (?P<severity>Exception|Warning): (?P<message>[^\n]{0,300}?\(line (?P<line>\d{1,7})\)"
        r"[^\n]{0,300}?) in (?P<path>[^\s]{1,300})",
        "Liquid Exception: Liquid syntax error (line 7): Unknown tag 'nope' in /site/index.md",
        ("/site/index.md", 7, "Liquid syntax error (line 7): Unknown tag 'nope'"),
    ),
    _pattern(
        "Pelican", "warning",
        r"^(?:\[[\d:]{8}\]| {10}) (?P<severity>WARNING|ERROR|CRITICAL) +(?P<message>Could not process"
        r" (?P<path>\S{1,300})(?: +\w+\.py:\d+)?(?:\n {20}[^\n]{1,200}?(?= *$)){0,3})",
        "           ERROR    Could not process ./a.md          generators.py:684\n"
        "                    'nonsense' is not a valid date          ",
        ("./a.md", None, "Could not process ./a.md 'nonsense' is not a valid date"),
    ),
    _pattern(
        "Pelican", "warning",
        r"^(?:\[[\d:]{8}\]| {10}) (?P<severity>WARNING|ERROR|CRITICAL) +(?P<message>[^\n]{1,300}?)"
        r"(?: +\w+\.py:\d+)? *$",
        "[08:21:06] CRITICAL ZeroDivisionError: division by zero          __init__.py:683",
        ("", None, "ZeroDivisionError: division by zero"),
    ),
    _pattern(
        "Nikola", "warning",
        r"^\[[^\]\n]{10,30}\] (?P<severity>WARNING|ERROR|CRITICAL): (?P<message>[^\n]{1,600})",
        "[2026-11-21 08:21:06] ERROR: Nikola: Missing date in posts/a.md",
        ("", None, "Nikola: Missing date in posts/a.md"),
    ),
    _pattern(
        "a compiler", "error",
        r"^" + _PATH + r":(?P<line>\d{1,7}):(?P<column>\d{1,7}): (?P<severity>error|warning): " + _MESSAGE,
        "main.c:3:9: error: expected ';'",
        ("main.c", 3, "expected ';'"),
    ),
    _pattern(
        "Sphinx", "warning",
        r"^(?P<severity>WARNING|ERROR|CRITICAL): " + _MESSAGE,
        "WARNING: html_static_path entry '_static' does not exist",
        ("", None, "html_static_path entry '_static' does not exist"),
    ),
    _pattern(
        "Hugo", "warning",
        r"^(?P<severity>WARN|ERROR) +" + _MESSAGE,
        'WARN  found no layout file for "html" for kind "page"',
        ("", None, 'found no layout file for "html" for kind "page"'),
    ),
    _pattern(
        "a program", "error",
        r"^(?:Fatal )?(?:[Ee]rror|ERROR): " + _MESSAGE,
        "Error: Encountered an error parsing the configuration file",
        ("", None, "Encountered an error parsing the configuration file"),
    ),
    _pattern(
        "npm", "error",
        r"^npm (?:error|ERR!) (?!code|syscall |path |errno |dest |enoent This|A complete log)(?P<message>[^\n]{1,300})",
        'npm error Missing script: "build"',
        ("", None, 'Missing script: "build"'),
    ),
    _pattern(
        "make", "error",
        r"^make(?:\[\d+\])?: \*\*\* (?P<message>(?:\[(?P<path>[^\]\n:]{1,200}):(?P<line>\d{1,7}): [^\]\n]{1,200}"
        r"\] )?[^\n]{1,600})",
        "make: *** [Makefile:3: html] Error 1",
        ("Makefile", 3, "[Makefile:3: html] Error 1"),
    ),
)  # fmt: skip
"""Rows in the order in which they are tried."""

_ECHOES = frozenset({"make", "npm"})
_WARNINGS = frozenset({"warning", "warn"})
# A group of exceptions draws a frame of | and + around each of its tracebacks.
_FRAME = re.compile(
    r"^(?P<indent>[ |]{2,40})File \"(?P<path>[^\"\n]{1,400})\", line (?P<line>\d{1,7})(?:, in [^\n]{1,200})?$"
)
_RAISED = re.compile(r"^(?P<indent>[ |]{0,40})(?P<message>[^\W\d][\w.]{0,200}(?:: .{0,600})?)")


def find_all(text: str) -> list[Finding]:
    """Read every message of a text without colours, in order; tracebacks are read by `find_frames`."""
    taken = bytearray(len(text))
    findings: list[Finding] = []
    for pattern in PATTERNS:
        for found in pattern.shape.finditer(text):
            start, end = found.span()
            if taken.find(1, start, end) < 0:
                taken[start:end] = b"\1" * (end - start)
                findings.append(_read(pattern, found))
    return sorted(findings, key=lambda finding: finding.start)


def find_frames(text: str) -> Iterator[list[Finding]]:
    """Read each Python traceback: its frames, outermost first, all with what was raised in the end."""
    frames: list[tuple[int, re.Match[str]]] = []
    at = 0
    for line in text.splitlines(keepends=True):
        if frame := _FRAME.match(line.rstrip("\r\n")):
            frames.append((at, frame))
        elif frames and (message := _raised(line.rstrip("\r\n"), frames[-1][1]["indent"])):
            yield [
                Finding(start, "error", message, found["path"], int(found["line"]))
                for start, found in frames
            ]
            frames = []
        at += len(line)


def _raised(line: str, indent: str) -> str:
    """Read what was raised: it stands two columns before the frames, whatever its name is."""
    found = _RAISED.match(line)
    if found is None or len(found["indent"]) != len(indent) - 2:
        return ""
    message = found["message"].strip()
    return message if ": " in message or found.end() == len(line) else ""


def _read(pattern: Pattern, found: "re.Match[str]") -> Finding:
    groups = found.groupdict()
    said = (groups.get("severity") or "").lower()
    severity: Severity = pattern.severity
    if said:
        severity = "warning" if said in _WARNINGS else "error"
    # Of a docstring the line is told within the docstring, which is no line of the file.
    line = None if groups.get("docstring") else groups.get("line")
    column = groups.get("column")
    return Finding(
        found.start(),
        severity,
        " ".join(re.sub(r" +\w+\.py:\d+$", "", groups["message"], flags=re.MULTILINE).split()),
        groups.get("path") or "",
        int(line) if line else None,
        int(column) if column else None,
        pattern.name in _ECHOES,
    )
