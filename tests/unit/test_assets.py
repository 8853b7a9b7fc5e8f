from pathlib import Path

import pytest
from starlette.types import Message

from livereload_sse.errors import MissingClientError
from livereload_sse.web.assets import Assets, Client, client_digest, packaged_client, read_client

CLIENT = Client({"main.js": b"import './plan.js'", "plan.js": b"export {}"}, "0123456789abcdef")


async def fetch(path: str, *, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    sent: list[Message] = []

    async def receive() -> Message:
        raise AssertionError("nothing is to be read")

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": []}
    await Assets(CLIENT)(scope, receive, send)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, sent[1]["body"]


async def test_a_module_is_served_for_ever() -> None:
    status, headers, body = await fetch("/__sse-reload/client/0123456789abcdef/plan.js")

    assert (status, body) == (200, b"export {}")
    assert headers == {
        "content-type": "text/javascript; charset=utf-8",
        "content-length": "9",
        "cache-control": "public, max-age=31536000, immutable",
        "cross-origin-resource-policy": "same-origin",
        "x-content-type-options": "nosniff",
    }


async def test_head_has_the_headers_of_get_and_no_body() -> None:
    _, headers, body = await fetch("/__sse-reload/client/0123456789abcdef/plan.js", method="HEAD")

    assert headers["content-length"] == "9"
    assert body == b""


async def test_a_module_is_not_written_to() -> None:
    status, headers, _ = await fetch("/__sse-reload/client/0123456789abcdef/plan.js", method="PUT")

    assert status == 405
    assert headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "path", ["/__sse-reload/client.js", "/__sse-reload/client/fedcba9876543210/main.js"]
)
async def test_a_page_that_knows_no_current_address_is_led_to_the_current_client(path: str) -> None:
    status, headers, _ = await fetch(path)

    assert status == 307
    assert headers["location"] == "/__sse-reload/client/0123456789abcdef/main.js"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "/__sse-reload/client",
        "/__sse-reload/client/",
        "/__sse-reload/client/0123456789abcdef/",
        "/__sse-reload/client/0123456789abcdef/other.js",
        "/__sse-reload/client/0123456789abcdef/../../assets.py",
        "/__sse-reload/client/0123456789abcdef//main.js",
        "/__sse-reload/client/fedcba9876543210/plan.js",
        "/__sse-reload/client/short/main.js",
        "/__sse-reload/client/main.js",
        "/__sse-reload/clients/0123456789abcdef/main.js",
    ],
)
async def test_nothing_else_is_there_and_nobody_remembers_that(path: str) -> None:
    status, headers, _ = await fetch(path)

    assert status == 404
    assert headers["cache-control"] == "no-store"


def test_modules_in_folders_keep_their_folder_in_their_name(tmp_path: Path) -> None:
    (tmp_path / "patch").mkdir()
    (tmp_path / "patch" / "diff.js").write_text("export {}")
    (tmp_path / "main.js").write_text("import './patch/diff.js'")

    assert set(read_client(tmp_path).modules) == {"main.js", "patch/diff.js"}


def make_client(folder: Path, **sources: str) -> Client:
    folder.mkdir()
    for name, source in sources.items():
        (folder / f"{name}.js").write_text(source, encoding="utf-8")
    return read_client(folder)


def test_the_digest_covers_names_and_contents_of_all_modules(tmp_path: Path) -> None:
    digests = [
        make_client(tmp_path / "same", main="a", plan="b").digest,
        make_client(tmp_path / "content", main="a", plan="c").digest,
        make_client(tmp_path / "name", main="a", plan2="b").digest,
        make_client(tmp_path / "border", main="aplan.jsb").digest,
        make_client(tmp_path / "more", main="a", plan="b", third="").digest,
    ]

    assert len(set(digests)) == len(digests)
    assert make_client(tmp_path / "again", main="a", plan="b").digest == digests[0]


def test_only_modules_are_listed(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("", encoding="utf-8")
    (tmp_path / "main.js").write_text("", encoding="utf-8")

    assert list(read_client(tmp_path).modules) == ["main.js"]


def test_an_installation_without_a_client_says_so(tmp_path: Path) -> None:
    with pytest.raises(MissingClientError, match="reinstall"):
        read_client(tmp_path)


def test_the_packaged_client_is_complete() -> None:
    client = packaged_client()

    assert client.main_url == f"/__sse-reload/client/{client_digest()}/main.js"
    assert b"EventSource" in b"".join(client.modules.values())
