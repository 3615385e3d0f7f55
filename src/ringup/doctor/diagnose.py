"""Find every cause that fits the evidence, the most certain first, or name the evidence to collect next."""

from collections.abc import Collection, Iterator

from ringup.doctor.evidence import NOT_ASKED, Evidence
from ringup.doctor.rule import CauseRule
from ringup.doctor.rules.table import RULES
from ringup.doctor.spans import LONGEST_TRANSFER, is_transferring, late, since_service
from ringup.doctor.verdict import ORDER, Diagnosis, NotAsked, State, Verdict
from ringup.events import (
    AddressLeased,
    AddressOffered,
    CallAnswered,
    CallStarted,
    FileSent,
    LineAuthenticated,
    LineReachable,
    LineRegistered,
)
from ringup.journey.overdue import Overdue, duration
from ringup.journey.stages import IN_SERVICE, Stage, stage
from ringup.journey.troubles import REPEATED_BOOTS
from ringup.rule import NotKnown, Unknown

GOOD = (
    AddressOffered,
    AddressLeased,
    FileSent,
    LineRegistered,
    LineAuthenticated,
    LineReachable,
    CallStarted,
    CallAnswered,
)
"""Kinds of event that show progress of a phone."""

TOO_EARLY_SECONDS = 180.0
"""Seconds after a phone's last event within which a trouble may still end without help."""

COLLECT = (
    "Leave the phone plugged in for three minutes, then run: ringup why {mac}",
    "As root, capture its packets: tcpdump -i INTERFACE -w phone.pcap ether host {ether}",
    "Note the text on its screen, and the messages in Settings, Status, Status Messages.",
)
"""The steps to take if no cause is known; `ether` stands for the MAC with colons."""


def diagnose(evidence: Evidence) -> Diagnosis:
    """Return the diagnosis of one phone: each cause that fits the evidence, or the evidence to
    collect next.
    """
    journey = evidence.journey
    at, overdue = stage(journey.stage), late(evidence)
    verdicts = tuple(sorted(_verdicts(evidence), key=lambda verdict: ORDER.index(verdict.confidence)))
    state = _state(evidence, verdicts, overdue)
    good = [event for event in evidence.events if isinstance(event, GOOD)]
    collect = _collect(evidence.mac) if state == "stuck" and not verdicts else ()
    last_good = good[-1] if good else None
    return Diagnosis(
        evidence.mac,
        state,
        at,
        journey.since,
        last_good,
        _next(at),
        overdue,
        _trouble(evidence),
        verdicts,
        collect,
        () if state in ("in_service", "on_the_way") else tuple(_not_asked(evidence)),
    )


ONE_PHONE_ONLY = "only the diagnosis of one phone asks them"


def _not_asked(evidence: Evidence) -> Iterator[NotAsked]:
    """Yield each source that our server or its operator could have asked, and why it was not asked."""
    if evidence.source.kind != "ours":
        return
    if isinstance(evidence.blocked, Unknown):
        why = ONE_PHONE_ONLY if evidence.blocked is NOT_ASKED else evidence.blocked.why
        yield NotAsked("firewall and fail2ban", why, f"sudo ringup why {evidence.mac}")
    if isinstance(evidence.pbx, Unknown) and evidence.pbx is not NOT_ASKED:
        yield NotAsked("Asterisk", evidence.pbx.why)


def _state(evidence: Evidence, verdicts: tuple[Verdict, ...], overdue: Overdue | None) -> State:
    if not evidence.events and not evidence.journey.since:
        return "never_heard"
    if verdicts or overdue:
        return "stuck"
    if evidence.journey.troubles:
        return "too_early" if _may_end_by_itself(evidence) else "stuck"
    return "in_service" if evidence.journey.stage in IN_SERVICE else "on_the_way"


def _may_end_by_itself(evidence: Evidence) -> bool:
    """Return whether a trouble is so recent that it may end without help; repeated failed boots never count
    as recent.
    """
    since, last = since_service(evidence), evidence.journey.last_at
    return (
        (evidence.now - last <= TOO_EARLY_SECONDS or is_transferring(evidence))
        and (not since or evidence.now - since[0].at <= LONGEST_TRANSFER)
        and all(trouble.key != REPEATED_BOOTS for trouble in evidence.journey.troubles)
    )


def _verdicts(evidence: Evidence) -> list[Verdict]:
    found: dict[str, list[Verdict]] = {}
    for rule in _in_order(RULES.values()):
        if not any(found.get(code) for code in rule.after):
            found[rule.code] = list(_of(rule, evidence))
    return [verdict for code in RULES for verdict in found.get(code, ())]


def _in_order(rules: Collection[CauseRule]) -> Iterator[CauseRule]:
    """Yield the rules in such an order that each follows the rules in its `after`."""
    waiting, done = list(rules), set[str]()
    while waiting:
        ready = [rule for rule in waiting if done.issuperset(rule.after)]
        yield from ready
        done |= {rule.code for rule in ready}
        waiting = [rule for rule in waiting if rule.code not in done]
        if not ready:
            raise ValueError(f"rules wait for each other: {[rule.code for rule in waiting]}")


def _of(rule: CauseRule, evidence: Evidence) -> Iterator[Verdict]:
    try:
        for sign in rule.find(evidence):
            yield rule.verdict(sign, evidence.mac)
    except NotKnown:
        return


def _trouble(evidence: Evidence) -> str:
    return evidence.journey.trouble.what if evidence.journey.trouble else ""


def _next(at: Stage) -> str:
    if not at.next:
        return ""
    titles = " or ".join(f'"{stage(key).title}"' for key in at.next)
    return f"{titles}, usually within {duration(at.seconds)}"


def _collect(mac: str) -> tuple[str, ...]:
    ether = ":".join(mac[n : n + 2] for n in range(0, len(mac), 2)).lower()
    return tuple(line.format(mac=mac, ether=ether) for line in COLLECT)
