"""Compute the journeys (boot progress) of phones from their events, one event after another.

It reads no clock: `since` and `last_at` are the times of events, and a caller that displays a journey passes
the current time.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ringup.events import (
    FILE_EVENTS,
    AddressDeclined,
    AddressLeased,
    AddressOffered,
    AddressRefused,
    AddressReleased,
    Event,
    FileEvent,
    FileNotFound,
    FileRefused,
    FileRequested,
    FileSent,
    OtherServerChosen,
    PbxConnected,
    ServerStarted,
    TftpIgnored,
    TransferProgress,
    given_to,
)
from ringup.journey.address_steps import address_step
from ringup.journey.changes import CHANGES
from ringup.journey.describe import describe, plain
from ringup.journey.file_kinds import kind_of
from ringup.journey.file_steps import file_step
from ringup.journey.record import Call, Journey
from ringup.journey.requests import implied_request
from ringup.journey.stages import UP, reached, starts_a_boot
from ringup.journey.troubles import troubles_after, troubles_of_a_new_boot
from ringup.wire.file_names import owner_of

__all__ = ["Call", "Journey", "attribute", "describe", "fold", "follow"]

MOST_ADDRESSES = 20_000
"""Maximum number of addresses that are kept: four times the largest known fleet.

Without a limit, a host that forges MACs could fill the memory.
"""

NAMELESS_EVENTS = (*FILE_EVENTS, TransferProgress, TftpIgnored)
"""Events that may come without a MAC, from a phone whose address this server did not assign."""
OWN_FILE_EVENTS = (FileSent, FileNotFound, FileRequested)
"""Events whose file name shows which phone it is.

A refused file is not among them, because its name may be another phone's.
"""
AT_THEIR_ADDRESS = (*OWN_FILE_EVENTS, AddressLeased)
"""Events that show which phone has an address."""

_WITH_OWN_NAME = (*OWN_FILE_EVENTS, FileRefused)

_END_OF_LEASE = frozenset((AddressRefused, AddressDeclined, AddressReleased, OtherServerChosen))

_QUICK: Mapping[type[Event], Callable[[Journey, Any], Journey | None]] = {
    AddressOffered: address_step,
    AddressLeased: address_step,
    FileRequested: file_step,
    FileSent: file_step,
    FileNotFound: file_step,
}
"""The frequent events of a boot, with a function that returns the journey quickly, or None if it cannot."""


def _new_boot(journey: Journey, at: float) -> Journey:
    """Return the phone's journey at the start of a boot, without requests, registrations and calls."""
    attempts = journey.attempts + 1
    return journey._replace(
        stage="new",
        since=at,
        boots=journey.boots + 1,
        requested=(),
        requested_at=b"",
        registered=(),
        in_call=(),
        troubles=troubles_of_a_new_boot(journey.troubles, journey.mac, attempts),
        attempts=attempts,
    )


def _out_of_service(journey: Journey) -> str:
    """Return the stage after an event that does not advance the phone.

    The phone moves back if its last call or its last registration has ended.
    """
    if journey.stage == "in_call" and not journey.in_call:
        return "registered" if journey.registered else "dial_plan"
    if journey.stage == "registered" and not journey.registered:
        return "dial_plan"
    return journey.stage


def _kinds(journey: Journey, outcome: str = "") -> set[str]:
    """Return the kinds of files that were requested in this boot; with `outcome`, only those with this
    outcome.
    """
    return {requested.file for requested in journey.requested if outcome in ("", requested.outcome)}


def _stage_after(journey: Journey, event: Event, file: str) -> str:
    stage = reached(type(event), file, journey.stage, lambda: _kinds(journey, "sent"))
    return _out_of_service(journey) if stage == journey.stage else stage


def follow(journey: Journey, event: Event) -> Journey:
    """Return the journey after `event`; an event of another phone or without a MAC does not change it."""
    if not event.mac or event.mac != journey.mac:
        return journey
    if isinstance(event, FILE_EVENTS) and _is_of_another_host(journey, event):
        # The event says nothing about the phone, but the operator must see it.
        file = kind_of(plain(event.name), event.mac)
        troubles = troubles_after(journey.troubles, event, file, journey.stage)
        return journey._replace(last_event=event, troubles=troubles)
    if request := _implied_request(journey, event):
        journey = _after(journey, request)
    return _after(journey, event)


def _is_of_another_host(journey: Journey, event: FileEvent) -> bool:
    """Return whether another host requested a file in the name of this phone.

    This is certain if the file was refused to another address. It is assumed if the phone is registered, and
    another address requests a file that any host may have. A phone that moved to another address is
    recognised because it gets its own file there, or registers again.
    """
    if journey.address in ("", event.address):
        return False
    if isinstance(event, FileRefused):
        return True
    is_proven = isinstance(event, FileSent) and owner_of(event.name) == journey.mac
    return bool(journey.registered) and not is_proven


