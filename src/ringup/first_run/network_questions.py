"""The questions about the network: the phones' interface, who gives out addresses, and which."""

from ringup.check.facts import OtherDhcp
from ringup.first_run.here import Here
from ringup.first_run.pool import network_text, proposed_pool
from ringup.first_run.question import NO, YES, Answers, Question
from ringup.first_run.record_check import checked_record
from ringup.site.model import Site
from ringup.site.network_record import Subnet
from ringup.site.network_text import network_row
from ringup.site.record_faults import FaultyRecord
from ringup.site.zones import posix_rule


def _interface(here: Here, _answers: Answers) -> str:
    """Return the interface of the settings file, of the site's networks, the only one with an address, or the
    only network card.
    """
    usable = here.usable()
    set_before = str((here.settings or {}).get("interface", ""))
    if any(each.name == set_before for each in usable):
        return set_before
    in_site = [
        each.name
        for each in usable
        if any(own.ip in subnet.network for own in each.addresses for subnet in here.site.subnets)
    ]
    up = [each.name for each in usable if each.is_up] or [each.name for each in usable]
    for names in (in_site, up, [name for name in up if name in here.physical]):
        if len(names) == 1:
            return names[0]
    return ""


def _checked_interface(name: str, here: Here, _answers: Answers) -> str:
    usable = here.usable()
    names = ", ".join(f"{each.name} ({each.addresses[0]})" for each in usable) or "none has an IPv4 address"
    if not name:
        raise FaultyRecord(f"the phones may be on one of these: {names}.", "Name it: --interface NAME")
    if here.interface(name) is None:
        raise FaultyRecord(f"this machine has no interface {name}.", f"It has: {names}.")
    if all(each.name != name for each in usable):
        raise FaultyRecord(
            f"{name} has no IPv4 address.", f"Give it one: ip address add 192.0.2.1/24 dev {name}"
        )
    return name


def _gives_addresses(here: Here, answers: Answers) -> str:
    set_before = (here.settings or {}).get("dhcp")
    if isinstance(set_before, bool) and here.is_set_up:
        return YES if set_before else NO
    if here.is_set_up and not here.site.subnets:
        return NO
    return NO if isinstance(here.heard_on(answers["interface"]), OtherDhcp) else YES


def _network(here: Here, answers: Answers) -> str:
    """Return the site's network on this interface, or a proposed pool."""
    interface = here.interface(answers["interface"])
    if interface is None or not interface.addresses or answers["dhcp"] == NO:
        return ""
    for subnet in here.site.subnets:
        if any(own.ip in subnet.network for own in interface.addresses):
            return network_text(subnet)
    own = interface.addresses[0]
    router = here.router(interface.name)
    inside = [router] if router and router in own.network else []
    used = [*inside, *(each.ip for each in interface.addresses)]
    if (pool := proposed_pool(own, used)) is None:
        return ""
    return ":".join((str(own.network), f"{pool[0]}-{pool[1]}", *map(str, inside)))


def _checked_network(text: str, _here: Here, answers: Answers) -> str:
    if answers["dhcp"] == NO and not text:
        return ""
    return network_text(checked_record(Subnet, network_row(text)))


def _sends_time(here: Here, _answers: Answers) -> str:
    """Return the choice in the settings file; otherwise whether phones would get no time without ringup."""
    set_before = (here.settings or {}).get("sntp")
    if isinstance(set_before, bool):
        return YES if set_before else NO
    return YES if here.can_send_time and not here.site.ntp_server else NO


def _zone(here: Here, _answers: Answers) -> str:
    is_set = here.is_set_up or here.site.time_zone != Site().time_zone
    return here.site.time_zone if is_set else here.zone


def _checked_zone(name: str, _here: Here, _answers: Answers) -> str:
    posix_rule(name)
    return name


QUESTIONS = (
    Question("interface", "Interface that the phones are on", _interface, _checked_interface),
    Question("dhcp", "Give out addresses to the phones (DHCP)?", _gives_addresses, is_yes_or_no=True),
    Question(
        "network", "Network, address pool and router", _network, _checked_network,
        lambda _here, answers: answers["dhcp"] == YES,
    ),
    Question("time_zone", "Time zone of the phones", _zone, _checked_zone),
    Question("sntp", "Send this machine's time to the phones?", _sends_time, is_yes_or_no=True),
)  # fmt: skip
