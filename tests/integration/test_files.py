"""The static site on a real disk: which answer a URL gets."""

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from livereload_sse.digest import digest
from livereload_sse.web.files import _SHORT_WAYS
from tests.asking import FETCH, PAGE, World

if TYPE_CHECKING:
    from starlette.types import Message

D = digest(PAGE)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def tagged(kind: str, page: str, page_digest: str = D, event_id: str = "1-0") -> bytes:
    return PAGE.replace(b"<head>", f"<head><tag {kind} {page} {page_digest} {event_id}>".encode())


# Which file a URL means


@pytest.mark.parametrize(
    ("file", "url"),
    [
        ("index.html", "/"),
        ("about.html", "/about"),
        ("blog/index.html", "/blog/"),
        ("blog/post.html", "/blog/post"),
        ("my page.html", "/my%20page"),
        ("caf\u00e9/index.html", "/caf%C3%A9/"),
    ],
)
async def test_a_page_is_served_at_its_one_url(world: World, file: str, url: str) -> None:
    world.write(file)

    reply = await world.ask(url)

    assert (reply.status, reply.body) == (200, tagged("page", url))
    assert reply.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("file", "asked", "location"),
    [
        ("index.html", "/index.html", "/"),
        ("index.html", "/index", "/"),
        ("about.html", "/about.html", "/about"),
        ("about.html", "/about/", "/about"),
        ("blog/index.html", "/blog", "/blog/"),
        ("blog/index.html", "/blog/index.html", "/blog/"),
        ("blog/index.html", "/blog/index", "/blog/"),
        ("a b/index.html", "/a%20b?x=1&y=%20", "/a%20b/?x=1&y=%20"),
        ("images/.keep", "/images", "/images/"),
    ],
)
async def test_another_spelling_leads_to_the_one_url_with_the_query_kept(
    world: World, file: str, asked: str, location: str
) -> None:
    world.write(file)

    reply = await world.ask(asked)

    assert (reply.status, reply.headers["location"]) == (307, location)


async def test_a_file_without_suffix_comes_before_the_page_of_the_same_name(world: World) -> None:
    world.write("about", b"plain")
    world.write("about.html")

    assert (await world.ask("/about")).body == b"plain"
    assert (await world.ask("/about.html")).status == 200


async def test_a_page_and_a_folder_of_the_same_name_both_have_their_url(world: World) -> None:
    world.write("about.html")
    world.write("about/index.html", PAGE + b"<!-- folder -->")

    assert b"folder" not in (await world.ask("/about")).body
    assert b"folder" in (await world.ask("/about/")).body


async def test_other_files_are_served_as_they_are(world: World) -> None:
    world.write("style.css", b"body { color: red }")

    reply = await world.ask("/style.css")

    assert reply.body == b"body { color: red }"
    assert reply.headers == {
        "content-type": "text/css; charset=utf-8",
        "content-length": "19",
        "cache-control": "no-cache",
        "cross-origin-resource-policy": "same-origin",
        "x-content-type-options": "nosniff",
        "etag": f'"{digest(reply.body)}"',
        "accept-ranges": "bytes",
    }


async def test_a_slash_after_a_file_is_not_found(world: World) -> None:
    world.write("style.css", b"")

    assert (await world.ask("/style.css/")).status == 404


@pytest.mark.parametrize("url", ["/.env", "/.git/config", "/page.html~", "/..%2fsecret", "/%ff"])
async def test_what_is_denied_is_not_found(tmp_path: Path, url: str) -> None:
    world = World(tmp_path / "site")
    for name in ("../secret", ".env", ".git/config", "page.html~"):
        world.write(name, b"pa55word")

    reply = await world.ask(url)

    assert reply.status == 404
    assert b"pa55word" not in reply.body


async def test_head_gets_the_headers_only(world: World) -> None:
    world.write("about.html")
    got = await world.ask("/about")

    reply = await world.ask("/about", method="HEAD")

    assert (reply.status, reply.headers, reply.body) == (200, got.headers, b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "get"])
