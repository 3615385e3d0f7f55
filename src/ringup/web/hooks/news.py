"""News: what has changed for a phone, or for the server, in a form for other programs."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from ringup.fleet.rows import FleetRow
from ringup.web.live.follower import FleetChange, Snapshot

NewsKind = Literal["registered", "lost", "unknown", "finding"]
NEWS_KINDS: tuple[NewsKind, ...] = get_args(NewsKind)
"""registered: a phone is in service. lost: it was in service, and no longer is. unknown: an unknown phone was
heard. finding: the doctor named a cause, or the machine has a fault.
"""


@dataclass(frozen=True, slots=True)
class News:
    """One message."""

    kind: NewsKind
    at: float
    """Unix seconds."""
    mac: str
    """The phone; empty: it concerns the server."""
    name: str
    text: str
    """A sentence."""
    code: str = ""
    """The code of the cause or of the check; only of findings."""


class NewsFinder:
    """Compares each change with what was known before."""

    def __init__(self, known: Snapshot) -> None:
        self._states = {row.mac: row.state for row in known.rows}
        self._causes = {row.mac: row.verdict.code for row in known.rows if row.verdict}
        self._faults = {fault.code for fault in known.faults}

    def news(self, change: FleetChange) -> list[News]:
        """Return the news of a change, and remember its state."""
        now = change.snapshot
        rows = (now.by_mac[mac] for mac in sorted(change.macs) if mac in now.by_mac)
        found = [*self._of_phones(rows, now.at), *self._of_the_server(now)]
        for mac in change.macs - now.by_mac.keys():
            self._states.pop(mac, None)
            self._causes.pop(mac, None)
        return found

    def _of_phones(self, rows: Iterable[FleetRow], at: float) -> Iterator[News]:
        for row in rows:
            before = self._states.get(row.mac)
            self._states[row.mac] = row.state
            if kind := _kind(before, row.state):
                text = row.trouble.text if row.trouble else row.journey.last
                yield News(kind, at, row.mac, row.name, text)
            code = row.verdict.code if row.verdict else ""
            if row.verdict and self._causes.get(row.mac) != code:
                yield News("finding", at, row.mac, row.name, row.verdict.what, code)
            self._causes[row.mac] = code

    def _of_the_server(self, now: Snapshot) -> Iterator[News]:
        faults: Mapping[str, str] = {fault.code: f"{fault.what} {fault.cure}".strip() for fault in now.faults}
        for code, text in faults.items():
            if code not in self._faults:
                yield News("finding", now.at, "", "", text, code)
        self._faults = set(faults)


def _kind(before: str | None, now: str) -> NewsKind | None:
    if now == before:
        return None
    if now == "in_service":
        return "registered"
    if before == "in_service":
        return "lost"
    return "unknown" if now == "unknown" else None
