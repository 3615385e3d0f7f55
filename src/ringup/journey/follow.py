"""Events to journeys: a fold over everything that happened to the phones.

It reads no clock: `since` and `last_at` are the events' own times, and whoever shows a journey brings the
present.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from ringup.events import (
    AddressLeased,
    Event,
    FileAbsent,
    FileAsked,
    FileRefused,
    FileSent,
    PbxConnected,
    ServerStarted,
    TftpIgnored,
    TransferAbandoned,
)
from ringup.journey.changes import CHANGES
from ringup.journey.describe import describe
from ringup.journey.file_kinds import kind_of, mac_in
from ringup.journey.record import Call, Journey, Request
from ringup.journey.stages import reached, starts_a_boot
from ringup.journey.troubles import troubles_after, troubles_of_a_new_boot

__all__ = ["Call", "Journey", "Request", "attribute", "describe", "fold", "follow"]

MOST_JOURNEYS = 20_000
"""Four times the largest fleet we know of, so that invented MAC addresses cannot fill the memory."""

FileEvent = FileAsked | FileSent | FileAbsent | FileRefused | TransferAbandoned


def _new_boot(journey: Journey, at: float) -> Journey:
    """The same phone with nothing of this boot yet: what it had registered and its calls are gone."""
    return replace(
        journey,
        stage="new",
        since=at,
        boots=journey.boots + 1,
        requests=(),
        registered=(),
        in_call=(),
        troubles=troubles_of_a_new_boot(journey.troubles),
    )


def _out_of_service(journey: Journey) -> str:
    """The stage of a phone that no event moved on, when its calls or registrations may have ended."""
    if journey.stage == "in_call" and not journey.in_call:
        return "registered" if journey.registered else "dial_plan"
    if journey.stage == "registered" and not journey.registered:
        return "dial_plan"
    return journey.stage


def _kinds(journey: Journey, outcome: str = "") -> set[str]:
    """The kinds of file asked for in this boot, with that outcome or any."""
    return {
        kind_of(request.name, journey.mac) for request in journey.requests if outcome in ("", request.outcome)
    }


def _moved(journey: Journey, event: Event, file: str) -> Journey:
    sent = _kinds(journey, "sent") if isinstance(event, FileSent) else set()
    stage = reached(event, file, journey.stage, sent)
    if stage == journey.stage:
        stage = _out_of_service(journey)
    if stage == journey.stage:
        return journey
    return replace(journey, stage=stage, since=event.at, boots=max(journey.boots, 1))


def _file_of(event: Event) -> str:
    """The kind of file an event is about; empty when it is about none."""
    return kind_of(event.name, event.mac) if isinstance(event, FileEvent) else ""


def follow(journey: Journey, event: Event) -> Journey:
    """The journey after `event`; events of other phones and of nobody leave it as it is."""
    if not event.mac or event.mac != journey.mac:
        return journey
    file = _file_of(event)
    asked = _kinds(journey) if isinstance(event, FileAsked) else set()
    if starts_a_boot(event, file, journey.stage, asked):
        journey = _new_boot(journey, event.at)
    if change := CHANGES.get(type(event)):
        journey = change(journey, event)
    journey = _moved(journey, event, file)
    return replace(
        journey,
        troubles=troubles_after(journey.troubles, event, file, journey.stage),
        last=describe(event),
        last_at=event.at,
    )


def attribute(events: Iterable[Event], addresses: dict[str, str]) -> Iterator[Event]:
    """The events, those of nobody given to the phone that the file name or the address tells.

    Where another DHCP server gives the addresses we know a phone only by the names it asks for.
    `addresses` (address to MAC) is kept up to date.
    """
    for event in events:
        if not event.mac and isinstance(event, FileEvent | TftpIgnored):
            # A refused name may be a guess at another phone's; it proves nothing about that phone.
            spelt = mac_in(event.name) if isinstance(event, (FileAsked, FileSent, FileAbsent)) else ""
            event = replace(event, mac=spelt or addresses.get(event.address, ""))
        if event.mac and isinstance(event, (AddressLeased, FileAsked)) and event.address:
            addresses[event.address] = event.mac
        yield event


def _hung_up(journey: Journey, at: float) -> Journey:
    """While we did not listen to the PBX, calls may have ended without our knowledge."""
    quiet = replace(journey, in_call=())
    stage = _out_of_service(quiet)
    return quiet if stage == journey.stage else replace(quiet, stage=stage, since=at)


def fold(events: Iterable[Event], journeys: Mapping[str, Journey] | None = None) -> dict[str, Journey]:
    """All journeys by MAC after `events`; `journeys` are those of the events before."""
    known = dict(journeys or {})
    by_time = sorted(known.values(), key=lambda journey: journey.last_at)
    addresses = {journey.address: journey.mac for journey in by_time if journey.address}
    for event in attribute(events, addresses):
        if event.mac and (event.mac in known or len(known) < MOST_JOURNEYS):
            known[event.mac] = follow(known.get(event.mac, Journey(event.mac)), event)
        elif isinstance(event, (ServerStarted, PbxConnected)):
            known = {mac: _hung_up(journey, event.at) for mac, journey in known.items()}
    return known