async def test_files_can_only_be_read(world: World, method: str) -> None:
    world.write("index.html")
    await world.ask("/")

    reply = await world.ask("/", method=method)

    assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD")


# Pages and their tag


async def test_a_script_that_fetches_a_page_gets_it_as_it_was_written(world: World) -> None:
    world.write("about.html")

    early = await world.ask("/about", **FETCH)
    shown = await world.ask("/about", sec_fetch_mode="navigate", sec_fetch_dest="document")
    fetched = await world.ask("/about", **FETCH)
    by_htmx = await world.ask("/about", hx_request="true")

    assert shown.body == tagged("page", "/about")
    assert early.body == fetched.body == by_htmx.body == PAGE
    assert fetched.headers["etag"] == f'"{D}"' != shown.headers["etag"]
    assert (
        shown.headers["vary"] == fetched.headers["vary"] == "hx-request, sec-fetch-dest, sse-reload"
    )


async def test_the_client_gets_a_page_as_it_was_written_also_where_fetches_are_not_marked(
    world: World,
) -> None:
    world.write("about.html")

    source = await world.ask("/about", sse_reload="source")

    assert source.body == PAGE
    assert source.headers["etag"] == f'"{D}"'


async def test_the_pages_and_sheets_that_were_served_are_held(world: World) -> None:
    world.write("about.html")
    world.write("main.css", b"a {}")
    world.write("app.js", b"1")
    for url in ("/about", "/main.css", "/app.js"):
        await world.ask(url)

    held = world.app.sources
    assert held.find("/about", D) == (D, PAGE)
    assert held.find("/main.css", digest(b"a {}"))
    assert held.find("/app.js", digest(b"1")) is None


async def test_an_empty_page_is_tagged_so_that_it_heals(world: World) -> None:
    world.write("index.html", b"")

    assert (await world.ask("/")).body == f"<tag page / {digest(b'')} 1-0>".encode()


async def test_a_page_with_a_new_event_id_is_a_new_version(world: World) -> None:
    world.write("about.html")
    first = await world.ask("/about")
    same = await world.ask("/about", if_none_match=first.headers["etag"])

    world.event_id = "2-0"
    second = await world.ask("/about", if_none_match=first.headers["etag"])

    assert (same.status, same.body) == (304, b"")
    assert (second.status, second.body) == (200, tagged("page", "/about", event_id="2-0"))


async def test_a_304_carries_the_headers_that_update_the_browsers_copy(world: World) -> None:
    world.write("style.css", b"a{}")
    etag = (await world.ask("/style.css")).headers["etag"]

    reply = await world.ask("/style.css", if_none_match=f'"x", W/{etag}')

    assert reply.status == 304
    assert reply.headers["etag"] == etag
    assert reply.headers["cache-control"] == "no-cache"
    assert "content-length" not in reply.headers


async def test_the_events_id_is_read_before_the_file_is(world: World) -> None:
    world.write("about.html")

    def publish(_path: Path) -> None:
        world.event_id = "9-0"

    world.when_read = publish

    assert b" 1-0>" in (await world.ask("/about")).body
    assert b" 9-0>" in (await world.ask("/about")).body


# Changes


async def test_an_edit_is_served_at_once_also_when_no_event_has_told_of_it(world: World) -> None:
    path = world.write("style.css", b"one")
    assert (await world.ask("/style.css")).body == b"one"
    path.write_bytes(b"two")

    assert (await world.ask("/style.css")).body == b"two"
    assert world.reads == [(path, digest(b"one")), (path, digest(b"two"))]


async def test_an_unchanged_file_is_read_once(world: World) -> None:
    world.write("about.html")

    replies = [await world.ask("/about") for _ in range(3)]
    world.event_id = "2-0"
    replies.append(await world.ask("/about"))

    assert {reply.status for reply in replies} == {200}
    assert len(world.reads) == 1


