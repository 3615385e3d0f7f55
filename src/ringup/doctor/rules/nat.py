"""Rules for phones whose address is rewritten (NAT, SIP ALG) on the way to the servers."""

from collections.abc import Iterator

from ringup.doctor.evidence import Evidence
from ringup.doctor.lines import challenges, is_behind_nat, is_waiting, requests, seen_sip
from ringup.doctor.rule import CauseRule, Sign
from ringup.doctor.spans import file_events, since_lease
from ringup.doctor.verdict import CERTAIN, LIKELY
from ringup.events import AddressLeased, SipSeen
from ringup.evidence.observation import is_address
from ringup.journey.stages import IN_SERVICE

TITLE = "An address is rewritten"
"""The heading of the page beside this module."""


def _nat_between(evidence: Evidence) -> Iterator[Sign]:
    """Yield a sign for requests that come from an address other than the phone's lease."""
    leases = [event for event in evidence.events if isinstance(event, AddressLeased)]
    if not leases or evidence.journey.stage in IN_SERVICE:
        return
    leased = leases[-1].address
    came = [event for event in file_events(since_lease(evidence)) if event.address]
    foreign = tuple(event for event in came if event.address != leased)
    if leased and foreign and len(foreign) == len(came):
        words = {"leased": leased, "address": foreign[-1].address}
        yield Sign(LIKELY, (leases[-1], *foreign), words)


def _nat_before_pbx(evidence: Evidence) -> Iterator[Sign]:
    """Yield a sign if REGISTERs reach the PBX from an address that is not the phone's."""
    leased = evidence.journey.address
    foreign = tuple(each for each in challenges(evidence) if leased and each.address != leased)
    if foreign and is_waiting(evidence):
        words = {"extension": foreign[-1].extension, "address": foreign[-1].address, "leased": leased}
        yield Sign(LIKELY, foreign, words)
        return
    seen = tuple(each for each in requests(seen_sip(evidence)) if is_behind_nat(each))[-1:]
    for each in () if any(_alg(evidence)) else seen:
        address, own = (side.rpartition(":")[0] for side in (each.source, each.contact))
        yield Sign(LIKELY, seen, {"extension": each.extension, "address": address, "leased": own})


def _alg(evidence: Evidence) -> Iterator[Sign]:
    """Yield a sign for a REGISTER whose Contact is not the phone's address, which its Call-ID or another
    event shows.
    """
    with_contact = [each for each in requests(seen_sip(evidence)) if each.contact]
    for event in reversed(with_contact):
        twins = [
            each for each in with_contact if each.call_id == event.call_id and each.contact != event.contact
        ]
        if twins and event.call_id:
            words = _alg_words(event, twins[0].contact.rpartition(":")[0], event.contact)
            yield Sign(CERTAIN, (twins[0], event), words)
            return
    for event in with_contact[-1:]:
        own, contact = event.call_id.partition("@")[2], event.contact.rpartition(":")[0]
        if is_address(own) and is_address(contact) and own != contact:
            yield Sign(LIKELY, (event,), _alg_words(event, own, event.contact))


def _alg_words(event: SipSeen, own: str, contact: str) -> dict[str, object]:
    return {"extension": event.extension, "own": own, "contact": contact}


RULES: tuple[CauseRule, ...] = (
    CauseRule(
        "nat-between",
        "Its lease is {leased}, but its requests come from {address}: there is NAT in between.",
        "their requests come from {address} instead of their leases: there is NAT in between.",
        "A router between the phone and this server replaces the phone's address by its own. Then the server "
        "cannot identify the phone, and the PBX's answers may not reach it.",
        "Let the router forward this network without NAT. If that is impossible, bind files to requests:",
        ("ringup serve --owners pin",),
        _nat_between,
        "P-PROB-18, P-SIP-12; the street's fault nat",
        apart="The MAC of {address} in the neighbour table is the router's, or that of a second device.",
        after=("two-devices",),
    ),
    CauseRule(
        "nat-before-pbx",
        "The REGISTERs of {extension} reach the PBX from {address}, not from its {leased}: there is NAT.",
        "their REGISTERs reach the PBX from {address}: there is NAT in between.",
        "A router between the phone and the PBX replaces the phone's address by its own. It does not forward "
        "an answer to port 5060, so the PBX's challenge does not reach the phone.",
        "Let the router forward between the two networks without NAT. Otherwise forward port 5060 to this "
        "phone, or set nat_enable and nat_address in its file.",
        (),
        _nat_before_pbx,
        "P-SIP-12, P-PROB-18; Asterisk's event ChallengeSent; the street's fault nat",
        apart="The MAC of {address} in the PBX's neighbour table is the router's.",
        after=("answer-to-wrong-port", "nat-between"),
    ),
    CauseRule(
        "sip-alg",
        "The REGISTER of {extension} left {own}, but its Contact names {contact}: it was rewritten.",
        "the Contact of their REGISTERs was rewritten on the way.",
        "A router with a SIP helper (ALG) writes its own address into the messages. The phone does not take "
        "answers and calls that no longer fit its own Via and Contact.",
        "Switch the router's SIP ALG off, and compare the phone's messages on both sides of it. Without NAT "
        "between the phone and the PBX, none is needed.",
        (),
        _alg,
        "P-SIP-3, P-SIP-12, P-PROB-18",
        apart="If nat_enable is 1 in the phone's file, the phone itself writes nat_address into its Contact.",
        after=("nat-before-pbx", "two-devices"),
    ),
)
"""The rules in the order in which a diagnosis lists them."""
