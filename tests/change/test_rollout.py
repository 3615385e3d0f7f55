"""A rollout is carried out with a scripted manager interface, software phones and a database."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ringup.change.rollout import RolloutWork
from ringup.change.rollout_orders import order
from ringup.errors import Problem, SiteErrors
from ringup.rollout.record import SITE, PhoneStep, Rollout, RolloutPhone, RolloutState
from ringup.site.model import Line, Pbx, Phone, Site
from ringup.store.database import open_database
from ringup.store.history import add_events
from ringup.store.revisions import commit, current_revision, read_site
from ringup.store.rollouts import begin_rollout, latest_rollout, order_rollout
from ringup.wire.ami import AmiMessage
from tests.asterisk.fake_asterisk import FakeAsterisk, message, refusing
from tests.rollout.fleet import NEW, OLD, START, Habit, SoftPhone, fleet

LOOK_SECONDS = 20.0


class Office:
    """A database, software phones, and a server that carries out the rollout."""

    def __init__(self, folder: Path, asterisk: FakeAsterisk, *habits: Habit) -> None:
        self.database = str(folder / "ringup.db")
        self.engine = open_database(self.database)
        self.phones = fleet(*habits)
        self.asterisk = asterisk
        self.now = START
        self.problems: list[Problem] = []
        self.said: list[str] = []
        self._kept = dict.fromkeys(self.phones, 0)
        self._lines = {mac[-3:]: phone for mac, phone in self.phones.items()}
        pbx = Pbx(
            address="127.0.0.1", manager_port=asterisk.port, manager_user="ringup", manager_secret="s3cret"
        )
        records = (Phone(mac=mac, lines=(Line(extension=mac[-3:], secret="x"),)) for mac in self.phones)
        site = Site(load=OLD, pbx=pbx, phones=tuple(records))
        commit(self.engine, site, author="test", summary="test", at=1.0)
        self.keep()
        asterisk.answers["PJSIPNotify"] = self._notify

    def begin(self, at_most: int = 10) -> None:
        """Begin a rollout to all phones, in waves of one."""
        rows = (
            RolloutPhone(mac, number // at_most + 1, (NEW,), OLD) for number, mac in enumerate(self.phones)
        )
        begin_rollout(
            self.engine, Rollout(NEW, tuple(rows), scope=SITE, scope_load=NEW, wait=100.0, author="ann")
        )

    def keep(self) -> None:
        """Store the phones' new events."""
        for mac, phone in self.phones.items():
            add_events(self.engine, phone.events[self._kept[mac] :])
            self._kept[mac] = len(phone.events)

    def _notify(self, action: AmiMessage) -> list[AmiMessage]:
        phone: SoftPhone = self._lines[action.get("Endpoint")]
        phone.obey(self.now + 1, self.site.load_of(self.site.phone(phone.mac) or Phone(mac=phone.mac)))
        return [message(Response="Success", ActionID=action.get("ActionID"))]

    @property
    def site(self) -> Site:
        """Return the present records."""
        return read_site(self.engine)

    @property
    def rollout(self) -> Rollout:
        """Return the present rollout."""
        found = latest_rollout(self.engine)
        assert found is not None
        return found

    def work(self) -> RolloutWork:
        """Return the work of a server that has just started."""
        return RolloutWork(
            self.engine, lambda _load: self.problems, self.said.append, self.said.append, lambda: self.now
        )

    async def look(self, work: RolloutWork | None = None) -> bool:
        """Carry out the next decision, by default with a server that has just started."""
        is_open = await (work or self.work()).look()
        self.keep()
        self.now += LOOK_SECONDS
        return is_open

    def told(self) -> list[str]:
        """Return the lines that got a check-sync."""
        return [each.get("Endpoint") for each in self.asterisk.seen if each.get("Action") == "PJSIPNotify"]


def play(folder: Path, *habits: Habit, story: Callable[[Office], object]) -> None:
    """Run a coroutine with a new office."""

    async def run() -> None:
        async with FakeAsterisk() as asterisk:
            office = Office(folder, asterisk, *habits)
            try:
                await story(office)  # type: ignore[misc]
            finally:
                office.engine.dispose()

    asyncio.run(run())


