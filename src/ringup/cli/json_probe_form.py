"""The form of `ringup probe --json`."""

from typing import Literal

from ringup.cli.json_form import ObjectForm, Printed
from ringup.finding import Severity
from ringup.probe.boot_files import FileResult, Use


class ProbeOffer(ObjectForm):
    """One DHCP server's offer."""

    server: str
    mac: str
    """The hardware address that sent it."""
    seconds: float
    """Seconds from the DHCPDISCOVER to the offer."""
    address: str
    """The offered address."""
    relay: str
    """The relay; empty: none."""
    option_150: list[str]
    option_66: str
    next_server: str
    """The field siaddr."""
    server_name: str
    """The field sname."""
    boot_file: str
    """The field file."""
    tftp: str
    """The TFTP server that a phone takes from this offer."""
    tftp_source: Literal["option 150", "option 66", "siaddr", "dhcp server"]
    has_server_id: bool
    """False: phones ignore the offer."""
    taken: bool
    """True for the offer that a phone takes."""


class ProbeFile(ObjectForm):
    """The answer for one boot file."""

    name: str
    use: Use
    result: FileResult
    size: int
    """Bytes."""
    answer: str
    """The TFTP error, with its number."""


class ProbeFinding(ObjectForm):
    """One fault."""

    code: str
    severity: Severity
    where: str
    what: str
    cure: str


class Probe(Printed):
    """`ringup probe --json`; exit status 1 if a phone would not come up."""

    sound: bool
    """True if a phone would get its address, its load and its files."""
    interface: str
    mac: str
    """The MAC that was asked for."""
    model: str
    offers: list[ProbeOffer]
    """In the order in which they arrived; empty with `--tftp`."""
    tftp: str
    """The TFTP server that was asked; empty: no server named one."""
    files: list[ProbeFile]
    """In the order of a boot."""
    findings: list[ProbeFinding]
