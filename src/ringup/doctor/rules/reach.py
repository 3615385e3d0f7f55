"""Rules for phones that were in service, or were seen before, and are not reachable now."""

from collections.abc import Iterator

from ringup.doctor.evidence import LISTENING_PORT, Evidence
from ringup.doctor.lines import is_waiting, lines, own_file_sent, port_of, stopped_at_its_file
from ringup.doctor.rule import CauseRule, Sign
from ringup.doctor.spans import late, since_lease
from ringup.doctor.verdict import CERTAIN, LIKELY, POSSIBLE
from ringup.events import (
    AddressLeased,
    CdpSeen,
    FilesFromTwoAddresses,
    LeasedAddressElsewhere,
    LineReachable,
    LineRegistered,
    LineUnreachable,
    LineUnregistered,
    RegisteredElsewhere,
)
from ringup.journey.overdue import duration
from ringup.journey.stages import BOOTING, IN_SERVICE
from ringup.rule import Found, Unknown, known

QUIET = ("wants_address", "address", "hunt", "loader", "application", "sip_default")
"""Boot stages in which a phone repeats every unanswered request; if it is silent, it has no power or no
connection.
"""
LEAST_UNREACHABLE = 130.0
"""Minimum seconds without an answer to OPTIONS that indicate a problem. The PBX sends OPTIONS every 60 s, so
this means two more without an answer.
"""
TRACES_SECONDS = 3600.0
"""Seconds for which evidence of two devices with one address or MAC is taken into account."""


def _rewritten(evidence: Evidence) -> Iterator[Sign]:
    listens = LISTENING_PORT if isinstance(evidence.expected, Unknown) else evidence.expected.listening_port
    for line in lines(evidence):
        registered = line.last_of(LineRegistered)
        port = port_of(registered.contact) if isinstance(registered, LineRegistered) else 0
        if not isinstance(registered, LineRegistered) or port in (0, listens):
            continue
        lost, answers = line.last_of(LineUnreachable), line.last_of(LineReachable)
        is_lost = lost is not None and lost.at > registered.at
        if answers is None or answers.at < registered.at:
            shown = (registered, lost) if lost is not None and is_lost else (registered,)
            words = {"extension": line.extension, "port": port, "listens": listens}
            yield Sign(CERTAIN if is_lost else LIKELY, shown, words)


def _unreachable(evidence: Evidence) -> Iterator[Sign]:
    if evidence.journey.stage in BOOTING:
        return
    for line in lines(evidence):
        if isinstance(line.last, LineUnreachable):
            lasts = evidence.now - line.last.at
            if lasts > LEAST_UNREACHABLE:
                words = {"extension": line.extension, "lasts": duration(lasts)}
                yield Sign(LIKELY, (line.last,), words)


def _unregistered(evidence: Evidence) -> Iterator[Sign]:
    if evidence.journey.stage in BOOTING or own_file_sent(evidence):
        return
    for line in lines(evidence):
        if isinstance(line.last, LineUnregistered):
            reason = f" ({line.last.reason})" if line.last.reason else ""
            lasts = duration(evidence.now - line.last.at)
            yield Sign(LIKELY, (line.last,), {"extension": line.extension, "lasts": lasts, "reason": reason})


def _two_devices(evidence: Evidence) -> Iterator[Sign]:
    traces = tuple(
        event
        for event in evidence.events
        if isinstance(event, FilesFromTwoAddresses | RegisteredElsewhere)
        and event.at > evidence.now - TRACES_SECONDS
    )
    if traces and evidence.journey.troubles:
        last = traces[-1]
        other = last.before if isinstance(last, FilesFromTwoAddresses) else last.registered
        yield Sign(LIKELY, traces, {"one": last.address, "other": other})


_NEEDED_IN = {
    "firewall-dhcp": ("new", "on_the_wire", "wants_address"),
    "firewall-tftp": ("address", "hunt", "loader", "application", "sip_default"),
    "firewall-sip": ("own_file", "dial_plan"),
    "firewall-sccp": ("sccp_start",),
}
"""For each check of the firewall, the boot stages in which a phone needs the checked packets."""


def _dropped(evidence: Evidence) -> Iterator[Sign]:
    for code, found in known(evidence.blocked).items():
        if evidence.journey.stage in _NEEDED_IN.get(code, ()):
            yield _blocked(evidence, found)


def _jailed(evidence: Evidence) -> Iterator[Sign]:
    found = known(evidence.blocked).get("fail2ban")
    if found is not None and evidence.journey.stage not in IN_SERVICE:
        yield _blocked(evidence, found)


def _blocked(evidence: Evidence, found: Found) -> Sign:
    words = {"what": found.what, "cure": found.cure, "command": " && ".join(found.commands)}
    return Sign(CERTAIN if late(evidence) else LIKELY, evidence.events[-1:], words)


