"""Rules for phones that get no address, or a wrong one."""

from collections.abc import Iterator
from itertools import pairwise

from ringup.doctor.evidence import Evidence
from ringup.doctor.rule import CauseRule, Sign
from ringup.doctor.spans import of_kind, since_last, since_service
from ringup.doctor.verdict import CERTAIN, LIKELY, POSSIBLE
from ringup.events import (
    FILE_EVENTS,
    AddressDeclined,
    AddressLeased,
    AddressOffered,
    AddressRefused,
    DhcpIgnored,
    DiscoverReceived,
    Event,
    OtherServerChosen,
    OtherServerSeen,
    PoolEmpty,
)
from ringup.journey.overdue import duration
from ringup.rule import known

LEAST_OFFERS = 3
"""Minimum number of offers without a lease that indicate a problem. A phone repeats its DISCOVER after 4, 8
and 16 s; one lost datagram may cause two offers.
"""
LEAST_REFUSALS = 3
"""Minimum number of successive DHCPNAKs that indicate a problem; a phone that comes from another network gets
one or two (P-DHCP-13).
"""
LEAST_LEASES = 3
"""Minimum number of new leases within LEASES_SECONDS, without a file request between them, that indicate a
problem. A normal boot has two exchanges, and the loader requests files after the first (P-DHCP-6).
"""
LEASES_SECONDS = 60.0
LEAST_IGNORED = 2
"""Minimum number of ignored messages that indicate a problem; a phone repeats each message that gets no
answer.
"""


def _without_lease(evidence: Evidence) -> tuple[Event, ...]:
    """Return the events since the phone last had a lease, or did something for which it needs an address."""
    return since_last(since_service(evidence), AddressLeased, *FILE_EVENTS)


def _pool_empty(evidence: Evidence) -> Iterator[Sign]:
    events = _without_lease(evidence)
    empty = of_kind(since_last(events, AddressOffered), PoolEmpty)
    if empty:
        yield Sign(CERTAIN, empty, {"subnet": empty[-1].subnet})


def _refused_again(evidence: Evidence) -> Iterator[Sign]:
    refused = of_kind(_without_lease(evidence), AddressRefused)
    if len(refused) >= LEAST_REFUSALS:
        last = refused[-1]
        words = {
            "count": len(refused),
            "address": last.address,
            "why": f": {last.reason}" if last.reason else "",
        }
        yield Sign(LIKELY, refused, words)


def _leased_again(evidence: Evidence) -> Iterator[Sign]:
    """Yield a sign if the phone got more new leases in quick succession than a boot needs, which is two.

    A lease is new if an offer came before it. If an ACK was lost, the phone repeats its REQUEST, and the
    server answers without a new offer.
    """
    events = since_last(since_service(evidence), *FILE_EVENTS)
    answers = [event for event in events if isinstance(event, AddressLeased | AddressOffered)]
    leases = tuple(
        event
        for before, event in pairwise(answers)
        if isinstance(event, AddressLeased) and isinstance(before, AddressOffered)
    )
    for first, last in zip(leases, leases[LEAST_LEASES - 1 :], strict=False):
        if last.at - first.at <= LEASES_SECONDS:
            words = {"count": len(leases), "address": last.address}
            yield Sign(LIKELY, leases, words)
            return


def _ignored(evidence: Evidence) -> Iterator[Sign]:
    events = since_last(_without_lease(evidence), AddressOffered, PoolEmpty)
    ignored = of_kind(events, DhcpIgnored)
    if len(ignored) >= LEAST_IGNORED and "not authoritative" not in ignored[-1].reason:
        yield Sign(CERTAIN, ignored, {"count": len(ignored), "reason": ignored[-1].reason})


def _not_authoritative(evidence: Evidence) -> Iterator[Sign]:
    ignored = of_kind(since_service(evidence), DhcpIgnored)
    silent = tuple(event for event in ignored if "not authoritative" in event.reason)
    if silent:
        yield Sign(CERTAIN, silent, {"count": len(silent)})


