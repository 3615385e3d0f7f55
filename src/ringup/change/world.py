"""The state of the running system when a change is planned, as plain values."""

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
    """The address at which phones reach this server, used if the site has none."""
    loaders: Mapping[str, str] = field(default_factory=dict)
    """The name of each load's loader, without suffix."""
    registered: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The registered extensions of each phone, by the phone's MAC."""
    in_call: Mapping[str, "tuple[Call, ...]"] = field(default_factory=dict)
    """The calls of each phone, by the phone's MAC."""
    leased: Mapping[IPv4Address, str] = field(default_factory=dict)
    """The MAC of the phone that has each leased address."""
    by_hand: Mapping[str, str] = field(default_factory=dict)
    """The numbers of changed lines, like ``+1 -2``, of each of Asterisk's files that was changed by hand."""
    restarting: frozenset[str] = frozenset()
    """MACs of the phones that are restarted with the change."""

    def loader_of(self, load: str) -> str | None:
        """Return the loader's name without its suffix; None if it is unknown."""
        return self.loaders.get(load)
