"""The daemon's log: one line an event on standard error, for people or for machines."""

import json
import logging
import sys
import time

from ringup.events import Event, to_record
from ringup.journey.describe import describe

log = logging.getLogger("ringup")


def start_log(form: str) -> None:
    """Log to standard error; `form` is ``text`` or ``json``."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines() if form == "json" else _TextLines())
    log.handlers = [handler]
    log.setLevel(logging.INFO)
    log.propagate = False


def log_event(event: Event, level: int) -> None:
    """One line for one event."""
    log.log(level, "%s", event, extra={"event": event})


class _JsonLines(logging.Formatter):
    """The event's own fields, or the message of a line that has none."""

    def format(self, record: logging.LogRecord) -> str:
        event: Event | None = getattr(record, "event", None)
        if event is None:
            return json.dumps({"at": record.created, "message": record.getMessage()}, ensure_ascii=False)
        return json.dumps(to_record(event), ensure_ascii=False)


class _TextLines(logging.Formatter):
    """Time of day, the phone, and what happened in words."""

    def format(self, record: logging.LogRecord) -> str:
        event: Event | None = getattr(record, "event", None)
        clock = time.strftime("%H:%M:%S", time.localtime(record.created))
        if event is None:
            return f"{clock} {record.levelname.lower()}: {record.getMessage()}"
        return f"{clock} {event.mac or '-':12} {describe(event)}"
