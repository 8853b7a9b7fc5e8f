"""A Content-Security-Policy that lets our client pass, and nobody else.

Knows how a browser reads a policy (CSP Level 3), and the four things that our client does and a
policy may forbid: the script of the tag with the modules that it imports, the worker that holds the
stream, the stream with our other addresses, and the making of the worker's address where Trusted
Types are required. Refuses to make a policy wider than that: what it blocks without us, it blocks
with us, so that nobody finds out in production.

Left alone: `style-src` and `img-src` (our signs are constructed sheets and SVG elements, which no
policy concerns), `sandbox` (with `allow-scripts` alone a page is a stranger to its own server),
`upgrade-insecure-requests`, `Integrity-Policy` (it can only be lifted for all scripts), and policies
in a `<meta>`, which is not read here. A page that swaps fonts, pictures or styles asks for them as
it did itself, under its own policy.
"""

import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from livereload_sse.web.guard import INTERNAL_PREFIX

SELF = "'self'"
"""The source that stands for the page's own origin: what ours is called where no host is known."""

TYPE_POLICY = "sse-reload"
"""The name by which our client makes its Trusted Types policy."""

ENFORCED = b"content-security-policy"
REPORTED = b"content-security-policy-report-only"

# From the most to the least particular: the first one that a policy has decides.
# CSP3 6.8.3, "get fetch directive fallback list".
_SCRIPT = ("script-src-elem", "script-src", "default-src")
_WORKER = ("worker-src", "child-src", "script-src", "default-src")
_CONNECT = ("connect-src", "default-src")

