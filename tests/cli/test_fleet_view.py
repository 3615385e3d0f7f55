"""The table of the fleet, as text."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC
from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console, RenderableType

from ringup.cli.fleet_view import STYLES, event_line, fleet_table, not_asked
from ringup.doctor.diagnose import diagnose
from ringup.events import (
    KINDS,
    Event,
    FileRequested,
    FileSent,
    LineRegistered,
    RegistrationRefused,
    ServerStarted,
    TransferProgress,
)
from ringup.fleet.durations import how_long
from ringup.fleet.rows import FleetRow, Present, fleet_rows
from ringup.journey.follow import Journey, fold
from ringup.journey.stages import STAGES
from ringup.site.model import Phone, Site
from tests.cli.fleet import ANNA, BERT, CARLA, EVENTS, LATE, NOW, SITE, UNKNOWN, healthy, line
from tests.doctor.cases import CASES
from tests.journey.event_strategies import events

PRESENT = Present(NOW)


def text_of(shown: RenderableType, width: int, *, colour: bool = False) -> str:
    """Return the output on a terminal with this width."""
    console = Console(
        file=StringIO(),
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        _environ={},
    )
    console.print(shown)
    file = console.file
    assert isinstance(file, StringIO)
    return file.getvalue()


def golden_text(text: str) -> str:
    """Return UTF-8 as the golden fixture stores it, without spaces at the ends of lines."""
    stripped = "".join(f"{row.rstrip()}\n" for row in text.splitlines())
    return stripped.encode().decode("latin-1")


@pytest.mark.parametrize("width", [80, 120])
def test_the_board_of_a_fleet_in_every_state(golden: Callable[[str, str], None], width: int) -> None:
    table = fleet_table(fleet_rows(fold(EVENTS), SITE, PRESENT), NOW)
    golden(f"board/fleet-{width}.txt", golden_text(text_of(table, width)))


def test_a_phone_in_trouble_without_a_certain_cause_says_what_the_board_did_not_ask() -> None:
    rows = {row.mac: row for row in fleet_rows(fold(EVENTS), SITE, PRESENT)}
    asked = {mac: [text.plain for text in not_asked(row)] for mac, row in rows.items()}
    assert {mac for mac, lines in asked.items() if lines} == {BERT}
    assert asked[BERT] == [f"not checked: firewall and fail2ban. Run: sudo ringup why {BERT}"]
    verdicts = (diagnose(CASES[code]).verdict for code in ("register-silent", "account-missing"))
    lines = [not_asked(replace(rows[BERT], verdict=verdict)) for verdict in verdicts]
    assert [bool(each) for each in lines] == [True, False]


@pytest.mark.parametrize("width", [80, 120])
def test_the_board_of_a_conversion_step_by_step(golden: Callable[[str, str], None], width: int) -> None:
    site = Site(phones=(Phone(mac=UNKNOWN, lines=(line("201", "Anna"),)),))
    steps = []
    journeys: dict[str, Journey] = {}
    for event in (event for event in EVENTS if event.mac == UNKNOWN):
        before = journeys.get(UNKNOWN, Journey(UNKNOWN)).stage
        journeys = fold([event], journeys)
        if journeys[UNKNOWN].stage != before:
            steps.append(text_of(fleet_table(fleet_rows(journeys, site, Present(event.at)), event.at), width))
    golden(f"board/conversion-{width}.txt", golden_text("".join(steps)))


def test_without_asterisk_nobody_is_in_service() -> None:
    text = text_of(
        fleet_table(fleet_rows(fold(EVENTS), SITE, PRESENT), NOW, pbx_lost="connection refused"), 80
    )
    assert "in service" not in text
    assert "Asterisk does not answer (connection refused): nobody can call." in " ".join(text.split())
    assert "systemctl start asterisk" in " ".join(text.split())


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    text = text_of(fleet_table(fleet_rows(fold(EVENTS), SITE, PRESENT), NOW), width)
    assert max(map(len, text.splitlines())) <= width


def test_at_80_columns_addresses_extensions_and_commands_are_whole() -> None:
    text = text_of(fleet_table(fleet_rows(fold(EVENTS), SITE, PRESENT), NOW), 80)
    for whole in (ANNA, BERT, UNKNOWN, "192.168.178.102", "202 ", f"ringup phone add {UNKNOWN}", "talks 202"):
        assert whole in text


@pytest.mark.parametrize("stage", [row.key for row in STAGES[1:]])
def test_every_title_is_whole_at_80_columns(stage: str) -> None:
    journey = Journey(LATE, stage=stage, address="192.168.100.100")
    text = text_of(fleet_table(fleet_rows({LATE: journey}, SITE, PRESENT), NOW), 80)
    assert next(row.title for row in STAGES if row.key == stage) in text


def test_the_bar_has_one_cell_a_stage() -> None:
    text = text_of(fleet_table([FleetRow(LATE, Phone(mac=LATE), Journey(LATE, stage="hunt"))], NOW), 80)
    assert "━" * 3 + "─" * 8 + " hunts for its load" in text


def test_the_board_shows_the_percentage_of_a_long_transfer() -> None:
    name = "P0S3-8-12-00.sb2"
    running: list[Event] = [
        FileRequested(NOW - 9, ANNA, name, "10.0.0.11", 1),
        TransferProgress(NOW - 4, ANNA, name, "10.0.0.11", 42, 100),
    ]
    table = fleet_table(fleet_rows(fold(running), SITE, PRESENT), NOW)
    assert "takes the application, 42 %" in text_of(table, 80)


def test_a_phone_that_was_never_seen_is_waited_for() -> None:
    text = text_of(fleet_table([FleetRow(LATE, Phone(mac=LATE), Journey(LATE))], NOW), 80)
    assert "waiting: not seen yet" in text
    assert "1 phone: 1 not seen yet" in text


def test_an_unknown_phone_that_asks_is_shown_with_its_cure_and_its_trouble() -> None:
    refused = RegistrationRefused(200, UNKNOWN, "201", "unknown account")
    text = text_of(fleet_table(fleet_rows(fold([*EVENTS, refused]), SITE, PRESENT), NOW), 120)
    assert "the PBX refuses 201: unknown account" in text
    assert f"ringup phone add {UNKNOWN}" in text


def test_what_is_wrong_and_its_cure_are_a_line_each_whatever_the_reason_says() -> None:
    refused = RegistrationRefused(200, BERT, "201", "locked; ask; again")
    text = text_of(fleet_table(fleet_rows(fold([*EVENTS, refused]), SITE, PRESENT), NOW), 160)
    assert "the PBX refuses 201: locked; ask; again" in text
    (cure,) = (line for line in text.splitlines() if "ringup pbx install" in line)
    assert "run: ringup pbx install --reload" in cure
    assert ";" not in cure


def test_a_computer_on_the_same_network_is_no_unknown_phone() -> None:
    assert "AABBCCDDEEFF" in fold(EVENTS)
    assert "AABBCCDDEEFF" not in [row.mac for row in fleet_rows(fold(EVENTS), SITE, PRESENT)]


def test_phones_stand_in_the_order_of_their_extensions_and_unknown_ones_last() -> None:
    assert [row.mac for row in fleet_rows(fold(EVENTS), SITE, PRESENT)] == [BERT, CARLA, ANNA, LATE, UNKNOWN]


def test_a_board_that_is_too_small_keeps_the_phones_that_need_somebody() -> None:
    site, events = healthy(9)
    site = site.model_copy(update={"phones": (*site.phones, *SITE.phones)})
    text = text_of(fleet_table(fleet_rows(fold([*events, *EVENTS]), site, PRESENT), NOW, most=3), 120)
    assert all(mac in text for mac in (BERT, UNKNOWN, CARLA))
    assert ANNA not in text
    assert "14 phones" in text
    assert "11 not shown" in text


def test_a_phone_is_called_by_its_label_its_line_or_just_phone() -> None:
    journey = Journey(LATE)
    assert FleetRow(LATE, Phone(mac=LATE, label="Hall", lines=(line("1", "A"),)), journey).name == "Hall"
    assert FleetRow(LATE, Phone(mac=LATE, lines=(line("1", ""), line("2", "B"))), journey).name == "B"
    assert FleetRow(LATE, Phone(mac=LATE), journey).name == "phone"
    assert FleetRow(LATE, None, journey).name == "unknown phone"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-5, "0 s"), (0, "0 s"), (119.9, "119 s"), (120, "2 min"), (7199, "119 min"), (7200, "2 h"),
     (172_799, "47 h"), (172_800, "2 d"), (1e6, "11 d")],
)  # fmt: skip
def test_a_duration_is_told_in_its_largest_unit(seconds: float, text: str) -> None:
    assert how_long(seconds) == text


def test_a_line_of_the_log_has_time_name_and_event() -> None:
    event = FileSent(3661, ANNA, "RINGLIST.DAT", "10.0.0.11", 100, 0.1)
    assert event_line(3661, event, zone=UTC).plain == (
        f"01:01:01  {ANNA}  has RINGLIST.DAT, 100 bytes in 0.1 s"
    )
    assert event_line(3661, event, name="Anna", zone=UTC).plain.startswith("01:01:01  Anna          has")
    assert (
        event_line(0, ServerStarted(0, "", "1.0"), zone=UTC).plain
        == "00:00:00  server        ringup 1.0 is ready"
    )


def test_good_and_bad_outcomes_have_their_colours() -> None:
    good = text_of(event_line(0, LineRegistered(0, ANNA, "1", ""), zone=UTC), 80, colour=True)
    bad = text_of(event_line(0, RegistrationRefused(0, ANNA, "1", "no"), zone=UTC), 80, colour=True)
    assert "\x1b[1;32m1 is registered" in good
    assert "\x1b[31m1 is refused" in bad
    assert set(STYLES) <= set(KINDS.values())


def test_a_start_in_vain_is_red_and_a_good_one_green() -> None:
    good = text_of(event_line(0, ServerStarted(0, "", "1"), zone=UTC), 80, colour=True)
    in_vain = text_of(
        event_line(0, ServerStarted(0, "", "1", "site has no phones."), zone=UTC), 80, colour=True
    )
    assert "\x1b[32mringup 1 is ready" in good
    assert "\x1b[1;31mringup 1 is NOT ready: site has no phones." in in_vain


def test_brackets_in_names_are_no_markup() -> None:
    event = FileSent(0, "", "[bold red]x[/]", "", 1, 0.1)
    assert "[bold red]x[/]" in text_of(event_line(0, event, zone=UTC), 80)
    label = Site(phones=(Phone(mac=LATE, label="[blink]x"),))
    assert "[blink]x" in text_of(fleet_table(fleet_rows({}, label, PRESENT), NOW), 80)


@settings(max_examples=settings().max_examples // 2)  # a table takes milliseconds
@given(st.lists(events(), max_size=20))
def test_any_events_can_be_shown(sequence: list[Event]) -> None:
    text = text_of(fleet_table(fleet_rows(fold(sequence), SITE, Present(4e9)), 4e9), 80)
    for event in sequence:
        text += text_of(event_line(event.at, event, zone=UTC), 80)
    assert "\x1b" not in text
