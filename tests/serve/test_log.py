"""The daemon's lines, for people and for machines."""

import json
import logging

import pytest

from ringup.events import AddressLeased, ServerFault
from ringup.serve.log import log, log_event, start_log

LEASED = AddressLeased(1.5, "001646C0FFEE", "10.0.0.2", 3600)


def test_a_json_line_is_the_event(capsys: pytest.CaptureFixture[str]) -> None:
    start_log("json")
    log_event(LEASED, logging.INFO)
    log.error("plain %s", "words")
    first, second = (json.loads(line) for line in capsys.readouterr().err.splitlines())

    assert first == {
        "kind": "AddressLeased", "at": 1.5, "mac": "001646C0FFEE", "address": "10.0.0.2", "seconds": 3600,
        "renewed": False,
    }  # fmt: skip
    assert second["message"] == "plain words"


def test_a_text_line_says_who_and_what(capsys: pytest.CaptureFixture[str]) -> None:
    start_log("text")
    log_event(LEASED, logging.INFO)
    log_event(ServerFault(1.5, "", "disk full"), logging.ERROR)
    log.warning("plain words")
    lines = capsys.readouterr().err.splitlines()

    assert "001646C0FFEE" in lines[0]
    assert "10.0.0.2" in lines[0]
    assert "disk full" in lines[1]
    assert lines[2].endswith("warning: plain words")
