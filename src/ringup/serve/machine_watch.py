"""Run the rules of `ringup check` while the server runs, and report each fault that begins or ends.

The rules run in a thread of their own, one check after the other. A program that hangs delays only the next
check, not the replies to phones or the stop of the server.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from ringup.errors import Problem
from ringup.events import Event, MachineFault, MachineFaultOver, ServerFault
from ringup.finding import ERROR
from ringup.rule import Result
from ringup.serve.daemon_thread import in_a_daemon_thread

LOOK_SECONDS = 60.0
"""Seconds between two checks of the machine."""
LEAST_REST = 10.0
"""Minimum pause after a check, as a multiple of the time that the check took."""
SETTLE_SECONDS = 5.0
"""Seconds after a reload until Asterisk is checked: its modules read the new files one after another."""

MOST_OF_A_RULE = 8
"""Maximum number of faults that one rule reports at a time."""

NUMBERS_CHANGE = frozenset({"disk"})
"""Rules whose text has another number at each check; the first text is kept until the fault is gone."""

UNSEEN = " ringup can no longer look at this ({why}): after the cure, restart ringup serve."
"""Added to the cure of a fault that a later check cannot see, mostly for lack of root's rights."""

Look = Callable[[], Sequence[Result]]


class MachineWatch:
    """Keeps the present faults, and checks for new ones."""

    def __init__(
        self, look: Look, look_at_pbx: Look, emit: Callable[[Event], None], clock: Callable[[], float]
    ) -> None:
        """`look` needs no network; `look_at_pbx` queries Asterisk.

        Both run in a thread; they may take their time, and may fail.
        """
        self.look = look
        self._look_at_pbx = look_at_pbx
        self._emit = emit
        self._clock = clock
        self._standing: dict[tuple[str, str], MachineFault] = {}
        self._of_pbx: set[str] = set()
        """The codes of the rules about Asterisk."""
        self._woken = asyncio.Event()
        self._due = time.monotonic() + LOOK_SECONDS
        self._pbx_is_due = False
        self._failure = ""

    @property
    def standing(self) -> int:
        """Return the number of present faults."""
        return len(self._standing)

    def pbx_reloaded(self) -> None:
        """Check soon whether Asterisk has loaded its new files."""
        self._pbx_is_due = True
        self._woken.set()

    def look_now(self) -> None:
        """Check at once: a new revision of the site or an address book may have new faults."""
        self._due = time.monotonic()
        self._woken.set()

    def take(self, results: Sequence[Result]) -> None:
        """Emit the faults that began and those that ended; a rule that could not check changes nothing."""
        for result in results:
            if result.state in ("sound", "found"):
                self._compare(result)
            elif result.state == "unknown":
                self._note_unseen(result)

    async def run(self) -> None:
        """Check every minute, after each change of the site and after each reload of Asterisk, until
        cancelled.
        """
        while True:
            await self._wait()
            began = time.monotonic()
            if is_due := began >= self._due:
                self._due = began + LOOK_SECONDS
                self.take(await self._looked(self.look))
            if self._pbx_is_due or (is_due and self._pbx_has_faults()):
                self._pbx_is_due = False
                results = await self._looked(self._look_at_pbx)
                self._of_pbx |= {result.code for result in results}
                self.take(results)
            await asyncio.sleep(min((time.monotonic() - began) * LEAST_REST, LOOK_SECONDS))

    async def _wait(self) -> None:
        """Wait until a check is due; after a reload, until Asterisk has settled."""
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, self._due - time.monotonic())):
                await self._woken.wait()
        self._woken.clear()
        if self._pbx_is_due:
            await asyncio.sleep(SETTLE_SECONDS)

    async def _looked(self, look: Look) -> Sequence[Result]:
        """Return the findings of a check; if the check itself fails, report a fault of ringup once and return
        nothing.
        """
        try:
            results = await in_a_daemon_thread(look, "look at the machine")
        except Exception as error:
            if repr(error) != self._failure:
                self._emit(ServerFault(self._clock(), "", f"looking at the machine: {error!r}"))
            self._failure = repr(error)
            return ()
        self._failure = ""
        return results

    def _pbx_has_faults(self) -> bool:
        return any(code in self._of_pbx for code, _ in self._standing)

    def _compare(self, result: Result) -> None:
        now = self._clock()
        found = dict(_faults(result, now))
        for name in [name for name in self._standing if name[0] == result.code and name not in found]:
            gone = self._standing.pop(name)
            self._emit(MachineFaultOver(now, "", gone.code, gone.what))
        for name, fault in found.items():
            if name not in self._standing:
                self._standing[name] = fault
                self._emit(fault)

    def _note_unseen(self, result: Result) -> None:
        """Report once that a present fault can no longer be checked."""
        added = UNSEEN.format(why=result.note)
        for name, fault in self._standing.items():
            if fault.code == result.code and not fault.cure.endswith(added):
                self._standing[name] = replace(fault, cure=fault.cure + added)
                self._emit(self._standing[name])


def _faults(result: Result, now: float) -> Iterator[tuple[tuple[str, str], MachineFault]]:
    for problem in result.problems(ERROR)[:MOST_OF_A_RULE]:
        name = result.code, "" if result.code in NUMBERS_CHANGE else problem.what
        yield name, _fault(result.code, problem, now)


def _fault(code: str, problem: Problem, now: float) -> MachineFault:
    return MachineFault(now, "", code, problem.what, problem.cure)
