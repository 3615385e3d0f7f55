"""Decide the next steps of a rollout from what the phones have done: which get an offer, and which restart.

An offer means that a phone's files name the new load. Strategy: `advance` is called again and again with the
present facts, and returns the changed rollout and its orders. Only the phones of one wave are in progress.
The next wave begins when all of them are proven to run the load. If a phone fails, the rollout stops, and no
further phone restarts. Phones in progress keep their offer and are watched to the end, because a phone
between its loader and its application needs its files.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ringup.journey.record import Journey
from ringup.rollout.evidence import BootResult, boot_report, place_of
from ringup.rollout.record import UNDER_WAY, PhoneStep, Rollout, RolloutPhone, RolloutState

MOST_RESTARTS = 4
"""Maximum number of check-syncs that a phone gets for one load.

One makes the phone take the load, one makes it boot for the proof. One is for a failed write to flash, and
one for a check-sync that arrived while the phone was booting.
"""
AGAIN_AFTER = 1 / 3
"""Share of the rollout's `wait` after which a phone that is registered and did not boot gets another
check-sync.

It is necessary because a check-sync may have gone to a phone that was still booting: after a restart of the
server, Asterisk may still have that phone's registration.
"""

SILENT = "it did not boot after {restarts} check-syncs"
OVERDUE = "it is not proven to run {load} after {wait:.0f} s: {place}"
AGAIN = "it requested the image of {load} in {restarts} boots"
UNREACHABLE = "it is not registered, so Asterisk cannot restart it"
CHANGED = "its load was changed to {load} meanwhile: ringup history"
ABORTED = "the rollout was aborted before it was proven to run {load}"
GONE = "it is no longer in the site"


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """The facts on which a decision depends."""

    now: float
    """The current time, in Unix seconds."""
    loads: Mapping[str, str]
    """The load that each phone's files name, for the phones of the open wave, by MAC."""
    journeys: Mapping[str, Journey] = field(default_factory=dict)
    """Each phone's journey (boot progress), by MAC."""
    may_restart: bool = True
    """False outside the hours in which phones may restart."""
    fault_of: Callable[[str], str] = lambda _load: ""
    """Returns the fault of a load whose firmware is incomplete; an empty text means that it is complete."""

    def journey(self, mac: str) -> Journey:
        """Return the phone's journey; an empty journey if the phone was never seen."""
        return self.journeys.get(mac) or Journey(mac)


@dataclass(frozen=True, slots=True)
class Turn:
    """The rollout after a decision, and the orders that follow from it."""

    rollout: Rollout
    offers: Mapping[str, str]
    """The load to write into each of these phones' own records, by MAC; an empty load removes the own load.
    """
    restarts: tuple[str, ...]
    """MACs of the phones that get a check-sync now, unless they are in a call."""


def advance(rollout: Rollout, present: DecisionFacts) -> Turn:
    """Return the rollout after the next decision, and its orders."""
    before = {phone.mac: phone for phone in rollout.phones}
    wave = rollout.wave
    watched = {each.mac for each in rollout.phones if each.wave == wave}
    rollout = _mapped(rollout, watched, lambda phone: _watched(rollout, phone, present))
    rollout = _stopped(rollout, present)
    if rollout.state is RolloutState.RUNNING and present.may_restart:
        rollout = _with_offers(rollout, present)
    if rollout.state is RolloutState.ABORTED:
        rollout = replace(rollout, phones=tuple(_given_up(phone, present.now) for phone in rollout.phones))
    rollout = _over(rollout, present.now)
    changed = [phone for phone in rollout.phones if phone != before[phone.mac]]
    offers = {each.mac: each.load for each in changed if each.step is PhoneStep.OFFERED}
    offers |= {
        each.mac: each.own_was
        for each in changed
        if each.step is PhoneStep.WAITING and before[each.mac].step is PhoneStep.OFFERED
    }
    return Turn(rollout, offers, _restarts(rollout, present))