def _address_taken(evidence: Evidence) -> Iterator[Sign]:
    for event in since_lease(evidence):
        if isinstance(event, LeasedAddressElsewhere):
            yield Sign(CERTAIN, (event,), {"address": event.address, "holder": event.holder})
            return
    leases = [event for event in evidence.events if isinstance(event, AddressLeased)][-1:]
    holder = "" if isinstance(evidence.neighbour, Unknown) else evidence.neighbour
    for lease in leases:
        is_current = lease.at + lease.seconds > evidence.now and lease.address == evidence.journey.address
        if is_current and holder not in ("", evidence.mac):
            yield Sign(LIKELY, (lease,), {"address": lease.address, "holder": holder})


def _fell_silent(evidence: Evidence) -> Iterator[Sign]:
    overdue = late(evidence)
    last = evidence.events[-1:]
    if overdue is None or overdue.seconds < 0 or not last:
        return
    if evidence.journey.stage not in QUIET and not stopped_at_its_file(evidence):
        return
    quiet = evidence.now - last[0].at
    if evidence.source.kind == "ours" and quiet > max(overdue.longest, 60.0):
        words = {"stage": overdue.stage.title, "lasts": duration(quiet)}
        yield Sign(POSSIBLE if evidence.journey.stage == "address" else LIKELY, last, words)


def _never_heard(evidence: Evidence) -> Iterator[Sign]:
    if not evidence.events and evidence.source.proves_silence("DHCP") and evidence.journey.stage == "new":
        yield Sign(POSSIBLE)


def _no_dhcp(evidence: Evidence) -> Iterator[Sign]:
    """Yield a sign if the phone announces itself by CDP but its DHCPDISCOVER is overdue, and ringup listens
    to DHCP.
    """
    announced = [event for event in evidence.events if isinstance(event, CdpSeen)]
    is_late = evidence.journey.stage == "on_the_wire" and late(evidence) is not None
    if announced and is_late and evidence.source.heard("DHCP"):
        last = announced[-1]
        words = {"platform": last.platform, "lasts": duration(evidence.now - evidence.journey.since)}
        yield Sign(LIKELY if evidence.source.proves_silence("DHCP") else POSSIBLE, (last,), words)


def _pbx_lost(evidence: Evidence) -> Iterator[Sign]:
    if evidence.pbx_lost and is_waiting(evidence):
        yield Sign(LIKELY, (), {"reason": evidence.pbx_lost.rstrip(".")})


def _clock_set_back(evidence: Evidence) -> Iterator[Sign]:
    overdue = late(evidence)
    if overdue is not None and overdue.seconds < 0:
        yield Sign(CERTAIN, evidence.events[-1:], {"ahead": duration(-overdue.seconds)})


TITLE = "Out of reach"
"""The heading of the page beside this module."""

