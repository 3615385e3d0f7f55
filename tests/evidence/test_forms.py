"""A boot as each program logs it: the lines of every form, and the events that they give."""

import pytest

from ringup.events import (
    AddressDeclined,
    AddressLeased,
    AddressOffered,
    AddressRefused,
    AddressReleased,
    DhcpIgnored,
    DiscoverReceived,
    Event,
    FileNotFound,
    FileRefused,
    FileRequested,
    FileSent,
    InformReceived,
    LineAuthenticated,
    LineReachable,
    LineRegistered,
    LineUnreachable,
    LineUnregistered,
    OtherServerChosen,
    PoolEmpty,
    RegistrationRefused,
    SipSeen,
    TftpIgnored,
    TransferFailed,
)
from tests.evidence.logs import MAC, PHONE, at, events, reading

T = at(11, 5, 42)
HEAD = "Nov 27 11:05:42 pbx "
KEA = "2026-11-27 11:05:42.000 INFO  [kea-dhcp4.x/1.2]"
COLONS = "00:16:46:c0:ff:ee"
OWN = f"SIP{MAC}.cnf"


def requested(name: str = OWN, port: int = 0) -> FileRequested:
    return FileRequested(T, MAC, name, PHONE, port)


def absent(reason: str, name: str = OWN) -> FileNotFound:
    return FileNotFound(T, MAC, name, PHONE, reason)


LEASED = AddressLeased(T, MAC, PHONE, 0)
OFFERED = AddressOffered(T, MAC, PHONE, "?")
RRQ = f"{HEAD}in.tftpd[77]: RRQ from {PHONE} filename {OWN}\n"

