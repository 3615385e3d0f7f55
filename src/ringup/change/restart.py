"""Restart phones by check-sync: which phones are next, and what became of each, without clock or network.

A phone restarts at a check-sync if ``SYNC`` of `syncinfo.xml` differs from the ``sync`` that it read at its
last start (P-SYNC-3). Both come from one value of the site, so a restart begins with a new value: a phone
that was told restarts once, and reads the new value. A phone that was not told reads it at its next start.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from ringup.phone.forced_keys import bare
from ringup.site.model import Phone, Site


class Outcome(StrEnum):
    """What became of one phone."""

    BOOTED = "booted"
    """Its boot was seen."""
    SILENT = "silent"
    """It was told, and no boot was seen in time."""
    IN_CALL = "in-call"
    """It was in a call whenever it was its turn, so it was not told."""
    NOT_TOLD = "not-told"
    """Asterisk could not tell it."""


@dataclass(frozen=True, slots=True)
class Target:
    """One phone that has to restart."""

    mac: str
    name: str
    extensions: tuple[str, ...]

    @classmethod
    def of(cls, phone: Phone) -> "Target":
        """Return the target for a phone of the site."""
        name = phone.label or next((line.name for line in phone.lines if line.name), "")
        return cls(phone.mac, name, tuple(line.extension for line in phone.lines))


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one phone, and when."""

    target: Target
    outcome: Outcome
    seconds: float | None = None
    """Seconds from the NOTIFY to the boot, or until the wait ended; None: it was not told."""
    reason: str = ""
    """What Asterisk answered, of a phone that it could not tell."""


@dataclass(frozen=True, slots=True)
class _Told:
    target: Target
    at: float
    boots: int


class Restarts:
    """The restart of several phones, at most `at_once` at a time; a phone's boot makes room for the next."""

    def __init__(
        self,
        targets: Iterable[Target],
        at_once: int,
        wait: float,
        *,
        also_in_call: bool = False,
    ) -> None:
        """`wait` is in seconds, from the NOTIFY to the boot.

        `also_in_call` tells phones in a call, too, after all others.
        """
        self._at_once = at_once
        self._wait = wait
        self._also_in_call = also_in_call
        self._waiting = {target.mac: target for target in targets}
        self._told: dict[str, _Told] = {}
        self.results: list[Result] = []
        """What became of each phone, in the order in which it was known."""

    @property
    def done(self) -> bool:
        """Whether the outcome of every phone is known."""
        return not self._waiting and not self._told

    def due(self, busy: Collection[str]) -> list[Target]:
        """Return the phones to tell now; `busy` are the extensions that are in a call.

        Phones in a call wait while others restart. When only they are left, they are told or given up.
        """
        idle = [each for each in self._waiting.values() if not _is_busy(each, busy)]
        room = self._at_once - len(self._told)
        if idle or not self._waiting:
            return idle[:room]
        if self._also_in_call:
            return list(self._waiting.values())[:room]
        if not self._told:
            for target in list(self._waiting.values()):
                self._finish(Result(target, Outcome.IN_CALL))
        return []

    def told(self, mac: str, now: float, boots: int) -> None:
        """Note that the phone was told; `boots` is the number of its boots seen before."""
        self._told[mac] = _Told(self._waiting.pop(mac), now, boots)

    def not_told(self, mac: str, reason: str) -> None:
        """Note that Asterisk could not tell the phone."""
        self._finish(Result(self._waiting[mac], Outcome.NOT_TOLD, reason=reason))

    def give_up(self, reason: str) -> None:
        """Note that Asterisk can tell none of the phones that are left."""
        for mac in list(self._waiting):
            self.not_told(mac, reason)

    def look(self, now: float, boots: Mapping[str, int]) -> None:
        """Note which phones have booted, and which are overdue; `boots` is the number seen of each phone."""
        for mac, told in list(self._told.items()):
            seconds = now - told.at
            if boots.get(mac, 0) > told.boots:
                self._finish(Result(told.target, Outcome.BOOTED, seconds))
            elif seconds >= self._wait:
                self._finish(Result(told.target, Outcome.SILENT, seconds))

    def _finish(self, result: Result) -> None:
        self._waiting.pop(result.target.mac, None)
        self._told.pop(result.target.mac, None)
        self.results.append(result)


def _is_busy(target: Target, busy: Collection[str]) -> bool:
    return any(extension in busy for extension in target.extensions)


def restart_command(site: Site, macs: Collection[str]) -> str:
    """Return the command that restarts these phones: all, those of one group, or one by one."""
    wanted = set(macs)
    if wanted == {phone.mac for phone in site.phones} and len(wanted) > 1:
        return "ringup restart --all"
    for group in site.groups:
        if len(wanted) > 1 and wanted == {phone.mac for phone in site.phones if phone.group == group.name}:
            return f"ringup restart --group {group.name}"
    return f"ringup restart {' '.join(macs)}"


def with_new_sync(site: Site, now: float) -> Site:
    """Return the site with a ``sync`` that no phone has read before; `now` is in Unix seconds.

    A value from the clock, not a count: a count would come again after an undo, and a phone that read it
    before would not restart.
    """
    key = next((name for name in site.settings if bare(name) == "sync"), "")
    levels = [site.settings, *(group.settings for group in site.groups)]
    levels += [phone.settings for phone in site.phones]
    used = {site.sync, *(level[name] for level in levels for name in level if bare(name) == "sync")}
    second = int(now)
    while (value := f"{datetime.fromtimestamp(second, UTC):%Y%m%d-%H%M%S}") in used:
        second += 1
    if not key:
        return site.model_copy(update={"sync": value})
    return site.model_copy(update={"settings": {**site.settings, key: value}})