RULES: tuple[CauseRule, ...] = (
    CauseRule(
        "clock-set-back",
        "Its last event is {ahead} in the future: this server's clock was set back.",
        "this server's clock was set back.",
        "Times before and after the change cannot be compared, so ringup cannot detect a late stage.",
        "Set the clock right and keep it so:",
        ("timedatectl set-ntp true", "ringup check"),
        _clock_set_back,
        "the street's fault clock-step",
    ),
    CauseRule(
        "contact-rewritten",
        "{extension} is registered at port {port}, on which it does not listen: calls to it are lost.",
        "they are registered at a port on which they do not listen.",
        "The PBX replaces the port in Contact by the source port of the request. The phone listens only on "
        "{listens}.",
        "Set rewrite_contact=no for the line (ringup does so), and restart the phone:",
        ("ringup pbx install --reload", "ringup restart {mac}"),
        _rewritten,
        "P-AST-2, P-PROB-3, P-PROB-17; the street's fault rewritten-contact",
    ),
    CauseRule(
        "address-taken",
        "The device {holder} uses {address}, which this phone leases.",
        "another device uses their address.",
        "Two devices use the same address, so answers may reach the wrong one.",
        "Find that MAC in the switch's MAC table, and give the device another address.",
        (),
        _address_taken,
        "P-PROB-26; ringup's own events",
    ),
    CauseRule(
        "two-devices",
        "Both {one} and {other} act as this phone: perhaps two devices with one MAC.",
        "two devices act as one phone.",
        "Two devices have the same MAC, or the phone was moved to another network a moment ago.",
        "Look for the MAC on two ports of the switch, and switch off one device.",
        (),
        _two_devices,
        "ringup's own events",
        apart="A phone that was moved sends nothing more from its old address.",
    ),
    CauseRule(
        "pbx-lost",
        "There is no connection to Asterisk, so its registration cannot be seen: {reason}.",
        "there is no connection to Asterisk: {reason}.",
        "Asterisk does not run, or its manager interface refuses ringup.",
        "Start Asterisk, and check its manager account:",
        ("ringup check", "ringup pbx verify"),
        _pbx_lost,
        "ringup's own events",
    ),
    CauseRule(
        "line-unreachable",
        "{extension} is registered, but has not answered the PBX for {lasts}.",
        "they are registered, but do not answer the PBX.",
        "The phone has no power or no network, or NAT or a firewall in between has closed its port.",
        "Check power and cable. If the phone shows its line without an x, check NAT and firewalls.",
        ("ringup pbx verify {extension}",),
        _unreachable,
        "P-AST-17, P-PROB-17; the street's fault cable-out",
        apart="Ping the phone. If it answers, SIP is dropped on the way; otherwise the phone is off.",
        after=("contact-rewritten", "address-taken", "two-devices", "tftp-silent"),
    ),
    CauseRule(
        "line-lost",
        "{extension} has not been registered for {lasts}{reason}.",
        "their line is no longer registered.",
        "Its registration expired or was removed, and the phone did not renew it: it has no power or no "
        "network, or its REGISTERs are lost.",
        "Check power and cable, then restart it:",
        ("ringup pbx verify {extension}",),
        _unregistered,
        "P-AST-22; the street's fault cable-out",
        apart="Ping the phone. If it answers, its REGISTERs are lost; otherwise the phone is off.",
        after=("contact-rewritten", "address-taken", "two-devices", "secret-differs", "secret-too-long"),
    ),
    CauseRule(
        "fell-silent",
        'It has sent nothing for {lasts}, since "{stage}".',
        "they stopped sending in the middle of a boot.",
        "It lost its power or its network in the middle of a boot. A phone that waits for an answer repeats "
        "its request, and a phone that got its own file requests the ring list within two seconds.",
        "Check its power, its cable and its port on the switch, then plug it in again.",
        (),
        _fell_silent,
        "P-TFTP-6 to P-TFTP-8, P-BOOT-8, P-RING-1; the street's fault cable-out",
        apart="Ping its address. If it answers, its requests are lost; otherwise the phone is off.",
        after=(
            "dhcp-offers-in-vain",
            "dhcp-pool-empty",
            "dhcp-ignored",
            "tftp-silent",
            "tftp-stalls",
            "dhcp-other-server",
        ),
    ),
    CauseRule(
        "never-heard",
        "It has never sent a packet to this server.",
        "they have never sent a packet to this server.",
        "It has no power, or is not on this network (cable, VLAN, a router without a DHCP relay); its MAC is "
        "another one; or another DHCP server answers first.",
        "Check power and cable, and compare its label with {mac}. Then check what this machine receives:",
        ("ringup check", "ringup watch"),
        _never_heard,
        "P-BOOT-2, P-PROB-11, P-PROB-22; the street's fault no-dhcp",
        apart="Its screen: with Configuring VLAN or Configuring IP, it is on, but receives no answer.",
    ),
    CauseRule(
        "on-the-wire-no-dhcp",
        "It has been on the wire for {lasts} ({platform}, by CDP), but sent no DHCPDISCOVER to this server.",
        "they announce themselves by CDP, but send no DHCPDISCOVER to this server.",
        "It has power and a link. Its DHCPDISCOVER goes into another VLAN than the one ringup serves; or "
        "DHCP is off in its settings, and it has a fixed address.",
        "Look at Settings, Network Configuration on the phone: the VLANs, and whether DHCP is on. Compare "
        "the voice VLAN of its switch port with the interface that ringup serves:",
        ("ringup check",),
        _no_dhcp,
        "P-CDP-3, P-CDP-5, P-CDP-10, P-BOOT-2; the frame of a real 7960 in a private network",
        apart="A phone that was registered before ringup began to listen shows its line.",
        after=("voice-vlan-unanswered", "voice-vlan-wrong"),
    ),
    CauseRule(
        "machine-drops",
        "{what}",
        "a firewall on this machine drops their packets.",
        "The rule or policy that the sentence names takes the packets away before a server gets them.",
        "{cure}",
        ("{command}",),
        _dropped,
        "the firewall's own rules, as `nft list ruleset` and `iptables -S` print them",
    ),
    CauseRule(
        "address-jailed",
        "{what}",
        "fail2ban blocks their address.",
        "Failed logins of this address filled a jail: a wrong secret, or another program at that address.",
        "{cure}",
        ("{command}",),
        _jailed,
        "`fail2ban-client status`, P-PROB-4",
    ),
)
"""The rules in the order in which a diagnosis lists them."""
