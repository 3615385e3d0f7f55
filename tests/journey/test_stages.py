"""The table of stages, and every stage reached by its real sequence."""

import pytest

from ringup.events import CallStarted, Event, FileRequested, FileSent, LineReachable, LineRegistered
from ringup.journey.file_kinds import FILE_KINDS
from ringup.journey.follow import Journey, follow
from ringup.journey.stages import IN_SERVICE, STAGES, place, stage
from tests.journey.sequences import (
    CONFIGURED,
    CONVERTED,
    found,
    sequence_c,
    sequence_d,
    sequence_e,
    sequence_f,
)


def stages_of(events: list[Event], mac: str) -> list[str]:
    """Return the passed stages, each at the time when it was reached."""
    journey, passed = Journey(mac), ["new"]
    for event in events:
        journey = follow(journey, event)
        if passed[-1] != journey.stage:
            passed.append(journey.stage)
    return passed


def test_a_configured_phone_passes_every_stage_but_those_of_a_conversion() -> None:
    events = [*sequence_e(100), CallStarted(140, CONFIGURED, "1600", "202")]
    assert stages_of(events, CONFIGURED) == [
        "new", "wants_address", "address", "hunt", "sip_default", "own_file", "dial_plan", "registered",
        "in_call",
    ]  # fmt: skip


def test_a_conversion_takes_the_loader_hunts_again_and_takes_the_application() -> None:
    assert stages_of(sequence_d(100), CONVERTED) == [
        "new", "wants_address", "address", "hunt", "loader", "hunt", "application", "sip_default",
    ]  # fmt: skip


def test_an_sccp_application_without_its_file_hunts() -> None:
    assert stages_of(sequence_c(100), CONVERTED) == ["new", "wants_address", "address", "hunt"]


def test_a_phone_that_hears_no_answer_stays_in_the_hunt() -> None:
    assert stages_of(sequence_f(100), CONVERTED) == ["new", "hunt"]


def test_the_real_sequences_together_reach_every_stage() -> None:
    passed = {
        *stages_of([*sequence_e(100), CallStarted(140, CONFIGURED, "1600", "202")], CONFIGURED),
        *stages_of(sequence_d(100), CONVERTED),
    }
    assert passed == {row.key for row in STAGES} - {"on_the_wire", "sccp_start"}


def test_an_sccp_application_with_its_file_starts_and_registers() -> None:
    mac = CONFIGURED
    events = [
        *found(1, mac, f"SEP{mac}.cnf.xml"), *found(2, mac, "/7960-font.xml"),
        *found(3, mac, "US/7960-tones.xml"), LineRegistered(4, mac, "1600", f"sccp:SEP{mac}"),
    ]  # fmt: skip
    assert stages_of(events, mac) == ["new", "hunt", "sccp_start", "registered"]


def test_a_firmware_older_than_the_universal_loader_asks_for_the_pointer_first() -> None:
    events = [*found(1, CONVERTED, "OS79XX.TXT"), *found(2, CONVERTED, "P0S30203.bin")]
    assert stages_of(events, CONVERTED) == ["new", "hunt", "application"]


def test_an_sccp_load_has_its_loader_under_the_name_of_the_application() -> None:
    events = [*found(1, CONVERTED, "P00308010200.sbn"), *found(2, CONVERTED, "P00308010200.sb2")]
    assert stages_of(events, CONVERTED) == ["new", "loader", "application"]


def test_ring_list_and_dial_plan_are_one_stage_in_either_order() -> None:
    ring_list = FileSent(3, CONFIGURED, "RINGLIST.DAT", "", 1, 0.1)
    dial_plan = FileSent(3, CONFIGURED, "house-plan.xml", "", 1, 0.1)
    before = Journey(CONFIGURED, stage="own_file")
    for one, other in ((ring_list, dial_plan), (dial_plan, ring_list)):
        assert follow(before, one).stage == "own_file"
        assert follow(follow(before, one), other).stage == "dial_plan"


def test_a_phone_sends_its_sip_application_to_fetch_another_load_from_any_stage() -> None:
    phone = Journey(CONFIGURED, stage="own_file", boots=1)
    phone = follow(phone, FileRequested(1, CONFIGURED, "P0S3-8-12-00.sb2", "", 1))
    assert (phone.stage, phone.boots) == ("application", 1)


@pytest.mark.parametrize("key", ["hunt", "loader", "application"])
def test_late_news_of_an_old_contact_does_not_register_a_phone_that_boots(key: str) -> None:
    phone = follow(Journey(CONFIGURED, stage=key), LineReachable(1, CONFIGURED, "1600", 8.0))
    assert (phone.stage, phone.registered) == (key, ())


def test_a_phone_that_answers_the_pbx_is_registered() -> None:
    phone = follow(Journey(CONFIGURED), LineReachable(1, CONFIGURED, "1600", 8.0))
    assert (phone.stage, phone.registered) == ("registered", ("1600",))


def test_the_table_hangs_together() -> None:
    keys = [row.key for row in STAGES]
    assert len(set(keys)) == len(keys)
    assert [place(key) for key in keys] == list(range(len(keys)))
    assert [stage(key).key for key in keys] == keys
    files = {kind.key for kind in FILE_KINDS}
    for row in STAGES:
        assert set(row.next) <= set(keys)
        assert all(proof.file in files | {""} for proof in row.proofs)
        assert all(proof.also_sent in files | {""} for proof in row.proofs)
        assert all(set(proof.not_in) <= set(keys) for proof in row.proofs)
        assert bool(row.proofs) == (row.key != "new")


def test_every_stage_on_the_way_says_how_long_the_next_takes_and_where_that_comes_from() -> None:
    for row in STAGES:
        on_the_way = row.key not in IN_SERVICE
        assert bool(row.next) == (row.seconds > 0) == bool(row.source) == on_the_way


@pytest.mark.parametrize(
    ("key", "slowest_seen"),
    [("new", 10.07), ("loader", 37), ("application", 69), ("sip_default", 1), ("own_file", 2)],
)
def test_no_stage_promises_more_than_the_slowest_phone_in_the_logs(key: str, slowest_seen: float) -> None:
    """P-CDP-10, P-BOOT-21, P-BOOT-7, P-BOOT-8."""
    assert slowest_seen <= stage(key).seconds <= slowest_seen * 1.5
