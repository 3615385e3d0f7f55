"""Faults of the machine are reported when they appear and when they end, by checks that block nothing."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event as Flag
from threading import current_thread
from unittest.mock import patch

import pytest

from ringup.events import Event, MachineFault, MachineFaultOver, ServerFault
from ringup.finding import ERROR, WARNING
from ringup.rule import Found, Result
from ringup.serve import machine_watch as module
from ringup.serve.machine_watch import MOST_OF_A_RULE, UNSEEN, MachineWatch

TIMEOUT = 5.0
CURE = Found("nft drops a request.", "Let it through:", ("nft add rule …",))


def found(code: str, *findings: Found) -> Result:
    return Result(code, code, "found", tuple((each.severity or ERROR, each) for each in findings))


def sound(code: str) -> Result:
    return Result(code, code, "sound", note="all is well")


def unknown(code: str) -> Result:
    return Result(code, code, "unknown", note="only root may look")


class Told(list[Event]):
    """The events, in order; a test waits until there are so many."""

    def __init__(self) -> None:
        super().__init__()
        self._news = asyncio.Event()

    def tell(self, event: Event) -> None:
        self.append(event)
        self._news.set()

    async def until(self, count: int) -> None:
        async with asyncio.timeout(TIMEOUT):
            while len(self) < count:
                self._news.clear()
                await self._news.wait()


def taken(*looks: Sequence[Result]) -> list[Event]:
    """Return the events of these checks, one after the other."""
    told = Told()
    watch = MachineWatch(list, list, told.tell, lambda: 7.0)
    for results in looks:
        watch.take(results)
    return list(told)


FAULT = MachineFault(7.0, "", "firewall-tftp", "nft drops a request.", "Let it through: nft add rule …")
OVER = MachineFaultOver(7.0, "", "firewall-tftp", "nft drops a request.")


def test_a_fault_is_told_once_with_its_cure_and_once_when_it_is_gone() -> None:
    there, gone = [found("firewall-tftp", CURE)], [sound("firewall-tftp")]
    assert taken(gone, there, there, there, gone, gone) == [FAULT, OVER]
    assert taken(there, gone, there) == [FAULT, OVER, FAULT]


def test_the_faults_that_stand_are_counted() -> None:
    watch = MachineWatch(list, list, Told().tell, lambda: 7.0)
    watch.take([found("firewall-tftp", CURE), found("disk", CURE)])
    assert watch.standing == 2
    watch.take([sound("disk")])
    assert watch.standing == 1


def test_two_faults_of_one_rule_come_and_go_apart() -> None:
    other = Found("ufw drops a request.", "")
    both = [found("firewall-tftp", CURE, other)]
    assert taken([found("firewall-tftp", CURE)], both, [found("firewall-tftp", other)]) == [
        FAULT,
        MachineFault(7.0, "", "firewall-tftp", "ufw drops a request.", ""),
        OVER,
    ]


def test_a_number_that_changes_makes_no_new_fault() -> None:
    looks = [[found("disk", Found(f"/var has {free} MB left.", "Make room."))] for free in (9, 7, 3)]
    assert taken(*looks, [sound("disk")]) == [
        MachineFault(7.0, "", "disk", "/var has 9 MB left.", "Make room."),
        MachineFaultOver(7.0, "", "disk", "/var has 9 MB left."),
    ]


def test_a_warning_is_no_fault() -> None:
    assert taken([found("disk", Found("soon full", "", severity=WARNING))]) == []


def test_what_cannot_be_looked_at_stays_as_it_was_and_says_so_once() -> None:
    first, second = taken(
        [found("firewall-tftp", CURE)], [unknown("firewall-tftp")], [unknown("firewall-tftp")]
    )
    assert first == FAULT
    assert isinstance(second, MachineFault)
    assert second.cure == FAULT.cure + UNSEEN.format(why="only root may look")
    assert taken([unknown("firewall-tftp")]) == []
    waiting = Result("firewall-tftp", "", "waiting", note="first: interface")
    assert taken([found("firewall-tftp", CURE)], [waiting]) == [FAULT]
    assert taken([found("firewall-tftp", CURE)], []) == [FAULT]


def test_one_rule_does_not_fill_the_board() -> None:
    many = [Found(f"{number} is banned.", "") for number in range(100)]
    assert len(taken([found("fail2ban", *many)])) == MOST_OF_A_RULE


@contextmanager
def running(watch: MachineWatch) -> Iterator[None]:
    task = asyncio.get_running_loop().create_task(watch.run())
    try:
        yield
    finally:
        task.cancel()


@pytest.fixture(autouse=True)
def _short_timeouts() -> Iterator[None]:
    with patch.multiple(module, LOOK_SECONDS=0.0, SETTLE_SECONDS=0.0, LEAST_REST=0.0):
        yield


def looks(*results: Sequence[Result] | Exception) -> Callable[[], Sequence[Result]]:
    """Return checks with these results, one after the other; the last one repeats."""
    left = list(results)

    def look() -> Sequence[Result]:
        now = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(now, Exception):
            raise now
        return now

    return look


def test_a_fault_that_comes_and_goes_while_the_server_runs_is_told() -> None:
    async def run() -> Told:
        told = Told()
        look = looks([], [found("firewall-tftp", CURE)], [sound("firewall-tftp")])
        with running(MachineWatch(look, list, told.tell, lambda: 7.0)):
            await told.until(2)
        return told

    assert asyncio.run(run()) == [FAULT, OVER]


def test_a_look_that_fails_is_told_once_and_the_next_one_comes() -> None:
    async def run() -> Told:
        told = Told()
        broken = RuntimeError("broken")
        look = looks(broken, broken, [found("firewall-tftp", CURE)])
        with running(MachineWatch(look, list, told.tell, lambda: 7.0)):
            await told.until(2)
        return told

    assert asyncio.run(run()) == [
        ServerFault(7.0, "", "looking at the machine: RuntimeError('broken')"),
        FAULT,
    ]


def test_asterisk_is_asked_after_a_reload_and_until_its_fault_is_gone() -> None:
    with patch.object(module, "LOOK_SECONDS", 0.001):
        asked: list[int] = []

        async def run() -> Told:
            told = Told()
            answers = looks(
                [found("pbx-modules", CURE)], [found("pbx-modules", CURE)], [sound("pbx-modules")]
            )

            def ask() -> Sequence[Result]:
                asked.append(1)
                return answers()

            seen = asyncio.Event()
            rounds: list[int] = []
            loop = asyncio.get_running_loop()

            def look() -> Sequence[Result]:
                rounds.append(len(asked))
                if len(rounds) > 3 and rounds[-4] == 3:
                    loop.call_soon_threadsafe(seen.set)
                return []

            watch = MachineWatch(look, ask, told.tell, lambda: 7.0)
            with running(watch):
                watch.pbx_reloaded()
                async with asyncio.timeout(TIMEOUT):
                    await seen.wait()
            return told

        told = asyncio.run(run())
    assert [type(event) for event in told] == [MachineFault, MachineFaultOver]
    assert len(asked) == 3  # not again in the rounds after that


def test_a_change_of_the_site_is_looked_at_at_once() -> None:
    async def run() -> Told:
        told = Told()
        watch = MachineWatch(looks([found("firewall-tftp", CURE)]), list, told.tell, lambda: 7.0)
        with running(watch):
            await asyncio.sleep(0)
            assert told == []
            watch.look_now()
            await told.until(1)
        return told

    with patch.object(module, "LOOK_SECONDS", 1000.0):
        assert asyncio.run(run()) == [FAULT]


def test_a_look_that_hangs_holds_up_neither_the_loop_nor_the_end() -> None:
    hanging, release = Flag(), Flag()
    is_waited_for: list[bool] = []

    def look() -> Sequence[Result]:
        is_waited_for.append(not current_thread().daemon)
        hanging.set()
        release.wait(TIMEOUT)
        return [found("firewall-tftp", CURE)]

    async def run() -> Told:
        told = Told()
        with running(MachineWatch(look, list, told.tell, lambda: 7.0)):
            assert await asyncio.to_thread(hanging.wait, TIMEOUT)
            await asyncio.sleep(0)
        return told

    try:
        assert asyncio.run(run()) == []
        assert is_waited_for == [False]
    finally:
        release.set()
