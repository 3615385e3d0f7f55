"""The boots of real phones as events: P-BOOT-6 to P-BOOT-11, with their times."""

from collections.abc import Iterable, Iterator

from ringup.events import (
    AddressLeased,
    AddressOffered,
    DiscoverReceived,
    Event,
    FileNotFound,
    FileRequested,
    FileSent,
    LineRegistered,
)
from ringup.wire.mac import parse

CONVERTED = parse("0011BB73AD61")
"""The phone of the sequences C, D and F."""
CONFIGURED = parse("000E84C060A6")
"""The phone of sequence E."""
ADDRESS = "10.0.0.11"
CISCO_7960 = "Cisco Systems, Inc. IP Phone CP-7960G"

SIZES = {
    "XMLDefault.cnf.xml": 400,
    "P0S3-8-12-00.loads": 458,
    "P003-8-12-00.sbn": 130_956,
    "P0S3-8-12-00.sb2": 756_524,
}


def dhcp(at: float, mac: str, address: str = ADDRESS) -> Iterator[Event]:
    """Return one exchange that ends in a lease."""
    yield DiscoverReceived(at, mac, CISCO_7960)
    yield AddressOffered(at + 0.1, mac, address, "10.0.0.1")
    yield AddressLeased(at + 0.2, mac, address, 86_400)


def found(at: float, mac: str, name: str, seconds: float = 0.1, address: str = ADDRESS) -> Iterator[Event]:
    """Return the events of a file that was requested and sent."""
    yield FileRequested(at, mac, name, address, 49845)
    yield FileSent(at + seconds, mac, name, address, SIZES.get(name, 1000), seconds)


def missing(at: float, mac: str, name: str, address: str = ADDRESS) -> Iterator[Event]:
    """Return the events of a file that was requested and does not exist."""
    yield FileRequested(at, mac, name, address, 49845)
    yield FileNotFound(at, mac, name, address, "no such file")


def sequence_c(at: float, mac: str = CONVERTED) -> list[Event]:
    """Return the boot of an SCCP application without its own file; XMLDefault names another load, so it
    restarts.
    """
    return [
        *dhcp(at - 2, mac),
        *missing(at, mac, f"CTLSEP{mac}.tlv"),
        *missing(at, mac, f"SEP{mac}.cnf.xml"),
        *found(at, mac, "XMLDefault.cnf.xml"),
    ]


def hunt(at: float, mac: str = CONVERTED) -> list[Event]:
    """Return the requests for the loader's six files."""
    return [
        *missing(at, mac, f"CTLSEP{mac}.tlv"),
        *missing(at, mac, f"SEP{mac}.cnf.xml"),
        *missing(at, mac, f"SIP{mac}.cnf"),
        *missing(at, mac, f"MGC{mac}.cnf"),
        *found(at, mac, "XMLDefault.cnf.xml"),
        *found(at + 1, mac, "P0S3-8-12-00.loads"),
    ]


def sequence_d(at: float, mac: str = CONVERTED) -> list[Event]:
    """Return the way from SCCP to SIP 8.12: loader, restart, application, SIPDefault.cnf, but no own file."""
    return [
        *dhcp(at - 1, mac),
        *hunt(at, mac),
        *found(at + 2, mac, "P003-8-12-00.sbn", 1.0),
        *dhcp(at + 25, mac),
        *hunt(at + 27, mac),
        *found(at + 30, mac, "P0S3-8-12-00.sb2", 7.0),
        *dhcp(at + 73, mac),
        *found(at + 75, mac, "SIPDefault.cnf"),
        *missing(at + 76, mac, f"SIP{mac}.cnf"),
    ]


def unprovisioned(at: float, times: int, mac: str = CONVERTED) -> list[Event]:
    """Return the endless end of D: a request for the phone's own file every 31 s."""
    return [event for turn in range(times) for event in missing(at + 31 * turn, mac, f"SIP{mac}.cnf")]


def sequence_e(at: float, mac: str = CONFIGURED) -> list[Event]:
    """Return the boot of a phone with SIP 8.12 and its own file, up to the registration."""
    own = f"./SIP{mac}.cnf"
    return [
        *dhcp(at - 2, mac),
        *missing(at, mac, f"CTLSEP{mac}.tlv"),
        *found(at, mac, f"SEP{mac}.cnf.xml"),
        *found(at + 1, mac, "P0S3-8-12-00.loads"),
        *dhcp(at + 24, mac),
        *found(at + 25, mac, "SIPDefault.cnf"),
        *found(at + 26, mac, own),
        FileRequested(at + 28, mac, "RINGLIST.DAT", ADDRESS, 49836),
        FileRequested(at + 28, mac, "dialplan.xml", ADDRESS, 49837),
        FileSent(at + 28.1, mac, "RINGLIST.DAT", ADDRESS, 100, 0.1),
        FileSent(at + 28.2, mac, "dialplan.xml", ADDRESS, 300, 0.2),
        LineRegistered(at + 30, mac, "1600", f"sip:1600@{ADDRESS}:5060"),
    ]


def sequence_f(at: float, mac: str = CONVERTED) -> list[Event]:
    """Return a boot without any reply: five requests per port, three ports per file, one request every 4
    s.
    """
    names = (f"CTLSEP{mac}.tlv", f"SEP{mac}.cnf.xml", f"SIP{mac}.cnf", f"MGC{mac}.cnf", "XMLDefault.cnf.xml")
    return [
        FileRequested(at + 60 * number + 4 * send, mac, name, ADDRESS, 49845 + send // 5)
        for number, name in enumerate(names)
        for send in range(15)
    ]


def of_nobody(events: Iterable[Event]) -> list[Event]:
    """Return the same TFTP events if another DHCP server assigns the addresses, so that no MAC is known."""
    return [
        type(event)(**{name: getattr(event, name) for name in event.__slots__} | {"mac": ""})
        for event in events
        if isinstance(event, (FileRequested, FileSent, FileNotFound))
    ]
