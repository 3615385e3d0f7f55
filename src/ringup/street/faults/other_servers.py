"""Faults caused by other DHCP and TFTP servers on the network: their answers are first, but wrong."""

from collections.abc import Callable
from ipaddress import IPv4Address
from random import Random

from ringup.files.find import File, FileFinder, Requester
from ringup.firmware.folder import FirmwareFolder
from ringup.street.faults.row import Begin, End, FaultRow, nothing, one_of
from ringup.street.other_dhcp import OtherDhcpServer
from ringup.street.other_tftp import REQUEST_PORT, OtherTftpServer
from ringup.street.street import Street
from ringup.wire import tftp
from ringup.wire.file_names import owner_of

DHCP, TFTP, FIRST = "192.0.2.1", "192.0.2.2", IPv4Address("192.0.2.10")
"""The addresses of the other servers, and the first address that the other DHCP server leases; RFC 5737
reserves the network for examples.
"""

NOT_FOUND = tftp.Error(tftp.ErrorCode.FILE_NOT_FOUND, "File not found")
NOT_DEFINED = tftp.Error(tftp.ErrorCode.NOT_DEFINED, "cannot open file")
"""The reply of some TFTP servers to a request for a missing file; a phone does not treat it as "not found"
(P-TFTP).
"""

Files = Callable[[Street], Callable[[str], bytes | None]]
"""The files of the other TFTP server."""


def _other_dhcp(*, tftp_server: bool) -> Begin:
    def begin(street: Street, _dice: Random) -> End:
        other = OtherDhcpServer(street.cable, DHCP, FIRST, TFTP if tftp_server else "")
        other.start()
        return other.stop

    return begin


def _refusing(street: Street, dice: Random) -> End:
    mac = one_of(street, dice)
    other = OtherDhcpServer(street.cable, DHCP, FIRST, refuses=lambda each: each == mac)
    other.start()
    return other.stop


def _other_files(files: Files, missing: tftp.Error | None) -> Begin:
    """Return a fault that sends the phones to another TFTP server."""

    def begin(street: Street, _dice: Random) -> End:
        server = OtherTftpServer(street.cable, TFTP, files(street), missing)
        dhcp = OtherDhcpServer(street.cable, DHCP, FIRST, TFTP)
        if street.cable.is_taken(TFTP, REQUEST_PORT):
            return nothing
        server.start()
        dhcp.start()

        def end() -> None:
            server.stop()
            dhcp.stop()

        return end

    return begin


def _none(_street: Street) -> Callable[[str], bytes | None]:
    return lambda _name: None


def _own_file_empty(street: Street) -> Callable[[str], bytes | None]:
    """Return copies of all of ringup's files, but with an empty file for each phone, as if the disk was full
    when it was written.
    """
    finder = FileFinder(
        street.site, FirmwareFolder(street.images.folder), street.server.address, check_owner=False
    )

    def read(name: str) -> bytes | None:
        found = finder.find(name, Requester(""))
        if not isinstance(found, File):
            return None
        return b"" if owner_of(name) else found.data

    return read


OTHER_SERVER_FAULTS: tuple[FaultRow, ...] = (
    FaultRow("other-dhcp", "other server", "another DHCP server answers first, and names no TFTP server",
             "a lease of another server, then no request", _other_dhcp(tftp_server=False),
             hides_registration=True,
             verdicts=("dhcp-other-server",)),
    FaultRow("other-tftp-dead", "other server", "another DHCP server names a dead TFTP server",
             "a lease of another server, then no request", _other_dhcp(tftp_server=True),
             hides_registration=True,
             verdicts=("dhcp-other-server", "dhcp-wrong-tftp-server")),
    FaultRow("other-tftp-empty", "other server", "another DHCP server names a TFTP server without any file",
             "a lease of another server, then no request", _other_files(_none, NOT_FOUND),
             hides_registration=True,
             verdicts=("dhcp-other-server", "dhcp-wrong-tftp-server")),
    FaultRow("wrong-error-code", "other server", "another TFTP server answers error 0 for a missing file",
             "the hunt stops at its first name", _other_files(_none, NOT_DEFINED), hides_registration=True,
             verdicts=("dhcp-other-server", "dhcp-wrong-tftp-server")),
    FaultRow("own-file-empty", "other server", "another TFTP server has an empty file for each phone",
             "the phone has its file, and no line", _other_files(_own_file_empty, NOT_FOUND),
             hides_registration=True,
             verdicts=("dhcp-other-server", "dhcp-wrong-tftp-server")),
    FaultRow("dhcp-nak", "other server", "another DHCP server refuses each request of one phone",
             "DISCOVER and REQUEST again and again", _refusing, hides_registration=True,
             verdicts=("dhcp-lease-loop", "dhcp-nak-loop", "dhcp-offers-in-vain", "dhcp-other-server")),
)  # fmt: skip
