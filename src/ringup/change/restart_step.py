"""The step of a change that restarts the phones which must restart to follow the change."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Engine

from ringup.change.carry_out import Step
from ringup.change.held_secrets import SecretsFollow
from ringup.change.restart import RestartOutcome, RestartResult, Restarts, Target
from ringup.change.restart_run import restart
from ringup.site.held import HeldSecret
from ringup.site.model import Site

MOST_NAMED = 5
"""Maximum number of phones that a sentence names; the rest are counted."""

KeepOld = Callable[[Sequence[HeldSecret]], int]
"""Restores the old secrets of lines in the site, and returns the number of the new revision."""


@dataclass(slots=True)
class Restarting:
    """The settings for the restart of phones after a change, the callbacks, and the results."""

    at_once: int
    wait: float
    """Maximum seconds from the NOTIFY to the boot."""
    on_sent: Callable[[Target], None] = lambda _target: None
    finished: Callable[[RestartResult], None] = lambda _result: None
    results: list[RestartResult] = field(default_factory=list)
    kept: tuple[str, ...] = ()
    """MACs of phones that kept their old secrets."""


def restart_step(
    engine: Engine, how: Restarting, macs: Sequence[str], off: int, before: Site | None, keep_old: KeepOld
) -> Step:
    """Return the step that restarts these phones.

    `off` is the number of further phones, which are not registered and read the change when they start. A
    phone that does not fetch its new secret keeps the old one, in its files and in Asterisk. The step raises
    OutsideError if Asterisk cannot be reached at its beginning, and AmiRefused if the manager user lacks a
    right.
    """

    def follow(site: Site) -> str:
        if site is before:  # the change is being undone: no check-sync was sent
            return ""
        phones = {phone.mac: phone for phone in site.phones}
        targets = [Target.of(site, phones[mac]) for mac in macs]
        secrets = SecretsFollow(engine, macs)
        if targets:
            how.results = asyncio.run(_restarted(engine, site, how, targets, secrets))
        held = secrets.held()
        how.kept = tuple(dict.fromkeys(each.mac for each in held))
        return " ".join(_said(how.results, off, held, keep_old))

    return Step("restarting phones", follow)


async def _restarted(
    engine: Engine, site: Site, how: Restarting, targets: Sequence[Target], secrets: SecretsFollow
) -> list[RestartResult]:
    restarts = Restarts(targets, how.at_once, how.wait)
    reported = 0

    def finished() -> None:
        nonlocal reported
        for result in restarts.results[reported:]:
            how.finished(result)
        reported = len(restarts.results)

    macs = tuple(target.mac for target in targets)
    await restart(site.pbx, engine, restarts, macs, lambda: None, how.on_sent, finished, secrets)
    return restarts.results


def _said(
    results: Sequence[RestartResult], off: int, held: Sequence[HeldSecret], keep_old: KeepOld
) -> list[str]:
    """Restore the old secrets of phones that did not fetch the new ones; return one sentence per result."""
    said = []
    if results:
        booted = sum(result.outcome is RestartOutcome.BOOTED for result in results)
        said.append(f"{booted} of {_count(len(results))} restarted.")
    if off:
        follows = (
            "is not registered and follows at its" if off == 1 else "are not registered and follow at their"
        )
        said.append(f"{_count(off)} {follows} next start.")
    if held:
        number = keep_old(held)
        named = ", ".join(each.extension for each in held[:MOST_NAMED])
        more = f" and {len(held) - MOST_NAMED} more" if len(held) > MOST_NAMED else ""
        lines = "line keeps its" if len(held) == 1 else "lines keep their"
        said.append(
            f"{len(held)} {lines} old password on both sides, because the phone did not fetch the new one: "
            f"{named}{more} (revision {number})."
        )
    return said


def _count(number: int) -> str:
    return f"{number} phone{'' if number == 1 else 's'}"
