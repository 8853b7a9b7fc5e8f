"""Policies, and what a browser would make of them: `Browser` below reads them by CSP Level 3, in
another way than the code under test does.
"""

import base64
import re
from dataclasses import dataclass

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from livereload_sse.web.policy import (
    ENFORCED,
    REPORTED,
    SELF,
    TYPE_POLICY,
    find_source,
    let_us_in,
    make_nonce,
)

OURS = "localhost:8000/__sse-reload/"
CLIENT = "http://localhost:8000/__sse-reload/client/abc/main.js"
EVENTS = "http://localhost:8000/__sse-reload/events"
STRANGERS = (
    "http://localhost:8000/static/app.js",
    "http://localhost:8000/__sse-reload.js",
    "http://localhost:9000/__sse-reload/client/abc/main.js",
    "http://cdn.example/app.js",
    "https://cdn.example/lib/app.js",
)


def widened(policy: str, *, ours: str = OURS) -> str:
    """The one policy of an answer, as it is sent."""
    allowance = let_us_in([(ENFORCED, policy.encode())], ours=ours, make_nonce=lambda: "ours")
    (field,) = allowance.headers
    return field[1].decode()


def nonce_of(*policies: str) -> str:
    fields = [(ENFORCED, policy.encode()) for policy in policies]
    return let_us_in(fields, make_nonce=lambda: "ours").nonce


