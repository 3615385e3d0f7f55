"""`ringup firmware rollout`: the plan, the confirmation, the orders, and the progress."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ringup.cli.rollout_printing import MOST_NAMED
from ringup.emulator.firmware import make_sip_package, write_package
from ringup.events import CallStarted, LineRegistered
from ringup.rollout.record import PhoneStep, RolloutState
from ringup.site.model import Group, Line, Pbx, Phone, Site
from ringup.store.database import open_database
from ringup.store.history import add_events
from ringup.store.revisions import commit, current_revision
from ringup.store.rollouts import latest_rollout, order_rollout
from tests.cli.terminal import Ringup

OLD, NEW = "P0S3-08-11-00", "P0S3-8-12-00"
COUNT = 30
MACS = [f"0016460000{number:02X}" for number in range(COUNT)]
PHONES = tuple(
    Phone(
        mac=mac,
        group="lobby" if number < 3 else "",
        lines=(Line(extension=str(200 + number), name=f"Desk {number}", secret="x"),),
    )
    for number, mac in enumerate(MACS)
)
OFFICE = Site(
    load=OLD,
    pbx=Pbx(manager_user="ringup", manager_secret="s3cret"),
    groups=(Group(name="lobby"),),
    phones=PHONES,
)


@pytest.fixture
def engine(tmp_path: Path, ringup: Ringup) -> Iterator[Engine]:
    """The database of an office that has the firmware; all of its phones but the last are registered."""
    engine = open_database(str(tmp_path / "ringup.db"))
    commit(engine, OFFICE, author="test", summary="test", at=1.0)
    add_events(
        engine,
        [
            LineRegistered(2.0, mac, str(200 + number), "sip:x@10.0.0.9")
            for number, mac in enumerate(MACS[:-1])
        ],
    )
    write_package(tmp_path / "firmware", make_sip_package(NEW))
    yield engine
    engine.dispose()


START = ("firmware", "rollout", "start", NEW)


def test_the_plan_names_phones_waves_and_those_that_are_left(ringup: Ringup, engine: Engine) -> None:
    said = ringup(*START, "--all", "--canary", "2", "--dry-run")
    assert said.status == 0, said.err
    lines = said.out.splitlines()
    assert lines[0] == f"{NEW} for 29 phones, in 5 waves: 2, 4, 8, 10, 5."
    assert lines[1] == f"  wave 1  {MACS[0]} 200 Desk 0: {OLD} → {NEW}"
    assert f"  and {29 - MOST_NAMED} more; all of them: --json" in lines
    assert f"  {MACS[-1]} 229 Desk 29: it is not registered, so Asterisk cannot restart it" in lines
    assert "SEP001646000000.cnf.xml added" in said.out
    assert said.out.endswith("Nothing was changed (--dry-run).\n")
    assert latest_rollout(engine) is None


def test_the_plan_counts_calls_in_the_way(ringup: Ringup, engine: Engine) -> None:
    assert "in a call" not in ringup(*START, "--all", "--dry-run").out
    add_events(engine, [CallStarted(3.0, MACS[0], "200", "500"), CallStarted(3.0, MACS[1], "201", "500")])
    assert "2 phones in a call: each restarts" in ringup(*START, "--all", "--dry-run").out


def test_it_asks_and_without_a_terminal_it_refuses(ringup: Ringup, engine: Engine) -> None:
    said = ringup(*START, "--group", "lobby")
    assert said.status == 3
    assert "3 phones would take other firmware, and restart at least twice." in said.err
    assert latest_rollout(engine) is None


def test_with_yes_it_begins_once(ringup: Ringup, engine: Engine) -> None:
    said = ringup("firmware", "rollout", NEW, "--group", "lobby", "--yes")
    assert said.status == 0, said.err
    assert "Rollout 1 begins" in said.out
    found = latest_rollout(engine)
    assert found is not None
    assert (found.scope, found.author, len(found.phones)) == ("group lobby", "ann", 3)
    assert current_revision(engine) == 1
    again = ringup(*START, "--all", "--yes")
    assert (again.status, "rollout 1 is not over" in again.err) == (2, True)


def test_named_phones_go_in_the_order_in_which_they_are_named(ringup: Ringup, engine: Engine) -> None:
    assert ringup(*START, "205", "201", "--yes").status == 0
    found = latest_rollout(engine)
    assert found is not None
    assert [(each.mac, each.wave) for each in found.phones] == [(MACS[5], 1), (MACS[1], 2)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "exactly one of the three"),
        (("--all", "201"), "exactly one of the three"),
        (("--group", "attic"), "is not in the site"),
        (("--all", "--window", "at night"), "Write it like 22:00-05:00."),
        (("201", "999"), "999"),
    ],
)
def test_what_cannot_be_is_refused(ringup: Ringup, engine: Engine, words: tuple[str, ...], said: str) -> None:
    done = ringup(*START, *words, "--yes")
    assert done.status == 2
    assert said in done.err
    assert latest_rollout(engine) is None


def test_missing_firmware_is_refused_with_all_its_files(
    ringup: Ringup, engine: Engine, tmp_path: Path
) -> None:
    (tmp_path / "firmware" / f"{NEW}.sb2").unlink()
    done = ringup(*START, "--all", "--yes")
    assert (done.status, f"{NEW}.sb2 is missing." in done.err) == (2, True)


def test_status_shows_those_who_need_somebody_first_and_fits_a_terminal(
    ringup: Ringup, engine: Engine
) -> None:
    assert ringup(*START, "--all", "--yes").status == 0
    order_rollout(
        engine,
        lambda rollout: replace(
            rollout,
            phones=tuple(
                each.at(PhoneStep.FAILED, 5.0, "it did not boot within 600 s of the check-sync")
                if each.mac == MACS[20]
                else each.at(PhoneStep.DONE, 4.0)
                if 0 < each.wave < 3
                else each
                for each in rollout.phones
            ),
            state=RolloutState.STOPPED,
            reason=f"{MACS[20]}: it did not boot within 600 s of the check-sync",
        ),
    )
    said = ringup("firmware", "rollout", "status")
    lines = said.out.splitlines()
    assert said.status == 1
    assert " ".join(" ".join(lines[:2]).split()).startswith(
        f"Rollout 1 of {NEW}: stopped, wave 3 of 6: 3 of 30 done, 25 waiting, 1 failed, 1 left"
    )
    assert len(lines) <= 24
    assert next(line for line in lines if "Desk" in line).split()[2] == MACS[20]
    assert "After you have corrected it: ringup firmware rollout resume" in said.out
    assert all(mac in ringup("firmware", "rollout", "status", "--all").out for mac in MACS)


def test_orders_say_the_state(ringup: Ringup, engine: Engine) -> None:
    assert "there is none" in ringup("firmware", "rollout", "status").err
    ringup(*START, "--all", "--yes")
    assert ": paused," in ringup("firmware", "rollout", "pause").out
    assert ": running," in ringup("firmware", "rollout", "resume").out
    assert ringup("firmware", "rollout", "back", "--yes").status == 2
    assert ": aborted:" in ringup("firmware", "rollout", "abort").out
    said = ringup("firmware", "rollout", "back", "--yes")
    assert "There is nothing to take back." in said.err


def test_the_way_back_is_a_rollout_of_the_earlier_load(
    ringup: Ringup, engine: Engine, tmp_path: Path
) -> None:
    ringup(*START, "201", "--yes")
    order_rollout(
        engine,
        lambda rollout: replace(
            rollout,
            phones=tuple(replace(each.at(PhoneStep.DONE, 5.0), offered_at=4.0) for each in rollout.phones),
            state=RolloutState.DONE,
        ),
    )
    changed = OFFICE.model_copy(
        update={
            "phones": tuple(
                each.model_copy(update={"load": NEW}) if each.mac == MACS[1] else each for each in PHONES
            )
        }
    )
    commit(engine, changed, author="test", summary="rolled out", at=6.0)
    write_package(tmp_path / "firmware", make_sip_package(OLD))
    said = ringup("firmware", "rollout", "back", "--yes")
    assert said.status == 0, said.err
    found = latest_rollout(engine)
    assert found is not None
    assert (found.load, found.back_from, found.phones[0].own_end) == (OLD, 1, "")


@pytest.mark.parametrize("words", [("status",), ("watch", "--once")])
def test_the_board_shows_a_rollout_until_it_is_over(
    ringup: Ringup, engine: Engine, words: tuple[str, ...]
) -> None:
    ringup(*START, "--all", "--yes")
    assert f"Rollout 1 of {NEW}: running, wave 1 of 6: 0 of 30 done" in ringup(*words).out
    ringup("firmware", "rollout", "abort")
    assert "Rollout" not in ringup(*words).out


def test_help_of_the_short_form_is_that_of_the_group(ringup: Ringup) -> None:
    assert "pause" in ringup("firmware", "rollout", "--help").out
    assert "--canary" in ringup("firmware", "rollout", NEW, "--help").out
