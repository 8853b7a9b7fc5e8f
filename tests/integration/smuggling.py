"""Requests by which something could be smuggled past a proxy, and how many of them a target may see.

`{own}` is where the proxy listens. Where two counts are right, the two parsers differ: what arrives
is well-formed either way.
"""

EVIL = b"GET /smuggled HTTP/1.1\r\nHost: evil\r\n\r\n"


def raw(*lines: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join((*lines, b"Connection: close", b"", b"")) + body


def post(*fields: bytes, body: bytes = b"") -> bytes:
    return raw(b"POST /p HTTP/1.1", b"Host: {own}", *fields, body=body)


CHUNKED = b"Transfer-Encoding: chunked"
CHUNKS = b"3\r\nabc\r\n0\r\n\r\n"

ONE, NONE, EITHER = {1}, {0}, {0, 1}

CASES: dict[str, tuple[bytes, set[int]]] = {
    # Length and chunks
    "a length and chunks": (post(b"Content-Length: 5", CHUNKED, body=CHUNKS + EVIL), EITHER),
    "chunks and a length": (post(CHUNKED, b"Content-Length: 5", body=CHUNKS + EVIL), EITHER),
    "two lengths": (post(b"Content-Length: 3", b"Content-Length: 8", body=b"abc" + EVIL), NONE),
    "a length twice": (post(b"Content-Length: 3", b"Content-Length: 3", body=b"abc"), EITHER),
    "two lengths in one": (post(b"Content-Length: 3, 8", body=b"abc" + EVIL), NONE),
    "a length with a sign": (post(b"Content-Length: +3", body=b"abc" + EVIL), NONE),
    "a negative length": (post(b"Content-Length: -3", body=b"abc" + EVIL), NONE),
    "a length in hexadecimal": (post(b"Content-Length: 0x3", body=b"abc" + EVIL), NONE),
    "a length with underscores": (post(b"Content-Length: 1_0", body=b"0123456789" + EVIL), NONE),
    "a length of other digits": (post(b"Content-Length: \xb2", body=b"ab" + EVIL), NONE),
    "an empty length": (post(b"Content-Length: ", body=EVIL), NONE),
    "an enormous length": (post(b"Content-Length: " + b"9" * 30, body=b"abc"), NONE),
    "a length and a space": (post(b"Content-Length : 3", body=b"abc"), NONE),
    "a tab before a length": (post(b"Content-Length:\t3", body=b"abc"), ONE),
    "more than the length": (post(b"Content-Length: 3", body=b"abc" + EVIL), ONE),
    "a body of a GET": (raw(b"GET / HTTP/1.1", b"Host: {own}", b"Content-Length: 3", body=b"abc"), ONE),
    "a request as a GET's body": (
        raw(b"GET / HTTP/1.1", b"Host: {own}", b"Content-Length: %d" % len(EVIL), body=EVIL),
        ONE,
    ),
    "no length and a body": (post(body=EVIL), ONE),
    # Transfer-Encoding
    "chunks": (post(CHUNKED, body=CHUNKS), ONE),
    "chunks in capitals": (post(b"Transfer-Encoding: CHUNKED", body=CHUNKS), ONE),
    "identity": (post(b"Transfer-Encoding: identity", body=CHUNKS + EVIL), NONE),
    "identity beside a length": (
        post(b"Transfer-Encoding: identity", b"Content-Length: 3", body=b"abc" + EVIL),
        NONE,
    ),
    "another coding": (post(b"Transfer-Encoding: gzip", body=CHUNKS + EVIL), NONE),
    "another coding, then chunks": (post(b"Transfer-Encoding: gzip, chunked", body=CHUNKS), EITHER),
    "chunks, then another coding": (post(b"Transfer-Encoding: chunked, gzip", body=CHUNKS), NONE),
    "chunks twice": (post(CHUNKED, CHUNKED, body=CHUNKS + EVIL), EITHER),
    "chunks and chunks": (post(b"Transfer-Encoding: chunked, chunked", body=CHUNKS), EITHER),
    "chunks and identity": (post(CHUNKED, b"Transfer-Encoding: identity", body=CHUNKS + EVIL), NONE),
    "almost chunked": (post(b"Transfer-Encoding: xchunked", body=CHUNKS + EVIL), NONE),
    "chunked and more": (post(b"Transfer-Encoding: chunked-x", body=CHUNKS + EVIL), NONE),
    "chunked in quotes": (post(b'Transfer-Encoding: "chunked"', body=CHUNKS + EVIL), NONE),
    "a space before the colon": (post(b"Transfer-Encoding : chunked", body=CHUNKS + EVIL), NONE),
    "a vertical tab": (post(b"Transfer-Encoding: \x0bchunked", body=CHUNKS + EVIL), NONE),
    "a NUL in it": (post(b"Transfer-Encoding: chunked\x00", body=CHUNKS + EVIL), NONE),
    "a folded coding": (post(b"Transfer-Encoding:\r\n chunked", body=CHUNKS + EVIL), EITHER),
    "a bare line feed before it": (
        post(b"X-A: 1\nTransfer-Encoding: chunked", body=CHUNKS + EVIL),
        EITHER,
    ),
    "a bare carriage return before it": (
        post(b"X-A: 1\rTransfer-Encoding: chunked", body=CHUNKS + EVIL),
        NONE,
    ),
    "an underscore": (post(b"Transfer_Encoding: chunked", body=CHUNKS + EVIL), ONE),
    "an empty coding": (post(b"Transfer-Encoding:", body=EVIL), EITHER),
    "chunks by HTTP/1.0": (
        raw(b"POST / HTTP/1.0", b"Host: {own}", CHUNKED, body=CHUNKS + EVIL),
        EITHER,
    ),
    # Chunks
    "an extension": (post(CHUNKED, body=b"3;a=b\r\nabc\r\n0\r\n\r\n"), ONE),
    "an extension with a line feed": (
        post(CHUNKED, body=b"3;a\nb\r\nabc\r\n0\r\n\r\n" + EVIL),
        EITHER,
    ),
    "a chunk that is longer": (post(CHUNKED, body=b"3\r\nabcd\r\n0\r\n\r\n" + EVIL), EITHER),
    "a chunk's size with a sign": (post(CHUNKED, body=b"+3\r\nabc\r\n0\r\n\r\n" + EVIL), EITHER),
    "a chunk's size as 0x": (post(CHUNKED, body=b"0x3\r\nabc\r\n0\r\n\r\n" + EVIL), EITHER),
    "a chunk's size that overflows": (
        post(CHUNKED, body=b"1" + b"0" * 16 + b"3\r\nabc\r\n0\r\n\r\n" + EVIL),
        EITHER,
    ),
    "chunks that end with line feeds": (post(CHUNKED, body=b"3\nabc\n0\n\n" + EVIL), EITHER),
    "trailers that would be headers": (
        post(CHUNKED, body=b"3\r\nabc\r\n0\r\nContent-Length: 99\r\nHost: evil\r\n\r\n"),
        EITHER,
    ),
    "a body that is cut": (post(CHUNKED, body=b"3\r\na"), ONE),
    # Lines
    "line feeds only": (b"GET / HTTP/1.1\nHost: {own}\nConnection: close\n\n", EITHER),
    "a folded field": (raw(b"GET / HTTP/1.1", b"Host: {own}", b"X-A: 1\r\n  2"), EITHER),
    "a fold as the first line": (raw(b"GET / HTTP/1.1", b" X: 1", b"Host: {own}"), NONE),
    "a NUL in a value": (raw(b"GET / HTTP/1.1", b"Host: {own}", b"X-A: 1\x002"), NONE),
    "a bell in a value": (raw(b"GET / HTTP/1.1", b"Host: {own}", b"X-A: 1\x07"), NONE),
    "a delete in a value": (raw(b"GET / HTTP/1.1", b"Host: {own}", b"X-A: 1\x7f"), NONE),
    "a field without a name": (raw(b"GET / HTTP/1.1", b"Host: {own}", b": x"), NONE),
    "a name with a space": (raw(b"GET / HTTP/1.1", b"Host: {own}", b"X A: 1"), NONE),
    "a name with a colon": (raw(b"GET / HTTP/1.1", b"Host: {own}", b"X:A: 1"), ONE),
    "a name that is not ASCII": (raw(b"GET / HTTP/1.1", b"Host: {own}", b"X\xe9: 1"), NONE),
    "a line without a colon": (raw(b"GET / HTTP/1.1", b"Host: {own}", b"what"), NONE),
    "empty lines first": (b"\r\n\r\n" + raw(b"GET / HTTP/1.1", b"Host: {own}"), EITHER),
    # Request lines
    "a space in the path": (raw(b"GET /a b HTTP/1.1", b"Host: {own}"), NONE),
    "two spaces": (raw(b"GET  /a HTTP/1.1", b"Host: {own}"), EITHER),
    "a tab": (raw(b"GET\t/a HTTP/1.1", b"Host: {own}"), NONE),
    "a request in the path": (
        raw(b"GET /a HTTP/1.1\r\nX: HTTP/1.1", b"Host: {own}"),
        ONE,
    ),
    "no version": (b"GET /\r\n\r\n", NONE),
    "HTTP/1.0": (raw(b"GET / HTTP/1.0", b"Host: {own}"), ONE),
    "HTTP/2.0": (raw(b"GET / HTTP/2.0", b"Host: {own}"), EITHER),
    "HTTP/1.2": (raw(b"GET / HTTP/1.2", b"Host: {own}"), EITHER),
    "HTTP/01.1": (raw(b"GET / HTTP/01.1", b"Host: {own}"), NONE),
    "the beginning of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", NONE),
    "a method that is none": (raw(b"G<T / HTTP/1.1", b"Host: {own}"), NONE),
    "a method in small letters": (raw(b"get / HTTP/1.1", b"Host: {own}"), EITHER),
    "a byte that is not ASCII": (raw(b"GET /\xe9 HTTP/1.1", b"Host: {own}"), NONE),
    "a byte that is not ASCII in the query": (raw(b"GET /?\xe9 HTTP/1.1", b"Host: {own}"), NONE),
    "a NUL in the path": (raw(b"GET /\x00 HTTP/1.1", b"Host: {own}"), NONE),
    "a fragment": (raw(b"GET /a#b HTTP/1.1", b"Host: {own}"), EITHER),
    "encoded line ends": (raw(b"GET /a%0d%0aX:%201 HTTP/1.1", b"Host: {own}"), ONE),
    "dots": (raw(b"GET /../../etc/passwd HTTP/1.1", b"Host: {own}"), ONE),
    "two slashes and a name": (raw(b"GET //evil.test/x HTTP/1.1", b"Host: {own}"), ONE),
    "an at sign": (raw(b"GET /@evil.test HTTP/1.1", b"Host: {own}"), ONE),
    "an at sign without a slash": (raw(b"GET @evil.test HTTP/1.1", b"Host: {own}"), NONE),
    "a port without a slash": (raw(b"GET :80/ HTTP/1.1", b"Host: {own}"), NONE),
    "no slash": (raw(b"GET a HTTP/1.1", b"Host: {own}"), NONE),
    "an absolute address": (raw(b"GET http://evil.test/x HTTP/1.1", b"Host: {own}"), EITHER),
    "an absolute address of ours": (raw(b"GET http://{own}/x HTTP/1.1", b"Host: {own}"), EITHER),
    "another scheme": (raw(b"GET ftp://evil.test/x HTTP/1.1", b"Host: {own}"), EITHER),
    "a file": (raw(b"GET file:///etc/passwd HTTP/1.1", b"Host: {own}"), EITHER),
    "CONNECT": (raw(b"CONNECT evil.test:80 HTTP/1.1", b"Host: {own}"), NONE),
    "CONNECT with a path": (raw(b"CONNECT /x HTTP/1.1", b"Host: {own}"), NONE),
    "a star": (raw(b"OPTIONS * HTTP/1.1", b"Host: {own}"), NONE),
    # Hosts
    "no host": (raw(b"GET / HTTP/1.1"), NONE),
    "an empty host": (raw(b"GET / HTTP/1.1", b"Host: "), NONE),
    "another host": (raw(b"GET / HTTP/1.1", b"Host: evil.test"), NONE),
    "another port": (raw(b"GET / HTTP/1.1", b"Host: localhost:1"), NONE),
    "two hosts": (raw(b"GET / HTTP/1.1", b"Host: {own}", b"Host: evil.test"), NONE),
    "our host twice": (raw(b"GET / HTTP/1.1", b"Host: {own}", b"Host: {own}"), NONE),
    "a host with a user": (raw(b"GET / HTTP/1.1", b"Host: {own}@evil.test"), NONE),
    "a user before the host": (raw(b"GET / HTTP/1.1", b"Host: evil.test@{own}"), NONE),
    "a host with a path": (raw(b"GET / HTTP/1.1", b"Host: {own}/x"), NONE),
    "a host with a fragment": (raw(b"GET / HTTP/1.1", b"Host: {own}#.evil.test"), NONE),
    "a list of hosts": (raw(b"GET / HTTP/1.1", b"Host: {own}, evil.test"), NONE),
    "a folded host": (raw(b"GET / HTTP/1.1", b"Host: {own}\r\n evil.test"), NONE),
    "a forwarded host": (raw(b"GET / HTTP/1.1", b"Host: {own}", b"X-Forwarded-Host: evil"), ONE),
    "a host that connection names": (
        raw(b"GET / HTTP/1.1", b"Host: {own}", b"Connection: host, x-forwarded-host"),
        ONE,
    ),
    # Ours
    "our status": (raw(b"GET /__sse-reload/status HTTP/1.1", b"Host: {own}"), NONE),
    "our prefix": (raw(b"GET /__sse-reload HTTP/1.1", b"Host: {own}"), NONE),
    "what is not there": (raw(b"GET /__sse-reload/x HTTP/1.1", b"Host: {own}"), NONE),
    "our prefix encoded": (raw(b"GET /%5f_sse%2Dreload/x HTTP/1.1", b"Host: {own}"), NONE),
    "our prefix before a slash that is encoded": (
        raw(b"GET /__sse-reload%2fstatus HTTP/1.1", b"Host: {own}"),
        NONE,
    ),
    "our prefix, and up again": (raw(b"GET /__sse-reload/../x HTTP/1.1", b"Host: {own}"), NONE),
    "a POST to ours": (raw(b"POST /__sse-reload/publish HTTP/1.1", b"Host: {own}"), NONE),
    "an absolute address of what is ours": (
        raw(b"GET http://evil.test/__sse-reload/status HTTP/1.1", b"Host: {own}"),
        NONE,
    ),
    # Upgrades
    "HTTP/2 without TLS": (
        raw(
            b"GET / HTTP/1.1",
            b"Host: {own}",
            b"Upgrade: h2c",
            b"HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA",
            b"Connection: Upgrade, HTTP2-Settings",
        ),
        ONE,
    ),
    "another protocol": (
        raw(b"GET / HTTP/1.1", b"Host: {own}", b"Upgrade: x", b"Connection: Upgrade"),
        ONE,
    ),
}  # fmt: skip
