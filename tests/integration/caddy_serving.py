"""A real Caddy in tests: as this user, on free ports, with what it keeps below one folder.

Knows how Caddy is started and ended. Refuses to know what it stands in front of: the example's
Caddyfile says that.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integration.proxies import EXAMPLE, Certificate, Proxy, listens, replaced
from tests.serving import free_port, wait_until

# No requests of Caddy's own, no certificates from elsewhere, no other addresses.
OPTIONS = """
	admin off
	auto_https disable_redirects
	default_bind 127.0.0.1
	http_port {plain}
	https_port {secure}
	skip_install_trust
"""


@contextmanager
def caddy(
    folder: Path, certificate: Certificate, app_port: int, changes: Mapping[str, str] | None = None
) -> Iterator[Proxy]:
    """Run Caddy with the example's configuration in front of a port, until the context ends.

    changes: parts of the example, and what stands there instead
    """
    program = shutil.which("caddy")
    if program is None:
        pytest.skip("no Caddy: install the package caddy")
    plain, secure = free_port(), free_port()
    places = {
        "bell.example {": f"localhost {{\n\ttls {certificate.chain} {certificate.key}",
        "127.0.0.1:8000": f"127.0.0.1:{app_port}",
        "grace_period 5s": "grace_period 5s" + OPTIONS.format(plain=plain, secure=secure),
    }
    text = (EXAMPLE / "Caddyfile").read_text("utf-8")
    (folder / "Caddyfile").write_text(replaced(text, {**places, **(changes or {})}))
    log = folder / "caddy.log"
    kept = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with log.open("w") as output:
        process = subprocess.Popen(
            [program, "run", "--config", folder / "Caddyfile", "--adapter", "caddyfile"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **kept},
        )
    proxy = Proxy(plain, secure, certificate, log, process)
    try:
        wait_until(lambda: listens(secure, process), 20, proxy.log)
        yield proxy
    finally:
        process.terminate()
        process.wait(20)
