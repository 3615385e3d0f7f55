"""Carry out a change of Kea's configuration: checked by Kea first, and reverted if Kea refuses it."""

from collections.abc import Callable
from contextlib import suppress

from ringup.errors import OutsideError
from ringup.kea.control import KeaControl
from ringup.kea.merge import KeaChange
from ringup.kea.own_parts import Config

MOST_TRIES = 3
"""Maximum number of attempts if other programs change Kea's configuration at the same time."""


def drive(
    kea: KeaControl,
    plan: Callable[[Config], KeaChange],
    approve: Callable[[KeaChange], None],
    *,
    write: bool,
) -> list[str]:
    """Make the change that `plan` computes; return a sentence per step, none if nothing changes.

    `approve` gets the change first, and raises an error to prevent it. With `write`, Kea also writes its
    file. Raises SiteErrors and OutsideError; Kea then has its former configuration.
    """
    for _ in range(MOST_TRIES):
        change = plan(kea.config())
        if not change.lines:
            return []
        kea.test(change.after)
        approve(change)
        if kea.config() == change.before:
            return _carried_out(kea, change, write)
    raise OutsideError(
        "changing Kea's configuration", "another program changes it at the same time.", "Try again later."
    )


def _carried_out(kea: KeaControl, change: KeaChange, write: bool) -> list[str]:
    try:
        kea.set(change.after)
    except OutsideError:
        with suppress(OutsideError):  # the first refusal is the one to report
            kea.set(change.before)
        raise
    said = [f"Kea uses the new configuration ({len(change.lines)} changes)."]
    if not write:
        return [*said, "It is not in Kea's file (--no-write): a restart of Kea loses it."]
    try:
        return [*said, f"Kea wrote it to {kea.write()}."]
    except OutsideError as error:
        kept = f"Kea's file was not written ({error.answer.rstrip('.')}): a restart of Kea loses the change."
        return [*said, kept]