def test_a_server_that_is_killed_after_every_look_brings_it_to_its_end(tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        office.begin(at_most=1)
        for _ in range(30):
            await office.look()
        assert office.rollout.state is RolloutState.DONE
        assert office.told() == ["000", "000", "001", "001", "002", "002"]
        assert office.site.load == NEW
        assert [phone.load for phone in office.site.phones] == ["", "", ""]
        assert office.said == [f"the rollout of {NEW} is done: 3 of 3 phones run it"]

    play(tmp_path, *[Habit.GOOD] * 3, story=story)


@pytest.mark.parametrize("dies_at", ["_offer", "_restart", "save"])
def test_a_server_that_dies_within_a_look_repeats_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dies_at: str
) -> None:
    async def story(office: Office) -> None:
        office.begin(at_most=1)
        for _ in range(12):
            work = office.work()
            if dies_at == "save":
                monkeypatch.setattr("ringup.change.rollout.save_rollout", _die)
            else:
                monkeypatch.setattr(RolloutWork, dies_at, _die)
            try:
                await office.look(work)
            except _Killed:
                office.keep()
            monkeypatch.undo()
            await office.look()
        assert office.rollout.state is RolloutState.DONE
        assert {phone.flash for phone in office.phones.values()} == {NEW}

    play(tmp_path, Habit.GOOD, Habit.GOOD, story=story)


class _Killed(Exception):
    pass


def _die(*_arguments: object) -> None:
    raise _Killed


