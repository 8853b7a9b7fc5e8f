import json
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.web.urls import (
    canonical_url,
    find_path,
    folder_url,
    is_denied,
    parse_prefix,
    quote_path,
    spell,
)

CASES = json.loads((Path(__file__).parent.parent / "contract" / "urls.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["path"])
def test_a_file_has_the_one_url_of_the_contract(case: dict[str, str]) -> None:
    assert canonical_url(PurePosixPath(case["path"])) == case["url"]


def test_a_prefix_stands_before_every_url() -> None:
    assert canonical_url(PurePosixPath("index.html"), prefix="/docs/") == "/docs/"
    assert canonical_url(PurePosixPath("a/b.html"), prefix="/docs/") == "/docs/a/b"
    assert folder_url(PurePosixPath(), prefix="/docs/") == "/docs/"
    assert folder_url(PurePosixPath("a b"), prefix="/docs/") == "/docs/a%20b/"


def test_a_name_that_is_not_utf_8_is_encoded_byte_by_byte() -> None:
    assert canonical_url(PurePosixPath("caf\udce9.html")) == "/caf%E9"


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        (b"/", "."),
        (b"/about", "about"),
        (b"/about/", "about"),
        (b"/a/b/c.css", "a/b/c.css"),
        (b"/na%C3%AFve", "naïve"),
        (b"/na\xc3\xafve", "naïve"),
        (b"/with%20space", "with space"),
        (b"/100%25", "100%"),
        (b"/%2561", "%61"),
        (b"/.well-known/security.txt", ".well-known/security.txt"),
        (b"/a..b/c...d", "a..b/c...d"),
        (b"/%41bout", "About"),
        (b"/console.js", "console.js"),
        (b"/com10.html", "com10.html"),
        (b"/chapter~12.html", "chapter~12.html"),
        (b"/a+b&c=d", "a+b&c=d"),
    ],
)
def test_a_url_is_decoded_once(raw: bytes, path: str) -> None:
    assert find_path(raw) == PurePosixPath(path)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"about",
        b"*",
        b"http://localhost/about",
        b"//",
        b"//evil.test/",
        b"/a//b",
        b"/a//",
        b"/..",
        b"/../etc/passwd",
        b"/a/../../b",
        b"/.",
        b"/a/./b",
        b"/%2e%2e/b",
        b"/%2E./b",
        b"/..%2fb",
        b"/a%2Fb",
        b"/a%5cb",
        b"/a\\b",
        b"/c:/windows",
        b"/index.html::$DATA",
        b"/index.html%3a%3a$DATA",
        b"/a%00.html",
        b"/a%0d%0ab",
        b"/a b",
        b"/a\x7f",
        b"/%ff",
        b"/%c0%ae%c0%ae/",
        b"/.env",
        b"/.git/config",
        b"/a/.htpasswd",
        b"/.WELL-KNOWN/x",
        b"/config.php~",
        b"/.page.html.swp",
        b"/page.html.SWP",
        b"/%23page.html%23",
        b"/page.html___jb_old___",
        b"/con",
        b"/NUL.html",
        b"/a/aux.js",
        b"/com1",
        b"/lpt9.txt",
        b"/COM%C2%B9.txt",
        b"/nul%20.txt",
        b"/index.html.",
        b"/index.html%20",
        b"/GIT~1/config",
        b"/env~1",
        b"/index~2.htm",
    ],
)
def test_what_names_nothing_we_would_serve_is_refused(raw: bytes) -> None:
    assert find_path(raw) is None


PIECES = st.sampled_from(
    [
        b"/",
        b"..",
        b".",
        b"%2e",
        b"%2f",
        b"%5c",
        b"\\",
        b"%00",
        b":",
        b"~1",
        b"a",
        b"C",
        b"%c3",
        b"%a9",
    ]
)


@given(st.lists(PIECES | st.binary(max_size=3), max_size=12).map(b"".join))
def test_no_url_leaves_the_root_on_any_system(raw: bytes) -> None:
    path = find_path(b"/" + raw) or PurePosixPath("refused")

    windows = PureWindowsPath("C:/site").joinpath(*path.parts)

    assert not path.is_absolute()
    assert not {"..", ".", ""} & set(path.parts)
    assert len(windows.parts) == 2 + len(path.parts)
    assert windows.is_relative_to("C:/site")


NAMES = st.text(min_size=1, max_size=12).filter(lambda name: "/" not in name)
ENCODABLE = NAMES.filter(lambda name: name.isprintable() and not is_denied(name))


@given(st.lists(ENCODABLE, max_size=4))
def test_every_served_path_comes_back_from_its_own_spelling(names: list[str]) -> None:
    path = PurePosixPath(*names)

    assert find_path(b"/" + quote_path("/".join(names)).encode()) == path
    assert find_path(folder_url(path).encode()) == path


@given(st.lists(ENCODABLE, min_size=1, max_size=4))
def test_any_spelling_of_a_path_is_brought_into_one(names: list[str]) -> None:
    path = "/" + "/".join(names)
    escaped = "".join(f"%{byte:02x}" for byte in path.encode()).replace("%2f", "/")

    assert spell(escaped.encode()) == spell(path.encode()) == quote_path(path)


@given(st.binary(max_size=20))
def test_any_request_can_be_named_in_ascii(raw: bytes) -> None:
    spelled = spell(raw)

    assert spelled.isascii()
    assert not set(spelled) & set('"<> \r\n')
    assert spell(spelled.encode()) == spelled


@pytest.mark.parametrize(
    ("text", "prefix"),
    [
        ("", "/"),
        ("/", "/"),
        ("docs", "/docs/"),
        ("/docs", "/docs/"),
        ("/docs/", "/docs/"),
        ("//a//b", "/a/b/"),
        ("my docs", "/my%20docs/"),
    ],
)
def test_a_prefix_is_read_in_every_spelling(text: str, prefix: str) -> None:
    assert parse_prefix(text) == prefix
