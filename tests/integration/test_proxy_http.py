"""The heads of requests and answers through the real proxy, byte for byte."""

import pytest

from tests.integration.proxying import (
    Peer,
    both,
    field,
    head_of,
    listening,
    proxying,
)


@pytest.mark.parametrize(
    "path",
    [
        "/a%2Fb//..;x?q=%zz",
        "//evil.test/x",
        "/a/../b/./c/",
        "/%2e%2e/%00",
        "/a\\b|c^d`e{f}",
        "/\"<>'",
        "/?",
        "/?a=b?c&&=#"[:-1],
        "/:80@x/[::1]",
        "/caf%C3%A9?%C3%A9=é".replace("é", "%e9"),
        "/" + "a" * 9000,
    ],
)
async def test_a_path_arrives_byte_for_byte(path: str) -> None:
    async with both() as (target, front):
        await front.ask(f"GET {path} HTTP/1.1".encode())

    # An empty query cannot be told from none.
    assert target.heads[0].split(b" ")[1].decode() == (path.rstrip("?") or "/")


@pytest.mark.parametrize(
    "method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "REPORT"]
)
async def test_any_method_is_passed_on(method: str) -> None:
    async with both() as (target, front):
        answer = await front.ask(f"{method} /x HTTP/1.1".encode())

    assert head_of(answer).startswith("HTTP/1.1 200")
    assert target.heads[0].startswith(f"{method} /x HTTP/1.1\r\n".encode())


async def test_the_bytes_of_header_values_arrive_as_they_are() -> None:
    said = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Back: \xff\xe9 \xc3\xa9\r\n\r\nok"
    async with both(said) as (target, front):
        answer = await front.ask(
            b"GET / HTTP/1.1",
            b"X-Latin: caf\xe9",
            b"X-Utf: caf\xc3\xa9",
            b"X-Plane: \xf4\x8f\xbf\xa9",
            b"Cookie: a=\x80\xff",
        )

    assert b"\r\nx-latin: caf\xe9\r\n" in target.heads[0]
    assert b"\r\nx-utf: caf\xc3\xa9\r\n" in target.heads[0]
    assert b"\r\nx-plane: \xf4\x8f\xbf\xa9\r\n" in target.heads[0]
    assert b"\r\ncookie: a=\x80\xff\r\n" in target.heads[0]
    assert b"\r\nx-back: \xff\xe9 \xc3\xa9\r\n" in answer


async def test_strange_bytes_in_a_header_do_not_change_the_body() -> None:
    async with both() as (target, front):
        body = b"\xf4\x8f\xbf\xa9\r\n\r\n\xff"
        await front.ask(
            b"POST / HTTP/1.1", b"X-A: \xff", b"Content-Length: %d" % len(body), body=body
        )

    assert target.received.endswith(b"\r\n\r\n" + body)
    assert b"\r\nx-a: \xff\r\n" in target.received


async def test_repeated_fields_keep_their_order_both_ways() -> None:
    said = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nX-A: 1\r\nSet-Cookie: b=2\r\nContent-Length: 2\r\n\r\nok"
    async with both(said) as (target, front):
        answer = await front.ask(b"GET / HTTP/1.1", b"X-B: 1", b"X-C: 2", b"X-B: 3")

    sent = target.heads[0]
    assert sent.index(b"x-b: 1") < sent.index(b"x-c: 2") < sent.index(b"x-b: 3")
    assert (
        answer.index(b"set-cookie: a=1")
        < answer.index(b"x-a: 1")
        < answer.index(b"set-cookie: b=2")
    )


async def test_the_target_hears_nothing_that_the_browser_has_not_said() -> None:
    async with both() as (target, front):
        await front.ask(b"GET / HTTP/1.1")

    names = {line.split(b":")[0] for line in target.heads[0].split(b"\r\n")[1:-2]}
    assert names == {
        b"host",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-proto",
        b"x-sse-reload-proxy",
    }


async def test_our_token_stays_with_us() -> None:
    async with both() as (target, front):
        await front.ask(b"GET / HTTP/1.1")

    assert b"token" not in target.heads[0]


async def test_large_headers_pass_both_ways() -> None:
    large = b"x" * 30_000
    said = b"HTTP/1.1 200 OK\r\nX-Large: %b\r\nContent-Length: 2\r\n\r\nok" % large
    async with both(said) as (target, front):
        answer = await front.ask(b"GET / HTTP/1.1", b"X-Large: " + large)

    assert b"x-large: " + large in target.heads[0]
    assert b"x-large: " + large in answer


async def test_a_redirect_is_for_the_browser_and_leads_to_us() -> None:
    async with listening() as target, proxying(target.target) as front:
        location = b"http://localhost:%d/there" % target.port

        async def answer(peer: Peer, _head: bytes) -> None:
            await peer.send(
                b"HTTP/1.1 302 Found\r\nLocation: %b\r\nContent-Length: 0\r\n\r\n" % location
            )

        target.answer = answer
        received = await front.ask()

    assert len(target.heads) == 1
    assert field(received, "location") == f"http://127.0.0.1:{front.port}/there"


async def test_no_cookie_of_one_browser_is_sent_for_another() -> None:
    said = b"HTTP/1.1 200 OK\r\nSet-Cookie: secret=1; Domain=example.com\r\nContent-Length: 2\r\n\r\nok"
    async with both(said) as (target, front):
        answer = await front.ask()
        await front.ask()

    assert field(answer, "set-cookie") == "secret=1"
    assert b"secret" not in target.received
