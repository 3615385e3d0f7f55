"""A small fleet with a phone in every state, with the real boots from `tests.journey.sequences`."""

from collections.abc import Iterator

from sqlalchemy import Engine

from ringup.events import (
    CallAnswered,
    CallStarted,
    DhcpIgnored,
    DiscoverReceived,
    Event,
    LineRegistered,
    MessagesWaiting,
    RegistrationRefused,
)
from ringup.site.model import Line, Phone, Site
from ringup.store.history import add_events
from ringup.store.revisions import commit
from tests.journey.sequences import CONFIGURED, CONVERTED, dhcp, found, hunt, sequence_d, sequence_e

ANNA, BERT = CONFIGURED, "001646C0FFEE"
CARLA, LATE = "0011BB73AD62", "00164600000A"
UNKNOWN = CONVERTED
NOW = 300.0


def line(extension: str, name: str) -> Line:
    """Return one line."""
    return Line(extension=extension, name=name, secret="not-for-eyes")


SITE = Site(
    phones=(
        Phone(mac=ANNA, label="Anna", lines=(line("1600", "Anna Alt"),)),
        Phone(mac=BERT, model="7940", lines=(line("202", "Bert Bertolucci-Meyerbeer"),)),
        Phone(mac=CARLA, lines=(line("203", "Carla"),)),
        Phone(mac=LATE),
    )
)


def _anna() -> Iterator[Event]:
    yield from sequence_e(100, ANNA)
    yield MessagesWaiting(140, ANNA, "1600", 2, 0)
    yield CallStarted(150, ANNA, "1600", "202")
    yield CallAnswered(155, ANNA, "1600", "202")


def _bert() -> Iterator[Event]:
    yield from dhcp(200, BERT, "192.168.178.102")
    yield from found(205, BERT, "SIPDefault.cnf", address="192.168.178.102")
    yield from found(206, BERT, f"SIP{BERT}.cnf", address="192.168.178.102")
    yield RegistrationRefused(210, BERT, "202", "wrong password")


def _carla() -> Iterator[Event]:
    yield from hunt(270, CARLA)
    yield from found(273, CARLA, "P0S3-8-12-00.sb2", 7.0)


EVENTS: tuple[Event, ...] = (
    *_anna(),
    *_bert(),
    *sequence_d(100, UNKNOWN),
    *_carla(),
    DiscoverReceived(280, "AABBCCDDEEFF", "MSFT 5.0"),
    DhcpIgnored(281, "AABBCCDDEEFF", "not a Cisco phone"),
)


def fill(engine: Engine, *, site: Site = SITE, events: tuple[Event, ...] = EVENTS) -> None:
    """Write a site and its events into a database."""
    commit(engine, site, author="test", summary="test", at=1.0)
    add_events(engine, events)


def healthy(count: int) -> tuple[Site, list[Event]]:
    """Return a site with many phones, all of which are registered."""
    macs = [f"{number:012X}" for number in range(1, count + 1)]
    phones = tuple(Phone(mac=mac, lines=(line(str(100 + n), ""),)) for n, mac in enumerate(macs))
    events = [LineRegistered(10, phone.mac, phone.lines[0].extension, "") for phone in phones]
    return Site(phones=phones), [*events]
