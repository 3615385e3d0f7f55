"""Make the ladder diagram of one phone from its events and its diagnosis."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from ringup.doctor.diagnose import GOOD
from ringup.doctor.verdict import Diagnosis
from ringup.events import AddressOffered, Event, SipSeen
from ringup.journey.describe import plain
from ringup.ladder.arrows import arrows_of
from ringup.ladder.expected import expected_step
from ringup.ladder.fold import folded
from ringup.ladder.rows import Arrow, Ladder, Lane, Note, Row, Tone

MOST_ROWS = 400
"""Maximum number of rows in the diagram; older rows are left out."""

LONGEST_ADDRESS = 15
"""Maximum number of characters of an IPv4 address."""

_NOT_DUE = ("in_service", "too_early")


def ladder(title: str, events: Sequence[Event], diagnosis: Diagnosis, now: float) -> Ladder:
    """Return the diagram at `now`, in Unix seconds.

    The text of the diagnosis stands at the arrow that is wrong or missing.
    """
    arrows = sorted(arrows_of(events), key=lambda row: row.at)
    marked = _commented(_marked(arrows, diagnosis), diagnosis, now)
    rows = _latest(list(folded(marked)))
    return Ladder(plain(title), _addresses(events), rows)


def _marked(arrows: Sequence[Arrow | Note], diagnosis: Diagnosis) -> list[Arrow | Note]:
    """Mark the arrows that prove the cause of the trouble as wrong.

    If an event has several arrows, only its last one is marked. Later SIP responses that are like a proof are
    marked too, because a diagnosis names only the first ones.
    """
    proofs = _wrong(diagnosis)
    alike = {_answer(event) for event in proofs if isinstance(event, SipSeen) and event.status}
    first = min((event.at for event in proofs), default=0.0)

    def is_wrong(event: Event | None) -> bool:
        is_later = isinstance(event, SipSeen) and event.at >= first and _answer(event) in alike
        return event in proofs or is_later

    following = [row.event for row in arrows[1:]]
    return [
        replace(row, tone=Tone.WRONG) if is_wrong(row.event) and row.event is not after else row
        for row, after in zip_longest(arrows, following)
    ]


def _answer(event: SipSeen) -> tuple[str, int, str, str]:
    return event.method, event.status, event.extension, event.destination.rpartition(":")[2]


def _wrong(diagnosis: Diagnosis) -> frozenset[Event]:
    """Return the events that went wrong and prove the most certain cause.

    A request that got a response is left out: the response is what went wrong.
    """
    evidence = diagnosis.verdict.evidence if diagnosis.verdict else ()
    bad = [event for event in evidence if not isinstance(event, GOOD)]
    answers = [event for event in bad if isinstance(event, SipSeen) and event.status]
    if answers:
        bad = [event for event in bad if not isinstance(event, SipSeen) or event.status]
    return frozenset(bad)


def _commented(rows: list[Arrow | Note], diagnosis: Diagnosis, now: float) -> list[Arrow | Note]:
    """Add the text of the diagnosis to the last wrong arrow, and add an arrow for the message that should
    come next.

    If only a missing reply is wrong, the text stands at the arrow of this reply.
    """
    is_wrong = diagnosis.state == "stuck" or bool(diagnosis.verdicts)
    words = diagnosis.summary if is_wrong else ""
    step = expected_step(rows, diagnosis.stage.key) if diagnosis.state not in _NOT_DUE else None
    wrong = [row for row in rows if isinstance(row, Arrow) and row.tone is Tone.WRONG]
    if step and step.target is Lane.PHONE and all(row.source is Lane.PHONE for row in wrong):
        rows, wrong = [replace(row, tone=Tone.PLAIN) for row in rows], []
    elif wrong:
        rows = [_with(row, words) if row is wrong[-1] else row for row in rows]
    if step is None:
        return rows if wrong or not words else [*rows, Note(now, words, Tone.WRONG)]
    tone = Tone.MISSING if is_wrong else Tone.EXPECTED
    due = Arrow(now, step.source, step.target, step.words.replace("{mac}", diagnosis.mac), tone=tone)
    return [*rows, due if wrong else _with(due, words)]


def _with(row: Arrow | Note, words: str) -> Arrow | Note:
    return replace(row, comment=words) if isinstance(row, Arrow) else row


def _latest(rows: list[Row]) -> tuple[Row, ...]:
    left = len(rows) - MOST_ROWS
    if left <= 0:
        return tuple(rows)
    first = next((row.at for row in rows[left:] if isinstance(row, Arrow | Note)), 0.0)
    return (Note(first, f"({left:,} earlier rows are not shown)"), *rows[left:])


def _addresses(events: Sequence[Event]) -> dict[Lane, str]:
    """Return the latest address of each lane that the events contain."""
    found: dict[Lane, str] = {}
    for event in events:
        if address := getattr(event, "address", ""):
            found[Lane.PHONE] = address
        if isinstance(event, AddressOffered) and event.tftp_server:
            found[Lane.TFTP] = event.tftp_server
        if isinstance(event, SipSeen) and event.method == "REGISTER":
            found[Lane.PBX] = (event.source if event.status else event.destination).rpartition(":")[0]
    return {lane: plain(address, LONGEST_ADDRESS) for lane, address in found.items() if address}
