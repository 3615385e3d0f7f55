"""Print a diagnosis as text that fits on a screen of 80 columns and 24 lines."""

import textwrap
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from ringup.doctor.verdict import Diagnosis, State, Verdict
from ringup.events import Event
from ringup.journey.describe import describe
from ringup.journey.overdue import duration

WIDTH = 80
MOST_LINES = 24
LABEL_COLUMNS = 14
"""Width of the label column: two spaces, a label, and the spaces after it."""
FIRST_QUOTED, LAST_QUOTED = 2, 1
"""Number of events that are printed from the beginning and the end, if a verdict has more of them."""

SHARED: dict[State, str] = {
    "in_service": "in service.",
    "on_the_way": "booting: {stage}.",
    "too_early": "an error a moment ago; run ringup why again in three minutes.",
    "stuck": 'no known cause; they stay at "{stage}".',
    "never_heard": "no packet was received from them.",
}
"""For phones without a verdict: the heading under which each state is grouped."""

Clock = Callable[[float], str]
"""Function that converts Unix seconds to a readable time."""


def verdict_lines(verdict: Verdict, clock: Clock) -> Iterator[str]:
    """Yield the lines of one verdict."""
    yield from textwrap.wrap(f"{verdict.what} [{verdict.confidence}]", WIDTH)
    yield from labelled("cause", verdict.cause)
    yield from labelled("cure", verdict.cure)
    for command in verdict.commands:
        yield from _command(command)
    if verdict.apart:
        yield from labelled("to confirm", verdict.apart)
    yield from quoted(verdict.evidence, clock)


def _command(command: str) -> Iterator[str]:
    """Yield the lines of a command; a long command continues after a backslash, so that it can be pasted."""
    room = WIDTH - LABEL_COLUMNS - 6
    parts = textwrap.wrap(command, room, break_long_words=False, break_on_hyphens=False)
    for number, part in enumerate(parts, start=1):
        indent = 2 if number == 1 else 4
        yield f"{'':{LABEL_COLUMNS + indent}}{part}" + ("" if number == len(parts) else " \\")


def quoted(events: Sequence[Event], clock: Clock) -> Iterator[str]:
    """Yield the events that prove a cause; if there are many, only the first ones and the last."""
    first, last = events[:FIRST_QUOTED], events[FIRST_QUOTED:][-LAST_QUOTED:]
    left_out = len(events) - len(first) - len(last)
    shown = [_event(event, clock) for event in first]
    shown += [f"({left_out} more)"] if left_out else []
    shown += [_event(event, clock) for event in last]
    for number, line in enumerate(shown):
        label = "" if number else "seen"
        yield _cut(f"  {label:{LABEL_COLUMNS - 2}}{line}")


def _cut(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"


def _event(event: Event, clock: Clock) -> str:
    return f"{clock(event.at)} {describe(event)}"


def labelled(label: str, text: str) -> list[str]:
    """Return a label and a wrapped text beside it."""
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=f"  {label:{LABEL_COLUMNS - 2}}",
        subsequent_indent=" " * LABEL_COLUMNS,
        break_on_hyphens=False,
    )


def diagnosis_lines(diagnosis: Diagnosis, title: str, now: float, clock: Clock) -> list[str]:
    """Return the complete diagnosis of the phone named `title`, in at most MOST_LINES lines.

    The most certain cause is printed completely, each other cause in one line, and at the end the facts that
    were not looked up.
    """
    lines = [title, ""]
    if diagnosis.verdict:
        lines += verdict_lines(diagnosis.verdict, clock)
    else:
        lines += textwrap.wrap(diagnosis.summary, WIDTH)
    lines += [*_place(diagnosis, now, clock)]
    for verdict in diagnosis.verdicts[1:]:
        lines += labelled("or", f"{verdict.what} [{verdict.confidence}]")
    for number, step in enumerate(diagnosis.collect):
        lines += labelled("" if number else "collect", step)
    not_asked = [line for each in diagnosis.not_asked for line in labelled("not asked", each.text)]
    return lines[: MOST_LINES - len(not_asked)] + not_asked


def _place(diagnosis: Diagnosis, now: float, clock: Clock) -> Iterator[str]:
    """Yield the phone's boot stage, its last successful step, and the step that should have come next."""
    if diagnosis.since:
        lasts = f", for {duration(now - diagnosis.since)}" if now >= diagnosis.since else ""
        yield from labelled("stage", f"{diagnosis.stage.title}{lasts}")
    if diagnosis.last_good:
        yield _cut(f"  {'last good':{LABEL_COLUMNS - 2}}{_event(diagnosis.last_good, clock)}")
    if diagnosis.expected_next and diagnosis.state != "in_service":
        yield from labelled("due next", diagnosis.expected_next)


def _shared(diagnosis: Diagnosis) -> str:
    if diagnosis.verdict:
        return diagnosis.verdict.shared
    return SHARED[diagnosis.state].format(stage=diagnosis.stage.title)


def grouped(diagnoses: Sequence[Diagnosis]) -> list[tuple[str, list[Diagnosis]]]:
    """Return the diagnoses grouped by cause or state, the largest group first."""
    by_cause = sorted(diagnoses, key=_shared)
    groups = [(what, list(each)) for what, each in groupby(by_cause, _shared)]
    return sorted(groups, key=lambda group: (-len(group[1]), group[0]))