async def test_an_edit_that_a_script_has_fetched_is_new_to_the_page_as_well(world: World) -> None:
    path = world.write("about.html")
    await world.ask("/about")
    path.write_bytes(PAGE + b"<!-- new -->")
    await world.ask("/about", **FETCH)

    assert b"new" in (await world.ask("/about")).body


async def test_an_event_that_comes_while_a_page_is_read_is_newer_than_the_page(
    world: World,
) -> None:
    world.write("about.html")

    def publish_and_let_another_request_see_it(_path: Path) -> None:
        world.event_id = "2-0"
        world.app._find_short_way({"raw_path": b"/other", "method": "GET"}, {})

    world.when_read = publish_and_let_another_request_see_it

    assert (await world.ask("/about")).body == tagged("page", "/about", event_id="1-0")
    assert (await world.ask("/about")).body == tagged("page", "/about", event_id="2-0")


async def test_whoever_changes_an_answers_headers_changes_only_that_answer(world: World) -> None:
    world.write("style.css", b"a{}")

    def add_header(message: "Message") -> None:
        if message["type"] == "http.response.start":
            message["headers"].append((b"x-added", b"1"))

    first = await world.ask("/style.css", on_send=add_header)
    again = await world.ask("/style.css", on_send=add_header)

    assert first.headers == again.headers


async def test_the_short_ways_are_bounded(world: World) -> None:
    for number in range(_SHORT_WAYS + 3):
        world.write(f"{number}.txt", b"x")
        await world.ask(f"/{number}.txt")

    assert len(world.app._short_ways) == 3


async def test_a_better_candidate_takes_over_when_its_event_has_come(world: World) -> None:
    world.write("about.html")
    await world.ask("/about")
    world.write("about", b"plain")
    world.event_id = "2-0"
    await world.ask("/other")

    assert (await world.ask("/about")).body == b"plain"


async def test_a_deleted_file_is_not_found_after_a_moment(world: World) -> None:
    path = world.write("about.html")
    await world.ask("/about")
    path.unlink()

    reply = await world.ask("/about")

    assert reply.status == 404
    assert not world.app._site.contents.has_served(str(path))  # nobody waits for it again


async def test_a_file_that_is_written_anew_is_awaited(world: World) -> None:
    path = world.write("about.html")
    await world.ask("/about")
    path.unlink()

    asked = asyncio.ensure_future(world.ask("/about"))
    await world.until_asked()
    path.write_bytes(PAGE + b"<!-- new -->")

    assert (await asked).status == 200
    assert b"new" in asked.result().body


async def test_a_folders_page_that_is_written_anew_is_awaited_rather_than_listed(
    world: World,
) -> None:
    path = world.write("blog/index.html")
    await world.ask("/blog/")
    path.unlink()

    asked = asyncio.ensure_future(world.ask("/blog/"))
    await world.until_asked()
    path.write_bytes(PAGE)

    assert (await asked).body == tagged("page", "/blog/")


async def test_a_request_waits_while_a_build_writes(world: World) -> None:
    path = world.write("about.html", b"old</html>")
    await world.ask("/about")
    world.held = asyncio.get_running_loop().create_future()

    asked = asyncio.ensure_future(world.ask("/about"))
    await world.until_asked()
    path.write_bytes(PAGE)
    world.event_id = "2-0"
    held, world.held = world.held, None
    held.set_result(None)

    assert (await asked).body == tagged("page", "/about", event_id="2-0")
    assert world.root / "about" in world.asked_to_wait
    assert world.root / "about.html" in world.asked_to_wait