def _other_chosen(evidence: Evidence) -> Iterator[Sign]:
    events = since_last(since_service(evidence), AddressLeased)
    chosen, seen = of_kind(events, OtherServerChosen), of_kind(events, OtherServerSeen)
    if not chosen:
        return
    server = chosen[-1].server
    named = {event.tftp_server for event in seen if event.server == server}
    if evidence.source.kind == "log":
        named.discard("")  # Logs of other servers rarely contain the options of an offer.
    if "" in named:
        yield Sign(CERTAIN, (*seen, *chosen), {"server": server, "what": "which names no TFTP server"})
    elif named:
        what = f"which sends it to {', '.join(sorted(named))} for its files"
        yield Sign(CERTAIN, (*seen, *chosen), {"server": server, "what": what})
    else:
        yield Sign(LIKELY, chosen, {"server": server, "what": "not from ringup"})


def _declined(evidence: Evidence) -> Iterator[Sign]:
    declined = of_kind(_without_lease(evidence), AddressDeclined)
    if declined:
        yield Sign(CERTAIN, declined, {"address": declined[-1].address})


def _offers_in_vain(evidence: Evidence) -> Iterator[Sign]:
    events = _without_lease(evidence)
    offers = of_kind(events, AddressOffered)
    if len(offers) >= LEAST_OFFERS and not of_kind(events, OtherServerChosen):
        lasts = duration(offers[-1].at - offers[0].at)
        words = {"count": len(offers), "lasts": lasts, "server": offers[-1].tftp_server}
        yield Sign(LIKELY, offers, words)


def _no_offer(evidence: Evidence) -> Iterator[Sign]:
    events = since_last(_without_lease(evidence), AddressOffered, PoolEmpty, DhcpIgnored)
    discovers = of_kind(events, DiscoverReceived)
    if len(discovers) >= LEAST_OFFERS and evidence.source.heard("DHCP"):
        words = {"count": len(discovers), "lasts": duration(discovers[-1].at - discovers[0].at)}
        yield Sign(LIKELY if evidence.source.kind == "ours" else POSSIBLE, discovers, words)


def _wrong_tftp_server(evidence: Evidence) -> Iterator[Sign]:
    wanted = known(evidence.expected).tftp_server
    offers = of_kind(since_service(evidence), AddressOffered)
    if wanted and offers and evidence.source.kind != "ours" and offers[-1].tftp_server != wanted:
        named = offers[-1].tftp_server or "no TFTP server"
        yield Sign(CERTAIN, offers[-1:], {"named": named, "wanted": wanted})


TITLE = "No address, or a wrong one"
"""The heading of the page beside this module."""