KEA_LINES: tuple[tuple[str, str, Event], ...] = (
    ("DHCP4_LEASE_ADVERT", f"lease {PHONE} will be advertised", OFFERED),
    ("DHCP4_LEASE_OFFER", f"lease {PHONE} will be offered", OFFERED),
    ("DHCP4_LEASE_ALLOC", f"lease {PHONE} has been allocated", LEASED),
    (
        "DHCP4_LEASE_ALLOC",
        f"lease {PHONE} has been allocated for 3600 seconds",
        AddressLeased(T, MAC, PHONE, 3600),
    ),
    (
        "DHCP4_PACKET_RECEIVED",
        "DHCPDISCOVER (type 1) received from 0.0.0.0 to 255.255.255.255 on interface eth0",
        DiscoverReceived(T, MAC, "", "eth0"),
    ),
    ("ALLOC_ENGINE_V4_ALLOC_FAIL", "failed to allocate", PoolEmpty(T, MAC, "its pool")),
    ("DHCP4_RELEASE", f"address {PHONE} was released properly.", AddressReleased(T, MAC, PHONE)),
)
KEA_CASES: list[tuple[str, str, list[Event]]] = [
    (f"Kea {name}", f"{KEA} {name} [hwtype=1 {COLONS}], cid=[no info], tid=0x1: {text}", [told])
    for name, text, told in KEA_LINES
]
ASTERISK_LINES: tuple[tuple[str, Event], ...] = (
    (
        f"chan_sip.c:28 x: Registration from '\"201\" <sip:201@10.0.0.1>' failed for "
        f"'{PHONE}:51098' - Wrong password",
        RegistrationRefused(T, PHONE, "201", "wrong password"),
    ),
    (
        f"Registration from '<sip:201@pbx;user=phone>' failed for '{PHONE}' - No matching peer found",
        RegistrationRefused(T, PHONE, "201", "unknown account"),
    ),
    (
        f"res_pjsip/pjsip_distributor.c:688 Request 'REGISTER' from '<sip:201@pbx>' "
        f"failed for '{PHONE}:51098' (callid: a-b@{PHONE}) - No matching endpoint found",
        RegistrationRefused(T, PHONE, "201", "unknown account"),
    ),
    (
        f"res_pjsip/pjsip_distributor.c:688 Request 'REGISTER' from '<sip:201@pbx>' "
        f"failed for '{PHONE}:51098' (callid: a) - Failed to authenticate",
        RegistrationRefused(T, PHONE, "201", "wrong password"),
    ),
    (
        'SecurityEvent="InvalidPassword",EventTV="x",Severity="Error",Service="PJSIP",AccountID="201",'
        f'RemoteAddress="IPV4/UDP/{PHONE}/51098"',
        RegistrationRefused(T, PHONE, "201", "wrong password"),
    ),
    (
        'SecurityEvent="SuccessfulAuth",Service="SIP",AccountID="sip:201@10.0.0.1",'
        f'RemoteAddress="IPV4/UDP/{PHONE}/51098",UsingPassword="1"',
        LineAuthenticated(T, PHONE, "201", PHONE),
    ),
    (
        f"    -- Registered SIP '201' at {PHONE}:5060",
        LineRegistered(T, PHONE, "201", f"{PHONE}:5060"),
    ),
    (
        f"Added contact 'sip:201@{PHONE}:5060;transport=udp' to AOR '201' with expiration of 60 s",
        LineRegistered(T, PHONE, "201", f"sip:201@{PHONE}:5060;transport=udp"),
    ),
    (
        f"    -- Contact 201/sip:201@{PHONE}:5060 is now Reachable.  RTT: 12.300 msec",
        LineReachable(T, PHONE, "201", 12.3),
    ),
    (f"    -- Contact 201/sip:201@{PHONE}:5060 is now Unreachable", LineUnreachable(T, PHONE, "201")),
    (
        f"    -- Removed contact 'sip:201@{PHONE}:5060' from AOR '201' due to expiration",
        LineUnregistered(T, PHONE, "201", "expiration"),
    ),
    ("    -- Unregistered SIP '201'", LineUnregistered(T, "", "201")),
    ("chan_sip.c: Peer '201' is now UNREACHABLE!  Last qualify: 12", LineUnreachable(T, "", "201")),
    ("chan_sip.c: Peer '201' is now Reachable. (12ms / 2000ms)", LineReachable(T, "", "201", 12.0)),
)
ASTERISK_CASES: list[tuple[str, str, list[Event]]] = [
    (f"Asterisk: {text[:40]}", f"[Nov 27 11:05:42] NOTICE[1][C-1]: {text}", [told])
    for text, told in ASTERISK_LINES
]