async def test_the_root_may_be_a_link_that_is_switched(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_bytes(name.encode())
    (tmp_path / "site").symlink_to("one")
    world = World(tmp_path / "site")
    assert b"one" in (await world.ask("/")).body
    (tmp_path / "next").symlink_to("two")
    (tmp_path / "next").replace(tmp_path / "site")

    assert b"two" in (await world.ask("/")).body


async def test_a_root_that_is_gone_is_not_found_and_comes_back(tmp_path: Path) -> None:
    world = World(tmp_path / "site")
    assert (await world.ask("/")).status == 404
    world.write("index.html")

    assert (await world.ask("/")).status == 200


# Where there is no file


async def test_nothing_there_is_said_on_a_page_that_heals(world: World) -> None:
    world.write("about.html")

    reply = await world.ask("/abuot?q", sec_fetch_mode="navigate", sec_fetch_dest="document")

    assert reply.status == 404
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert reply.headers["cache-control"] == "no-cache"
    assert "<tag error /abuot  1-0>" in reply.text
    assert "abuot.html" in reply.text
    assert '<a href="/about">about.html</a>' in reply.text


async def test_a_part_of_a_page_that_is_not_there_gets_one_line(world: World) -> None:
    reply = await world.ask("/app.js", sec_fetch_mode="no-cors", sec_fetch_dest="script")

    assert (reply.status, reply.text) == (404, "There is no file for /app.js\n")
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"


async def test_the_nearest_404_page_is_shown(world: World) -> None:
    world.write("404.html", PAGE)
    world.write("docs/404.html", PAGE + b"<!-- docs -->")

    top = await world.ask("/a/b")
    deep = await world.ask("/docs/a/b")

    assert (top.status, top.body) == (404, tagged("error", "/404"))
    assert (deep.status, b"<tag error /docs/404 " in deep.body) == (404, True)
    assert "etag" not in top.headers


async def test_a_404_page_is_never_confirmed_nor_cut(world: World) -> None:
    world.write("404.html", PAGE)

    reply = await world.ask("/a", if_none_match="*", range="bytes=0-1")

    assert (reply.status, reply.body) == (404, tagged("error", "/404"))


async def test_a_single_page_application_answers_every_address_of_its_own(tmp_path: Path) -> None:
    world = World(tmp_path, spa=True)
    world.write("index.html")
    world.write("404.html", b"custom")
    world.write("users/photo.png", b"png")

    for url in ("/users", "/users/", "/users/7", "/a/b/"):
        reply = await world.ask(url, sec_fetch_mode="navigate", sec_fetch_dest="document")
        assert (reply.status, reply.body) == (200, tagged("page", "/"))
    for url in ("/app.js", "/v1.2"):
        assert (await world.ask(url)).status == 404
    assert (await world.ask("/api/users", **FETCH)).status == 404
    assert (await world.ask("/users/photo.png")).body == b"png"


async def test_a_single_page_application_without_its_page_is_not_found(tmp_path: Path) -> None:
    world = World(tmp_path, spa=True)

    assert (await world.ask("/users")).status == 404


async def test_a_navigation_is_guessed_where_the_browser_does_not_say(tmp_path: Path) -> None:
    world = World(tmp_path, spa=True)
    world.write("index.html")

    accepts = {"text/html,*/*;q=0.8": 200, "*/*": 200, "application/json": 404, "image/png": 404}
    for accept, status in accepts.items():
        assert (await world.ask("/route", accept=accept)).status == status


async def test_a_folder_without_a_page_is_listed(world: World) -> None:
    world.write("files/b.txt", b"12345")
    world.write("files/.env", b"")
    world.write("files/sub/index.html")

    reply = await world.ask("/files/")

    assert reply.status == 200
    assert "<tag listing /files/  1-0>" in reply.text
    assert "<tag" not in (await world.ask("/files/", **FETCH)).text
    assert 'href="/files/b.txt"' in reply.text
    assert 'href="/files/sub/"' in reply.text
    assert ".env" not in reply.text


async def test_a_listing_can_be_switched_off(tmp_path: Path) -> None:
    world = World(tmp_path, listing=False)
    world.write("files/b.txt", b"")

    assert (await world.ask("/files/")).status == 404
    assert (await world.ask("/files")).status == 404


# A prefix


async def test_a_site_can_be_mounted_below_a_prefix(tmp_path: Path) -> None:
    world = World(tmp_path, prefix="docs")
    world.write("index.html")
    world.write("about.html")
    world.write("a/x.txt", b"x")

    assert (await world.ask("/docs/")).body == tagged("page", "/docs/")
    assert (await world.ask("/docs/about")).body == tagged("page", "/docs/about")
    assert (await world.ask("/docs/about.html")).headers["location"] == "/docs/about"
    assert (await world.ask("/docs/a")).headers["location"] == "/docs/a/"
    assert 'href="/docs/a/x.txt"' in (await world.ask("/docs/a/")).text


@pytest.mark.parametrize("url", ["/?q=1", "/docs?q=1"])
async def test_the_servers_root_leads_to_the_prefix(tmp_path: Path, url: str) -> None:
    world = World(tmp_path, prefix="/docs/")

    reply = await world.ask(url)

    assert (reply.status, reply.headers["location"]) == (307, "/docs/?q=1")


@pytest.mark.parametrize("url", ["/about", "/docsabout", "/docs//about", "/docs/../about"])
async def test_what_is_beside_the_prefix_is_not_found(tmp_path: Path, url: str) -> None:
    world = World(tmp_path, prefix="/docs/")
    world.write("about.html")

    reply = await world.ask(url)

    assert reply.status == 404
    assert f"<tag error {url}  1-0>" in reply.text


# What cannot be opened


async def test_a_link_that_leaves_the_root_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "site-secret").mkdir()
    (tmp_path / "site-secret" / "a.txt").write_text("secret")
    world = World(tmp_path / "site")
    world.write("index.html")
    (world.root / "file.txt").symlink_to(tmp_path / "secret.txt")
    (world.root / "folder").symlink_to(tmp_path / "site-secret")

    for url in ("/file.txt", "/folder/a.txt", "/folder/", "/folder"):
        reply = await world.ask(url)
        assert reply.status in {404, 307}
        assert b"secret" not in reply.body
    assert (await world.ask("/folder/")).status == 404


