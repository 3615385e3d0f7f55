"""Rules for phones that are in another VLAN than their DHCP server."""

from collections.abc import Iterator

from ringup.doctor.evidence import Evidence
from ringup.doctor.rule import CauseRule, Sign
from ringup.doctor.spans import late, of_kind, since_last, since_service
from ringup.doctor.verdict import LIKELY, POSSIBLE, Confidence
from ringup.events import AddressOffered, CdpSeen, DiscoverReceived, VoiceVlanAnswered
from ringup.journey.overdue import duration
from ringup.rule import Unknown
from ringup.wire.captured import NO_TAG
from ringup.wire.cdp import UNTAGGED

LEAST_DISCOVERS = 2
"""Minimum number of DHCPDISCOVERs without an offer that indicate a problem; the first may be lost."""


def _silent_on_the_wire(evidence: Evidence) -> tuple[CdpSeen, ...]:
    """Return the phone's CDP announcements if its DHCPDISCOVER is overdue and ringup listens to DHCP."""
    is_late = evidence.journey.stage == "on_the_wire" and late(evidence) is not None
    return of_kind(evidence.events, CdpSeen) if is_late and evidence.source.heard("DHCP") else ()


def _confidence(evidence: Evidence) -> Confidence:
    return LIKELY if evidence.source.proves_silence("DHCP") else POSSIBLE


def _unanswered(evidence: Evidence) -> Iterator[Sign]:
    announced = _silent_on_the_wire(evidence)
    if announced and not of_kind(since_service(evidence), VoiceVlanAnswered):
        words = {"platform": announced[-1].platform, "lasts": duration(evidence.now - evidence.journey.since)}
        yield Sign(_confidence(evidence), announced[-1:], words)


def _wrong(evidence: Evidence) -> Iterator[Sign]:
    answers = of_kind(since_service(evidence), VoiceVlanAnswered)
    if _silent_on_the_wire(evidence) and answers and answers[-1].vlan != UNTAGGED:
        last = answers[-1]
        lasts = duration(evidence.now - evidence.journey.since)
        yield Sign(_confidence(evidence), (last,), {"by": last.by, "vlan": last.vlan, "lasts": lasts})


def _named(vlan: int) -> str:
    return f"in VLAN {vlan}" if vlan != NO_TAG else "without a tag"


def _other_vlan(evidence: Evidence) -> Iterator[Sign]:
    discovers = of_kind(since_last(since_service(evidence), AddressOffered), DiscoverReceived)
    vlan, servers = evidence.dhcp_vlan, evidence.dhcp_servers
    if isinstance(vlan, Unknown) or len(discovers) < LEAST_DISCOVERS or not servers or vlan in servers:
        return
    served = " and ".join(f"{_named(each)} ({server})" for each, server in sorted(servers.items())[:3])
    yield Sign(LIKELY, discovers, {"count": len(discovers), "vlan": _named(vlan), "served": served})


TITLE = "Voice VLAN"
"""The heading of the page beside this module."""

RULES: tuple[CauseRule, ...] = (
    CauseRule(
        "voice-vlan-unanswered",
        "Its CDP query for a voice VLAN got no answer ({platform}), and it has sent no DHCPDISCOVER to this "
        "server for {lasts}.",
        "their CDP query for a voice VLAN got no answer, and they send no DHCPDISCOVER to this server.",
        "Without an answer it sends its DHCPDISCOVER without a tag, or in the VLAN of its menu. ringup does "
        "not serve that network. Or DHCP is off in its settings, and it has a fixed address.",
        "Set the voice VLAN on its switch port or in its menu, or let ringup answer (ringup serve "
        "--voice-vlan). First compare the interface that ringup serves:",
        ("ringup check",),
        _unanswered,
        "P-CDP-4, P-CDP-5, P-CDP-10; an emulated phone behind a switch with VLANs",
        apart="Settings, Network Configuration on the phone shows its VLANs, and whether DHCP is on. "
        "A phone that was registered before ringup began to listen shows its line.",
    ),
    CauseRule(
        "voice-vlan-wrong",
        "{by} gave it voice VLAN {vlan}, and it has sent no DHCPDISCOVER to this server for {lasts}.",
        "they got voice VLAN {vlan} from {by}, and send no DHCPDISCOVER to this server.",
        "ringup does not serve VLAN {vlan}; or a switch on the way does not carry that VLAN with its tag to "
        "the phone, or to this machine.",
        "Set the voice VLAN to the one that ringup serves, and let every switch on the way carry it. First "
        "compare the interface that ringup serves:",
        ("ringup check",),
        _wrong,
        "P-CDP-4, P-CDP-5, P-CDP-14; an emulated phone behind a switch with VLANs",
    ),
    CauseRule(
        "dhcp-other-vlan",
        "It sent {count} DHCPDISCOVERs {vlan}, but a DHCP server answers only {served}.",
        "they send their DHCPDISCOVER {vlan}, but a DHCP server answers only {served}.",
        "The phone and the DHCP server are in different VLANs: the voice VLAN of its switch port, or of its "
        "menu, is wrong, or the server does not listen in it.",
        "Set the voice VLAN to that of the server, or let the server listen in the phone's VLAN, for "
        "example with ringup serve --interface eth0.110.",
        (),
        _other_vlan,
        "P-CDP-5, P-CDP-14, P-PROB-22; captures made for the test",
        apart="Capture on the server's port. If the DHCPDISCOVERs arrive there, the server does not listen "
        "in their VLAN; otherwise a switch keeps them.",
    ),
)
"""The rules in the order in which a diagnosis lists them."""
