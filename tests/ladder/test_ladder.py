"""The ladder diagram: arrows, repetitions, the text of the diagnosis, and both drawings."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.doctor.diagnose import diagnose
from ringup.doctor.evidence import Evidence
from ringup.events import (
    Event,
    FileNotFound,
    FileRequested,
    FileSent,
)
from ringup.ladder.arrows import arrows_of
from ringup.ladder.fold import folded
from ringup.ladder.ladder import MOST_ROWS, ladder
from ringup.ladder.rows import RED, Arrow, Ladder, Lane, Note, Pause, Repeat, Tone
from ringup.ladder.svg import svg
from ringup.ladder.text import ASCII, WIDTH, plain_text, text_lines
from tests.doctor.cases import ADDRESS, CASES, HAS_ITS_FILE, MAC, OWN, REGISTERED, T, evidence, sip
from tests.journey.event_strategies import events

DRAWN = (
    "answer-to-wrong-port", "challenge-unanswered", "file-unprovisioned", "dhcp-offers-in-vain",
    "file-refused", "register-silent", "line-unreachable", "never-heard",
)  # fmt: skip
"""The cases in the golden file: a wrong arrow, a missing one, a missing answer, repetitions, pauses,
silence.
"""


def clock(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S")


def in_fixed_words(case: Evidence) -> Ladder:
    """Return the drawing of a case with a fixed text instead of the diagnosis, whose text may change."""
    diagnosis = diagnose(case)
    verdicts = tuple(replace(each, what="What the doctor says.") for each in diagnosis.verdicts)
    return ladder(f"201, {MAC}", case.events, replace(diagnosis, verdicts=verdicts), case.now)


def drawn(case: Evidence) -> Ladder:
    return ladder(f"201, {MAC}", case.events, diagnose(case), case.now)


def text(drawing: Ladder) -> str:
    return plain_text(drawing, clock).translate(ASCII)


def test_the_drawings_are_as_they_were_looked_at(golden: Callable[[str, str], None]) -> None:
    golden("ladder/cases.txt", "\n".join(f"# {code}\n{text(in_fixed_words(CASES[code]))}" for code in DRAWN))
    golden("ladder/wrong-port.svg", svg(in_fixed_words(CASES["answer-to-wrong-port"]), clock))


@pytest.mark.parametrize("code", CASES)
def test_each_cause_is_drawn_in_red_with_the_doctors_words_in_80_columns(code: str) -> None:
    drawing = drawn(CASES[code])
    red = [row for row in drawing.rows if isinstance(row, Arrow | Note) and row.tone in RED]
    comments = {row.comment for row in drawing.rows if isinstance(row, Arrow)}
    assert red
    assert diagnose(CASES[code]).summary in comments | {row.text for row in red if isinstance(row, Note)}
    lines = ["".join(piece.text for piece in line) for line in text_lines(drawing, clock)]
    assert max(map(len, lines)) <= WIDTH
    ET.fromstring(svg(drawing, clock))


@given(st.lists(events(), max_size=12))
def test_whatever_happens_can_be_drawn(found: list[Event]) -> None:
    drawing = ladder("any", found, diagnose(evidence(())), T)
    for line in text_lines(drawing, lambda _at: "12:00:00"):
        row = "".join(piece.text for piece in line)
        assert len(row) <= WIDTH
        assert row.isprintable()
    ET.fromstring(svg(drawing, lambda _at: "12:00:00"))


def test_what_happened_31_times_is_drawn_once() -> None:
    asked: list[Event] = [FileNotFound(T + 31 * n, MAC, OWN, ADDRESS, "no such phone") for n in range(31)]
    rows = list(folded(list(arrows_of(asked))))
    assert [row.words for row in rows if isinstance(row, Arrow)] == [f"RRQ {OWN}", "not found"]
    assert rows[-1] == Repeat(2, 31, 31.0, T + 30 * 31)


def test_what_differs_is_not_folded_and_a_silence_is_shown() -> None:
    asked: list[Event] = [FileNotFound(T + 31 * n, MAC, f"{n}.cnf", ADDRESS, "") for n in range(3)]
    rows = list(folded(list(arrows_of(asked))))
    assert sum(isinstance(row, Arrow) for row in rows) == 6
    assert [row for row in rows if isinstance(row, Pause)] == [Pause(31.0)] * 2


def test_an_outcome_whose_request_was_told_before_adds_no_second_request() -> None:
    found: list[Event] = [
        FileRequested(T, MAC, OWN, ADDRESS, 50000),
        FileSent(T + 9, MAC, OWN, ADDRESS, 700, 9.0),
    ]
    assert [(row.at, row.label) for row in arrows_of(found) if isinstance(row, Arrow)] == [
        (T, f"RRQ {OWN}"), (T + 9, f"DATA {OWN} 700 bytes"),
    ]  # fmt: skip
    assert [row.at for row in arrows_of(found[1:])] == [T, T + 9]


def test_a_message_on_the_wire_is_drawn_in_place_of_the_report_about_it() -> None:
    seen: list[Event] = [sip(28, authorized=True), sip(28.1, 200), REGISTERED]
    labels = [row.label for row in arrows_of(seen) if isinstance(row, Arrow)]
    assert labels == ["REGISTER 201 with password from port 51098", "200 (REGISTER) to port 5060"]
    assert [row.source for row in arrows_of(seen) if isinstance(row, Arrow)] == [Lane.PHONE, Lane.PBX]


def test_every_answer_to_the_wrong_port_is_red_and_a_right_one_before_is_not() -> None:
    case = evidence(
        [
            REGISTERED,
            sip(1, 401),
            *(sip(n + k, s, 51098) for n in range(9, 40, 9) for k, s in ((0, 0), (1, 401))),
        ],
        source=CASES["answer-to-wrong-port"].source,
    )
    rows = ladder("", case.events, diagnose(case), case.now).rows
    tones = [row.tone for row in rows if isinstance(row, Arrow) and row.words.startswith("401")]
    assert tones[0] is not Tone.WRONG
    assert set(tones[1:]) == {Tone.WRONG}


def test_of_a_healthy_phone_nothing_is_red_and_nothing_is_due() -> None:
    drawing = drawn(evidence((*HAS_ITS_FILE, REGISTERED)))
    assert all(row.tone is Tone.PLAIN for row in drawing.rows if isinstance(row, Arrow))
    assert drawing.addresses[Lane.PHONE] == ADDRESS


def test_of_a_phone_on_its_way_the_next_message_is_dotted_and_not_red() -> None:
    last = [row for row in drawn(evidence(HAS_ITS_FILE)).rows if isinstance(row, Arrow)][-1]
    assert (last.words, last.tone) == ("REGISTER", Tone.EXPECTED)


def test_of_a_long_history_the_latest_rows_are_drawn() -> None:
    many: list[Event] = [FileNotFound(T + n, MAC, f"{n}.cnf", ADDRESS, "") for n in range(MOST_ROWS)]
    rows = drawn(evidence(many)).rows
    assert len(rows) == MOST_ROWS + 1
    assert "earlier rows are not shown" in text(Ladder("", {}, rows[:1]))