async def test_a_link_within_the_root_is_followed(world: World) -> None:
    world.write("real/a.txt", b"a")
    (world.root / "link").symlink_to("real")

    assert (await world.ask("/link/a.txt")).body == b"a"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes in folders")
async def test_a_pipe_is_not_opened(world: World) -> None:
    os.mkfifo(world.root / "pipe")

    assert (await world.ask("/pipe")).status == 404


async def test_a_name_that_is_too_long_is_not_found(world: World) -> None:
    assert (await world.ask("/" + "x" * 5000)).status == 404


@pytest.mark.skipif(os.name == "nt", reason="read rights are not taken by chmod on Windows")
async def test_a_file_that_must_not_be_read_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = world.write("about.html")
    path.chmod(0)
    if os.access(path, os.R_OK):  # the superuser reads everything, so let the disk refuse
        monkeypatch.setattr("livereload_sse.web.contents.read_file", _refuse)

    page = await world.ask("/about")
    part = await world.ask("/about", **FETCH)

    assert (page.status, part.status) == (403, 403)
    assert "<tag error /about  1-0>" in page.text
    assert "Permission denied" in page.text
    assert part.text == "The file for /about cannot be read: Permission denied\n"


def _refuse(*_arguments: object, **_named: object) -> None:
    raise PermissionError(13, "Permission denied")


async def test_a_disk_that_fails_is_told_as_an_error(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object, **_named: object) -> None:
        raise OSError(5, "Input/output error")

    world.write("about.html")
    monkeypatch.setattr("livereload_sse.web.contents.read_file", fail)

    reply = await world.ask("/about")

    assert (reply.status, "Input/output error" in reply.text) == (500, True)