CASES: list[tuple[str, str, list[Event]]] = [
    # --- tftpd-hpa and BSD's tftpd
    ("tftpd-hpa", RRQ, [requested()]),
    ("tftpd-hpa in IPv6", RRQ.replace("from ", "from ::ffff:"), [requested()]),
    ("tftpd-hpa with a rewritten name", RRQ.replace(OWN, f"{OWN} remapped to x/{OWN}"), [requested()]),
    ("tftpd-hpa with a folder", RRQ.replace(OWN, f"/srv/tftp/{OWN}"), [requested()]),
    (
        "tftpd-hpa, absent",
        f"{RRQ}{HEAD}in.tftpd[77]: sending NAK (1, File not found) to {PHONE}",
        [requested(), absent("File not found")],
    ),
    (
        "tftpd-hpa, refused",
        f"{RRQ}{HEAD}in.tftpd[77]: sending NAK (2, Only absolute filenames allowed) to {PHONE}",
        [requested(), FileRefused(T, MAC, OWN, PHONE, "Only absolute filenames allowed")],
    ),
    (
        "tftpd-hpa, broken off",
        f"{RRQ}{HEAD}in.tftpd[77]: tftpd: read(ack): Connection refused",
        [requested(), TransferFailed(T, MAC, OWN, PHONE, 0, 0, "Connection refused")],
    ),
    (
        "tftpd-hpa of Red Hat, finished",
        f"{RRQ}{HEAD}in.tftpd[77]: Client {PHONE} finished {OWN}",
        [requested()],
    ),
    (
        "tftpd-hpa of Red Hat, absent",
        f"{RRQ}{HEAD}in.tftpd[77]: Client {PHONE} File not found {OWN}",
        [requested(), absent("File not found")],
    ),
    (
        "tftpd-hpa whose rewrite rule cuts the name",
        f"RRQ from {PHONE} filename P0030801SR02.loads remapped to firmware/7940/P0030801SR\n"
        f"Client {PHONE} File not found firmware/7940/P0030801SR",
        [
            FileRequested(0.001, PHONE, "P0030801SR02.loads", PHONE, 0),
            FileNotFound(
                0.002,
                PHONE,
                "P0030801SR02.loads",
                PHONE,
                "File not found, the server looked for firmware/7940/P0030801SR",
            ),
        ],
    ),
    (
        "tftpd-hpa behind hosts.deny",
        f"{HEAD}in.tftpd[77]: connection refused from {PHONE}",
        [TftpIgnored(T, PHONE, PHONE, "refused by hosts.allow or hosts.deny")],
    ),
    ("tftpd of BSD", f"{HEAD}tftpd[9]: {PHONE}: read request for //{OWN}: success", [requested()]),
    ("tftpd of OpenBSD", f"{HEAD}tftpd[9]: {PHONE}: read request for '{OWN}'", [requested()]),
    (
        "tftpd of BSD, absent",
        f"{HEAD}tftpd[9]: {PHONE}: read request for {OWN}: File not found",
        [absent("File not found")],
    ),
    (
        "tftpd of BSD, refused",
        f"{HEAD}tftpd[9]: {PHONE}: read request for {OWN}: Access violation",
        [FileRefused(T, MAC, OWN, PHONE, "Access violation")],
    ),
    # --- atftpd
    ("atftpd", f"{HEAD}atftpd[5.139]: Serving {OWN} to {PHONE}:50123", [requested(port=50123)]),
    (
        "atftpd, absent",
        f"{HEAD}atftpd[5.139]: Serving {OWN} to {PHONE}:50123\n"
        f"{HEAD}atftpd[5.139]: File /srv/tftp/{OWN} not found",
        [requested(port=50123), absent("not found")],
    ),
    (
        "atftpd, two at once",
        f"{HEAD}atftpd[5.1]: Serving {OWN} to {PHONE}:50123\n"
        f"{HEAD}atftpd[5.2]: Serving RINGLIST.DAT to {PHONE}:50124\n"
        f"{HEAD}atftpd[5.1]: End of transfer\n{HEAD}atftpd[5.2]: Aborting transfer",
        [
            requested(port=50123),
            requested("RINGLIST.DAT", 50124),
            FileSent(T, MAC, OWN, PHONE, -1, 0.0),
            TransferFailed(T, MAC, "RINGLIST.DAT", PHONE, 0, 0, "Aborting transfer"),
        ],
    ),
    # --- dnsmasq
    (
        "dnsmasq, sent",
        f"{HEAD}dnsmasq-tftp[3]: sent /srv/tftp/{OWN} to {PHONE}",
        [FileSent(T, MAC, OWN, PHONE, -1, 0)],
    ),
    (
        "dnsmasq 2.4, sent",
        f"{HEAD}dnsmasq[3]: TFTP sent /srv/{OWN} to {PHONE}",
        [FileSent(T, MAC, OWN, PHONE, -1, 0)],
    ),
    (
        "dnsmasq, absent",
        f"{HEAD}dnsmasq-tftp[3]: file /srv/tftp/{OWN} not found for {PHONE}",
        [absent("not found")],
    ),
    (
        "dnsmasq, broken off",
        f"{HEAD}dnsmasq-tftp[3]: error 0 Early end received from {PHONE}\n"
        f"{HEAD}dnsmasq-tftp[3]: failed sending /srv/tftp/{OWN} to {PHONE}",
        [TransferFailed(T, MAC, OWN, PHONE, 0, 0, "Early end")],
    ),
    (
        "dnsmasq, silence",
        f"{HEAD}dnsmasq-tftp[3]: failed sending /srv/tftp/{OWN} to {PHONE}",
        [TransferFailed(T, MAC, OWN, PHONE, 0, 0, "the phone stopped acknowledging")],
    ),
    (
        "dnsmasq DISCOVER",
        f"{HEAD}dnsmasq-dhcp[3]: DHCPDISCOVER(eth0) {COLONS} ",
        [DiscoverReceived(T, MAC, "", "eth0")],
    ),
    (
        "dnsmasq, no address left",
        f"{HEAD}dnsmasq-dhcp[3]: DHCPDISCOVER(eth0) {COLONS} no address available",
        [DiscoverReceived(T, MAC, "", "eth0"), PoolEmpty(T, MAC, "its pool")],
    ),
    ("dnsmasq OFFER", f"{HEAD}dnsmasq-dhcp[3]: DHCPOFFER(eth0) {PHONE} {COLONS} ", [OFFERED]),
    ("dnsmasq ACK", f"{HEAD}dnsmasq-dhcp[3]: DHCPACK(eth0) {PHONE} {COLONS} SEP{MAC}", [LEASED]),
    (
        "dnsmasq NAK",
        f"{HEAD}dnsmasq-dhcp[3]: DHCPNAK(eth0) {PHONE} {COLONS} wrong network",
        [AddressRefused(T, MAC, PHONE, "wrong network")],
    ),
    (
        "dnsmasq, others",
        f"{HEAD}dnsmasq-dhcp[3]: DHCPDECLINE(eth0) {PHONE} {COLONS} \n"
        f"{HEAD}dnsmasq-dhcp[3]: DHCPRELEASE(eth0) {PHONE} {COLONS} \n"
        f"{HEAD}dnsmasq-dhcp[3]: DHCPINFORM(eth0) {PHONE} {COLONS} ",
        [AddressDeclined(T, MAC, PHONE), AddressReleased(T, MAC, PHONE), InformReceived(T, MAC, PHONE)],
    ),
    (
        "dnsmasq with log-dhcp",
        f"{HEAD}dnsmasq-dhcp[3]: 1234567890 vendor class: Cisco Systems, Inc. IP Phone CP-7960G\n"
        f"{HEAD}dnsmasq-dhcp[3]: 1234567890 DHCPDISCOVER(eth0) {COLONS} \n"
        f"{HEAD}dnsmasq-dhcp[3]: 1234567890 DHCPOFFER(eth0) {PHONE} {COLONS} \n"
        f"{HEAD}dnsmasq-dhcp[3]: 1234567890 sent size:  4 option:150  10.0.0.1",
        [
            DiscoverReceived(T, MAC, "Cisco Systems, Inc. IP Phone CP-7960G", "eth0"),
            AddressOffered(T, MAC, PHONE, "10.0.0.1"),
        ],
    ),
    (
        "dnsmasq with log-dhcp, without a TFTP server",
        f"{HEAD}dnsmasq-dhcp[3]: 1234567890 DHCPOFFER(eth0) {PHONE} {COLONS} \n"
        f"{HEAD}dnsmasq-dhcp[3]: 1234567890 sent size:  4 option:  1 netmask  255.255.255.0\n"
        f"{HEAD}dnsmasq-dhcp[3]: 1234567891 DHCPDISCOVER(eth0) {COLONS} ",
        [AddressOffered(T, MAC, PHONE, ""), DiscoverReceived(T, MAC, "", "eth0")],
    ),
    (
        "dnsmasq in German",
        f'{HEAD}dnsmasq-dhcp[3]: 1234567890 "Vendor class": Cisco Systems, Inc. IP Phone CP-7960G\n'
        f"{HEAD}dnsmasq-dhcp[3]: 1234567890 DHCPDISCOVER(eth0) {COLONS} keine Adresse verfügbar\n"
        f"{HEAD}dnsmasq-tftp[3]: Datei /srv/tftp/{OWN} nicht gefunden für {PHONE}\n"
        f"{HEAD}dnsmasq-tftp[3]: /srv/tftp/{OWN} an {PHONE} verschickt\n"
        f"{HEAD}dnsmasq-tftp[3]: konnte /srv/tftp/{OWN} nicht an {PHONE} senden",
        [
            DiscoverReceived(T, MAC, "Cisco Systems, Inc. IP Phone CP-7960G", "eth0"),
            PoolEmpty(T, MAC, "its pool"),
            absent("not found"),
            FileSent(T, MAC, OWN, PHONE, -1, 0.0),
            TransferFailed(T, MAC, OWN, PHONE, 0, 0, "the phone stopped acknowledging"),
        ],
    ),
    (
        "dnsmasq in French and Polish",
        f"{HEAD}dnsmasq-tftp[3]: fichier /srv/{OWN} non trouvé pour {PHONE}\n"
        f"{HEAD}dnsmasq-tftp[3]: plik /srv/{OWN} przesłano do {PHONE}",
        [absent("not found"), FileSent(T, MAC, OWN, PHONE, -1, 0.0)],
    ),
    # --- ISC dhcpd
    (
        "dhcpd DISCOVER",
        f"{HEAD}dhcpd[1]: DHCPDISCOVER from {COLONS} via eth0",
        [DiscoverReceived(T, MAC, "", "eth0")],
    ),
    (
        "dhcpd, no address left",
        f"{HEAD}dhcpd: DHCPDISCOVER from {COLONS} via eth0: network 10.0.0.0/24: no free leases",
        [DiscoverReceived(T, MAC, "", "eth0"), PoolEmpty(T, MAC, "10.0.0.0/24")],
    ),
    ("dhcpd OFFER", f"{HEAD}dhcpd: DHCPOFFER on {PHONE} to {COLONS} (SEP{MAC}) via eth0", [OFFERED]),
    ("dhcpd ACK", f"{HEAD}dhcpd: DHCPACK on {PHONE} to {COLONS} (SEP{MAC}) via eth0", [LEASED]),
    ("dhcpd REQUEST", f"{HEAD}dhcpd: DHCPREQUEST for {PHONE} (10.0.0.1) from {COLONS} via eth0", []),
    (
        "dhcpd, another server's offer",
        f"{HEAD}dhcpd: DHCPREQUEST for {PHONE} (10.0.0.9) from {COLONS} via eth0: unknown lease {PHONE}.",
        [OtherServerChosen(T, MAC, "10.0.0.9")],
    ),
    (
        "dhcpd, with the address taken out",
        f"11:05:42 dhcpd: DHCPREQUEST for from {COLONS} via eth0: ignored (not authoritative).",
        [DhcpIgnored(T, MAC, "ignored (not authoritative)")],
    ),
    (
        "dhcpd, silent",
        f"{HEAD}dhcpd: DHCPREQUEST for {PHONE} from {COLONS} via eth0: ignored (not authoritative).",
        [DhcpIgnored(T, MAC, "ignored (not authoritative)")],
    ),
    (
        "dhcpd NAK",
        f"{HEAD}dhcpd: DHCPNAK on {PHONE} to {COLONS} via eth0",
        [AddressRefused(T, MAC, PHONE, "")],
    ),
    (
        "dhcpd, others",
        f"{HEAD}dhcpd: DHCPDECLINE of {PHONE} from {COLONS} via eth0: abandoned\n"
        f"{HEAD}dhcpd: DHCPRELEASE of {PHONE} from {COLONS} via eth0 (found)\n"
        f"{HEAD}dhcpd: DHCPINFORM from {PHONE} via eth0\n{HEAD}dhcpd: DHCPACK to {PHONE} ({COLONS}) via eth0",
        [
            AddressDeclined(T, MAC, PHONE),
            AddressReleased(T, MAC, PHONE),
            InformReceived(T, MAC, PHONE),
            InformReceived(T, MAC, PHONE),
        ],
    ),
    *KEA_CASES,
    # --- Tftpd64
    (
        "Tftpd64",
        f"Connection received from {PHONE} on port 28995 [27/11 11:05:42.000]\n"
        f"Read request for file <{OWN}>. Mode octet [27/11 11:05:42.000]\n"
        "Using local port 3406 [27/11 11:05:42.000]\n"
        f"<{OWN}>: sent 3 blks, 1400 bytes in 0 s. 0 blk resent [27/11 11:05:42.000]",
        [requested(port=28995), FileSent(T, MAC, OWN, PHONE, 1400, 0.0)],
    ),
    (
        "Tftpd64, absent, in German, pasted as HTML",
        f"Connection received from {PHONE} on port 1 [27/11 11:05:42.000]\n"
        f"Read request for file &lt;{OWN}&gt;. Mode octet [27/11 11:05:42.000]\n"
        f"File &lt;{OWN}&gt; : error 2 in system call CreateFile Datei nicht gefunden. "
        "[27/11 11:05:42.000]",
        [requested(port=1), absent("Datei nicht gefunden")],
    ),
    (
        "Tftpd32's DHCP",
        "Rcvd DHCP Discover Msg for IP 0.0.0.0, Mac 00:16:46:C0:FF:EE [27/11 11:05:42.000]\n"
        f"DHCP: proposed address {PHONE} [27/11 11:05:42.000]\n"
        "Rcvd DHCP Rqst Msg for IP 0.0.0.0, Mac 00:16:46:C0:FF:EE [27/11 11:05:42.000]\n"
        "Previously allocated address acked [27/11 11:05:42.000]",
        [DiscoverReceived(T, MAC, ""), OFFERED, LEASED],
    ),
    # --- IOS
    (
        "IOS TFTP",
        f"*Nov 27 11:05:42.000: TFTP: read request from host {PHONE}(50919) via Vlan10\n"
        f"*Nov 27 11:05:42.000: TFTP: Looking for {OWN}\n"
        "*Nov 27 11:05:42.000: TFTP: Sending error 1 No such file",
        [requested(port=50919), absent("No such file")],
    ),
    (
        "IOS TFTP events alone",
        f"*Nov 27 11:05:42.000: TFTP: Looking for {OWN}",
        [FileRequested(T, MAC, OWN, "", 0)],
    ),
    (
        "IOS DHCP",
        "000123: *Nov 27 11:05:42.000: DHCPD: DHCPDISCOVER received from client 0100.1646.c0ff.ee "
        "on interface Vlan10.\n"
        f"*Nov 27 11:05:42.000: DHCPD: Sending DHCPOFFER to client 0100.1646.c0ff.ee ({PHONE}).\n"
        "*Nov 27 11:05:42.000: DHCPD: DHCPREQUEST received from client 0100.1646.c0ff.ee.\n"
        f"*Nov 27 11:05:42.000: DHCPD: Sending DHCPACK to client 0100.1646.c0ff.ee ({PHONE}).",
        [DiscoverReceived(T, MAC, "", "Vlan10"), OFFERED, LEASED],
    ),
    (
        "IOS DHCP of a client that names itself",
        "*Nov 27 11:05:42.000: DHCPD: DHCPDISCOVER received from client "
        "0063.6973.636f.2d30.3031.362e.3436.6330.2e66.6665.652d.5631 through relay 10.2.2.1.",
        [DiscoverReceived(T, MAC, "", "10.2.2.1")],
    ),
    # --- bootpd
    (
        "bootpd",
        f"{HEAD}bootpd[610]: DHCP DISCOVER [en0]: 1,0:16:46:c0:ff:ee <SEP{MAC}>\n"
        f"{HEAD}bootpd[610]: OFFER sent SEP{MAC} {PHONE} pktsize 300\n"
        f"{HEAD}bootpd[610]: DHCP REQUEST [en0]: 1,0:16:46:c0:ff:ee <SEP{MAC}>\n"
        f"{HEAD}bootpd[610]: ACK sent <no hostname> {PHONE} pktsize 300",
        [DiscoverReceived(T, MAC, "", "en0"), OFFERED, LEASED],
    ),
    # --- others
    ("RouterOS", f"nov/27 11:05:42 dhcp,info dhcp1 assigned {PHONE} to 00:16:46:C0:FF:EE", [LEASED]),
    ("Windows", f"10,11/27/26,11:05:42,Assign,{PHONE},SEP{MAC}.site,{MAC},,1,0,,", [LEASED]),
    (
        "RouterOS ends",
        f"nov/27 11:05:42 dhcp,info dhcp1 deassigned {PHONE} from 00:16:46:C0:FF:EE",
        [AddressReleased(T, MAC, PHONE)],
    ),
    (
        "Windows refuses",
        f"15,11/27/26,11:05:42,NACK,{PHONE},,{MAC},,0,6,,,,,,,,,0",
        [AddressRefused(T, MAC, PHONE, "")],
    ),
    (
        "Windows, released",
        f"12,11/27/26,11:05:42,Release,{PHONE},SEP{MAC}.site,{MAC},,1,0,,",
        [AddressReleased(T, MAC, PHONE)],
    ),
    (
        "console",
        f"NOT 11:05:42.0 TFTP: [14]:Requesting SEP{MAC}.cnf.xml from 10.0.0.1\n"
        "NOT 11:05:42.0 TFTP: [14]:Finished --> rcvd 4124 bytes\n"
        "NOT 11:05:42.0 TFTP: [15]:Requesting dialplan.xml from 10.0.0.1\n"
        "ERR 11:05:42.0 TFTP: [15]:Not Found",
        [
            FileRequested(T, MAC, f"SEP{MAC}.cnf.xml", "", 0),
            FileSent(T, MAC, f"SEP{MAC}.cnf.xml", "", 4124, 0.0),
            FileRequested(T, MAC, "dialplan.xml", "", 0),
            FileNotFound(T, MAC, "dialplan.xml", "", "Not Found"),
        ],
    ),
    (
        "tshark",
        f"2026-11-27 11:05:42.0 {PHONE} → 10.0.0.1 TFTP 73 Read Request, File: {OWN}, Transfer type: octet\n"
        f"2026-11-27 11:05:42.0 10.0.0.1 → {PHONE} TFTP 60 Error Code, Code: File not found, Message: x",
        [requested(), absent("File not found, Message: x")],
    ),
    (
        "Wireshark's table of SIP",
        f"12\t7.455802\t{PHONE}\t10.0.0.1\tSIP\t520\tRequest: REGISTER sip:10.0.0.1  (1 binding) | \n"
        f"13\t7.455802\t10.0.0.1\t{PHONE}\tSIP\t571\tStatus: 401 Unauthorized | ",
        [
            SipSeen(7.455802, PHONE, PHONE, "10.0.0.1", "REGISTER", 0, "", "", "", False, ""),
            SipSeen(7.455802, PHONE, "10.0.0.1", PHONE, "REGISTER", 401, "", "", "", False, ""),
        ],
    ),
    (
        "tcpdump -v, DHCP",
        f"11:05:42.000000 IP (tos 0x0, ttl 252, id 1, offset 0, flags [none], proto UDP (17), length 576)\n"
        f"    0.0.0.0.68 > 255.255.255.255.67: [udp sum ok] BOOTP/DHCP, Request from {COLONS}, length 548\n"
        f"\t  Client-Ethernet-Address {COLONS}\n\t  Vendor-rfc1048 Extensions\n"
        "\t    DHCP-Message Option 53, length 1: Discover\n"
        f'\t    Hostname Option 12, length 15: "SEP{MAC}"\n'
        '\t    Vendor-Class Option 60, length 38: "Cisco Systems, Inc. IP Phone CP-7911G^@"\n'
        "11:05:42.000000 IP (tos 0x0, ttl 64, id 460, offset 0, flags [DF], proto UDP (17), length 375)\n"
        "    10.0.0.1.67 > 255.255.255.255.68: BOOTP/DHCP, Reply, length 347, xid 0x1b3a, Flags [none]\n"
        f"\t  Your-IP {PHONE}\n\t  Client-Ethernet-Address {COLONS}\n"
        "\t    DHCP-Message (53), length 1: Offer\n\t    Unknown (150), length 4: 10.0.0.1\n"
        "11:05:42.000000 IP 10.0.0.1.67 > 255.255.255.255.68: BOOTP/DHCP, Reply, length 347\n"
        f"\t  Your-IP {PHONE}\n\t  Client-Ethernet-Address {COLONS}\n"
        "\t    DHCP-Message (53), length 1: ACK\n\t    Lease-Time (51), length 4: 3600\n",
        [
            DiscoverReceived(T, MAC, "Cisco Systems, Inc. IP Phone CP-7911G"),
            AddressOffered(T, MAC, PHONE, "10.0.0.1"),
            AddressLeased(T, MAC, PHONE, 3600),
        ],
    ),
    (
        "a provisioning page",
        f"28.11.2026 03:25:03\t[ERROR]\t GET (CTLSEP{MAC}.tlv):CTLSEP{MAC}.tlv\tno match found\t",
        [FileNotFound(at(3, 25, 3, day=28), MAC, f"CTLSEP{MAC}.tlv", "", "not found")],
    ),
    (
        "Wireshark's table",
        f'"1986","2026-11-27 11:05:42.0","{PHONE}","10.0.0.1","TFTP","73","Read Request, File: {OWN}, x"',
        [requested()],
    ),
    (
        "tcpdump",
        f'11:05:42.000000 IP {PHONE}.50123 > 10.0.0.1.69: TFTP, length 26, RRQ "{OWN}" octet\n'
        f'11:05:42.000000 IP 10.0.0.1.40000 > {PHONE}.50123: TFTP, ERROR ENOTFOUND "File not found"',
        [requested(port=50123), absent("ENOTFOUND")],
    ),
    *ASTERISK_CASES,
]