def test_a_failure_is_told_once_and_the_rest_keeps_its_load(tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        office.begin(at_most=1)
        for _ in range(30):
            await office.look()
        assert office.rollout.state is RolloutState.STOPPED
        assert office.said == [f"the rollout of {NEW} stopped: {office.rollout.reason}"]
        assert [office.site.load_of(phone) for phone in office.site.phones] == [NEW, NEW, OLD]
        office.phones["001646000001"].habit = Habit.GOOD
        order(office.database, RolloutState.RUNNING)
        for _ in range(30):
            await office.look()
        assert str(office.rollout.state) == "done"

    play(tmp_path, Habit.GOOD, Habit.DEAF, Habit.GOOD, story=story)


def test_a_phone_in_a_call_is_not_restarted(tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        office.begin()

        def channels(action: AmiMessage) -> list[AmiMessage]:
            number = action.get("ActionID")
            busy = message(Event="CoreShowChannel", ActionID=number, Channel="PJSIP/000-0000001a")
            end = message(Event="CoreShowChannelsComplete", ActionID=number, EventList="Complete")
            return [message(Response="Success", ActionID=number, EventList="start"), busy, end]

        office.asterisk.answers["CoreShowChannels"] = channels
        for _ in range(3):
            await office.look()
        assert set(office.told()) == {"001"}
        assert office.rollout.phones[0].step is PhoneStep.OFFERED

    play(tmp_path, Habit.GOOD, Habit.GOOD, story=story)


def test_what_asterisk_refuses_is_shown_and_tried_again(tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        office.begin()
        notify = office.asterisk.answers["PJSIPNotify"]
        office.asterisk.answers["PJSIPNotify"] = refusing("Permission denied")
        await office.look()
        assert "Permission denied" in office.rollout.reason
        assert office.rollout.state is RolloutState.RUNNING
        office.asterisk.answers["PJSIPNotify"] = notify
        for _ in range(6):
            await office.look()
        assert (office.rollout.state, office.rollout.reason) == (RolloutState.DONE, "")

    play(tmp_path, Habit.GOOD, story=story)


def test_missing_firmware_stops_it_before_anybody_restarts(tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        office.begin()
        office.problems = [Problem("/firmware", "P0S3-8-12-00.sb2 is missing.", "Copy it.")]
        await office.look()
        assert office.rollout.reason == "/firmware: P0S3-8-12-00.sb2 is missing. Copy it."
        assert (office.told(), current_revision(office.engine)) == ([], 1)

    play(tmp_path, Habit.GOOD, story=story)


def test_a_rollout_that_is_over_costs_one_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(office: Office) -> None:
        work = office.work()
        assert not await office.look(work)
        office.begin()
        for _ in range(8):
            await office.look(work)
        assert not await office.look(work)
        monkeypatch.setattr("ringup.change.rollout.latest_rollout", _die)
        assert not await office.look(work)

    play(tmp_path, Habit.GOOD, story=story)


def test_pause_resume_and_abort(tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        with pytest.raises(SiteErrors, match="there is none"):
            order(office.database, RolloutState.PAUSED)
        office.begin(at_most=1)
        assert order(office.database, RolloutState.PAUSED).state is RolloutState.PAUSED
        for _ in range(3):
            await office.look()
        assert office.told() == []
        with pytest.raises(SiteErrors, match="is paused"):
            order(office.database, RolloutState.PAUSED)
        order(office.database, RolloutState.RUNNING)
        await office.look()
        assert office.told() == ["000"]
        order(office.database, RolloutState.ABORTED)
        for _ in range(6):
            await office.look()
        assert [each.step for each in office.rollout.phones] == [PhoneStep.FAILED, PhoneStep.WAITING]
        assert office.rollout.state is RolloutState.ABORTED
        with pytest.raises(SiteErrors, match="is aborted"):
            order(office.database, RolloutState.RUNNING)

    play(tmp_path, Habit.GOOD, Habit.GOOD, story=story)


def test_each_restart_has_a_sync_that_its_phone_has_not_read(tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        office.begin()
        notify, seen = office.asterisk.answers["PJSIPNotify"], [office.site.sync]

        def note(action: AmiMessage) -> list[AmiMessage]:
            seen.append(office.site.sync)
            return notify(action)

        office.asterisk.answers["PJSIPNotify"] = note
        for _ in range(6):
            await office.look()
        assert len(seen) == len(set(seen)) == 3

    play(tmp_path, Habit.GOOD, story=story)


def test_outside_its_window_it_waits(tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        office.begin()
        order_rollout(office.engine, lambda rollout: replace(rollout, window="23:00-05:00"))
        await office.look()
        assert (office.told(), current_revision(office.engine)) == ([], 1)
        office.now += 3600  # START is 22:13 UTC
        await office.look()
        assert office.told() == ["000"]

    office_opens = datetime.fromtimestamp(START, UTC)
    assert (office_opens.hour, office_opens.minute) == (22, 13)
    play(tmp_path, Habit.GOOD, story=story)


def test_a_server_that_keeps_running_sees_an_order(tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        office.begin(at_most=1)
        work = office.work()
        for _ in range(4):
            await office.look(work)
        order(office.database, RolloutState.PAUSED)
        told = office.told()
        for _ in range(4):
            await office.look(work)
        assert office.told() == told

    play(tmp_path, Habit.GOOD, Habit.GOOD, Habit.GOOD, story=story)


def test_a_done_rollout_goes_on_when_phones_that_were_left_are_there(tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        office.begin()
        rollout = office.rollout
        left = replace(rollout.phones[1], step=PhoneStep.LEFT, wave=0)
        with_left = replace(rollout, state=RolloutState.ABORTED)
        order_rollout(office.engine, lambda _rollout: with_left)
        begin_rollout(office.engine, replace(rollout, phones=(rollout.phones[0], left)))
        for _ in range(8):
            await office.look()
        assert office.rollout.state is RolloutState.DONE
        assert office.site.load == OLD
        order(office.database, RolloutState.RUNNING)
        for _ in range(8):
            await office.look()
        assert office.rollout.counts()[PhoneStep.DONE] == 2
        assert office.site.load == NEW
        with pytest.raises(SiteErrors, match="is done"):
            order(office.database, RolloutState.RUNNING)

    play(tmp_path, Habit.GOOD, Habit.GOOD, story=story)
