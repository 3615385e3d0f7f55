"""Carry out a revision in steps; each step adapts something outside the database, such as Asterisk's files,
to the site.

The revision is committed before the first step. If the program is killed between two steps, the next start of
`ringup serve` carries out the latest revision. If a step fails, every step that was begun adapts its part to
the old site again, in the same order.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from ringup.errors import OutsideError, RingupError
from ringup.site.model import Site


@dataclass(frozen=True, slots=True)
class Step:
    """One step, which changes files or a program outside the database to match the site."""

    name: str
    """A description for messages: ``reloading Asterisk``."""
    follow: Callable[[Site], str]
    """Adapt it to this site, old or new, and return a sentence about the result, or an empty text.

    Raises OutsideError or OSError.
    """


class StepFailed(OutsideError):
    """A step failed, and all steps that were begun have been undone."""


def carry_out(steps: Sequence[Step], before: Site, after: Site) -> tuple[str, ...]:
    """Do all steps for the new site; return one sentence per step about its work. Raises StepFailed."""
    said: list[str] = []
    for number, step in enumerate(steps):
        try:
            said.append(step.follow(after))
        except (OutsideError, OSError) as error:
            _put_back(steps[: number + 1], before)
            answer = error.answer if isinstance(error, OutsideError) else f"{error.strerror or error}."
            cure = error.cure if isinstance(error, OutsideError) else ""
            raise StepFailed(step.name, answer, cure) from error
    return tuple(words for words in said if words)


def _put_back(steps: Sequence[Step], before: Site) -> None:
    for step in steps:
        # The earlier error, which made the undo necessary, is the one to report; the next start of the server
        # tries again.
        with suppress(RingupError, OSError):
            step.follow(before)