@dataclass(frozen=True)
class Browser:
    """What Chromium does with a policy, as far as is tried here."""

    policy: str

    @property
    def directives(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for part in self.policy.split(";"):
            words = re.split("[\t\n\f\r ]+", part.strip("\t\n\f\r "))
            if words[0] and words[0].lower() not in found:
                found[words[0].lower()] = words[1:]
        return found

    def sources(self, *names: str) -> list[str] | None:
        return next((self.directives[name] for name in names if name in self.directives), None)

    def runs(self, url: str, nonce: str = "") -> bool:
        """Whether a script element in the page's HTML is run."""
        sources = self.sources("script-src-elem", "script-src", "default-src")
        if sources is None or (nonce and f"'nonce-{nonce}'" in sources):
            return True
        return not self._is_dynamic(sources) and self._names(sources, url)

    def runs_inline(self) -> bool:
        sources = self.sources("script-src-elem", "script-src", "default-src")
        if sources is None:
            return True
        hardened = re.search(
            r"'(?:nonce-|sha\d+-|strict-dynamic')", " ".join(sources), re.IGNORECASE
        )
        return not hardened and "'unsafe-inline'" in map(str.lower, sources)

    def starts(self, url: str) -> bool:
        """Whether a worker is started."""
        names = ("worker-src", "child-src", "script-src", "default-src")
        sources = self.sources(*names)
        if sources is None or self._names(sources, url):
            return True
        decides = next(name for name in names if name in self.directives)
        return decides == "script-src" and self._is_dynamic(sources)

    def connects(self, url: str) -> bool:
        sources = self.sources("connect-src", "default-src")
        return sources is None or self._names(sources, url)

    def shows(self, url: str) -> bool:
        """Whether a picture is loaded: nothing that is ours."""
        sources = self.sources("img-src", "default-src")
        return sources is None or self._names(sources, url)

    def frames(self, url: str) -> bool:
        sources = self.sources("frame-src", "child-src", "default-src")
        return sources is None or self._names(sources, url)

    @staticmethod
    def _is_dynamic(sources: list[str]) -> bool:
        return "'strict-dynamic'" in map(str.lower, sources)

    @staticmethod
    def _names(sources: list[str], url: str) -> bool:
        scheme, rest = url.split("://")
        place, _, path = rest.partition("/")
        return any(_matches(source, scheme, place, "/" + path) for source in sources)


def _matches(source: str, scheme: str, place: str, path: str) -> bool:
    """The page is http://localhost:8000."""
    source = source.replace("'self'", "http://localhost:8000").replace("'SELF'", "localhost:8000")
    if source in ("*", f"{scheme}:") or (source, scheme) == ("http:", "https"):
        return True
    wanted, _, source = source.rpartition("://")
    if wanted not in (scheme, "http", ""):  # http, and none on a page of http, stand for https too
        return False
    host, slash, folder = source.partition("/")
    name, _, port = host.partition(":")
    its_name, _, its_port = place.partition(":")
    return (
        (name in (its_name, "*") or (name[:2] == "*." and its_name.endswith(name[1:])))
        and port in (its_port, "*")
        and (
            not slash
            or path == "/" + folder
            or (source[-1] == "/" and ("/" + folder) in path[: len(folder) + 1])
        )
    )


SOURCES = (
    "'self'",
    "'SELF'",
    "'none'",
    "'unsafe-inline'",
    "'Unsafe-Inline'",
    "'unsafe-eval'",
    "'strict-dynamic'",
    "'nonce-theirs'",
    "'nonce-other='",
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
    "http://localhost:8000",
    "localhost:8000/static/",
    "localhost:8000/__sse-reload/",
    "localhost:9000",
    "localhost:*",
    "*:8000",
    "*.localhost:8000",
    "cdn.example",
    "https://cdn.example/lib/",
    "http:",
    "https:",
    "data:",
    "*",
)
NAMES = (
    "default-src",
    "script-src",
    "Script-Src",
    "script-src-elem",
    "worker-src",
    "child-src",
    "connect-src",
    "img-src",
    "frame-src",
)
spaces = st.sampled_from((" ", "  ", "\t", "\f"))


@st.composite
def policies(draw: st.DrawFn) -> str:
    parts = draw(
        st.lists(
            st.tuples(
                st.sampled_from(NAMES), st.lists(st.sampled_from(SOURCES), max_size=3), spaces
            ),
            max_size=5,
        )
    )
    ends = draw(st.sampled_from(("", ";", " ; ", ";;")))
    return "; ".join(space.join((name, *sources)) for name, sources, space in parts) + ends


@given(policy=policies(), other=policies())
@example(policy="script-src 'nonce-theirs'", other="script-src 'nonce-other=' 'strict-dynamic'")
@example(policy="default-src 'strict-dynamic'", other="script-src 'unsafe-inline'")
def test_every_policy_lets_our_client_pass(policy: str, other: str) -> None:
    fields = [(ENFORCED, f"{policy},{other}".encode()), (REPORTED, other.encode())]

    allowance = let_us_in(fields, ours=OURS, make_nonce=lambda: "ours")

    for _, value in allowance.headers:
        for text in value.decode().split(","):
            browser = Browser(text)
            assert browser.runs(CLIENT, allowance.nonce)
            assert browser.starts(CLIENT)
            assert browser.connects(EVENTS)


@given(policy=policies())
@example(policy="default-src 'strict-dynamic' cdn.example")
@example(policy="child-src 'none'; script-src 'unsafe-inline'")
def test_what_is_not_ours_is_blocked_or_not_as_it_was(policy: str) -> None:
    before, after = Browser(policy), Browser(widened(policy))

    assert before.runs_inline() == after.runs_inline()
    for url in STRANGERS:
        for nonce in ("", "theirs", "other="):
            assert before.runs(url, nonce) == after.runs(url, nonce)
        assert before.starts(url) == after.starts(url)
        assert before.connects(url) == after.connects(url)
    for url in (*STRANGERS, CLIENT):
        assert before.shows(url) == after.shows(url)
        assert before.frames(url) == after.frames(url)


@given(policy=policies(), ours=st.sampled_from((OURS, SELF)))
def test_a_policy_that_lets_us_pass_stays_as_it_is(policy: str, ours: str) -> None:
    once = widened(policy, ours=ours)

    assert widened(once, ours=ours) == once


@given(policy=policies())
def test_a_policy_that_needs_nothing_is_the_same_to_the_byte(policy: str) -> None:
    browser = Browser(policy)
    is_open = browser.starts(CLIENT) and browser.connects(EVENTS)
    has_nonce = browser.runs(CLIENT, nonce_of(policy))

    after = widened(policy)

    # Only http stands for a source here, so what a policy says of `localhost` may be said twice.
    assert after == policy or not (is_open and has_nonce)


@given(value=st.binary(max_size=60))
@example(b"script-src\xa0'none'; default-src\x0b'none'")
def test_no_bytes_make_it_stumble_and_all_that_is_not_ascii_survives(value: bytes) -> None:
    (field,) = let_us_in([(ENFORCED, value)]).headers

    foreign = re.compile(rb"[\x80-\xff]")
    assert foreign.findall(field[1]) == foreign.findall(value)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("default-src 'self'", "default-src 'self'"),
        (
            "img-src 'none'; style-src 'none'; object-src 'none'",
            "img-src 'none'; style-src 'none'; object-src 'none'",
        ),
        ("script-src 'none'", f"script-src {OURS}"),
        ("script-src", f"script-src {OURS}"),
        ("connect-src https://api.example", f"connect-src https://api.example {OURS}"),
        ("script-src 'nonce-'", f"script-src 'nonce-' {OURS}"),
        ("script-src \u00e9; script-src a", f"script-src \u00e9; script-src a {OURS}"),
        ("script-src\x0b'none'", "script-src\x0b'none'"),
        ("script-src 'unsafe-inline'", f"script-src 'unsafe-inline' {OURS}"),
        (
            "default-src 'none'; img-src 'self';",
            f"default-src 'none'; img-src 'self'; script-src-elem {OURS}; worker-src {OURS}; connect-src {OURS}",
        ),
        ("script-src 'nonce-a'", f"script-src 'nonce-a'; worker-src 'nonce-a' {OURS}"),
        (
            "script-src 'self'; child-src 'none'",
            f"script-src 'self'; child-src 'none'; worker-src {OURS}",
        ),
        ("script-src 'nonce-a' 'strict-dynamic'", "script-src 'nonce-a' 'strict-dynamic'"),
        (
            "script-src 'strict-dynamic' 'sha256-eA=='",
            "script-src 'strict-dynamic' 'sha256-eA==' 'nonce-ours'",
        ),
        (
            "default-src 'self' 'strict-dynamic'",
            "default-src 'self' 'strict-dynamic'; script-src-elem 'self' 'strict-dynamic' 'nonce-ours'",
        ),
        (
            "script-src-elem cdn.example; script-src 'self'",
            f"script-src-elem cdn.example {OURS}; script-src 'self'",
        ),
        ("SCRIPT-SRC 'None'; script-src 'self'", f"script-src {OURS}; script-src 'self'"),
        ("trusted-types app 'allow-duplicates'", "trusted-types app 'allow-duplicates' sse-reload"),
        ("trusted-types 'none'", "trusted-types sse-reload"),
        ("trusted-types *", "trusted-types *"),
        ("require-trusted-types-for 'script'", "require-trusted-types-for 'script'"),
        (
            "sandbox allow-scripts; upgrade-insecure-requests",
            "sandbox allow-scripts; upgrade-insecure-requests",
        ),
    ],
)
def test_only_what_would_block_us_is_widened(policy: str, expected: str) -> None:
    assert widened(policy) == expected


