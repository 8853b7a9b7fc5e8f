"""The line between the process that watches and one that runs tests."""

import asyncio
import json
import os
import signal
import socket
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.pytest_watch.engine.channel import FROM_ENVIRONMENT, Teller, find_teller
from livereload_sse.pytest_watch.engine.line import Line
from livereload_sse.pytest_watch.messages import Started, TestStarted, Trouble, decode, encode


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def heard(*chunks: bytes) -> list[bytes]:
    lines: list[bytes] = []
    line = Line(lines.append, lambda: None)
    for chunk in chunks:
        line.data_received(chunk)
    return lines


@given(st.lists(st.text(min_size=1), max_size=5), st.data())
def test_lines_arrive_whole_wherever_the_stream_is_cut(
    texts: list[str], data: st.DataObject
) -> None:
    stream = b"".join(encode(TestStarted(text)) for text in texts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    chunks = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert [decode(line) for line in heard(*chunks)] == [TestStarted(text) for text in texts]


def test_empty_lines_say_nothing() -> None:
    assert heard(b"\n\na\n\n") == [b"a"]


def test_what_was_left_unfinished_is_a_line_of_its_own_before_a_host_speaks(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = ends
    theirs.sendall(b'["TestSta')
    Teller(theirs).say({"exited": -9})
    assert heard(ours.recv(1000)) == [b'["TestSta', b'{"exited": -9}']


def test_a_teller_hears_lines_one_by_one_and_then_the_end(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = ends
    teller = Teller(theirs)
    assert not teller.has_word()
    ours.sendall(b'{"a": 1}\n{"b": 2}\n{"c"')
    assert teller.has_word()
    assert teller.listen() == {"a": 1}
    assert teller.has_word()
    assert teller.listen() == {"b": 2}
    ours.sendall(b": 3}\n")
    assert teller.listen() == {"c": 3}
    ours.close()
    assert teller.listen() is None


def test_a_teller_says_nothing_in_a_process_that_was_forked_from_its_own(
    ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = ends
    teller = Teller(theirs)
    with monkeypatch.context() as patched:
        patched.setattr(os, "getpid", lambda: -1)
        teller.tell(Started(1))
        teller.belongs_to_me()
        teller.tell(Started(2))
    teller.tell(Started(3))
    assert heard(ours.recv(1000)) == [encode(Started(2)).rstrip()]


def test_a_teller_goes_on_when_the_other_end_has_gone(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = ends
    ours.close()
    teller = Teller(theirs)
    teller.tell(Started(1))
    teller.tell(Started(1))
    assert not teller.is_open


def test_ctrl_c_in_the_middle_of_a_message_waits_for_its_end(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    """The message does not fit into the buffers, so its sender is caught in the middle."""
    ours, theirs = ends
    teller, message = Teller(theirs), Trouble("x" * 3_000_000)
    got = bytearray()

    def interrupt_and_read() -> None:
        got.extend(ours.recv(1000))
        os.kill(os.getpid(), signal.SIGINT)
        while chunk := ours.recv(65536):
            got.extend(chunk)

    reader = threading.Thread(target=interrupt_and_read)
    try:
        _start_without_signals(reader)
        with pytest.raises(KeyboardInterrupt):
            _tell_and_wait(teller, message)
    finally:
        theirs.close()
        reader.join()
    assert bytes(got) == encode(message)


def _tell_and_wait(teller: Teller, message: Trouble) -> None:
    teller.tell(message)
    signal.sigtimedwait({signal.SIGUSR1}, 2)  # Ctrl-C may come a moment later


def _start_without_signals(thread: threading.Thread) -> None:
    """Start a thread to which the system does not hand signals: they are for the main one."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        thread.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def test_the_line_is_found_by_its_descriptor_and_leaves_no_trace(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = ends
    copy = os.dup(theirs.fileno())
    os.set_inheritable(copy, True)
    environment = {FROM_ENVIRONMENT: f"fd:{copy}", "OTHER": "1"}
    teller = find_teller(environment)
    assert environment == {"OTHER": "1"}
    assert not os.get_inheritable(teller.fileno())
    teller.tell(Started(7))
    assert decode(ours.recv(1000).rstrip()) == Started(7)
    teller._end.close()


def test_the_line_is_found_by_a_port_and_the_secret_is_said_first() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        environment = {FROM_ENVIRONMENT: f"port:{listener.getsockname()[1]}:sesame"}
        teller = find_teller(environment)
        end, _ = listener.accept()
        with end:
            assert end.recv(100) == b"sesame\n"
        teller._end.close()
    assert environment == {}


async def test_a_line_says_what_a_teller_hears_and_tells_of_the_end(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = ends
    ours.setblocking(False)
    ended = asyncio.Event()
    lines: list[bytes] = []
    _, line = await asyncio.get_running_loop().create_connection(
        lambda: Line(lines.append, ended.set), sock=ours
    )
    line.say({"run": {}})
    teller = Teller(theirs)
    assert await asyncio.to_thread(teller.listen) == {"run": {}}
    teller.say({"exited": 0})
    theirs.close()
    async with asyncio.timeout(5):
        await ended.wait()
    assert [json.loads(line) for line in lines] == [{"exited": 0}]
    line.say({"too": "late"})
