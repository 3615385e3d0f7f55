"""The state of the DHCP server, which the functions that answer messages read and change."""

from ipaddress import IPv4Network

from ringup.engine.dhcp.client_message import ClientMessage
from ringup.engine.dhcp.leases import LeaseTable
from ringup.engine.dhcp.probes import Probes
from ringup.engine.dhcp.rates import SourceRates
from ringup.engine.dhcp.replies import DhcpReply, SubnetReplies
from ringup.engine.dhcp.settings import DhcpSettings
from ringup.engine.dhcp.subnets import Subnets
from ringup.events import DhcpIgnored, Event

SHORTEST_LEASE_SECONDS = 60
"""Minimum lease time in seconds. A client may request less than the subnet's time, but not so little that it
renews constantly.
"""

SCARCE_LEASE_SECONDS = 3600
"""Maximum lease time in seconds of a device that is not in the site, if its network runs out of addresses."""

REPEAT_SECONDS = 3600.0
"""Seconds within which the same reason for ignoring the same client is reported only once: computers send
DISCOVER every few minutes.
"""

MOST_REPEATS = 4096
"""Maximum number of remembered reasons. If there are more, all are forgotten, and then reported again."""


class DhcpState:
    """The leases, the running probes, the settings in force, and the events not yet taken."""

    def __init__(self, settings: DhcpSettings, leases: LeaseTable) -> None:
        self.leases = leases
        self.probes = Probes()
        self.rates = SourceRates()
        self.events: list[Event] = []
        self.shared = set[IPv4Network]()
        """Networks on which a client was seen to take another server's offer."""
        self._said: dict[tuple[str, str], float] = {}
        self.answer_by(settings)

    def answer_by(self, settings: DhcpSettings) -> None:
        """Use other settings from now on; the pools of `leases` are not changed here."""
        self.settings = settings
        self.subnets = Subnets(settings)

    def ignore(self, mac: str, reason: str, now: float) -> list[DhcpReply]:
        """Return no reply; emit the reason, unless this client was ignored for it within REPEAT_SECONDS."""
        said = self._said.get((mac, reason))
        if said is not None and now - said < REPEAT_SECONDS:
            return []
        if len(self._said) >= MOST_REPEATS:
            self._said.clear()
        self._said[mac, reason] = now
        self.events.append(DhcpIgnored(now, mac, reason))
        return []

    def lease_seconds(self, message: ClientMessage, subnet_replies: SubnetReplies, now: float) -> int:
        """Return the lease time in seconds: the subnet's, or less.

        It is less if the client requests less, or if the client is unknown and the network runs out of
        addresses.
        """
        most = subnet_replies.subnet.lease_seconds
        if message.mac not in self.settings.phones and self.leases.is_scarce(subnet_replies.network, now):
            most = min(most, SCARCE_LEASE_SECONDS)
        if not message.lease_seconds:
            return most
        return min(max(message.lease_seconds, SHORTEST_LEASE_SECONDS), most)