_WORD = re.compile(r"[^\t\n\f\r ]+")  # between ASCII white space, which is less than str.split's
_INDENT = re.compile(r"[\t\n\f\r ]*")
_NONCE = re.compile(r"'nonce-([a-z0-9+/_-]+={0,2})'", re.IGNORECASE)
_EXPRESSION = re.compile(
    r"(?:http://)?(?P<host>\*|(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*)"
    r"(?::(?P<port>[0-9]+|\*))?(?P<path>/.*)?",
    re.IGNORECASE,
)
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::[0-9]{1,5})?", re.IGNORECASE)
_ADDRESS = re.compile(r"[0-9.]+(?::[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Allowance:
    """The nonce to put on our tag ("": none), and the answer's headers."""

    nonce: str
    headers: tuple[tuple[bytes, bytes], ...]


def make_nonce() -> str:
    """Make a nonce that nobody can guess (CSP3 7.1: at least 128 bits, for one answer only)."""
    return secrets.token_urlsafe(18)


def let_us_in(
    headers: Iterable[tuple[bytes, bytes]],
    *,
    ours: str = SELF,
    make_nonce: Callable[[], str] = make_nonce,
) -> Allowance:
    """Widen an answer's policies, enforced and reported ones, where they would block our client.

    Names of headers are in lower case. `ours` is the source that is added (`find_source`). A nonce
    that a policy has for its scripts is used again. One of our own is made only where a policy goes
    by 'strict-dynamic', which ignores addresses: a nonce disables 'unsafe-inline', which is disabled
    there already. What needs no change stays as it was, to the byte.
    """
    fields = tuple(headers)
    policies = [
        _parse(text)
        for wanted in (ENFORCED, REPORTED)
        for name, value in fields
        if name == wanted
        for text in value.decode("latin-1").split(",")
    ]
    if not policies:
        return Allowance("", fields)
    nonce = _find_nonce(policies) or (make_nonce() if any(map(_is_dynamic, policies)) else "")
    widen = partial(_widen, nonce=nonce, ours=ours)
    return Allowance(
        nonce,
        tuple(
            (name, _each(widen, value) if name in (ENFORCED, REPORTED) else value)
            for name, value in fields
        ),
    )


@lru_cache(maxsize=64)
def find_source(host: str, base: str = "") -> str:
    """Name our own addresses, and no others, for pages that are asked for by this Host header.

    `base` is the path below which they are, as a URL spells it. No scheme: a source without one has
    the page's. 'self' where a policy cannot name the host: it knows letters, digits and hyphens, and
    of all numeric addresses 127.0.0.1 only (CSP3 6.7.2.9).
    """
    is_numeric = (
        _ADDRESS.fullmatch(host) is not None and host.split(":", maxsplit=1)[0] != "127.0.0.1"
    )
    if is_numeric or _HOST.fullmatch(host) is None:
        return SELF
    path = f"{base}{INTERNAL_PREFIX}/"
    return host + path.replace(";", "%3B").replace(",", "%2C")


@dataclass(frozen=True, slots=True)
class _Policy:
    """One policy: its directives as they were written, between the semicolons."""

    tokens: tuple[str, ...]

    def find(self, *names: str) -> "_Directive | None":
        """Find the first of these directives that the policy has."""
        known = self._known()
        return next((known[name] for name in names if name in known), None)

    def put(self, name: str, sources: Sequence[str]) -> "_Policy":
        """Write a directive anew, or at the end; 'none' is no word to stand beside others."""
        lasting = [source for source in sources if source.lower() != "'none'"]
        text = " ".join((name, *lasting))
        known = self._known()
        if name not in known:
            written = tuple(token for token in self.tokens if _WORD.search(token))
            return _Policy((*written, f" {text}"))
        place = known[name].place
        indent = _INDENT.match(self.tokens[place])
        text = f"{indent[0] if indent else ''}{text}"
        return _Policy((*self.tokens[:place], text, *self.tokens[place + 1 :]))

    def _known(self) -> dict[str, "_Directive"]:
        """CSP3 2.2.1: names in any case; the first of a name counts; no directive but in ASCII."""
        known: dict[str, _Directive] = {}
        for place, token in enumerate(self.tokens):
            words = _WORD.findall(token)
            if words and token.isascii():
                name = words[0].lower()
                known.setdefault(name, _Directive(name, tuple(words[1:]), place))
        return known


@dataclass(frozen=True, slots=True)
class _Directive:
    name: str
    sources: tuple[str, ...]
    place: int


def _parse(text: str) -> _Policy:
    return _Policy(tuple(text.split(";")))


def _each(widen: Callable[[_Policy], _Policy], value: bytes) -> bytes:
    """A header may hold several policies. Each of them must let a request pass."""
    texts = value.decode("latin-1").split(",")
    return ",".join(";".join(widen(_parse(text)).tokens) for text in texts).encode("latin-1")


def _find_nonce(policies: Iterable[_Policy]) -> str:
    """The tag can have one: best that of a policy to which nothing else would count."""
    for policy in sorted(policies, key=_is_dynamic, reverse=True):
        found = policy.find(*_SCRIPT)
        for nonce in _nonces(found.sources if found else ()):
            return nonce
    return ""


def _nonces(sources: Iterable[str]) -> list[str]:
    return [match[1] for source in sources if (match := _NONCE.fullmatch(source))]


def _is_dynamic(policy: _Policy) -> bool:
    found = policy.find(*_SCRIPT)
    return found is not None and _has_dynamic(found)


def _has_dynamic(directive: _Directive) -> bool:
    return "'strict-dynamic'" in map(str.lower, directive.sources)


def _widen(policy: _Policy, *, nonce: str, ours: str) -> _Policy:
    policy = _let_script(policy, nonce, ours)
    policy = _let_worker(policy, ours)
    return _let_type_policy(_let_connection(policy, ours))


def _let_script(policy: _Policy, nonce: str, ours: str) -> _Policy:
    """The tag's script; what a module imports has its nonce, too.

    Where default-src decides, `script-src-elem` is added: a new `script-src` would decide about
    workers as well, by rules of its own.
    """
    found = policy.find(*_SCRIPT)
    if found is None or nonce in _nonces(found.sources):
        return policy
    source = f"'nonce-{nonce}'" if _has_dynamic(found) else ours
    name = "script-src-elem" if found.name == "default-src" else found.name
    return _add(policy, found, source, name=name)


def _let_worker(policy: _Policy, ours: str) -> _Policy:
    """A worker has no nonce: only its address counts, or a script that is trusted to start it."""
    found = policy.find(*_WORKER)
    if found is None or (found.name == "script-src" and _has_dynamic(found)):
        return policy
    return _add(policy, found, ours, name="worker-src")


def _let_connection(policy: _Policy, ours: str) -> _Policy:
    found = policy.find(*_CONNECT)
    return policy if found is None else _add(policy, found, ours, name="connect-src")


def _let_type_policy(policy: _Policy) -> _Policy:
    found = policy.find("trusted-types")
    if found is None or not {"*", TYPE_POLICY}.isdisjoint(found.sources):
        return policy
    return policy.put(found.name, (*found.sources, TYPE_POLICY))


def _add(policy: _Policy, found: _Directive, source: str, *, name: str) -> _Policy:
    """Add a source to those of the directive that decides, unless one covers it already.

    They become those of the directive `name`: one that decides about nothing else.
    """
    if any(_covers(expression, source) for expression in found.sources):
        return policy
    return policy.put(name, (*found.sources, source))


def _covers(expression: str, source: str) -> bool:
    """Say whether an expression lets pass what `source` does (CSP3 6.7.2.8), as far as is known.

    The page's scheme is not, so http, which stands for https as well, is the only one that counts.
    """
    if source.startswith("'nonce-"):
        return False
    if expression.lower() in (SELF, "*", "http:"):
        return True
    match = _EXPRESSION.fullmatch(expression)
    if match is None or source == SELF:
        return False
    address, _, path = source.partition("/")
    name, _, port = address.partition(":")
    return (
        _covers_name(match["host"].lower(), name.lower())
        and (match["port"] or "") in (port, "*")
        and (match["path"] is None or _covers_path(match["path"], f"/{path}"))
    )


def _covers_name(host: str, name: str) -> bool:
    return host in ("*", name) or (host.startswith("*.") and name.endswith(host[1:]))


def _covers_path(prefix: str, path: str) -> bool:
    """Only a path with a slash at its end is that of a folder."""
    return prefix.endswith("/") and path.startswith(prefix)
