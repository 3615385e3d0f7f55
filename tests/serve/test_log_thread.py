"""A log that is not read does not block the server."""

import os
import threading
from collections.abc import Iterator
from contextlib import closing
from io import StringIO, TextIOWrapper

import pytest

from ringup.events import AddressLeased
from ringup.serve.log import log, log_events, start_log
from ringup.serve.log_thread import QueuedStream, written_beside

TIMEOUT = 5.0
LEASED = AddressLeased(1.5, "001646C0FFEE", "10.0.0.2", 3600)
MORE_THAN_A_PIPE_HOLDS = 5_000
"""Number of lines that is more than a pipe can hold."""


@pytest.fixture(autouse=True)
def _quiet_afterwards() -> Iterator[None]:
    yield
    log.handlers = []
    log.propagate = True


class Stalled(StringIO):
    """A stream that blocks until a test releases it."""

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.go_on = threading.Event(), threading.Event()

    def write(self, text: str) -> int:
        self.reached.set()
        assert self.go_on.wait(TIMEOUT)
        return super().write(text)


def test_a_pipe_that_nobody_reads_holds_up_no_event_and_loses_none() -> None:
    readable, writable = os.pipe()
    with os.fdopen(readable) as reader, closing(TextIOWrapper(os.fdopen(writable, "wb", 0))) as pipe:
        start_log("text")
        read: list[str] = []
        with written_beside(pipe):
            for _ in range(MORE_THAN_A_PIPE_HOLDS):
                log_events([LEASED])
            reading = threading.Thread(target=lambda: read.extend(reader))
            reading.start()  # only now
        pipe.close()
        reading.join(TIMEOUT)
    assert len(read) == MORE_THAN_A_PIPE_HOLDS
    assert all(line.endswith("001646C0FFEE has 10.0.0.2 for 3600 s\n") for line in read)


def test_what_is_too_much_is_left_out_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    stalled = Stalled()
    monkeypatch.setattr("ringup.serve.log_thread.MOST_WAITING", 100)
    start_log("text")
    with written_beside(stalled):
        log.handlers[0].stream.write("first\n")  # type: ignore[attr-defined]
        assert stalled.reached.wait(TIMEOUT)
        for number in range(40):
            log.handlers[0].stream.write(f"line {number}\n")  # type: ignore[attr-defined]
        stalled.go_on.set()
    *written, last = stalled.getvalue().splitlines()
    kept = len(written) - 1
    assert written == ["first", *(f"line {number}" for number in range(kept))]
    assert 5 < kept < 40
    assert last.endswith(f"warning: {40 - kept} log lines dropped: the log was not read fast enough")


def test_the_end_waits_a_little_for_who_reads_and_no_longer() -> None:
    stalled = Stalled()
    stream = QueuedStream(stalled)
    stream.write("a line\n")
    stream.close(0.01)
    assert stalled.getvalue() == ""
    stalled.go_on.set()


def test_a_text_of_nothing_is_not_the_end() -> None:
    stream = StringIO()
    queued = QueuedStream(stream)
    for text in ("first\n", "", "last\n"):
        queued.write(text)
    queued.close()
    assert stream.getvalue() == "first\nlast\n"


class Gone(StringIO):
    """A stream that takes one text; then its reader is gone."""

    def write(self, text: str) -> int:
        if self.getvalue():
            raise BrokenPipeError
        return super().write(text)


def test_a_reader_that_has_gone_stops_nothing() -> None:
    gone = Gone()
    start_log("text")
    with written_beside(gone):
        for _ in range(3):
            log_events([LEASED])
            log.error("plain words")
    assert gone.getvalue().count("\n") == 1