RULES: tuple[CauseRule, ...] = (
    CauseRule(
        "dhcp-pool-empty",
        "It gets no address: no address of {subnet} is free.",
        "no address of {subnet} is free.",
        "The pool is smaller than the number of devices on this network, or old leases still hold it.",
        "Enlarge the pool:",
        ("ringup site set network=NETWORK:FIRST-LAST:ROUTER",),
        _pool_empty,
        "RFC 2131; ringup's own events",
    ),
    CauseRule(
        "dhcp-other-server",
        "It gets its address from another DHCP server, {server}, {what}.",
        "they get their address from another DHCP server, {server}, {what}.",
        "Two DHCP servers answer on this network, and the phone accepts the first suitable offer.",
        "Stop the other server, or let it name ringup as TFTP server (options 66 and 150) and run:",
        ("ringup serve --no-dhcp",),
        _other_chosen,
        "P-DHCP-10; ringup's own events",
    ),
    CauseRule(
        "dhcp-declined",
        "It declined {address}: another host uses that address.",
        "another host uses the address that they were given.",
        "A host with a manually configured address uses an address of the pool.",
        "Find the host in the switch's MAC table, or exclude the address from the pool:",
        ("ringup site set network=NETWORK:FIRST-LAST:ROUTER",),
        _declined,
        "RFC 2131; ringup's own events",
    ),
    CauseRule(
        "dhcp-nak-loop",
        "The server refused {address} to it {count} times (NAK), and it has no lease{why}.",
        "the server refuses the address that they request, again and again.",
        "It requests an address that this server may not give to it. Either another server offered the "
        "address, or the phone receives this server's refusals but not its offers.",
        "Look for a second DHCP server on the network:",
        ("ringup check",),
        _refused_again,
        "P-DHCP-13, RFC 2131; ringup's own events",
        apart="Capture on the phone's switch port: with a second server, its offer is seen; else, no offer.",
    ),
    CauseRule(
        "dhcp-lease-loop",
        "It got {address} {count} times in a row, and requested a new address each time.",
        "they get an address again and again, and request a new one each time.",
        "Another DHCP server refuses (NAK) the address that this one gives, or a host uses the address.",
        "Find the other server and stop it:",
        ("ringup check",),
        _leased_again,
        "P-DHCP-6, RFC 2131 §4.3.2; the street's fault dhcp-nak",
        apart="A capture on the phone's port shows the DHCPNAK and the address that it comes from.",
        after=("dhcp-other-server", "dhcp-declined"),
    ),
    CauseRule(
        "dhcp-ignored",
        "Its DHCP messages get no answer: {reason}.",
        "their DHCP messages get no answer: {reason}.",
        "The server decided not to answer, for the reason above.",
        "Add the phone's network to the site, or let the right server answer it, and check again:",
        ("ringup site show", "ringup check"),
        _ignored,
        "ringup's own events",
    ),
    CauseRule(
        "dhcp-not-authoritative",
        "The DHCP server sends no reply when it should refuse (NAK): each boot takes a minute longer.",
        "the DHCP server sends no reply when it should refuse (NAK).",
        "The phone requests the address of its last network for 60 s before it requests a new one. A server "
        "that is not authoritative ignores these requests.",
        "Make the server authoritative: in ISC's dhcpd.conf, and in Kea's subnet:",
        ("authoritative;", '"authoritative": true'),
        _not_authoritative,
        "P-DHCP-13",
    ),
    CauseRule(
        "dhcp-offers-in-vain",
        "It got {count} offers in {lasts} and accepted none: the offers do not reach it.",
        "the DHCP offers do not reach them.",
        "The offers are dropped between the server and the phone: by a firewall that drops packets from UDP "
        "port 67, by DHCP snooping on the switch, or by a relay that does not forward broadcasts.",
        "Let UDP from port 67 to port 68 leave this machine, and trust this server's port on the switch:",
        ("ringup check",),
        _offers_in_vain,
        "P-DHCP-5; the street's fault deaf-dhcp",
        apart="If tcpdump on this machine shows the offers, the switch or the relay drops them.",
        after=("dhcp-pool-empty", "dhcp-other-server", "dhcp-nak-loop", "dhcp-declined"),
    ),
    CauseRule(
        "dhcp-no-offer",
        "It requested an address {count} times in {lasts}, and no offer is seen.",
        "they request an address, and no offer is seen.",
        "No DHCP server in this evidence answers: none serves this network, or the server's pool is empty.",
        "Read the server's own log for the reason, and check its subnet and its pool.",
        (),
        _no_offer,
        "P-DHCP-5",
        apart="If the server's log has no line about the phone, the request did not arrive there.",
        after=("dhcp-pool-empty", "dhcp-ignored", "dhcp-other-server", "dhcp-other-vlan"),
    ),
    CauseRule(
        "dhcp-wrong-tftp-server",
        "The DHCP server sends it to {named} for its files, but the site's TFTP server is {wanted}.",
        "the DHCP server sends them to {named} for their files, not to {wanted}.",
        "Option 150 (without it, option 66 or siaddr) differs from the site's server address.",
        "Give options 150 and 66 the address of the site's server: {wanted}.",
        (),
        _wrong_tftp_server,
        "P-DHCP-10, P-DHCP-15",
    ),
)
"""The rules in the order in which a diagnosis lists them."""