@pytest.mark.parametrize(("lines", "told"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_lines_of_a_form_tell_what_happened(lines: str, told: list[Event]) -> None:
    assert events(lines) == told


@pytest.mark.parametrize("lines", [case[1] for case in CASES], ids=[case[0] for case in CASES])
def test_no_such_line_counts_as_not_understood(lines: str) -> None:
    assert reading(lines).unread == 0


@pytest.mark.parametrize("lines", [case[1] for case in CASES], ids=[case[0] for case in CASES])
def test_a_line_that_is_cut_off_anywhere_raises_nothing(lines: str) -> None:
    for end in range(len(lines)):
        reading(lines[:end])


def test_dnsmasq_and_asterisk_say_nothing_of_the_manager_interface() -> None:
    assert not events(
        '[Nov 27 11:05:42] SECURITY[1] x: SecurityEvent="InvalidPassword",Service="AMI",AccountID="a"'
    )


def test_a_refusal_that_asterisk_logs_twice_is_one() -> None:
    notice = next(lines for name, lines, _ in CASES if name.startswith("Asterisk: chan_sip.c:28"))
    security = next(lines for name, lines, _ in CASES if 'SecurityEvent="InvalidP' in name)
    assert len(events(f"{notice}\n{security}")) == 1


def test_a_lease_that_is_renewed_is_told_from_a_new_one() -> None:
    ack = f"{HEAD}dhcpd: DHCPACK on {PHONE} to {COLONS} via eth0\n"
    discover = f"{HEAD}dhcpd: DHCPDISCOVER from {COLONS} via eth0\n"
    leases = [event for event in events(ack + ack + discover + ack) if isinstance(event, AddressLeased)]
    assert [lease.renewed for lease in leases] == [False, True, False]
