"""World: the state of the running system when a change is planned, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ringup.journey.record import Call


@dataclass(frozen=True, slots=True)
class World:
    """The running system at one moment; an empty World has no running phones."""

    server: str = "127.0.0.1"
    """The address of this server that phones use if the site sets none."""
    loaders: Mapping[str, str] = field(default_factory=dict)
    """Names of loaders without suffix, by load."""
    registered: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Extensions that are registered, by the phone's MAC."""
    in_call: Mapping[str, "tuple[Call, ...]"] = field(default_factory=dict)
    """Calls, by the phone's MAC."""
    leased: Mapping[IPv4Address, str] = field(default_factory=dict)
    """Currently leased addresses, with the MAC of each."""
    by_hand: Mapping[str, str] = field(default_factory=dict)
    """Numbers of changed lines, like ``+1 -2``, of each file in Asterisk's folder that was changed by hand.
    """
    restarting: frozenset[str] = frozenset()
    """MACs of the phones that are restarted with the change."""

    def loader_of(self, load: str) -> str | None:
        """Return the loader's name without suffix; None if unknown."""
        return self.loaders.get(load)
