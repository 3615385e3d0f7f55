"""Find the MAC behind each client's address, and limit the requests per second."""

from collections import OrderedDict
from collections.abc import Callable

from ringup.wire.file_names import owner_of

MOST_REQUESTS_PER_ADDRESS = 4_000
"""Maximum number of requests per second of one address; further requests are ignored. A branch's thousand
phones behind one NAT address request seven files each over the seconds of their boot. A hostile client keeps
the server busy for at most a sixth of its time.
"""

MOST_IGNORED_PER_SECOND = 20
"""Maximum number of TftpIgnored events per second; further datagrams are only counted. People read these
events, and a scanner sends thousands of datagrams.
"""

MOST_NAMED = 20_000
"""Maximum number of addresses whose MAC is known from requested file names: twice the largest fleet."""


class Requesters:
    """The MAC behind each address: the holder of its lease, else the MAC in a file name that it requested."""

    def __init__(self, mac_of: Callable[[str], str]) -> None:
        """`mac_of` gives the MAC that holds an address, or ""."""
        self._mac_of = mac_of
        self._named: OrderedDict[str, str] = OrderedDict()

    def mac(self, address: str) -> str:
        """Return the MAC that holds the address, else the MAC in a file name that it requested.

        The second case is for addresses leased by other servers, whose leases are unknown.
        """
        return self._mac_of(address) or self._named.get(address, "")

    def remember(self, name: str, address: str) -> None:
        """Note the MAC in the name that an address requests, if the name contains one."""
        if owner := owner_of(name):
            self._named[address] = owner
            self._named.move_to_end(address)
            if len(self._named) > MOST_NAMED:
                self._named.popitem(last=False)


class RateLimits:
    """Counts the datagrams that arrive within each second of the clock."""

    def __init__(self, most_requests: int = MOST_REQUESTS_PER_ADDRESS) -> None:
        self.most_requests = most_requests
        """Maximum number of requests per second of one address."""
        self._second = 0
        self._ignored = 0
        self._requests: dict[str, int] = {}

    def may_request(self, address: str, now: float) -> bool:
        """Count one more request of an address; return whether the server may answer it."""
        self._begin_second(now)
        before = self._requests.get(address, 0)
        self._requests[address] = before + 1
        return before < self.most_requests

    def may_report(self, now: float) -> bool:
        """Count one more ignored datagram; return whether to emit an event for it."""
        self._begin_second(now)
        self._ignored += 1
        return self._ignored <= MOST_IGNORED_PER_SECOND

    def _begin_second(self, now: float) -> None:
        if int(now) != self._second:
            self._second = int(now)
            self._ignored = 0
            self._requests.clear()
