"""Find the interface that the phones are on, if there is only one candidate."""

import psutil

from ringup.errors import BindError
from ringup.serve.sockets import Interface, interface_named

LOOPBACK = "lo"


def choose(name: str) -> Interface:
    """Return the named interface, or the only one with an address; otherwise raises BindError with the
    choices.
    """
    if name:
        chosen = interface_named(name)
        if not chosen.addresses:
            raise BindError(
                f"serving on {name}", "it has no IPv4 address.", f"ip address add 192.0.2.1/24 dev {name}"
            )
        return chosen
    candidates = [interface_named(each) for each in psutil.net_if_addrs() if each != LOOPBACK]
    usable = [candidate for candidate in candidates if candidate.addresses]
    if len(usable) == 1:
        return usable[0]
    names = ", ".join(f"{each.name} ({each.addresses[0]})" for each in usable) or "none has an address"
    raise BindError("choosing the phones' interface", f"{names}.", "Name it: --interface NAME.")