def sent(rollout: Rollout, macs: Collection[str], now: float) -> Rollout:
    """Return the rollout after a check-sync was sent to these phones."""
    return _mapped(
        rollout,
        macs,
        lambda phone: replace(
            phone.at(PhoneStep.RESTARTING, now), restarts=phone.restarts + 1, offered_at=now
        ),
    )


def resumed(rollout: Rollout, now: float, present: Collection[str] = ()) -> Rollout:
    """Return the rollout in the state running.

    Its failed phones are tried again, and so are left-out phones that are `present` now.
    """
    failed = {phone.mac for phone in rollout.phones if phone.step is PhoneStep.FAILED}
    rollout = _mapped(rollout, failed, lambda phone: _tried_again(phone, now))
    left = [each for each in rollout.phones if each.step is PhoneStep.LEFT and each.mac in present]
    waves = _more_waves(rollout, len(left))
    numbers = dict(zip((each.mac for each in left), waves, strict=True))
    rollout = _mapped(
        rollout, numbers, lambda phone: replace(_tried_again(phone, now), wave=numbers[phone.mac])
    )
    return _in_state(rollout, RolloutState.RUNNING, now)


def _tried_again(phone: RolloutPhone, now: float) -> RolloutPhone:
    return replace(phone.at(PhoneStep.WAITING, now), restarts=0)