def _implied_request(journey: Journey, event: Event) -> Event | None:
    """Return the request that this answer implies if no event reported the request; otherwise None."""
    return event.implied_discover if isinstance(event, AddressOffered) else implied_request(journey, event)


def _after(journey: Journey, event: Event) -> Journey:
    file = kind_of(plain(event.name), event.mac) if isinstance(event, FILE_EVENTS) else ""
    if starts_a_boot(type(event), file, journey.stage, lambda: _kinds(journey)):
        journey = _new_boot(journey, event.at)
    change = CHANGES.get(type(event))
    changes = change(journey, event, file) if change else {}
    journey = journey._replace(last_event=event, **changes)
    stage = _stage_after(journey, event, file)
    if stage != journey.stage:
        attempts = 0 if stage in UP else journey.attempts
        boots = max(journey.boots, 1)
        journey = journey._replace(stage=stage, since=event.at, boots=boots, attempts=attempts)
    troubles = troubles_after(journey.troubles, event, file, stage)
    return journey if troubles is journey.troubles else journey._replace(troubles=troubles)


Leased = dict[str, tuple[str, float]]
"""The address that each phone has from this server's DHCP, and the end of its lease in Unix seconds, by
MAC.
"""


def attribute(
    events: Iterable[Event], addresses: dict[str, str], leased: Leased | None = None
) -> Iterator[Event]:
    """Yield the events; an event without a MAC gets the MAC in its file name, otherwise the MAC of its IP
    address.

    If another DHCP server assigns the addresses, only the names of the requested files identify a phone. A
    phone with a lease from this server is identified by its address instead, because any host can request a
    name with its MAC. The function updates `addresses` (address to MAC) and `leased`; each keeps at most
    MOST_ADDRESSES entries.
    """
    leased = {} if leased is None else leased
    for event in events:
        if isinstance(event, NAMELESS_EVENTS):
            mac = _phone_of(event, addresses, leased)
            if mac != event.mac:
                event = given_to(mac, event)
        elif type(event) is AddressLeased:
            if len(leased) >= MOST_ADDRESSES:
                leased.clear()
            leased[event.mac] = event.address, event.at + event.seconds
        elif type(event) in _END_OF_LEASE:
            leased.pop(event.mac, None)
        if isinstance(event, AT_THEIR_ADDRESS) and event.mac and event.address:
            holder = addresses.get(event.address)
            if holder != event.mac and (holder or len(addresses) < MOST_ADDRESSES):
                addresses[event.address] = event.mac
        yield event


def _phone_of(
    event: FileEvent | TransferProgress | TftpIgnored, addresses: Mapping[str, str], leased: Leased
) -> str:
    """Return the MAC of the phone to which an event about a file belongs; empty if it does not belong to a
    phone.

    The MAC in the event may come from a name that another host requested.
    """
    named = event.mac or (owner_of(event.name) if isinstance(event, _WITH_OWN_NAME) else "")
    address, ends = leased.get(named, ("", 0.0))
    if event.address in ("", address) or event.at >= ends:
        proof = event.mac if event.mac or isinstance(event, FileRefused) else named
        return proof or addresses.get(event.address, "")
    if isinstance(event, FileRefused):
        return named  # The phone gets a trouble, because another host requested its file.
    if isinstance(event, FileSent) and owner_of(event.name) == event.mac:
        leased.pop(named)  # The phone got its own file at this address, so the phone has moved.
        return named
    holder = addresses.get(event.address, "")
    return "" if holder == named else holder


def _hung_up(journey: Journey, at: float) -> Journey:
    """Return the journey without calls, which may have ended while ringup was not connected to the PBX."""
    quiet = journey._replace(in_call=())
    stage = _out_of_service(quiet)
    return quiet if stage == journey.stage else quiet._replace(stage=stage, since=at)


def fold(
    events: Iterable[Event], journeys: Mapping[str, Journey] | None = None, leased: Leased | None = None
) -> dict[str, Journey]:
    """Return all journeys by MAC after `events`; `journeys` and `leased` are the state before these
    events.
    """
    known = dict(journeys or {})
    by_time = sorted(known.values(), key=lambda journey: journey.last_at)
    addresses = {journey.address: journey.mac for journey in by_time if journey.address}
    follow_all(attribute(events, addresses, leased), known)
    return known


def follow_all(events: Iterable[Event], known: dict[str, Journey]) -> None:
    """Update the journeys, by MAC, with events to which `attribute` has given the MAC of their phone."""
    for event in events:
        mac = event.mac
        journey = known.get(mac)
        if journey is None and mac:
            journey = Journey(mac)
        if journey is not None:
            quick = _QUICK.get(type(event))
            step = quick(journey, event) if quick else None
            known[mac] = follow(journey, event) if step is None else step
        elif not mac and isinstance(event, (ServerStarted, PbxConnected)):
            for mac, journey in known.items():
                known[mac] = _hung_up(journey, event.at)
