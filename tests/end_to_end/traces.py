"""The datagrams between phones, server and PBX, from a capture or from a street, in the same form."""

import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ringup.street.cable import Datagram
from ringup.street.packet_log import summary_of

REGISTERED = "200 (102 REGISTER)"
"""The response to the second REGISTER of a boot, which contains the password."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One datagram of a phone's conversation."""

    at: float
    """Seconds since the phone's first datagram."""
    by_phone: bool
    port: int
    """The phone's port; 0 for SIP, because a phone sends SIP from an arbitrary port."""
    summary: str


def of_capture(capture: Path) -> list[tuple[float, Datagram]]:
    """Return all datagrams with DHCP, TFTP or SIP in a capture."""
    fields = (
        "frame.time_epoch",
        "ip.src",
        "udp.srcport",
        "ip.dst",
        "udp.dstport",
        "udp.payload",
        "dhcp.hw.mac_addr",
    )
    options = [word for field in fields for word in ("-e", field)]
    done = subprocess.run(
        ["tshark", "-r", str(capture), "-Y", "udp and not icmp and not rtp", "-T", "fields", *options],
        capture_output=True,
        text=True,
        check=True,
    )
    return list(_rows(done.stdout.splitlines()))


def _rows(lines: Iterable[str]) -> Iterator[tuple[float, Datagram]]:
    for line in lines:
        at, source, source_port, destination, port, payload, mac = (line.split("\t") + [""] * 7)[:7]
        if payload:
            data = bytes.fromhex(payload.replace(":", ""))
            mac = mac.replace(":", "").upper()
            yield float(at), Datagram(source, int(source_port), destination, int(port), data, mac)


def conversation(datagrams: Iterable[tuple[float, Datagram]], mac: str) -> list[Sent]:
    """Return what one phone sends and receives until it is registered; of each file, only the first block."""
    address, began, told = "", -1.0, list[Sent]()
    for at, datagram in datagrams:
        summary = summary_of(datagram)
        if not summary:
            continue
        if summary.startswith("DHCP"):
            if mac not in summary:
                continue
            by_phone = datagram.destination_port == 67
            address = summary.split()[-1] if " ACK " in summary else address
        elif address in (datagram.source, datagram.destination):
            by_phone = datagram.source == address
        else:
            continue
        began = at if began < 0 else began
        port = datagram.source_port if by_phone else datagram.destination_port
        told.append(Sent(at - began, by_phone, 0 if summary.startswith("SIP") else port, summary))
        if summary.endswith(REGISTERED):
            break
    return told


BY_ITSELF = ("NOTIFY", "OPTIONS")
"""The SIP requests that a PBX sends at a time of its own choice."""


def requests(told: Iterable[Sent]) -> list[tuple[int, str]]:
    """Return what the phone sent, in order, with its port."""
    return [(sent.port, sent.summary) for sent in own_requests(told)]


def own_requests(told: Iterable[Sent]) -> list[Sent]:
    """Return what the phone sent, without its responses to requests that the PBX sends by itself."""
    ends = tuple(f"{method})" for method in BY_ITSELF)
    return [sent for sent in told if sent.by_phone and not sent.summary.endswith(ends)]


def answers(told: Iterable[Sent]) -> list[tuple[int, str]]:
    """Return what the phone received; two files that are transferred at once may come in either order.

    Requests that the PBX sends by itself are left out.
    """
    starts = tuple(f"SIP {method}" for method in BY_ITSELF)
    answered = (each for each in told if not each.by_phone and not each.summary.startswith(starts))
    return sorted((sent.port, sent.summary) for sent in answered)
