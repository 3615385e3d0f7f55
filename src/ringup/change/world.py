"""World: what is known about the living system when a change is planned, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address

from ringup.journey.record import Call


@dataclass(frozen=True, slots=True)
class World:
    """The living system at one moment; an empty one knows of no phone that is up."""

    server: str = "127.0.0.1"
    """The address of this server that phones use where the site names none."""
    loaders: Mapping[str, str] = field(default_factory=dict)
    """Names of loaders without suffix, by the load that each belongs to."""
    registered: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Extensions that are registered, by the phone's MAC."""
    in_call: Mapping[str, tuple[Call, ...]] = field(default_factory=dict)
    """Calls, by the phone's MAC."""
    leased: Mapping[IPv4Address, str] = field(default_factory=dict)
    """Addresses with a living lease, and the MAC that holds each."""
    restarting: frozenset[str] = frozenset()
    """MACs of the phones that whoever carries out the plan restarts."""

    def loader_of(self, load: str) -> str | None:
        """Return the loader's name without suffix; None if unknown."""
        return self.loaders.get(load)
