"""The lines of the log, for people and as JSON."""

import json
import logging
import sys
import time
from collections.abc import Iterator

import pytest

from ringup.events import AddressLeased, FileRequested, ServerFault
from ringup.serve.log import log, log_events, start_log

LEASED = AddressLeased(1.5, "001646C0FFEE", "10.0.0.2", 3600)


@pytest.fixture(autouse=True)
def _quiet_afterwards() -> Iterator[None]:
    """Other tests have no log."""
    yield
    log.handlers = []
    log.propagate = True
    log.setLevel(logging.NOTSET)


def test_a_json_line_is_the_event(capsys: pytest.CaptureFixture[str]) -> None:
    start_log("json")
    log_events([LEASED])
    log.error("plain %s", "words")
    first, second = (json.loads(line) for line in capsys.readouterr().err.splitlines())

    assert first == {
        "kind": "AddressLeased", "at": 1.5, "mac": "001646C0FFEE", "address": "10.0.0.2", "seconds": 3600,
        "renewed": False,
    }  # fmt: skip
    assert second["message"] == "plain words"


def test_a_text_line_says_when_who_and_what(capsys: pytest.CaptureFixture[str]) -> None:
    start_log("text")
    log_events([LEASED, ServerFault(2.5, "", "disk full")])
    log.warning("plain words")
    lines = capsys.readouterr().err.splitlines()

    first, second = (time.strftime("%H:%M:%S", time.localtime(at)) for at in (LEASED.at, 2.5))
    assert lines[0] == f"{first} 001646C0FFEE has 10.0.0.2 for 3600 s"
    assert lines[1] == f"{second} -            fault in ringup: disk full"
    assert lines[2].endswith("warning: plain words")


def test_many_lines_are_one_write(monkeypatch: pytest.MonkeyPatch) -> None:
    writes: list[str] = []
    monkeypatch.setattr(sys.stderr, "write", writes.append)
    start_log("text")
    log_events([LEASED] * 3)
    assert [text.count("\n") for text in writes] == [3]


def test_a_log_that_nobody_reads_any_more_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_text: str) -> int:
        raise BrokenPipeError

    monkeypatch.setattr(sys.stderr, "write", broken)
    start_log("text")
    log_events([LEASED])


def test_before_the_log_is_started_events_are_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    log_events([LEASED])
    log.addHandler(logging.StreamHandler(sys.stderr))
    log_events([LEASED])
    assert capsys.readouterr().err == ""


def test_a_name_from_the_wire_cannot_steer_a_terminal_through_the_json_log(
    capsys: pytest.CaptureFixture[str],
) -> None:
    name = "\x9b2J\x85.cnf"
    start_log("json")
    log_events([FileRequested(1.0, "", name, "10.0.0.2", 50000)])
    line = capsys.readouterr().err.removesuffix("\n")
    assert line.isprintable()
    assert json.loads(line)["name"] == name


def test_messages_for_people_name_commands_as_they_can_be_typed(capsys: pytest.CaptureFixture[str]) -> None:
    start_log("text", lambda message: message.replace("ringup lint", ".venv/bin/ringup lint"))
    log.error("Look: %s", "ringup lint")
    assert capsys.readouterr().err.endswith(" error: Look: .venv/bin/ringup lint\n")
