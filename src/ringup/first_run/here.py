"""The facts about this machine from which the questions take their defaults: plain values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address

from ringup.change.onboarding import UnknownPhone
from ringup.check.facts import InterfaceFact, OtherDhcp, Transport
from ringup.rule import Unknown
from ringup.site.model import Site


@dataclass(frozen=True, slots=True)
class AsteriskHere:
    """The Asterisk on this machine, as its folder and its console show it."""

    etc: str
    """Its configuration folder."""
    version: str = ""
    """Empty: its console does not answer."""
    is_freepbx: bool = False
    """FreePBX generates its files."""
    modules: frozenset[str] = frozenset()
    """The running modules, like ``chan_pjsip.so``."""
    transports: tuple[Transport, ...] = ()
    """PJSIP's transports."""
    sip_port: int = 0
    """The UDP port of chan_sip; 0: it has none."""
    lacks_voicemail: bool = False
    """It loads several voicemail modules, so none of them answers."""


@dataclass(frozen=True, slots=True)
class PackageHere:
    """A firmware package that was found on this machine."""

    path: str
    load: str


@dataclass(frozen=True, slots=True)
class ServiceHere:
    """The service `ringup` of systemd."""

    user: str
    """The user that it runs as."""
    is_active: bool


def nothing_heard(_interface: str) -> OtherDhcp | Unknown | None:
    """Return that no other DHCP server answered."""
    return None


@dataclass(frozen=True, slots=True)
class Here:
    """What was found on this machine."""

    site: Site
    """The stored site, or an empty one."""
    interfaces: tuple[InterfaceFact, ...] = ()
    physical: frozenset[str] = frozenset()
    """The names of the interfaces that are network cards, not bridges or tunnels."""
    routers: Mapping[str, IPv4Address] | None = None
    """The default router of each interface."""
    zone: str = "Etc/UTC"
    """The time zone of the machine."""
    asterisk: AsteriskHere | None = None
    """None: there is none on this machine."""
    packages: tuple[PackageHere, ...] = ()
    """Packages for the 7940 and 7960 in the present folder, the newest first."""
    has_load: bool = False
    """The firmware folder contains the load of the site."""
    unknown: tuple[UnknownPhone, ...] = ()
    """The phones that wait for a record now."""
    settings: Mapping[str, object] | None = None
    """The options of `ringup serve` in the settings file."""
    service: ServiceHere | None = None
    """None: systemd does not run, or the service is not installed."""
    can_send_time: bool = False
    """The clock is synchronised, and no other program answers phones on UDP port 123."""
    is_served: bool = False
    """A `ringup serve` of this site runs already."""
    now: float = 0.0
    """The time, in Unix seconds."""
    exists: Callable[[str], bool] = bool
    """Returns whether there is a file or a folder of this name."""
    heard_on: Callable[[str], OtherDhcp | Unknown | None] = nothing_heard
    """Returns the other DHCP server that answers on an interface."""

    @property
    def is_set_up(self) -> bool:
        """Return whether the operator has set the site up, so that its values are the defaults."""
        pbx = self.site.pbx
        return bool(pbx.address or pbx.etc or pbx.freepbx or pbx.realtime)

    def interface(self, name: str) -> InterfaceFact | None:
        """Return the interface of this name, or None."""
        return next((each for each in self.interfaces if each.name == name), None)

    def usable(self) -> tuple[InterfaceFact, ...]:
        """Return the interfaces that have an address, those with a cable first."""
        with_address = [each for each in self.interfaces if each.addresses]
        return tuple(sorted(with_address, key=lambda each: not each.is_up))

    def router(self, interface: str) -> IPv4Address | None:
        """Return the default router of an interface, or None."""
        return (self.routers or {}).get(interface)
