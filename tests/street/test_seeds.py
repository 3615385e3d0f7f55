"""Streets drawn from seeds: every property holds, and a server that violates one is detected."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ringup.engine.dhcp.leases import LeaseTable
from ringup.files.find import FileFinder
from ringup.serve.dhcp.commits import LeaseCommits
from ringup.street.faults import FAULTS
from ringup.street.packet_log import PacketLog
from ringup.street.script import Act, FlashState, Script, draw, from_line, to_line
from ringup.street.seeds import ScriptOutcome, SharedFolder, play, shortened

FAILED_ONCE = Path(__file__).with_name("failed_once.jsonl")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> SharedFolder:
    return SharedFolder(tmp_path_factory.mktemp("stage"))


def scripts_that_failed_once() -> Iterator[Any]:
    """Return the script with a NAK at every request; it takes twenty times as long as others, so only
    `./test` runs it.
    """
    for line in FAILED_ONCE.read_text().splitlines():
        if line and not line.startswith("#"):
            script = from_line(line)
            is_slow = any(act.key == "dhcp-nak" for act in script.acts)
            yield pytest.param(script, marks=[pytest.mark.thorough] * is_slow)


def played(
    script: Script, stage: SharedFolder, folder: Path, packet_log: PacketLog | None = None
) -> ScriptOutcome:
    place = folder / "street"
    place.mkdir()
    return play(script, stage, place, packet_log)


def quiet(*acts: Act, phones: int = 1, flash: FlashState = "current") -> Script:
    return Script(1, phones, flash=flash, driver="pjsip", acts=acts)


@pytest.mark.parametrize("script", [draw(1), *scripts_that_failed_once()], ids=str)
def test_every_property_holds(script: Script, stage: SharedFolder, tmp_path: Path) -> None:
    outcome = played(script, stage, tmp_path)
    assert outcome.violations == ()
    assert outcome.boots >= outcome.script.phones
    assert outcome.acknowledged > 0


WHERE = sorted({row.where for row in FAULTS.values()})


@pytest.mark.parametrize("where", WHERE)
def test_a_street_comes_up_again_after_all_faults_of_one_kind(
    where: str, stage: SharedFolder, tmp_path: Path
) -> None:
    rows = [row for row in FAULTS.values() if row.where == where]
    acts = [Act(row.key, 20.0 + 40.0 * number, 30.0, 1) for number, row in enumerate(rows)]
    assert played(quiet(*acts), stage, tmp_path).violations == ()


# Our ACK may come between two NAKs, so a phone that is refused again and again may nevertheless come up.
HIDING = [key for key, row in FAULTS.items() if row.hides_registration and key != "dhcp-nak"]


QUICK = {FAULTS[key].where: key for key in reversed(HIDING) if key != "disk-refuses"}.values()
"""One fault of each kind; each takes half a second, but `disk-refuses` takes five times as long."""


@pytest.mark.parametrize(
    "key", [pytest.param(key, marks=[] if key in QUICK else pytest.mark.thorough) for key in HIDING]
)
def test_a_fault_that_hides_registration_does_so_while_it_lasts(
    key: str, stage: SharedFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_of_a_new_phone = FAULTS[key].where == "firmware"
    # Long enough for the board to say why; a phone with a bad image boots several times first.
    monkeypatch.setattr("ringup.street.seeds.SETTLE", 900.0 if is_of_a_new_phone else 300.0)
    script = quiet(Act(key, 0.0, 0.0, 1), flash="fresh" if is_of_a_new_phone else "current")
    outcome = played(script, stage, tmp_path)
    assert not outcome.came_up
    assert outcome.violations == ()


def test_a_seed_always_draws_the_same_script() -> None:
    assert draw(77) == draw(77)
    assert len({draw(seed) for seed in range(100)}) == 100


@pytest.mark.thorough
def test_a_script_is_always_played_alike(stage: SharedFolder, tmp_path: Path) -> None:
    # A repaired image is found by the street's clock: on the machine's, the street was quicker than a look.
    script = quiet(Act("image-missing", 5.0, 60.0, 1), flash="fresh")
    packet_logs = []
    for number in range(2):
        (tmp_path / f"{number}").mkdir()
        packet_logs.append(PacketLog())
        assert played(script, stage, tmp_path / f"{number}", packet_logs[-1]).seconds < 260
    assert packet_logs[0].lines == packet_logs[1].lines


def test_a_script_is_kept_as_a_line() -> None:
    assert [from_line(to_line(draw(seed))) for seed in range(50)] == [draw(seed) for seed in range(50)]


def test_a_lease_that_is_answered_before_it_is_kept_is_found(
    stage: SharedFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LeaseCommits, "hold", lambda self, replies: self._release(list(replies)))
    (first, *_) = played(quiet(), stage, tmp_path).violations
    assert "not on disk" in first.what


def test_an_error_that_only_delays_a_phone_is_found(
    stage: SharedFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # After a power cut, the request for the old address fails; the phone comes up by its DISCOVER.
    monkeypatch.setattr(LeaseTable, "preferred", lambda *_arguments: 1 / 0)
    outcome = played(quiet(Act("power-cut", 60.0, 5.0, 1)), stage, tmp_path)
    assert outcome.came_up
    assert "ZeroDivisionError" in outcome.violations[0].what


def test_files_that_are_given_to_anybody_are_found(
    stage: SharedFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = FileFinder.find
    names = {f"SIP{mac}.cnf" for mac in ("001646000000", "001646000001")}

    def another(self: FileFinder, name: str, requester: object) -> object:
        other = next(iter(names - {name})) if name in names else name
        self._check_owner = False
        return find(self, other, requester)  # type: ignore[arg-type]

    monkeypatch.setattr(FileFinder, "find", another)
    violations = played(quiet(phones=2), stage, tmp_path).violations
    assert any("secret of" in each.what for each in violations)


@pytest.mark.thorough
def test_a_failing_script_is_shortened_to_what_it_needs_and_told_in_words(
    stage: SharedFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ringup.street.seeds.SETTLE", 200.0)
    monkeypatch.setattr("ringup.street.reasons.overdue", lambda _journey, _now: None)
    needed = Act("pbx-dead", 5.0, 0.0, 1)
    script = quiet(Act("duplicates", 1.0, 20.0, 1), needed, phones=2)

    def places() -> Iterator[Path]:
        for number in range(100):
            (tmp_path / f"{number}").mkdir()
            yield tmp_path / f"{number}"

    short = shortened(script, stage, places())
    assert (short.acts, short.phones) == ((needed,), 1)
    packet_log = PacketLog()
    played(short, stage, tmp_path, packet_log)
    told = "\n".join(packet_log.lines)
    assert "pbx-dead begins" in told
    assert "TFTP request SIP001646000000.cnf" in told
    assert "DHCP ACK 001646000000 10.0.0.10" in told


def test_the_page_on_rehearsals_lists_every_fault() -> None:
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "rehearse.md").read_text()
    listed = {
        key for line in page.splitlines() if line.startswith("| `") for key in re.findall("`([^`]+)`", line)
    }
    assert listed == set(FAULTS)
