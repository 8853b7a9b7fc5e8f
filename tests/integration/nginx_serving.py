"""A real nginx in tests: as this user, on free ports, with all of its files below one folder.

Knows how nginx is started and ended. Refuses to know what it stands in front of: that is said by
the configuration, which is one that a person would save in `/etc/nginx/conf.d`.
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

# What surrounds such a file: Debian's /etc/nginx/nginx.conf, where paths are those of a test.
MAIN = """
worker_processes 1;
pid {folder}/nginx.pid;
{user}
events {{ worker_connections 256; }}
http {{
    access_log {folder}/access.log;
    default_type application/octet-stream;
    tcp_nopush on;
    sendfile on;
    gzip on;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


@contextmanager
def nginx(
    folder: Path, certificate: Certificate, app_port: int, changes: Mapping[str, str] | None = None
) -> Iterator[Proxy]:
    """Run nginx with the example's configuration in front of a port, until the context ends.

    changes: lines of the example, and what stands there instead
    """
    program = find_nginx()
    plain, secure = free_port(), free_port()
    places = {
        "server 127.0.0.1:8000;": f"server 127.0.0.1:{app_port};",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{secure} ssl http2;",
        "/etc/ssl/bell.example.pem": str(certificate.chain),
        "/etc/ssl/bell.example.key": str(certificate.key),
    }
    site = replaced((EXAMPLE / "nginx.conf").read_text("utf-8"), {**places, **(changes or {})})
    (folder / "site.conf").write_text(site)
    # nginx would hand its work over to nobody, who may not enter a test's folder.
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user))
    words = ["-e", "error.log", "-p", f"{folder}/", "-c", "nginx.conf", "-g", "daemon off;"]
    process = subprocess.Popen([program, *words], stdin=subprocess.DEVNULL)
    proxy = Proxy(plain, secure, certificate, folder / "error.log", process)
    try:
        wait_until(lambda: listens(secure, process), 20, proxy.log)
        yield proxy
    finally:
        process.terminate()
        process.wait(10)


def find_nginx() -> str:
    """The program, or a skip that says what to install. Debian keeps it where users do not look."""
    found = shutil.which("nginx", path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")
    if found is None:
        pytest.skip("no nginx: install the package nginx-light")
    return found
