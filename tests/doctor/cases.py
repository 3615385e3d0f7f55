"""One phone for each rule, with the least evidence that makes the rule find its cause."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from ringup.doctor.evidence import (
    Evidence,
    EvidenceSource,
    Expected,
    ExpectedLine,
    PbxAnswers,
    PbxLine,
    Protocol,
    SkinnyAnswers,
)
from ringup.doctor.spans import file_events
from ringup.events import (
    AddressDeclined,
    AddressLeased,
    AddressOffered,
    AddressRefused,
    CdpSeen,
    DhcpIgnored,
    DiscoverReceived,
    Event,
    FileNotFound,
    FileRefused,
    FileRequested,
    FileSent,
    FilesFromTwoAddresses,
    LeasedAddressElsewhere,
    LineChallenged,
    LineReachable,
    LineRegistered,
    LineUnreachable,
    LineUnregistered,
    OtherServerChosen,
    OtherServerSeen,
    PoolEmpty,
    RegistrationRefused,
    SipSeen,
    TransferFailed,
    VoiceVlanAnswered,
)
from ringup.evidence.tftp_words import not_found_as
from ringup.journey.follow import fold
from ringup.journey.record import Journey
from ringup.rule import Found, Unknown

T = 1_790_000_000.0
MAC = "001646C0FFEE"
ADDRESS = "192.0.2.21"
SERVER, PBX = "192.0.2.1", "192.0.2.5"
VENDOR = "Cisco Systems, Inc. IP Phone CP-7960G"
LOAD = "P0S3-8-12-00"
OWN = f"SIP{MAC}.cnf"

EVERYTHING: frozenset[Protocol] = frozenset(("DHCP", "TFTP", "PBX"))
OURS = EvidenceSource("ours", EVERYTHING)
LOG = EvidenceSource("log", frozenset(("DHCP", "TFTP")))
CAPTURE = EvidenceSource("capture", frozenset(("DHCP", "TFTP", "SIP")))
EXPECTED = Expected(True, (ExpectedLine("201", 12),), LOAD, frozenset([LOAD]), SERVER, PBX)


def evidence(
    events: Iterable[Event], after: float = 5.0, source: EvidenceSource = OURS, **facts: Any
) -> Evidence:
    """Return the evidence of these events, some seconds after the last of them."""
    all_events = tuple(events)
    now = max((event.at for event in all_events), default=T) + after
    journey = fold(all_events).get(MAC, Journey(MAC))
    return Evidence(MAC, now, source, all_events, journey, "7960", **({"expected": EXPECTED} | facts))


def clock(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%H:%M:%S}"


def offered(at: float, server: str = SERVER) -> AddressOffered:
    return AddressOffered(T + at, MAC, ADDRESS, server, VENDOR, "eth0")


def leased(at: float) -> AddressLeased:
    return AddressLeased(T + at, MAC, ADDRESS, 86_400)


def requested(at: float, name: str, port: int = 49_922) -> FileRequested:
    return FileRequested(T + at, MAC, name, ADDRESS, port)


def sent(at: float, name: str, size: int = 700) -> FileSent:
    return FileSent(T + at, MAC, name, ADDRESS, size, 0.1)


def absent(at: float, name: str, reason: str = "no file of this name") -> FileNotFound:
    return FileNotFound(T + at, MAC, name, ADDRESS, reason)


def failed(at: float, name: str, arrived: int, size: int) -> TransferFailed:
    reason = "no answer to 3 transmissions of the same block"
    return TransferFailed(T + at, MAC, name, ADDRESS, arrived, size, reason)


def refused(at: float, reason: str) -> RegistrationRefused:
    return RegistrationRefused(T + at, MAC, "201", reason)


def challenged(at: float, address: str = ADDRESS) -> LineChallenged:
    return LineChallenged(T + at, MAC, "201", address)


def sip(at: float, status: int = 0, port: int = 5060, *, authorized: bool = False) -> SipSeen:
    phone, pbx = f"{ADDRESS}:{51098 if not status else port}", f"{PBX}:5060"
    way = (pbx, phone) if status else (phone, pbx)
    contact = f"{ADDRESS}:5060"
    return SipSeen(T + at, MAC, *way, "REGISTER", status, "201", contact, "", authorized, "call-1")


ANNOUNCED = CdpSeen(T, MAC, f"SIP{MAC}", "Cisco IP Phone 7960", "P003-08-2-00", "Port 1", -1, 6300)
LOADS = f"{LOAD}.loads"
HUNT: tuple[Event, ...] = (
    offered(0),
    leased(0.1),
    absent(0.2, f"CTLSEP{MAC}.tlv"),
    absent(0.3, f"SEP{MAC}.cnf.xml"),
    sent(0.4, "XMLDefault.cnf.xml"),
)
HAS_ITS_FILE: tuple[Event, ...] = (*HUNT, sent(0.6, LOADS), sent(24, "SIPDefault.cnf"), sent(25, OWN))
REGISTERED = LineRegistered(T + 28, MAC, "201", f"sip:201@{ADDRESS}:5060")


def searches(count: int) -> Iterable[Event]:
    for number in range(count):
        at = 60.0 * number
        yield absent(at, f"CTLSEP{MAC}.tlv")
        yield absent(at + 1, f"SEP{MAC}.cnf.xml")
        yield absent(at + 2, "XMLDefault.cnf.xml")


def pbx_with(**options: str) -> PbxAnswers:
    return PbxAnswers({"201": PbxLine({name.replace("__", "."): value for name, value in options.items()})})


def starts(count: int) -> Iterable[Event]:
    """Return the events of an SCCP application that has its file, finds no CallManager, and begins again."""
    for at in (60.0 * number for number in range(count)):
        yield absent(at, f"CTLSEP{MAC}.tlv")
        yield sent(at + 1, f"SEP{MAC}.cnf.xml")
        yield absent(at + 2, "7960-font.xml")
        yield absent(at + 3, "US/7960-tones.xml")


def skinny_with(**devices: str) -> PbxAnswers:
    return PbxAnswers({}, SkinnyAnswers(True, devices))


ON_SCCP = replace(EXPECTED, speaks="sccp", load="P00308010200")
REFUSED_TO_IT = [
    FileRefused(T + 31.0 * n, MAC, OWN, ADDRESS, "only its own phone gets this file") for n in (1, 2)
]
asked_for_loads = partial(absent, reason="not in the firmware folder: add its package")

CASES: Mapping[str, Evidence] = {
    "voice-vlan-unanswered": evidence([ANNOUNCED], after=200),
    "voice-vlan-wrong": evidence(
        [ANNOUNCED, VoiceVlanAnswered(T + 0.1, MAC, "sw1 (cisco WS-C2950-12)", 120)], after=200
    ),
    "dhcp-other-vlan": evidence(
        [DiscoverReceived(T + at, MAC, VENDOR, "") for at in (0, 4, 12)], after=20, source=CAPTURE,
        dhcp_vlan=120, dhcp_servers={110: SERVER}, expected=Unknown("not read"),
    ),
    "dhcp-pool-empty": evidence([PoolEmpty(T, MAC, "192.0.2.0/24")]),
    "dhcp-other-server": evidence(
        [OtherServerSeen(T, MAC, "192.0.2.254", ""), OtherServerChosen(T + 1, MAC, "192.0.2.254")]
    ),
    "dhcp-declined": evidence([offered(0), AddressDeclined(T + 2, MAC, ADDRESS)]),
    "dhcp-nak-loop": evidence(
        AddressRefused(T + at, MAC, "10.9.8.7", "it is not of this network") for at in (0, 4, 12, 28)
    ),
    "dhcp-lease-loop": evidence(event for n in range(5) for event in (offered(n), leased(n + 0.1))),
    "dhcp-ignored": evidence(
        DhcpIgnored(T + at, MAC, "no subnet of the site for 10.1.0.0") for at in (0, 4, 12)
    ),
    "dhcp-not-authoritative": evidence(
        [DhcpIgnored(T + at, MAC, "ignored (not authoritative)") for at in (0, 4, 12, 28)], source=LOG
    ),
    "dhcp-offers-in-vain": evidence(offered(at) for at in (0, 4, 12, 28)),
    "dhcp-no-offer": evidence(
        [DiscoverReceived(T + at, MAC, VENDOR) for at in (0, 4, 12, 28)], source=LOG
    ),
    "dhcp-wrong-tftp-server": evidence([offered(0, "192.0.2.99"), leased(1)], source=LOG),
    "file-name-rewritten": evidence(
        [FileNotFound(T, MAC, OWN, ADDRESS, not_found_as("File not found", "/SIP001646C0.cnf"))], source=LOG
    ),
    "file-refused": evidence(
        [
            FileRefused(
                T, MAC, OWN, ADDRESS, f"only its own phone gets this file: {ADDRESS} belongs to 001646AAAAAA"
            )
        ]
    ),
    "file-denied": evidence(
        [*HUNT, FileRefused(T + 3, MAC, OWN, ADDRESS, "Permission denied")], source=LOG
    ),
    "file-unprovisioned": evidence(
        [sent(0, "SIPDefault.cnf"), *(absent(1 + 31 * n, OWN, "no phone with this MAC") for n in range(3))],
        expected=Expected(False),
    ),
    "files-absent": evidence(
        [
            *(absent(n, name) for n, name in enumerate((f"CTLSEP{MAC}.tlv", f"SEP{MAC}.cnf.xml", OWN))),
            absent(3, "XMLDefault.cnf.xml"),
        ],
        source=LOG,
    ),
    "file-empty": evidence([sent(0, f"SEP{MAC}.cnf.xml", 0)], source=CAPTURE),
    "file-name-case": evidence([absent(0, f"{LOAD.lower()}.loads")], source=LOG),
    "tftp-answers-lost": evidence(requested(at, f"CTLSEP{MAC}.tlv") for at in (0, 4, 8, 12, 16)),
    "tftp-stalls": evidence(
        event
        for at in (0, 60)
        for event in (
            requested(at, f"{LOAD}.sb2"),
            failed(at + 40, f"{LOAD}.sb2", 41_472 + int(at), 756_524),
        )
    ),
    "tftp-silent": evidence([offered(0), leased(0.1)], after=90),
    "load-not-named": evidence(searches(3)),
    "load-of-a-later-model": evidence(absent(60.0 * n, "term41.default.loads") for n in range(3)),
    "load-misspelt": evidence([*HUNT, asked_for_loads(1, "P0S3-08-12-00.loads")]),
    "load-absent": evidence([*HUNT, sent(1, LOADS), asked_for_loads(2, f"{LOAD}.sb2")]),
    "image-again": evidence([*HUNT, sent(5, "P003-8-12-00.sbn"), sent(40, "P003-8-12-00.sbn")]),
    "image-in-vain": evidence(
        [
            event
            for n in range(3)
            for event in (
                requested(120 * n, f"CTLSEP{MAC}.tlv"),
                requested(120 * n + 10, LOADS),
                requested(120 * n + 12, "P003-8-12-00.sbn"),
                requested(120 * n + 49, "P003-8-12-00.sbn", 49_923),
            )
        ],
        source=LOG,
    ),
    "list-only": evidence([*HUNT, sent(1, LOADS)], after=200, source=LOG),
    "two-loads": evidence(
        sent(100.0 * n, f"{load}.loads") for n, load in enumerate((LOAD, "P0S3-08-11-00") * 2)
    ),
    "pointer-absent": evidence(absent(20.0 * n, "OS79XX.TXT") for n in range(3)),
    "secret-too-long": evidence(
        [*HAS_ITS_FILE, *(refused(28 + 30 * n, "wrong password") for n in range(3))],
        expected=replace(EXPECTED, lines=(ExpectedLine("201", 32),)),
    ),
    "account-unknown": evidence(
        [*HAS_ITS_FILE, *(refused(28 + 30 * n, f"unknown account, tried from {ADDRESS}") for n in range(3))]
    ),
    "secret-differs": evidence(
        [*HAS_ITS_FILE, *(refused(28 + 30 * n, "wrong password") for n in range(3))]
    ),
    "registration-refused": evidence(
        [*HAS_ITS_FILE, *(refused(28 + 30 * n, "AUTH_ACL_FAILED") for n in range(3))]
    ),
    "answer-to-wrong-port": evidence(
        [sip(0), sip(0.1, 401, 51098), sip(1), sip(1.1, 401, 51098)], source=CAPTURE
    ),
    "pbx-forces-rport": evidence(HAS_ITS_FILE, after=100, pbx=pbx_with(endpoint__ForceRport="true")),
    "account-missing": evidence(HAS_ITS_FILE, after=100, pbx=PbxAnswers({})),
    "register-status": evidence([sip(0), sip(0.1, 423)], source=CAPTURE),
    "register-challenged-again": evidence(
        [
            sip(0), sip(0.1, 401), sip(0.2, authorized=True), sip(0.3, 401),
            sip(30, authorized=True), sip(30.1, 401),
        ],
        source=CAPTURE,
    ),
    "register-unanswered": evidence([sip(0), sip(0.5), sip(1.5)], source=CAPTURE),
    "challenge-unanswered": evidence([*HAS_ITS_FILE, challenged(28), challenged(93)], after=5),
    "register-silent": evidence([*HAS_ITS_FILE, absent(26, "RINGLIST.DAT")], after=100),
    "skinny-not-loaded": evidence(
        starts(2), expected=ON_SCCP, pbx=PbxAnswers({}, SkinnyAnswers(is_loaded=False))
    ),
    "skinny-device-unknown": evidence(starts(2), expected=ON_SCCP, pbx=skinny_with(SEP0011223344BB="")),
    "skinny-still-registered": evidence(
        starts(2), expected=ON_SCCP, pbx=skinny_with(**{f"SEP{MAC}": ADDRESS})
    ),
    "runs-sccp": evidence(starts(2)),
    "runs-sip": evidence(HAS_ITS_FILE, after=100, expected=ON_SCCP, pbx=PbxAnswers({})),
    "callmanager-unreached": evidence(starts(2), expected=ON_SCCP, pbx=skinny_with(**{f"SEP{MAC}": ""})),
    "nat-between": evidence(
        [offered(0), leased(0.1), *(replace(event, address="192.0.2.254") for event in REFUSED_TO_IT)]
    ),
    "nat-before-pbx": evidence([*HAS_ITS_FILE, challenged(28, "192.0.2.254")], after=60),
    "sip-alg": evidence(
        [replace(sip(n), contact="203.0.113.9:40312", call_id=f"1-ffee0002@{ADDRESS}") for n in (0, 30)],
        source=LOG,
    ),
    "clock-set-back": evidence(HUNT, after=-7_200),
    "contact-rewritten": evidence(
        [
            *HAS_ITS_FILE,
            LineRegistered(T + 28, MAC, "201", f"sip:201@{ADDRESS}:51098"),
            LineUnreachable(T + 31, MAC, "201"),
        ]
    ),
    "address-taken": evidence(
        [*HAS_ITS_FILE, LeasedAddressElsewhere(T + 26, MAC, ADDRESS, "0200C0A80001")]
    ),
    "two-devices": evidence([*HAS_ITS_FILE, FilesFromTwoAddresses(T + 26, MAC, ADDRESS, "192.0.2.77")]),
    "pbx-lost": evidence(HAS_ITS_FILE, after=100, pbx_lost="connection refused"),
    "line-unreachable": evidence(
        [
            *HAS_ITS_FILE, REGISTERED, LineReachable(T + 29, MAC, "201", 9.0),
            LineUnreachable(T + 90, MAC, "201"),
        ],
        after=300,
    ),
    "line-lost": evidence([*HAS_ITS_FILE, REGISTERED, LineUnregistered(T + 3_700, MAC, "201")], after=300),
    "fell-silent": evidence([*HUNT, sent(1, LOADS), sent(5, "P003-8-12-00.sbn")], after=400),
    "never-heard": evidence([]),
    "on-the-wire-no-dhcp": evidence(
        [ANNOUNCED, VoiceVlanAnswered(T + 0.1, MAC, "sw1 (cisco WS-C2950-12)", 4095)], after=200
    ),
    "machine-drops": evidence(
        HAS_ITS_FILE, after=100, pbx=pbx_with(),
        blocked={"firewall-sip": Found(
            "nftables (table inet filter, chain input) drops a REGISTER: policy drop.",
            "Let it through:", ("nft insert rule inet filter input iifname eth0 udp dport 5060 accept",))},
    ),
    "address-jailed": evidence(
        HAS_ITS_FILE, after=100, pbx=pbx_with(),
        blocked={"fail2ban": Found(f"fail2ban (jail asterisk) blocks {ADDRESS}, a phone's address.",
            "Unblock it:", (f"fail2ban-client set asterisk unbanip {ADDRESS}",))},
    ),
}  # fmt: skip
"""The evidence by the code of the rule."""

HEALTHY: Mapping[str, Evidence] = {
    "just switched on": evidence(HUNT[:2]),
    "in its search": evidence(HUNT),
    "asks for its own file": evidence(HAS_ITS_FILE[:-1]),
    "has its file": evidence(HAS_ITS_FILE),
    "registered": evidence([*HAS_ITS_FILE, REGISTERED, LineReachable(T + 29, MAC, "201", 9.0)], after=9e5),
    "one refusal, then registered": evidence([*HAS_ITS_FILE, refused(27, "wrong password"), REGISTERED]),
    "two addresses offered, the second taken": evidence([offered(0), offered(4), leased(4.1)]),
    "one request repeated": evidence([*HUNT[:2], requested(1, LOADS), requested(5, LOADS), sent(5.2, LOADS)]),
    "one lost answer to OPTIONS": evidence(
        [
            *HAS_ITS_FILE, REGISTERED, LineUnreachable(T + 90, MAC, "201"),
            LineReachable(T + 150, MAC, "201", 9.0),
        ]
    ),
    "an application on its way for ten minutes": evidence([*HUNT, requested(5, f"{LOAD}.sb2")], after=600),
    "requests whose address nobody knows": evidence(
        [*HUNT[:2], *(replace(event, address="") for event in file_events(HUNT))]
    ),
    "on SCCP, in its first start": evidence(starts(1), expected=ON_SCCP, pbx=skinny_with()),
    "on SCCP, registered in the second start": evidence(
        [*starts(2), LineRegistered(T + 64, MAC, "201", f"sccp:SEP{MAC}")], expected=ON_SCCP,
        pbx=skinny_with(**{f"SEP{MAC}": ADDRESS}),
    ),
    "from SCCP to SIP": evidence([*starts(2), sent(130, LOADS), sent(131, f"{LOAD}.sb2")]),
    "a conversion": evidence(
        [
            *HUNT, sent(1, LOADS), sent(2, "P003-8-12-00.sbn"), *HUNT[2:], sent(40, LOADS),
            sent(47, f"{LOAD}.sb2"), sent(100, "SIPDefault.cnf"), sent(101, OWN),
        ]
    ),
}  # fmt: skip
"""Phones without a fault."""
