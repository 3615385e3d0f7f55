"""Keep the addresses that are being probed, and the clients' messages that wait for the result.

Sources: RFC 2131 §3.1 step 2 (a server should probe, by ICMP echo) and §4.4.1.

Strategy: every probe is sent PROBE_TIMES times, PROBE_WAIT seconds apart. All probes wait equally long, so
each round is one dictionary in the order in which its probes end. Its first entry shows whether a probe is
due, whatever the number of probes.
"""

from enum import StrEnum
from typing import NamedTuple

from ringup.engine.dhcp.client_message import ClientMessage

PROBE_WAIT = 0.25
"""Seconds between two probes. ARP on one segment is answered within a few milliseconds, by a sleeping device
within a hundred.
"""

PROBE_TIMES = 2
"""Number of probes per address: one lost probe must not give an address to two hosts."""

MOST_PROBES = 16_384
"""Maximum number of parallel probes, 1 KB each; further addresses are offered without a probe."""


class ProbeBy(StrEnum):
    """The protocol of a probe."""

    ARP = "arp"
    """ARP, on the interface's own network: every host answers, with any firewall."""
    PING = "ping"
    """Ping, for addresses behind a relay, which ARP cannot reach."""


class Probe(NamedTuple):
    """A probe to send, to find out whether a host uses an address."""

    address: str
    by: ProbeBy
    interface: str
    source: str
    """The address of this server that the probe is sent from."""


class _Running(NamedTuple):
    probe: Probe
    message: ClientMessage
    ends: float
    begun: float


class Probes:
    """The probes that wait for a reply."""

    def __init__(self) -> None:
        self._rounds: list[dict[str, _Running]] = [{} for _ in range(PROBE_TIMES)]
        self._to_ask: list[Probe] = []

    def __len__(self) -> int:
        return sum(map(len, self._rounds))

    @property
    def wake_at(self) -> float | None:
        """Return the time at which the first probe's reply is overdue; None: no probe is running."""
        fronts = (next(iter(running.values())) for running in self._rounds if running)
        return min((front.ends for front in fronts), default=None)

    def begin(self, probe: Probe, message: ClientMessage, now: float) -> bool:
        """Begin to probe an address for a client; return False if too many probes are running already."""
        for running in self._rounds:
            # The client has repeated its message: the newest message will be answered.
            if probe.address in running:
                running[probe.address] = running[probe.address]._replace(message=message)
                return True
        if len(self) >= MOST_PROBES:
            return False
        self._ask(0, probe, message, now)
        return True

    def forget(self, address: str) -> ClientMessage | None:
        """End a probe; return the client's message that waited for it."""
        for running in self._rounds:
            ended = running.pop(address, None)
            if ended:
                return ended.message
        return None

    def take_unanswered(self, now: float) -> list[tuple[str, ClientMessage]]:
        """Return the addresses whose last probe got no reply; schedule further probes of the others."""
        unanswered = [(due.probe.address, due.message) for due in _due(self._rounds[-1], now)]
        for number in reversed(range(PROBE_TIMES - 1)):
            for due in _due(self._rounds[number], now):
                self._ask(number + 1, due.probe, due.message, now)
        return unanswered

    def take_probes(self) -> list[Probe]:
        """Return the probes to send now."""
        probes, self._to_ask = self._to_ask, []
        return probes

    def _ask(self, number: int, probe: Probe, message: ClientMessage, now: float) -> None:
        self._rounds[number][probe.address] = _Running(probe, message, now + PROBE_WAIT, now)
        self._to_ask.append(probe)


def _due(running: dict[str, _Running], now: float) -> list[_Running]:
    due = []
    for one in running.values():
        # If the clock was set back, the probe counts as due, so that no phone has to wait longer.
        if one.begun <= now < one.ends:
            break
        due.append(one)
    for one in due:
        del running[one.probe.address]
    return due