@pytest.mark.parametrize(
    "source",
    [
        "'Self'",
        "*",
        "http:",
        "HTTP:",
        "localhost:8000",
        "http://LOCALHOST:8000/",
        "http://localhost:*",
        "*:8000",
        "localhost:8000/__sse-reload/",
    ],
)
def test_a_source_that_names_us_already_is_enough(source: str) -> None:
    assert widened(f"default-src {source}") == f"default-src {source}"


@pytest.mark.parametrize(
    "source",
    [
        "https:",
        "ws:",
        "https://localhost:8000",
        "localhost",
        "localhost:80",
        "*.localhost:8000",
        "localhost:8000/__sse-reload",
        "localhost:8000/static/",
        "localhost:8000/__SSE-RELOAD/",
        "'nonce-'",
        "'nonce-a b'",
    ],
)
def test_a_source_that_does_not_name_us_is_not(source: str) -> None:
    assert widened(f"connect-src {source}") == f"connect-src {source} {OURS}"


def test_a_subdomain_is_covered_by_an_asterisk() -> None:
    assert (
        widened("script-src *.dev.test", ours="a.dev.test/__sse-reload/") == "script-src *.dev.test"
    )


@pytest.mark.parametrize("source", ["localhost:8000", "http://*"])
def test_without_a_host_we_are_a_part_of_the_pages_own_origin(source: str) -> None:
    assert widened(f"script-src {source}", ours=SELF) == f"script-src {source} 'self'"


