"""Carry out a revision: a row of steps, each of which makes something outside the records follow the site.

The revision is committed before the first step, and it alone decides: whoever is killed between two steps
leaves the rest to the next start of `ringup serve`, which makes everything follow the site as it is. A step
that fails is not rolled forward: each step that was begun makes its part follow the old site again, in the
same order.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from ringup.errors import OutsideError, RingupError
from ringup.site.model import Site


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that has to follow the site."""

    name: str
    """What it does, for messages: ``reloading Asterisk``."""
    follow: Callable[[Site], str]
    """Make it follow this site, old or new, and return what was done, in words; empty: nothing worth saying.

    Raises OutsideError or OSError.
    """


class StepFailed(OutsideError):
    """A step failed, and all that was begun follows the old site again."""


def carry_out(steps: Sequence[Step], before: Site, after: Site) -> tuple[str, ...]:
    """Make everything follow the new site, and return what was done; raises StepFailed."""
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
        # The error that led here is the one to report; the next start of the server tries again.
        with suppress(RingupError, OSError):
            step.follow(before)
