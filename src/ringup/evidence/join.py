"""Assign each observation to its phone: by MAC, by the name of a file, by address, by extension.

There are two passes: forward, as the server does it live, and then backward, because a log often names a
phone only after its first requests. If only the address of a phone is known, the address takes the place of
its MAC.
"""

from collections.abc import Iterable, Mapping

from ringup.events import Event, given_to
from ringup.evidence.observation import Observation, remember
from ringup.journey.follow import attribute
from ringup.wire.file_names import owner_of


def is_address_key(mac: str) -> bool:
    """Return whether the key of a phone is its address, because the evidence does not contain its MAC."""
    return "." in mac


def joined(observations: Iterable[Observation], holders: Mapping[str, str]) -> list[Event]:
    """Return the events of all phones in the order of the observations; `holders` maps addresses to MACs."""
    forward = list(_attributed(observations, {}))
    backward = list(_attributed(reversed(forward), {}))
    return [_by_address(observation, holders) for observation in reversed(backward)]


def _attributed(observations: Iterable[Observation], addresses: dict[str, str]) -> Iterable[Observation]:
    lines: dict[str, str] = {}
    places: dict[str, str] = {}
    """The last address of each line (extension), for reports that name only the line."""
    for event, address in observations:
        (event,) = attribute((event,), addresses)
        extension = getattr(event, "extension", "")
        if not event.mac and (
            mac := addresses.get(address, "") or ("" if address else lines.get(extension, ""))
        ):
            event = given_to(mac, event)
        if extension and address:
            remember(places, extension, address)
        elif extension and not event.mac:
            address = places.get(extension, "")
        if event.mac and extension:
            remember(lines, extension, event.mac)
        if event.mac and address:
            addresses.setdefault(address, event.mac)
        yield Observation(event, address)


def _by_address(observation: Observation, holders: Mapping[str, str]) -> Event:
    """Assign an event without a MAC to the MAC in its file name, else to the one in a neighbour table, else
    to its address.
    """
    event, address = observation
    if event.mac:
        return event
    address = address or getattr(event, "address", "")
    key = owner_of(getattr(event, "name", "")) or holders.get(address, "") or address
    return given_to(key, event) if key else event
