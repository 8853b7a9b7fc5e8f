"""What the tests behind proxies share: the folder of the example, a certificate, a running proxy."""

import os
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import trustme

if TYPE_CHECKING:
    import subprocess

EXAMPLE = Path(__file__).parents[2] / "examples" / "deployment"


@dataclass(frozen=True)
class Certificate:
    """A certificate for this machine, and what a client has to know to believe it."""

    chain: Path
    key: Path
    context: ssl.SSLContext


def make_certificate(folder: Path) -> Certificate:
    """Issue a certificate for 127.0.0.1 and localhost, into files of this folder."""
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1", "localhost")
    chain, key = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    issued.private_key_pem.write_to_path(os.fspath(key))
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return Certificate(chain, key, context)


@dataclass
class Proxy:
    """A running proxy: where it answers without and with TLS, its log, its process."""

    plain: int
    secure: int
    certificate: Certificate
    log_file: Path
    process: "subprocess.Popen[bytes]"

    @property
    def url(self) -> str:
        return f"https://localhost:{self.secure}"

    def log(self) -> str:
        with suppress(FileNotFoundError):
            return self.log_file.read_text("utf-8")
        return ""


def replaced(text: str, changes: Mapping[str, str]) -> str:
    """Text with some of its parts changed, each of which is in it exactly once."""
    for part, instead in changes.items():
        assert text.count(part) == 1, f"{text.count(part)} times in the example: {part!r}"
        text = text.replace(part, instead)
    return text


def listens(port: int, process: "subprocess.Popen[bytes]") -> bool:
    """Whether somebody listens there; the process that should has not ended."""
    assert process.poll() is None, f"ended with {process.returncode}"
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
        return True
    return False