def _more_waves(rollout: Rollout, count: int) -> Sequence[int]:
    return [rollout.waves + 1 + number // rollout.at_most for number in range(count)]


def _watched(rollout: Rollout, phone: RolloutPhone, present: DecisionFacts) -> RolloutPhone:
    """Return the phone with the step that follows from its behaviour since the last decision."""
    if phone.step not in (*UNDER_WAY, PhoneStep.WAITING):
        return phone
    now, load = present.now, present.loads.get(phone.mac)
    if load is None:
        return replace(phone.at(PhoneStep.LEFT, now, GONE), wave=0)
    if phone.step in (PhoneStep.WAITING, PhoneStep.READY):
        return phone
    if load != phone.load:
        return phone.at(PhoneStep.FAILED, now, CHANGED.format(load=load))
    seen = boot_report(present.journey(phone.mac), phone.load, phone.offered_at)
    match seen.result:
        case BootResult.RUNS:
            return _proven(phone, now)
        case BootResult.TOOK:
            return _took(phone, now)
        case BootResult.OTHER if not phone.restarts:  # it booted without a check-sync, just before the offer
            return phone if phone.step is PhoneStep.OFFERED else phone.at(PhoneStep.OFFERED, now)
        case BootResult.DENIED | BootResult.OTHER:
            return phone.at(PhoneStep.FAILED, now, seen.fact)
        case BootResult.BOOTING if phone.step is not PhoneStep.TAKING:
            return phone.at(PhoneStep.TAKING, now)
    return _overdue(rollout, phone, present)


def _proven(phone: RolloutPhone, now: float) -> RolloutPhone:
    """Return a phone that is proven to run its load: it goes on to its next load, or is done."""
    if phone.hop + 1 == len(phone.loads):
        return phone.at(PhoneStep.DONE, now)
    return replace(phone.at(PhoneStep.READY, now), hop=phone.hop + 1, restarts=0)


def _took(phone: RolloutPhone, now: float) -> RolloutPhone:
    """Return a phone that has loaded an image, and must still prove that it starts from flash."""
    if phone.restarts >= MOST_RESTARTS:
        return phone.at(PhoneStep.FAILED, now, AGAIN.format(load=phone.load, restarts=phone.restarts))
    return phone.at(PhoneStep.READY, now)


def _overdue(rollout: Rollout, phone: RolloutPhone, present: DecisionFacts) -> RolloutPhone:
    """Return the phone; it has failed if it takes longer than it may."""
    journey, now = present.journey(phone.mac), present.now
    waited = now - max(phone.since, journey.since)
    if journey.in_call or waited <= rollout.wait * AGAIN_AFTER:
        return phone
    is_asked_again = rollout.state is RolloutState.RUNNING and phone.restarts < MOST_RESTARTS
    if phone.step is PhoneStep.RESTARTING and journey.registered and is_asked_again:
        return phone.at(PhoneStep.OFFERED, now)
    if waited <= rollout.wait:
        return phone
    if phone.step is PhoneStep.OFFERED:
        return phone if journey.registered else phone.at(PhoneStep.FAILED, now, UNREACHABLE)
    if phone.step is PhoneStep.RESTARTING:
        return phone.at(PhoneStep.FAILED, now, SILENT.format(restarts=phone.restarts))
    reason = OVERDUE.format(load=phone.load, wait=rollout.wait, place=place_of(journey))
    return phone.at(PhoneStep.FAILED, now, reason)


def _stopped(rollout: Rollout, present: DecisionFacts) -> Rollout:
    """Return the rollout; it is stopped if a phone failed, or if firmware is missing."""
    if rollout.state is not RolloutState.RUNNING:
        return rollout
    failed = [phone for phone in rollout.phones if phone.step is PhoneStep.FAILED]
    if failed:
        more = f" ({len(failed)} phones failed)" if len(failed) > 1 else ""
        reason = f"{failed[0].mac}: {failed[0].reason}{more}"
        return _in_state(rollout, RolloutState.STOPPED, present.now, reason)
    loads = dict.fromkeys(each.load for each in _next(rollout)) if present.may_restart else ()
    if fault := next(filter(None, map(present.fault_of, loads)), ""):
        return _in_state(rollout, RolloutState.STOPPED, present.now, fault)
    return rollout


def _next(rollout: Rollout) -> list[RolloutPhone]:
    """Return the phones of the open wave whose next load was not offered yet."""
    wave = rollout.wave
    return [
        each
        for each in rollout.phones
        if each.wave == wave and each.step in (PhoneStep.WAITING, PhoneStep.READY)
    ]


def _with_offers(rollout: Rollout, present: DecisionFacts) -> Rollout:
    macs = {phone.mac for phone in _next(rollout)}
    return _mapped(
        rollout,
        macs,
        lambda phone: replace(phone.at(PhoneStep.OFFERED, present.now), offered_at=present.now),
    )


def _given_up(phone: RolloutPhone, now: float) -> RolloutPhone:
    """Return a phone of an aborted rollout; a phone that has not begun to follow its offer waits again, as
    before the offer.
    """
    if phone.step is PhoneStep.OFFERED and not phone.restarts and not phone.hop:
        return phone.at(PhoneStep.WAITING, now)
    if phone.step in (PhoneStep.OFFERED, PhoneStep.READY):
        return phone.at(PhoneStep.FAILED, now, ABORTED.format(load=phone.load))
    return phone


def _over(rollout: Rollout, now: float) -> Rollout:
    is_over = all(phone.step in (PhoneStep.DONE, PhoneStep.LEFT) for phone in rollout.phones)
    return _in_state(rollout, RolloutState.DONE, now) if rollout.is_open and is_over else rollout


def _restarts(rollout: Rollout, present: DecisionFacts) -> tuple[str, ...]:
    if rollout.state is not RolloutState.RUNNING or not present.may_restart:
        return ()
    return tuple(
        phone.mac
        for phone in rollout.phones
        if phone.step is PhoneStep.OFFERED
        and present.journey(phone.mac).registered
        and not present.journey(phone.mac).in_call
    )


def _in_state(rollout: Rollout, state: RolloutState, now: float, reason: str = "") -> Rollout:
    return replace(rollout, state=state, since=now, reason=reason)


def _mapped(
    rollout: Rollout, macs: Collection[str], change: Callable[[RolloutPhone], RolloutPhone]
) -> Rollout:
    phones = (change(phone) if phone.mac in macs else phone for phone in rollout.phones)
    return replace(rollout, phones=tuple(phones))
