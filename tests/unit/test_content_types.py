import pytest

from livereload_sse.web.content_types import content_type, type_of


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.html", "text/html"),
        ("a.HTM", "text/html"),
        ("a.css", "text/css"),
        ("a.js", "text/javascript"),
        ("a.mjs", "text/javascript"),
        ("a.min.js.map", "application/json"),
        ("a.json", "application/json"),
        ("a.webmanifest", "application/manifest+json"),
        ("a.wasm", "application/wasm"),
        ("a.svg", "image/svg+xml"),
        ("a.avif", "image/avif"),
        ("a.webp", "image/webp"),
        ("a.ico", "image/x-icon"),
        ("a.woff2", "font/woff2"),
        ("a.md", "text/plain"),
        ("a.ts", "text/plain"),
        ("a.yaml", "text/plain"),
        ("a.mp4", "video/mp4"),
        ("a.tar.gz", "application/gzip"),
        ("a.doc", "application/msword"),
        ("a.unheard-of", "application/octet-stream"),
    ],
)
def test_a_suffix_has_one_type_on_every_machine(name: str, kind: str) -> None:
    assert type_of(name) == kind


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"MIT License\n\xc2\xa9", "text/plain"),
        (b"", "text/plain"),
        (b"\x7fELF\0\0", "application/octet-stream"),
        (b"caf\xe9", "application/octet-stream"),
        (b"x" * 4095 + "é".encode(), "text/plain"),
        (None, "application/octet-stream"),
    ],
)
def test_a_file_without_a_suffix_is_text_if_it_reads_as_such(
    content: bytes | None, kind: str
) -> None:
    assert type_of("LICENSE", content) == kind


@pytest.mark.parametrize(
    ("kind", "content", "header"),
    [
        ("text/html", b"<p>\xc3\xa9", "text/html; charset=utf-8"),
        ("text/html", b"<meta charset=latin1>\xe9", "text/html"),
        ("text/css", b"", "text/css; charset=utf-8"),
        ("text/css", None, "text/css; charset=utf-8"),
        ("image/png", b"\x89PNG", "image/png"),
        ("application/json", b"{}", "application/json"),
    ],
)
def test_text_names_its_encoding_only_when_that_is_true(
    kind: str, content: bytes | None, header: str
) -> None:
    assert content_type(kind, content) == header
