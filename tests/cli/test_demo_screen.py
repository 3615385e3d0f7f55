"""The demo's screen: nothing important is cut off at any usual size, and a fault ends with its proof."""

from collections.abc import Callable
from datetime import UTC
from functools import partial
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from ringup.cli import fleet_view
from ringup.cli.demo_screen import DemoScreen, _print_proof
from ringup.cli.fleet_view import event_line
from ringup.demo import proof
from ringup.demo.evidence import FAULT_STEPS
from ringup.demo.faults import FAULTS
from ringup.demo.plan import DemoPlan
from ringup.demo.steps import STEPS
from ringup.events import DhcpIgnored
from ringup.fleet.rows import Present
from ringup.journey.journeys import Journeys
from tests.cli.fleet import ANNA, BERT, EVENTS, NOW, SITE
from tests.cli.test_fleet_view import golden_text

SIZES = ((80, 24), (100, 30), (132, 43))
SHOWN = tuple(event for event in EVENTS if not isinstance(event, DhcpIgnored))


def lab(fault: str = "") -> Any:
    """Two phones with full displays, and the other tests' fleet, reduced to two phones."""
    site = SITE.model_copy(update={"phones": SITE.phones[:2]})
    journeys = Journeys()
    list(journeys.take(event for event in EVENTS if event.mac in (ANNA, BERT)))
    screens: dict[str, Any] = {"screen": [{"lines": ["Larry", "201", "Protocol Application Invalid"]}]}
    phone = SimpleNamespace(extension="201", of=lambda kind: screens.get(kind, []))
    return SimpleNamespace(
        phones=[phone, phone],
        fault=FAULTS.get(fault),
        fleet=SimpleNamespace(
            journeys=journeys.by_mac(),
            site=site,
            pbx_lost="",
            faults=(),
            present=lambda _now: Present(NOW),
            judged=lambda rows, _now: rows,
        ),
    )


def drawn(width: int, height: int, fault: str = "") -> str:
    """Return the screen after its first step and all events."""
    console = Console(file=StringIO(), width=width, height=height, force_terminal=True, _environ={})
    plan = DemoPlan(sandbox=Path(), state=Path(), fault=fault)
    steps = FAULT_STEPS[fault] if fault else STEPS
    shown = DemoScreen(plan, steps, console)
    shown.painted = True
    for step in steps if fault else steps[:2]:
        shown.reached(step)
    shown._reached = dict.fromkeys(shown._reached, 12.5)
    shown.take(list(SHOWN))
    plain = Console(file=StringIO(), width=width, height=height, _environ={})
    plain.print(shown.picture(lab(fault)))
    text: str = plain.file.getvalue()  # type: ignore[attr-defined]
    return text


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: NOW)
    monkeypatch.setattr(fleet_view, "event_line", partial(event_line, zone=UTC))


@pytest.mark.parametrize("fault", ["", *FAULTS])
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_board_fits_with_its_end_and_the_newest_event(width: int, height: int, fault: str) -> None:
    lines = drawn(width, height, fault).splitlines()
    assert len(lines) < height
    assert "Ctrl-C ends it" in lines[-1]
    newest = event_line(SHOWN[-1].at, SHOWN[-1]).plain
    assert newest[-20:].strip() in lines[-2]
    assert sum("  ✓ " in line for line in lines) >= (1 if fault else 2) or height == 24
    if fault:
        assert "With the fault: " in lines[1]
        assert any("  ✗  12.5 s " in line for line in lines)


@pytest.mark.parametrize(("width", "height"), SIZES[:2])
def test_the_board_looks_as_it_did(width: int, height: int, golden: Callable[[str, str], None]) -> None:
    golden(f"board/demo-{width}x{height}.txt", golden_text(drawn(width, height)))


def test_a_fault_ends_with_what_was_seen_and_its_cure() -> None:
    dropped = {"port": 50123, "first_line": "SIP/2.0 401 Unauthorized"}
    console = Console(file=StringIO(), width=200, _environ={})
    shown = proof.answers_to_the_sending_port("201", dropped)
    doctor = {
        "what": "Challenges stay unanswered",
        "confidence": "certain",
        "cause": "The PBX answers to the port that the phone sends from.",
        "cure": "Set force_rport=no in the phone's endpoint; ringup writes that:",
        "commands": ["ringup pbx install --reload"],
    }
    _print_proof(console, FAULTS["force-rport"], {"proof": shown, "doctor": doctor})
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    assert [line.rstrip() for line in text.splitlines()][1:] == [
        "PJSIP's default force_rport=yes:",
        "  Phone 201's REGISTER came from port 50123; its Contact says 5060.",
        '  Asterisk answered "SIP/2.0 401 Unauthorized" to port 50123, where the phone does not listen.',
        "ringup why: Challenges stay unanswered [certain]",
        "  The PBX answers to the port that the phone sends from.",
        "Cure: Set force_rport=no in the phone's endpoint; ringup writes that:",
        "  ringup pbx install --reload",
    ]


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (
            proof.call_to_the_sending_port(
                "202", "sip:202@10.0.0.9:56245", {"port": 56245, "first_line": "INVITE x"}
            ),
            ["sip:202@10.0.0.9:56245", "port 56245", "5060"],
        ),
        (
            proof.rejected_secret("201", {"key": "line1_password", "file": "SIPX.cnf", "reason": "too long"}),
            ["line1_password of SIPX.cnf: too long", "refused 201"],
        ),
        (proof.absent_firmware("201", "a.sb2", ["", " Upgrading "]), ["a.sb2", 'shows "Upgrading"']),
        (proof.absent_phone_file("201", "SIPX.cnf", [31.0, 31.2], ["Phone"]), ["31 and 31.2 seconds apart"]),
    ],
)
def test_a_proof_names_what_was_seen(shown: list[str], words: list[str]) -> None:
    assert all(word in " ".join(shown) for word in words)


def test_every_fault_has_a_cure_with_something_to_type_or_to_set() -> None:
    assert all(": ringup " in fault.cure for fault in FAULTS.values())
