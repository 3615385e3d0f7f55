"""Find the subnet of a message by its relay's address, the client's own address, or the interface."""

from collections.abc import Iterator

from ringup.engine.dhcp.client_message import ClientMessage
from ringup.engine.dhcp.replies import SubnetReplies
from ringup.engine.dhcp.settings import DhcpSettings
from ringup.wire.dhcp import NO_ADDRESS

MOST_PLACES = 4096
"""Maximum number of relay and client addresses whose subnet is cached; the cache is cleared when full."""


class Subnets:
    """The subnets of one revision of the site, each with its reply templates."""

    def __init__(self, settings: DhcpSettings) -> None:
        self.all_replies = [SubnetReplies(subnet, settings) for subnet in settings.subnets]
        self._replies_at: dict[str, SubnetReplies | None] = {}

    def __len__(self) -> int:
        """Return the number of addresses whose subnet is cached."""
        return len(self._replies_at)

    def replies_of(self, message: ClientMessage) -> SubnetReplies | None:
        """Return the reply templates of the message's subnet; None: the site has no such subnet.

        The subnet is that of the relay's address, else of a renewing client's own address, else of the
        interface.
        """
        if message.relay != NO_ADDRESS:
            return self._containing(message.relay)
        if message.arrival.unicast and message.client != NO_ADDRESS:
            return self._containing(message.client)
        return next(self.beside(message), None)

    def beside(self, message: ClientMessage) -> Iterator[SubnetReplies]:
        """Return the reply templates of all subnets on the interface that received the message."""
        found = (self._containing(address) for address in message.arrival.addresses)
        return filter(None, found)

    def _containing(self, address: str) -> SubnetReplies | None:
        if address not in self._replies_at:
            if len(self._replies_at) >= MOST_PLACES:
                self._replies_at.clear()
            self._replies_at[address] = next(
                (subnet_replies for subnet_replies in self.all_replies if address in subnet_replies), None
            )
        return self._replies_at[address]
