"""A real Redis for tests: a server of its own, in a folder of its own, that may be ended in any way."""

import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import trustme

from tests.serving import free_port, wait_until

_QUIET = ("--save", "", "--daemonize", "no", "--loglevel", "warning", "--logfile", "redis.log")


@dataclass
class RedisServer:
    """A server, running or not. `url` is that of its database 0."""

    folder: Path
    options: tuple[str, ...]
    port: int
    url: str
    password: str = ""
    process: "subprocess.Popen[bytes] | None" = None
    _paused: bool = field(default=False)

    def start(self) -> None:
        words = ["redis-server", *_QUIET, "--dir", str(self.folder), *self.options]
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        wait_until(self.answers, 10, "Redis answers")

    def answers(self) -> bool:
        try:
            return self.ask("PING") in {"+PONG", "-NOAUTH Authentication required."}
        except OSError:
            return False

    def ask(self, *words: str) -> str:
        """Send a command on a connection of its own, and return the first line of the answer."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(10)
            client.connect(str(self.folder / "redis.sock"))
            reader = client.makefile("rb")
            if self.password and words != ("PING",):
                client.sendall(_encode(("AUTH", self.password)))
                reader.readline()
            client.sendall(_encode(words))
            line = reader.readline().decode().rstrip("\r\n")
            if line.startswith("$") and line != "$-1":
                line = reader.read(int(line[1:])).decode()
            reader.close()
            return line

    def stop(self, number: int = signal.SIGKILL) -> None:
        """End the process; nothing is saved but what an append-only file has."""
        assert self.process is not None
        self.process.send_signal(number)
        self.process.wait(10)
        self.process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def pause(self) -> None:
        """Have it do nothing at all, while its connections stay open."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        self._paused = True

    def resume(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)
        self._paused = False

    def end(self) -> None:
        if self.process is not None:
            if self._paused:
                self.resume()
            self.stop()


@contextmanager
def running_redis(
    *options: str, password: str = "", tls: bool = False, on_socket: bool = False
) -> Iterator[RedisServer]:
    """Run a server until the context ends. Skips where there is none."""
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    # A socket's path may have no more than 107 bytes, which pytest's folders exceed.
    with TemporaryDirectory(prefix="redis-") as name:
        folder, port = Path(name), free_port()
        words = ["--unixsocket", str(folder / "redis.sock"), *options]
        if password:
            words += ["--requirepass", password]
        words += _make_certificates(folder, port) if tls else ["--port", str(port)]
        url = f"redis://127.0.0.1:{port}"
        if tls:
            url = f"rediss://localhost:{port}"
        if on_socket:
            url = f"unix://{folder / 'redis.sock'}"
        server = RedisServer(folder, tuple(words), port, url, password)
        server.start()
        try:
            yield server
        finally:
            server.end()


def _make_certificates(folder: Path, port: int) -> list[str]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    own = authority.issue_cert("localhost")
    own.private_key_pem.write_to_path(str(folder / "key.pem"))
    own.cert_chain_pems[0].write_to_path(str(folder / "cert.pem"))
    return [
        *("--port", "0", "--tls-port", str(port), "--tls-auth-clients", "no"),
        *("--tls-cert-file", str(folder / "cert.pem"), "--tls-key-file", str(folder / "key.pem")),
        *("--tls-ca-cert-file", str(folder / "ca.pem")),
    ]


def _encode(words: Sequence[str]) -> bytes:
    pieces = [word.encode() for word in words]
    body = b"".join(b"$%d\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    return b"*%d\r\n" % len(pieces) + body
