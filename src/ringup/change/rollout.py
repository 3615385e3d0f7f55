"""Carry out a rollout: write the loads that phones are offered into the site, and restart phones by
check-sync.

Strategy: each call of `look` reads what the phones have done and decides (`rollout.course`). It then commits
at most one revision, with all new offers and a new ``sync``. At last it sends the check-syncs and stores the
progress of each phone. A server that is killed in between makes the same decision again when it starts. This
does no harm: a repeated offer changes nothing, and a phone that gets a check-sync twice restarts once
(P-SYNC-2).
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from sqlalchemy import Engine

from ringup.asterisk.check_sync import busy_extensions, check_sync
from ringup.asterisk.control import Manager
from ringup.asterisk.skinny import reset
from ringup.change.gather import journeys_of
from ringup.change.restart import Target, with_new_sync
from ringup.errors import ChangedMeanwhile, OutsideError, Problem
from ringup.rollout.course import DecisionFacts, Turn, advance, sent
from ringup.rollout.record import PhoneStep, Rollout, RolloutState
from ringup.rollout.records import loads_of, settled, with_loads
from ringup.rollout.window import is_inside
from ringup.site.model import Pbx, Site
from ringup.store.revisions import commit, current_revision, read_site_and_revision
from ringup.store.rollouts import latest_rollout, rollout_version, save_rollout

MOST_NAMED = 3
"""Maximum number of phones that the summary of a revision names."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """One decision and the facts that carrying it out needs."""

    before: Rollout
    turn: Turn
    site: Site


@dataclass(slots=True)
class RolloutWork:
    """Carries out the open rollout of one database, one decision per call of `look`."""

    engine: Engine
    problems: Callable[[str], Sequence[Problem]]
    """Returns the problems that keep phones from taking a load."""
    stopped: Callable[[str], None] = lambda _text: None
    """Called with a sentence when a rollout stops."""
    done: Callable[[str], None] = lambda _text: None
    """Called with a sentence when a rollout is done."""
    clock: Callable[[], float] = time.time
    _kept: Rollout | None = field(default=None, init=False)
    """The last rollout as it was stored; it is read again when its version changes."""
    _site: tuple[int, Site] = field(default=(-1, Site()), init=False)
    """The revision and its site; they are read again when there is a new revision."""

    async def look(self) -> bool:
        """Carry out the next decision; return whether a rollout is open or has phones to watch."""
        ordered = await asyncio.to_thread(self._decide)
        if ordered is None:
            return False
        await asyncio.to_thread(self._offer, ordered)
        after = await self._restart(ordered)
        self._kept = await asyncio.to_thread(save_rollout, self.engine, ordered.before, after)
        self._tell(ordered.before, after)
        return True

    def _decide(self) -> Ordered | None:
        version, kept = rollout_version(self.engine), self._kept
        if kept is None or (kept.id, kept.version) != version:
            self._kept = kept = latest_rollout(self.engine) if version != (0, 0) else None
        if kept is None or not (kept.is_open or kept.under_way):
            return None
        site = self._site_now()
        return Ordered(kept, advance(kept, self._present(kept, site)), site)

    def _site_now(self) -> Site:
        if current_revision(self.engine) != self._site[0]:
            site, revision = read_site_and_revision(self.engine)
            self._site = revision, site
        return self._site[1]

    def _present(self, rollout: Rollout, site: Site) -> DecisionFacts:
        now, wave = self.clock(), rollout.wave
        watched = {each.mac for each in rollout.phones if each.wave == wave}
        return DecisionFacts(
            now,
            loads_of(site, watched),
            journeys_of(self.engine, watched) if watched else {},
            is_inside(rollout.window, now, site.time_zone),
            self._fault_of,
        )

    def _fault_of(self, load: str) -> str:
        return next((str(problem) for problem in self.problems(load)), "")

    def _offer(self, ordered: Ordered) -> None:
        """Commit the offers, and at the end of the rollout its final records; other decisions change no
        records.
        """
        turn, rollout = ordered.turn, ordered.turn.rollout
        is_over = rollout.state is RolloutState.DONE and ordered.before.state is not RolloutState.DONE
        if not turn.offers and not is_over:
            return
        while True:
            site, revision = read_site_and_revision(self.engine)
            new = settled(site, rollout) if is_over else with_loads(site, turn.offers)
            if any(each.step is PhoneStep.OFFERED for each in rollout.phones if each.mac in turn.offers):
                new = with_new_sync(new, self.clock())
            with suppress(ChangedMeanwhile):
                commit(
                    self.engine,
                    new,
                    author=rollout.author,
                    summary=_summary(rollout, turn, is_over=is_over),
                    at=self.clock(),
                    expected_revision=revision,
                    before=site,
                )
                return

    async def _restart(self, ordered: Ordered) -> Rollout:
        """Send the check-syncs; return the rollout with those that were sent, or the reason why none could be
        sent.
        """
        rollout, site = ordered.turn.rollout, ordered.site
        if not ordered.turn.restarts:
            return rollout
        phones = {phone.mac: phone for phone in site.phones}
        targets = [Target.of(site, phones[mac]) for mac in ordered.turn.restarts if mac in phones]
        macs, fault = await _check_syncs(site.pbx, targets)
        return sent(replace(rollout, reason=fault), macs, self.clock())

    def _tell(self, before: Rollout, after: Rollout) -> None:
        if after.state is before.state:
            return
        if after.state is RolloutState.STOPPED:
            self.stopped(f"the rollout of {after.load} stopped: {after.reason}")
        elif after.state is RolloutState.DONE:
            count = after.counts()[PhoneStep.DONE]
            self.done(f"the rollout of {after.load} is done: {count} of {len(after.phones)} phones run it")


async def _check_syncs(pbx: Pbx, targets: Sequence[Target]) -> tuple[list[str], str]:
    """Send a check-sync to each of these phones that is not in a call.

    Return the MACs of the phones that got it, and Asterisk's refusal if there was one.
    """
    manager = Manager(pbx.manager_host, pbx.manager_port, pbx.manager_user, pbx.manager_secret)
    macs: list[str] = []
    try:
        await manager.connect()
        busy = await busy_extensions(manager)
        for target in targets:
            if busy.isdisjoint(target.extensions):
                await _restart(manager, pbx, target)
                macs.append(target.mac)
    except OutsideError as error:
        return macs, str(error)
    finally:
        await manager.close()
    return macs, ""


async def _restart(manager: Manager, pbx: Pbx, target: Target) -> None:
    if target.device:
        await reset(manager, target.device)
    else:
        await check_sync(manager, pbx.driver, target.extensions[0])


def _summary(rollout: Rollout, turn: Turn, *, is_over: bool) -> str:
    """Return the summary of the revision for this decision."""
    if is_over:
        return f"rollout {rollout.id}: all phones run {rollout.load}"
    count = len(turn.offers)
    named = ", ".join(list(turn.offers)[:MOST_NAMED]) + (" and more" if count > MOST_NAMED else "")
    loads = ", ".join(sorted({load for load in turn.offers.values() if load})) or "no load of its own"
    return f"rollout {rollout.id}, wave {rollout.wave} of {rollout.waves}: {loads} for {named}"
