"""The table of log formats: one row per format that ringup can read, as docs/reference/log-formats.md lists
them.

Each line is read by the first format that recognises it, so one log may contain lines of several programs.
"""

from collections.abc import Callable
from typing import NamedTuple

from ringup.evidence import (
    asterisk_log,
    atftpd,
    bootpd,
    capture_text,
    cisco_ios,
    dnsmasq,
    free_text,
    isc_dhcpd,
    kea,
    other_dhcp,
    phone_console,
    tcpdump_dhcp,
    tftpd64,
    tftpd_hpa,
)
from ringup.evidence.observation import Context, Observations
from ringup.evidence.rows import Read

BY_PROGRAM = "made by the program in ringup's tests"
BY_DOCUMENTS = "from documents and public threads"


class LogForm(NamedTuple):
    """One format of a log or capture."""

    name: str
    recognised: str
    """Examples of the text in a line or file of this format."""
    protocols: tuple[str, ...]
    """The protocols whose events this format contains. SIP: the messages themselves; PBX: the PBX's reports
    about lines.
    """
    checked: str
    """How the format was tested: `BY_PROGRAM` or `BY_DOCUMENTS`."""
    keys: tuple[str, ...] = ()
    """Lower-case texts, one of which every line of this format contains. Empty: a line may lack all of
    them.
    """
    read: Read | None = None
    """Function that reads one line; None: the format is not read line by line."""
    finish: Callable[[Context], Observations] | None = None
    """Function that returns, at the end of a file, the observations that waited for further lines."""


_DHCP, _TFTP, _SIP, _PBX = ("DHCP",), ("TFTP",), ("SIP",), ("PBX",)

LINE_FORMS = (
    LogForm(
        "dnsmasq",
        "`dnsmasq-dhcp`, `dnsmasq-tftp`, `DHCPACK(eth0)`",
        ("DHCP", "TFTP"),
        BY_PROGRAM,
        (
            "dnsmasq",
            "tftp sent",
            "dhcpdiscover(",
            "dhcpoffer(",
            "dhcprequest(",
            "dhcpack(",
            "dhcpnak(",
            "vendor class",
        ),
        dnsmasq.read,
        dnsmasq.finish,
    ),
    LogForm("ISC dhcpd", "`DHCPACK on 10.0.0.11 to 00:16:…`", _DHCP, BY_PROGRAM, ("dhcp",), isc_dhcpd.read),
    LogForm(
        "Kea",
        "`DHCP4_LEASE_ALLOC`",
        _DHCP,
        BY_PROGRAM,
        ("kea-dhcp4", "dhcp4_", "alloc_engine", "dhcpsrv_"),
        kea.read,
    ),
    LogForm(
        "tftpd-hpa, BSD's tftpd",
        "`RRQ from 10.0.0.11 filename …`; `read request for …` of BSD and macOS (from documents)",
        _TFTP,
        BY_PROGRAM,
        ("rrq", "tftpd", "read request for", "sending nak", "file not found", " finished "),
        tftpd_hpa.read,
    ),
    LogForm(
        "atftpd", "`Serving … to 10.0.0.11:50123`", _TFTP, BY_PROGRAM, ("atftpd", "serving "), atftpd.read
    ),
    LogForm(
        "Tftpd64, Tftpd32",
        "`Read request for file <…>`",
        ("DHCP", "TFTP"),
        BY_DOCUMENTS,
        (
            "connection received from",
            "request for file",
            "error",
            "blk",
            "rcvd dhcp",
            "dhcp: ",
            "acked",
            "timeout",
            "oack",
            "local port",
            "max retries",
            "not processed",
            "requested address",
        ),
        tftpd64.read,
    ),
    LogForm(
        "Cisco IOS debug",
        "`TFTP: Looking for …`, `DHCPD: …`",
        ("DHCP", "TFTP"),
        BY_DOCUMENTS,
        ("tftp: ", "dhcpd: "),
        cisco_ios.read,
        cisco_ios.finish,
    ),
    LogForm(
        "console of a phone",
        "`TFTP: [14]:Requesting …`",
        _TFTP,
        BY_DOCUMENTS,
        ("tftp:", "tftpclient"),
        phone_console.read,
    ),
    LogForm(
        "bootpd of macOS",
        "`DHCP DISCOVER [en0]: 1,0:16:…`",
        _DHCP,
        BY_DOCUMENTS,
        ("bootpd", "dhcp discover [", "dhcp request ["),
        bootpd.read,
    ),
    LogForm(
        "DHCP by tcpdump -v",
        "`BOOTP/DHCP, Request from 00:16:…`, and its fields",
        _DHCP,
        BY_DOCUMENTS,
        ("bootp/dhcp", "ethernet-address", "-ip ", ", length "),
        tcpdump_dhcp.read,
        tcpdump_dhcp.finish,
    ),
    LogForm(
        "text of a capture",
        "tshark's lines for TFTP, and tcpdump's (from documents)",
        ("SIP", "TFTP"),
        BY_PROGRAM,
        ("tftp", "rrq", "error", "request: ", "status: "),
        capture_text.read,
    ),
    LogForm(
        "Asterisk log",
        "`Registration from '…' failed for '…'`, `SecurityEvent=`",
        _PBX,
        BY_PROGRAM,
        (
            "registration from",
            "request",
            "securityevent",
            "registered sip",
            "contact",
            "peer '",
            "pjsip",
            "chan_sip",
            "endpoint",
        ),
        asterisk_log.read,
    ),
    LogForm(
        "other DHCP servers, tables of neighbours and leases",
        "`assigned 10.0.0.11 to 00:16:…`, `ip neigh`, the audit log of Windows",
        _DHCP,
        BY_DOCUMENTS,
        (),
        other_dhcp.read,
    ),
    LogForm(
        "any text",
        "a boot file's name, with an address or a MAC",
        ("DHCP", "TFTP"),
        BY_DOCUMENTS,
        (),
        free_text.read,
    ),
)
"""Formats that are read line by line, in the order in which they are tried."""

SIP_MESSAGES = LogForm(
    "SIP messages in text",
    "`REGISTER sip:… SIP/2.0`, then headers (`pjsip set logger on`, `sip set debug on`, ngrep)",
    _SIP,
    BY_PROGRAM,
)
CAPTURE = LogForm(
    "capture (pcap, pcapng)",
    "Ethernet, Linux cooked or raw IP, with VLAN tags",
    ("CDP", "DHCP", "TFTP", "SIP"),
    BY_PROGRAM,
)

FORMS = (*LINE_FORMS, SIP_MESSAGES, CAPTURE)
"""All formats, with those that are not read line by line."""
