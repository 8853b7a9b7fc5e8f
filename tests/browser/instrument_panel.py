"""The dashboard example, run as its README says, and what a test asks of it and of its page."""

import os
import re
import shlex
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil

from livereload_sse.sse import Decoder, ReceivedEvent
from tests.browser.example_apps import EXAMPLES, SHELL, end_group, is_up
from tests.serving import LiveServer, wait_until

FOLDER = EXAMPLES / "dashboard"
README = (FOLDER / "README.md").read_text("utf-8")

# Notes each sample's id as it is heard; and what the page shows in the moment it shows anything.
WITNESS = """
window.heard = [];
window.moved = 0;
new PerformanceObserver((list) => {
  for (const { value } of list.getEntries()) window.moved += value;
}).observe({ type: 'layout-shift', buffered: true });
const add = EventSource.prototype.addEventListener;
EventSource.prototype.addEventListener = function (name, ...rest) {
  if (name === 'board') add.call(this, name, ({ data }) => window.told = JSON.parse(data).samples.length);
  if (name === 'metric') add.call(this, name, ({ lastEventId }) => window.heard.push(lastEventId));
  return add.call(this, name, ...rest);
};
new MutationObserver((_, observer) => {
  if (!document.body || !('painted' in document.body.dataset)) return;
  observer.disconnect();
  const d = (host) => host.querySelector('.line').getAttribute('d');
  window.first = {
    heard: window.heard.length,
    told: window.told,
    steps: Object.fromEntries([...document.querySelectorAll('.chart:not([hidden])')].map(
      (host) => [host.dataset.chart ?? 'core', (d(host).match(/H/g) ?? []).length])),
    figures: [...document.querySelectorAll('.figure output')].map((one) => one.textContent),
    services: document.querySelectorAll('#services li').length,
    alerts: [...document.querySelectorAll('#alerts .title')].map((one) => one.textContent),
  };
}).observe(document, { attributes: true, subtree: true, attributeFilter: ['data-painted'] });
"""

# Events as a page may hear them, resumed streams and servers included; returns what is known then.
STORY = """
import('/static/board.js').then(({ follow }) => {
const machine = { name: 'here', since: 1 };
const told = (...ats) => ({ machine, window: 4, alerts: [], notifications: [],
  samples: ats.map((at) => ({ at })) });
const events = [
  ['metric', { at: 1 }], ['board', told(1, 2)], ['metric', { at: 2 }], ['metric', { at: 3 }],
  ['alert', { rule: 'a', level: 'warning' }], ['alert', { rule: 'b', level: 'warning' }],
  ['alert', { rule: 'a', level: 'critical' }], ['alert', { rule: 'b', level: 'cleared' }],
  ['notification', { number: 7 }], ['notification', { number: 7 }], ['metric', { at: 4 }],
];
const board = events.reduce((board, event) => follow(board, ...event), null);
const again = follow(board, 'board', told(4, 6));
const elsewhere = { ...told(6), machine: { name: 'there', since: 1 } };
const ats = ({ samples }) => samples.map(({ at }) => at);
return [ats(board), board.alerts, board.notifications,
  ats(again), ats(follow(again, 'metric', { at: 7 })), ats(follow(board, 'board', elsewhere))];
})
"""

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@contextmanager
def running_panel(port: int, **settings: str) -> Iterator[LiveServer]:
    """Run the example by the command of its README, on this port."""
    command = shlex.split(SHELL.findall(README)[0].splitlines()[-1])
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    process = subprocess.Popen(
        [*command, "--port", str(port)],
        cwd=FOLDER,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PATH": path, "PYTHONDONTWRITEBYTECODE": "1", **settings},
        start_new_session=True,
    )
    server = LiveServer(f"http://127.0.0.1:{port}/", FOLDER, process)
    reader = threading.Thread(target=server.read_lines, daemon=True)
    reader.start()
    try:
        wait_until(lambda: is_up(server), 30, f"it answers; printed: {server.printed}")
        yield server
    finally:
        end_group(process)
        reader.join(5)
        assert process.stdout is not None
        process.stdout.close()


@contextmanager
def streams(server: LiveServer, count: int, path: str = "events") -> Iterator[list[socket.socket]]:
    """Hold so many streams. What nobody reads waits in the kernel."""
    with ExitStack() as stack:
        held = []
        for _ in range(count):
            one = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            one.settimeout(30)
            one.sendall(f"GET /{path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n".encode())
            held.append(one)
        yield held


def read(
    stream: socket.socket, is_enough: Callable[[list[ReceivedEvent]], bool]
) -> list[ReceivedEvent]:
    """Read a stream until it has told enough."""
    decoder, told = Decoder(), list[ReceivedEvent]()
    while not is_enough(told):
        told += decoder.feed(stream.recv(65536))
    return told


def samples_in(told: list[ReceivedEvent]) -> list[str]:
    """The ids of the samples."""
    return [event.last_event_id for event in told if event.name == "metric"]


def is_running(process: psutil.Process) -> bool:
    """Whether it still does anything: where nobody collects the dead, they stay as zombies."""
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def luminance(colour: str) -> float:
    """Relative luminance of `rgb(…)` (WCAG 2.2)."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ask(url: str, **headers: str) -> int:
    """Post, and return the status."""
    request = urllib.request.Request(url, method="POST", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
