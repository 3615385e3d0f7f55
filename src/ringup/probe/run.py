"""Run a probe: DHCP, then the files of the TFTP server that a phone would use."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ringup.errors import BindError
from ringup.probe.boot_files import BootFile
from ringup.probe.offers import DhcpOffer, taken_offer
from ringup.probe.recording import Recording
from ringup.probe.report import ProbeReport
from ringup.probe.segment import discover, fetch_boot_files


@dataclass(frozen=True, slots=True)
class ProbeOptions:
    """The settings of a probe."""

    interface: str
    mac: str
    model: str
    is_known: bool
    """True if the MAC is that of a real phone."""
    seconds: float
    """Seconds for which the probe waits for offers."""
    server: str = ""
    """The TFTP server to ask; empty: the one that a phone takes from the offers."""
    port: int = 69
    pcap: Path | None = None
    """The file in which the packets are recorded; None: they are not recorded."""


@dataclass(frozen=True, slots=True)
class ProbeProgress:
    """Functions that are called with each answer as it arrives."""

    on_offer: Callable[[DhcpOffer], None]
    on_server: Callable[[str], None]
    """Called with the TFTP server, before its files are requested."""
    on_file: Callable[[BootFile], None]


async def run(options: ProbeOptions, progress: ProbeProgress) -> ProbeReport:
    """Return the servers' answers; raises BindError if DHCP is asked without root."""
    recording = Recording(options.interface) if options.pcap else None
    try:
        return await _run(options, progress, recording)
    finally:
        if recording and options.pcap:
            recording.close()
            recording.write(options.pcap)


async def _run(options: ProbeOptions, progress: ProbeProgress, recording: Recording | None) -> ProbeReport:
    offers: list[DhcpOffer] = []
    if not options.server:
        offers = await discover(
            options.interface, options.mac, options.model, options.seconds, progress.on_offer
        )
    taken = taken_offer(offers)
    server = options.server or (taken.tftp if taken else "")
    if recording:
        recording.tftp_server = server
    files: list[BootFile] = []
    if server:
        progress.on_server(server)
        async for each in fetch_boot_files(
            options.interface, server, options.mac, options.model, options.port
        ):
            progress.on_file(each)
            files.append(each)
    return ProbeReport(
        interface=options.interface,
        mac=options.mac,
        model=options.model,
        is_known=options.is_known,
        asks_dhcp=not options.server,
        offers=tuple(offers),
        server=server,
        files=tuple(files),
    )


def invented_mac(interface_mac: str) -> str:
    """Return a locally administered MAC for a phone that does not exist; it is always the same on one
    machine.

    Repeated probes therefore get the same offer, and do not exhaust the address pool. Raises BindError if the
    interface has no MAC.
    """
    digits = interface_mac.replace(":", "").upper()
    if len(digits) != 12:
        raise BindError("probing", f"the interface has no hardware address ({interface_mac}).", "")
    return f"02{digits[2:]}"
