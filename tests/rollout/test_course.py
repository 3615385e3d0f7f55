"""The course of a rollout: waves, proof, failure, pause, and what a crash must not lose."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.events import CallStarted
from ringup.rollout.course import MOST_RESTARTS, DecisionFacts, Turn, advance, resumed, sent
from ringup.rollout.record import UNDER_WAY, PhoneStep, Rollout, RolloutPhone, RolloutState
from ringup.rollout.waves import wave_numbers
from tests.rollout.fleet import NEW, OLD, START, Habit, SoftPhone, fleet, mac_of

LOOK_SECONDS = 20.0
WAIT = 100.0


class Play:
    """A rollout with software phones; each turn is one decision of the server."""

    def __init__(self, phones: Mapping[str, SoftPhone], at_most: int = 10, canary: int = 1) -> None:
        waves = wave_numbers(len(phones), canary, at_most)
        rows = [RolloutPhone(mac, wave, (NEW,), OLD) for mac, wave in zip(phones, waves, strict=True)]
        self.rollout = Rollout(NEW, tuple(rows), at_most=at_most, canary=canary, wait=WAIT)
        self.phones = phones
        self.loads = dict.fromkeys(phones, OLD)
        self.now = START
        self.may_restart = True
        self.fault = ""
        self.restarted: list[str] = []

    def present(self) -> DecisionFacts:
        """Return the facts that the server knows."""
        journeys = {mac: phone.journey() for mac, phone in self.phones.items()}
        return DecisionFacts(self.now, self.loads, journeys, self.may_restart, lambda _load: self.fault)

    def turn(self, *, is_killed: bool = False) -> Turn:
        """Make one decision, and carry out the orders; a server that is killed stores nothing of it."""
        turn = advance(self.rollout, self.present())
        self.loads |= {mac: load or OLD for mac, load in turn.offers.items()}
        for mac in turn.restarts:
            self.restarted.append(mac)
            self.phones[mac].obey(self.now + 1, self.loads[mac])
        if not is_killed:
            self.rollout = sent(turn.rollout, turn.restarts, self.now)
        self.now += LOOK_SECONDS
        return turn

    def run(self, turns: int = 200) -> None:
        """Make decisions until nothing has changed for longer than any phone may take."""
        quiet = 0
        while quiet * LOOK_SECONDS <= 2 * WAIT and turns:
            before, turns = self.rollout, turns - 1
            self.turn()
            quiet = quiet + 1 if self.rollout == before else 0

    def step(self, number: int) -> PhoneStep:
        """Return the step of the phone with this number."""
        return next(each.step for each in self.rollout.phones if each.mac == mac_of(number))


@given(
    habits=st.lists(st.sampled_from(Habit), min_size=1, max_size=9),
    at_most=st.integers(1, 4),
    canary=st.integers(1, 4),
    killed=st.lists(st.booleans(), max_size=12),
)
def test_one_wave_is_under_way_and_a_failure_stops_all_others(
    habits: Sequence[Habit], at_most: int, canary: int, killed: list[bool]
) -> None:
    play = Play(fleet(*habits), at_most, canary)
    waves = [each.wave for each in play.rollout.phones]
    for number in range(60):
        before = play.rollout
        turn = play.turn(is_killed=number < len(killed) and killed[number])
        open_waves = {each.wave for each in play.rollout.under_way}
        assert len(play.rollout.under_way) <= at_most
        assert len(open_waves) <= 1
        assert 1 not in open_waves or len(play.rollout.under_way) <= canary
        if any(each.step is PhoneStep.FAILED for each in before.phones):
            assert not turn.offers
            assert not turn.restarts
        for each in play.rollout.phones:
            if each.step is PhoneStep.WAITING and not any(killed):
                assert play.loads[each.mac] == OLD
    assert [each.wave for each in play.rollout.phones] == waves
    all_good = {Habit.GOOD, Habit.HARD_OF_HEARING}.issuperset(habits)
    assert play.rollout.state is (RolloutState.DONE if all_good else RolloutState.STOPPED)
    for each in play.rollout.phones:
        assert each.step is not PhoneStep.DONE or play.phones[each.mac].flash == NEW
        assert (each.step is PhoneStep.FAILED) == bool(each.reason)


def test_a_phone_is_done_only_after_a_boot_without_an_image() -> None:
    play = Play(fleet(Habit.GOOD))
    play.run()
    assert play.rollout.state is RolloutState.DONE
    assert play.restarted == [mac_of(0)] * 2


def test_a_phone_that_missed_a_check_sync_gets_another() -> None:
    play = Play(fleet(Habit.HARD_OF_HEARING))
    play.run()
    assert play.rollout.state is RolloutState.DONE
    assert play.restarted == [mac_of(0)] * 3


@pytest.mark.parametrize(
    ("habit", "reason"),
    [
        (Habit.DEAF, "it did not boot after 4 check-syncs"),
        (Habit.LOST, "it is not proven to run P0S3-8-12-00 after 100 s: takes the application"),
        (Habit.FORGETFUL, f"it requested the image of P0S3-8-12-00 in {MOST_RESTARTS} boots"),
        (Habit.DENIED, "it requested P0S3-8-12-00.sb2, which is not there"),
    ],
)
def test_a_phone_that_fails_is_named_with_the_reason(habit: Habit, reason: str) -> None:
    play = Play(fleet(Habit.GOOD, habit, Habit.GOOD, Habit.GOOD))
    play.run()
    assert play.rollout.state is RolloutState.STOPPED
    assert play.rollout.reason.startswith(f"{mac_of(1)}: {reason}")
    assert play.step(0) is PhoneStep.DONE
    assert play.step(3) is PhoneStep.WAITING
    assert play.loads[mac_of(3)] == OLD


def test_a_mended_phone_is_tried_again_and_the_rest_follows() -> None:
    play = Play(fleet(Habit.GOOD, Habit.DEAF, Habit.GOOD))
    play.run()
    play.phones[mac_of(1)].habit = Habit.GOOD
    play.rollout = resumed(play.rollout, play.now)
    play.run()
    assert play.rollout.state is RolloutState.DONE
    assert all(phone.flash == NEW for phone in play.phones.values())


def test_a_paused_rollout_watches_those_under_way_and_restarts_nobody() -> None:
    play = Play(fleet(Habit.GOOD, Habit.GOOD))
    play.turn()
    play.rollout = replace(play.rollout, state=RolloutState.PAUSED)
    play.restarted.clear()
    play.run()
    assert play.restarted == []
    assert play.step(0) is PhoneStep.READY
    play.rollout = resumed(play.rollout, play.now)
    play.run()
    assert play.rollout.state is RolloutState.DONE


def test_outside_the_window_nobody_is_offered_anything() -> None:
    play = Play(fleet(Habit.GOOD))
    play.may_restart = False
    play.run()
    assert (play.restarted, play.loads) == ([], {mac_of(0): OLD})
    play.may_restart = True
    play.run()
    assert play.rollout.state is RolloutState.DONE


def test_missing_firmware_stops_before_a_phone_restarts() -> None:
    play = Play(fleet(Habit.GOOD))
    play.fault = "firmware: P0S3-8-12-00.sb2 is missing."
    play.run()
    assert (play.rollout.state, play.rollout.reason) == (RolloutState.STOPPED, play.fault)
    assert play.restarted == []


def test_a_load_that_somebody_changes_meanwhile_stops_the_rollout() -> None:
    play = Play(fleet(Habit.LOST))
    play.turn()
    play.loads[mac_of(0)] = "P0S3-08-09-00"
    play.turn()
    assert (
        play.rollout.reason == f"{mac_of(0)}: its load was changed to P0S3-08-09-00 meanwhile: ringup history"
    )


def test_a_phone_that_is_removed_meanwhile_is_left() -> None:
    play = Play(fleet(Habit.GOOD, Habit.GOOD))
    del play.loads[mac_of(0)]
    play.run()
    assert (play.step(0), play.step(1)) == (PhoneStep.LEFT, PhoneStep.DONE)
    assert play.rollout.state is RolloutState.DONE


def test_an_aborted_rollout_takes_back_only_what_nobody_has_begun_to_follow() -> None:
    play = Play(fleet(Habit.GOOD, Habit.GOOD), canary=2)
    play.phones[mac_of(1)].events.clear()  # not registered, so it is offered the load but not restarted
    play.turn()
    play.rollout = replace(play.rollout, state=RolloutState.ABORTED)
    play.run()
    assert [play.step(number) for number in (0, 1)] == [PhoneStep.FAILED, PhoneStep.WAITING]
    assert play.loads == {mac_of(0): NEW, mac_of(1): OLD}
    assert "aborted before it was proven" in play.rollout.phones[0].reason


def test_a_phone_that_boots_by_itself_needs_no_check_sync() -> None:
    play = Play(fleet(Habit.GOOD))
    play.phones[mac_of(0)].flash = NEW
    rollout = advance(play.rollout, play.present()).rollout
    assert [each.step for each in rollout.phones] == [PhoneStep.OFFERED]
    play.rollout, play.loads = rollout, {mac_of(0): NEW}
    play.phones[mac_of(0)].boot(play.now + 1, NEW)
    play.now += 30
    play.turn()
    assert (play.rollout.state, play.restarted) == (RolloutState.DONE, [])


def test_a_phone_that_booted_with_its_old_files_is_restarted_not_failed() -> None:
    play = Play(fleet(Habit.GOOD))
    play.rollout = advance(play.rollout, play.present()).rollout
    play.phones[mac_of(0)].boot(play.now + 1, OLD)
    play.loads[mac_of(0)] = NEW
    play.now += 30
    play.run()
    assert play.rollout.state is RolloutState.DONE


def test_a_boot_before_the_check_sync_does_not_count_as_its_answer() -> None:
    play = Play(fleet(Habit.GOOD))
    play.rollout = advance(play.rollout, play.present()).rollout
    play.loads[mac_of(0)] = NEW
    play.phones[mac_of(0)].boot(play.now + 1, OLD)
    play.now += 30
    play.rollout = sent(advance(play.rollout, play.present()).rollout, [mac_of(0)], play.now)
    play.now += 1
    play.turn()
    assert play.step(0) is PhoneStep.RESTARTING


def calling(play: Play, number: int = 0) -> None:
    """Let this phone begin a call."""
    phone = play.phones[mac_of(number)]
    phone.events.append(CallStarted(play.now, phone.mac, phone.mac[-3:], "500"))


def test_a_phone_in_a_call_gets_no_check_sync() -> None:
    play = Play(fleet(Habit.GOOD, Habit.GOOD), canary=2)
    calling(play)
    assert advance(play.rollout, play.present()).restarts == (mac_of(1),)


def test_a_phone_that_begins_a_call_after_its_check_sync_does_not_fail() -> None:
    play = Play(fleet(Habit.DEAF))
    play.turn()
    calling(play)
    play.now += 10 * WAIT
    play.turn()
    assert play.step(0) is PhoneStep.RESTARTING


def test_a_paused_rollout_does_not_restart_a_phone_that_has_its_offer() -> None:
    play = Play(fleet(Habit.GOOD))
    calling(play)
    play.turn()
    play.phones[mac_of(0)].events.pop()
    play.rollout = replace(play.rollout, state=RolloutState.PAUSED)
    play.run()
    assert (play.step(0), play.restarted) == (PhoneStep.OFFERED, [])


def test_a_ladder_is_climbed_one_load_after_the_other() -> None:
    play = Play(fleet(Habit.GOOD))
    middle = "P0S3-08-09-00"
    play.rollout = replace(play.rollout, phones=(RolloutPhone(mac_of(0), 1, (middle, NEW), OLD),))
    offered = []
    for _ in range(20):
        offered += list(play.turn().offers.values())
    assert list(dict.fromkeys(offered)) == [middle, NEW]
    assert play.rollout.state is RolloutState.DONE


def test_those_under_way_are_the_steps_with_another_load() -> None:
    assert {step for step in PhoneStep if step not in UNDER_WAY} == {
        PhoneStep.WAITING,
        PhoneStep.DONE,
        PhoneStep.FAILED,
        PhoneStep.LEFT,
    }


def test_phones_that_were_left_follow_in_waves_of_their_own() -> None:
    phones = fleet(*[Habit.GOOD] * 5)
    play = Play({mac: phones[mac] for mac in list(phones)[:1]}, at_most=2)
    left = [RolloutPhone(mac, 0, (NEW,), OLD, step=PhoneStep.LEFT, reason="off") for mac in list(phones)[1:]]
    play.phones, play.loads = phones, dict.fromkeys(phones, OLD)
    play.rollout = replace(play.rollout, phones=(*play.rollout.phones, *left))
    play.rollout = resumed(play.rollout, play.now, [each.mac for each in left[:3]])
    assert [each.wave for each in play.rollout.phones] == [1, 2, 2, 3, 0]
    play.run()
    assert play.rollout.counts()[PhoneStep.DONE] == 4


def test_a_look_at_5000_phones_takes_no_longer_than_a_look_may() -> None:
    macs = [f"{number:012X}" for number in range(5000)]
    waves = wave_numbers(len(macs), 1, 10)
    rows = (RolloutPhone(mac, wave, (NEW,), OLD) for mac, wave in zip(macs, waves, strict=True))
    rollout = Rollout(NEW, tuple(rows))
    began = process_time()
    turn = advance(rollout, DecisionFacts(START, {macs[0]: OLD}))
    assert process_time() - began < 0.5
    assert list(turn.offers) == macs[:1]