@pytest.mark.parametrize(
    ("policies", "nonce"),
    [
        (("default-src 'self'",), ""),
        (("script-src 'nonce-a'",), "a"),
        (("script-src 'NONCE-Aa+/_-=='",), "Aa+/_-=="),
        (("default-src 'nonce-d'; script-src 'nonce-s'; script-src-elem 'nonce-e'",), "e"),
        (("style-src 'nonce-a'",), ""),
        (("script-src 'unsafe-inline'",), ""),
        (("script-src 'nonce-'",), ""),
        (("script-src 'nonce-<b>'",), ""),
        (("script-src 'nonce-a'", "script-src 'nonce-b' 'strict-dynamic'"), "b"),
        (("script-src 'strict-dynamic'",), "ours"),
        (("script-src 'STRICT-DYNAMIC'",), "ours"),
    ],
)
def test_the_nonce_is_the_one_that_scripts_have(policies: tuple[str, ...], nonce: str) -> None:
    assert nonce_of(*policies) == nonce


def test_policies_that_follow_a_comma_or_only_report_are_widened_as_well() -> None:
    fields = (
        (b"content-security-policy", b"default-src 'self', connect-src 'none'"),
        (b"x-frame-options", b"DENY"),
        (b"content-security-policy-report-only", b"script-src 'none'; report-uri /csp"),
        (b"content-security-policy", b"connect-src 'none'"),
    )

    allowance = let_us_in(fields)

    assert allowance.headers == (
        (b"content-security-policy", b"default-src 'self', connect-src 'self'"),
        (b"x-frame-options", b"DENY"),
        (b"content-security-policy-report-only", b"script-src 'self'; report-uri /csp"),
        (b"content-security-policy", b"connect-src 'self'"),
    )


def test_a_nonce_of_a_policy_that_only_reports_is_used_as_well() -> None:
    assert let_us_in([(REPORTED, b"script-src 'nonce-r'")]).nonce == "r"


def test_what_follows_a_comma_may_be_the_one_that_has_the_nonce() -> None:
    assert nonce_of("script-src 'self', script-src 'nonce-c' 'strict-dynamic'") == "c"


def test_an_answer_without_a_policy_stays_without_one() -> None:
    fields = ((b"content-type", b"text/html"), (b"x-content-security-policy", b"script-src 'none'"))

    assert let_us_in(iter(fields)).headers == fields


def test_each_answer_has_a_nonce_of_its_own() -> None:
    fields = [(ENFORCED, b"script-src 'strict-dynamic'")]

    one, other = let_us_in(fields).nonce, let_us_in(fields).nonce

    assert one != other
    assert len(base64.urlsafe_b64decode(make_nonce())) * 8 >= 128


def test_the_name_of_our_trusted_types_is_the_clients() -> None:
    assert re.fullmatch(r"[a-z-]+", TYPE_POLICY)


@pytest.mark.parametrize(
    ("host", "base", "source"),
    [
        ("localhost:8000", "", "localhost:8000/__sse-reload/"),
        ("localhost", "", "localhost/__sse-reload/"),
        ("127.0.0.1:8000", "", "127.0.0.1:8000/__sse-reload/"),
        ("My-Box.example.dev", "/sub", "My-Box.example.dev/sub/__sse-reload/"),
        ("localhost:8000", "/a;b,c", "localhost:8000/a%3Bb%2Cc/__sse-reload/"),
        ("192.168.1.5:8000", "", SELF),
        ("[::1]:8000", "", SELF),
        ("my_box:8000", "", SELF),
        ("localhost.:8000", "", SELF),
        ("", "", SELF),
        ("evil; script-src *", "", SELF),
        ("a,b", "", SELF),
        ("localhost:8000\n", "", SELF),
    ],
)
def test_our_addresses_are_named_as_exactly_as_a_policy_can(
    host: str, base: str, source: str
) -> None:
    assert find_source(host, base) == source
