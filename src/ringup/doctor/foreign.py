"""Diagnose the phones in the logs and captures of other programs, one phone after another."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple, get_args

from ringup.doctor.diagnose import diagnose
from ringup.doctor.evidence import NOT_ASKED, Evidence, EvidenceSource, Protocol
from ringup.doctor.verdict import Diagnosis
from ringup.events import Event
from ringup.evidence.join import is_address_key
from ringup.evidence.reading import Reading
from ringup.journey.follow import fold
from ringup.journey.record import Journey

_PROTOCOLS = frozenset(get_args(Protocol))

COLLECT = (
    "Keep the log running while the phone boots and three minutes longer, and read it again.",
    "As root, capture its packets, and read the capture: tcpdump -i INTERFACE -w phone.pcap {host}",
    "Note the text on its screen, and the messages in Settings, Status, Status Messages.",
)
"""The steps to take if no cause is known."""


_TFTP, _LINES = frozenset({"TFTP"}), frozenset({"PBX", "SIP"})
SHOWN_BY: Mapping[str, frozenset[str]] = {
    "new": frozenset({"DHCP", "TFTP"}),
    "on_the_wire": frozenset({"DHCP"}),
    "wants_address": frozenset({"DHCP"}),
    "address": _TFTP,
    "hunt": _TFTP,
    "loader": _TFTP,
    "application": _TFTP,
    "sccp_start": _TFTP,
    "sip_default": _TFTP,
    "own_file": _LINES,
    "dial_plan": _LINES,
}
"""For each boot stage, the protocols whose events show that the phone has reached the next stage."""


class PhoneReport(NamedTuple):
    """The diagnosis of one phone from logs or captures."""

    key: str
    """The phone's MAC, or its address if the files show no MAC."""
    journey: Journey
    first_at: float
    diagnosis: Diagnosis

    @property
    def attempts(self) -> int:
        """Return the number of boots in the files; a boot that began before the files counts too."""
        return max(self.journey.boots, 1)


def phone_reports(reading: Reading, keys: Iterable[str] | None = None) -> Iterator[PhoneReport]:
    """Yield the diagnosis of each phone, in the order of their first events.

    `keys` selects phones by their keys (MACs and addresses) in `reading.by_phone`; None: all phones.
    """
    journeys = fold(reading.events)
    for key in reading.phones if keys is None else keys:
        events = reading.by_phone[key]
        journey = journeys[key]
        diagnosis = diagnose(evidence_of(reading, key, events, journey))
        if diagnosis.state == "stuck" and not diagnosis.verdicts and not shows_next_stage(reading, journey):
            diagnosis = replace(diagnosis, state="on_the_way", late=None, collect=())
        if diagnosis.collect:
            diagnosis = replace(diagnosis, collect=tuple(line.format(host=_host(key)) for line in COLLECT))
        yield PhoneReport(key, journey, events[0].at, diagnosis)


def shows_next_stage(reading: Reading, journey: Journey) -> bool:
    """Return whether the files contain a protocol that shows the next boot stage. Without it, silence proves
    nothing.
    """
    return bool(journey.troubles) or bool(SHOWN_BY.get(journey.stage, _PROTOCOLS) & reading.protocols)


def evidence_of(reading: Reading, key: str, events: tuple[Event, ...], journey: Journey) -> Evidence:
    """Return the evidence about one phone; its time is that of the last line of any file."""
    are_captures = all("capture" in file.kind for file in reading.files)
    listened = frozenset(protocol for protocol in _PROTOCOLS if protocol in reading.protocols)
    source = EvidenceSource("capture" if are_captures else "log", listened)
    return Evidence(
        key, reading.last_at, source, events, journey, journey.model,
        dhcp_vlan=reading.dhcp_clients.get(key, NOT_ASKED), dhcp_servers=reading.dhcp_servers,
    )  # fmt: skip


def _host(key: str) -> str:
    """Return tcpdump's filter expression for this phone."""
    return f"host {key}" if is_address_key(key) else f"ether host {bytes.fromhex(key).hex(':')}"
