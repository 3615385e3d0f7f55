"""The daemon's log: one line per event on standard error, as text or as JSON."""

import json
import logging
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from ringup.events import Event, to_record
from ringup.journey.describe import describe

log = logging.getLogger("ringup")

Lines = Callable[[Sequence[Event]], Iterator[str]]
"""Formats each event as one line, with its line end."""


def start_log(form: str, as_typed: Callable[[str], str] = str) -> None:
    """Log to standard error; `form` is ``text`` or ``json``.

    `as_typed` rewrites the commands in messages for people so that they can be typed.
    """
    handler = EventStream(_json_lines if form == "json" else _text_lines)
    handler.setFormatter(_JsonMessage() if form == "json" else _TextMessage(as_typed))
    log.handlers = [handler]
    log.setLevel(logging.INFO)
    log.propagate = False


def log_events(events: Sequence[Event]) -> None:
    """Log one line per event, all in one write; log nothing before `start_log`."""
    for handler in log.handlers:
        if isinstance(handler, EventStream):
            handler.write(events)


class EventStream(logging.StreamHandler):  # type: ignore[type-arg]
    """Writes log messages and events to standard error; events come in batches of up to thousands."""

    def __init__(self, lines: Lines) -> None:
        super().__init__(sys.stderr)
        self._lines = lines

    def write(self, events: Sequence[Event]) -> None:
        """Write the events as text directly to the stream.

        A log record of the logging module for each event would take five times as long.
        """
        text = "".join(self._lines(events))
        self.acquire()
        try:
            with suppress(OSError, ValueError):  # the reader of the log is gone; the server continues
                self.stream.write(text)
                self.flush()
        finally:
            self.release()


def _clock(at: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(at))


def _text_lines(events: Sequence[Event]) -> Iterator[str]:
    """Format an event as text: the time, the phone, and the event in words."""
    second, clock = -1, ""
    for event in events:
        at = int(event.at)
        if at != second:
            second, clock = at, _clock(event.at)
        yield f"{clock} {event.mac or '-':12} {describe(event)}\n"


def _json_lines(events: Sequence[Event]) -> Iterator[str]:
    """Format an event as JSON with its own fields."""
    write = json.JSONEncoder().encode
    for event in events:
        yield write(to_record(event)) + "\n"


class _TextMessage(logging.Formatter):
    """Formats a log message that does not belong to an event, as text."""

    def __init__(self, as_typed: Callable[[str], str]) -> None:
        super().__init__()
        self._as_typed = as_typed

    def format(self, record: logging.LogRecord) -> str:
        return f"{_clock(record.created)} {record.levelname.lower()}: {self._as_typed(record.getMessage())}"


class _JsonMessage(logging.Formatter):
    """Formats a log message that does not belong to an event, as JSON."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps({"at": record.created, "message": record.getMessage()})
