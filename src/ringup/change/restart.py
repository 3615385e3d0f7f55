"""Restart phones by check-sync: choose the next phones, and record the result of each; no clock and no
network.

At a check-sync, a phone restarts if ``SYNC`` in `syncinfo.xml` differs from the ``sync`` that it read when it
last started (P-SYNC-3). ringup writes the same value of the site into both. A restart begins with a new
value. A phone that gets a check-sync then restarts once, and reads the new value. Other phones read the new
value when they next start.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from ringup.phone.forced_keys import bare
from ringup.render.skinny_conf import device_name
from ringup.site.model import Phone, Site


class RestartOutcome(StrEnum):
    """The result of a restart for one phone."""

    BOOTED = "booted"
    """The server saw the phone boot."""
    SILENT = "silent"
    """A check-sync was sent, but the server saw no boot in time."""
    IN_CALL = "in-call"
    """The phone was in a call all the time, so no check-sync was sent."""
    NOT_SENT = "not-sent"
    """Asterisk could not send the check-sync."""


@dataclass(frozen=True, slots=True)
class Target:
    """One phone to restart."""

    mac: str
    name: str
    extensions: tuple[str, ...]
    device: str = ""
    """The name with which the phone registers by SCCP; empty if it speaks SIP."""

    @classmethod
    def of(cls, site: Site, phone: Phone) -> "Target":
        """Return the target for a phone of the site."""
        name = phone.label or next((line.name for line in phone.lines if line.name), "")
        device = device_name(phone) if site.protocol_of(phone) == "sccp" else ""
        return cls(phone.mac, name, tuple(line.extension for line in phone.lines), device)


@dataclass(frozen=True, slots=True)
class RestartResult:
    """The result for one phone, and the time that the restart took."""

    target: Target
    outcome: RestartOutcome
    seconds: float | None = None
    """Seconds from the NOTIFY to the boot, or to the end of the wait; None if no NOTIFY was sent."""
    reason: str = ""
    """Asterisk's reply if it could not send the check-sync."""


@dataclass(frozen=True, slots=True)
class _Sent:
    target: Target
    at: float
    boots: int


class Restarts:
    """The restart of several phones, of which at most `at_once` restart at the same time.

    When a phone has booted, the next one gets its check-sync.
    """

    def __init__(
        self,
        targets: Iterable[Target],
        at_once: int,
        wait: float,
        *,
        also_in_call: bool = False,
    ) -> None:
        """Prepare the restart; `wait` is the maximum number of seconds from the NOTIFY to the boot.

        With `also_in_call`, phones in a call get the check-sync too, after all other phones.
        """
        self._at_once = at_once
        self._wait = wait
        self._also_in_call = also_in_call
        self._waiting = {target.mac: target for target in targets}
        self._sent: dict[str, _Sent] = {}
        self.results: list[RestartResult] = []
        """The result of each phone, in the order in which the results became known."""

    @property
    def done(self) -> bool:
        """Return whether the result of every phone is known."""
        return not self._waiting and not self._sent

    def due(self, busy: Collection[str]) -> list[Target]:
        """Return the phones that get a check-sync now; `busy` are the extensions that are in a call.

        A phone in a call waits while others restart. When only such phones are left, they get the check-sync
        or are skipped.
        """
        idle = [each for each in self._waiting.values() if not _is_busy(each, busy)]
        room = self._at_once - len(self._sent)
        if idle or not self._waiting:
            return idle[:room]
        if self._also_in_call:
            return list(self._waiting.values())[:room]
        if not self._sent:
            for target in list(self._waiting.values()):
                self._finish(RestartResult(target, RestartOutcome.IN_CALL))
        return []

    def sent(self, mac: str, now: float, boots: int) -> None:
        """Note that the check-sync was sent; `boots` is the number of the phone's boots until then."""
        self._sent[mac] = _Sent(self._waiting.pop(mac), now, boots)

    def not_sent(self, mac: str, reason: str) -> None:
        """Note that Asterisk could not send the check-sync to this phone."""
        self._finish(RestartResult(self._waiting[mac], RestartOutcome.NOT_SENT, reason=reason))

    def give_up(self, reason: str) -> None:
        """Note for all remaining phones that Asterisk cannot send the check-sync."""
        for mac in list(self._waiting):
            self.not_sent(mac, reason)

    def look(self, now: float, boots: Mapping[str, int]) -> None:
        """Note which phones have booted and which are overdue; `boots` returns the number of a phone's
        boots.
        """
        for mac, sent in list(self._sent.items()):
            seconds = now - sent.at
            if boots.get(mac, 0) > sent.boots:
                self._finish(RestartResult(sent.target, RestartOutcome.BOOTED, seconds))
            elif seconds >= self._wait:
                self._finish(RestartResult(sent.target, RestartOutcome.SILENT, seconds))

    def _finish(self, result: RestartResult) -> None:
        self._waiting.pop(result.target.mac, None)
        self._sent.pop(result.target.mac, None)
        self.results.append(result)


def _is_busy(target: Target, busy: Collection[str]) -> bool:
    return any(extension in busy for extension in target.extensions)


def restart_command(site: Site, macs: Collection[str]) -> str:
    """Return the command that restarts these phones: all phones, those of one group, or each by its MAC."""
    wanted = set(macs)
    if wanted == {phone.mac for phone in site.phones} and len(wanted) > 1:
        return "ringup restart --all"
    for group in site.groups:
        if len(wanted) > 1 and wanted == {phone.mac for phone in site.phones if phone.group == group.name}:
            return f"ringup restart --group {group.name}"
    return f"ringup restart {' '.join(macs)}"


def with_new_sync(site: Site, now: float) -> Site:
    """Return the site with a ``sync`` value that no phone has read before; `now` is in Unix seconds.

    The value is made from the clock, because a counter could repeat a value after an undo. A phone that has
    read this value before would then not restart.
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
