"""The deployment example's page and files say the same, and what can be run of them is run."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # its stubs are one more thing to install

from tests.integration.bell_serving import bell_by
from tests.integration.listening import listeners_of, until
from tests.integration.proxies import EXAMPLE

PAGE = (EXAMPLE / "README.md").read_text("utf-8")
DOCKERFILE = (EXAMPLE / "Dockerfile").read_text("utf-8")


def quoted(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def read_yaml(name: str) -> Any:
    return yaml.safe_load((EXAMPLE / name).read_text("utf-8"))


def read_command() -> list[str]:
    """The command of the container, in the form that is no shell's."""
    found = re.search(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    assert found
    return [str(word) for word in json.loads(found[1])]


@pytest.mark.parametrize(("language", "name"), [("nginx", "nginx.conf"), ("caddy", "Caddyfile")])
def test_what_the_page_quotes_stands_in_the_file(language: str, name: str) -> None:
    lines = (EXAMPLE / name).read_text("utf-8").splitlines()
    wanted = [line for block in quoted(language) for line in block.splitlines()]

    assert wanted
    assert [line for line in wanted if line not in lines] == []


def test_the_page_leads_to_files_and_headings_that_exist() -> None:
    links = re.findall(r"\]\(([^)]+)\)", PAGE)
    headings = re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)
    anchors = {"#" + heading.lower().replace(" ", "-") for heading in headings}

    assert links
    assert [link for link in links if link not in anchors and not (EXAMPLE / link).exists()] == []


async def test_the_containers_command_serves_and_its_end_is_a_good_one() -> None:
    here = {"0.0.0.0": "127.0.0.1", "8000": "PORT"}  # noqa: S104 - a container's own network
    words = [here.get(word, word) for word in read_command()]
    assert {"127.0.0.1", "PORT"} < set(words)
    with bell_by(*words) as app:
        async with listeners_of(f"{app.url}/events", returns=False) as (listener,):
            app.end(10)
            await until(lambda: listener.ended, "the stream has ended")


def test_four_workers_are_told_the_same_but_for_their_number() -> None:
    service = read_yaml("compose.yml")["services"]["bell"]
    command = service["command"]
    at = command.index("--workers")

    assert command[:at] + command[at + 2 :] == read_command()
    assert seconds(service["stop_grace_period"]) > backstop()
    assert "/health/live" in service["healthcheck"]["test"][-1]


def test_the_pod_has_time_to_end_and_its_probes_open_no_stream() -> None:
    (text,) = quoted("yaml")
    spec = yaml.safe_load(text)["spec"]
    container = spec["containers"][0]
    pause = int(container["lifecycle"]["preStop"]["exec"]["command"][1])

    assert spec["terminationGracePeriodSeconds"] > pause + backstop()
    assert container["livenessProbe"]["httpGet"]["path"] == "/health/live"
    assert container["readinessProbe"]["httpGet"]["path"] == "/health/ready"


def test_traefiks_files_fit_together() -> None:
    static, http = read_yaml("traefik.yml"), read_yaml("traefik-dynamic.yml")["http"]
    router = http["routers"]["bell"]

    assert set(router["entryPoints"]) <= set(static["entryPoints"])
    assert router["tls"]["certResolver"] in static["certificatesResolvers"]
    assert router["service"] in http["services"]
    assert set(router["middlewares"]) <= set(http["middlewares"])
    assert static["providers"]["file"]["filename"] == "/etc/traefik/traefik-dynamic.yml"
    assert list(times(static)) == ["0s", "5s"]


def times(static: Any) -> Iterator[str]:
    """What Traefik does to answers that last: its longest answer, and its patience at the end."""
    transport = static["entryPoints"]["websecure"]["transport"]
    yield transport["respondingTimeouts"]["writeTimeout"]
    yield transport["lifeCycle"]["graceTimeOut"]


def backstop() -> float:
    command = read_command()
    return float(command[command.index("--timeout-graceful-shutdown") + 1])


def seconds(duration: str) -> float:
    return float(duration.removesuffix("s"))
