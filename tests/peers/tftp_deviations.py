"""The cases in which ringup answers a TFTP client differently from other servers, with reasons; tests check
all of them.

The cases are those of `tftp_cases`; in the cases that are not listed here, all servers answer alike.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deviation:
    ringup: str
    others: dict[str, str]
    """The answers of servers that differ, by server; a server that is not listed answers as ringup does."""
    why: str


NOT_COMPARED = {
    "tftpd_hpa": {
        "a datagram of no byte": "it sometimes answers to what is left in memory of an earlier one",
        "a request without its final NUL": "the same",
        "a request without a mode": "the same",
        "a request without a NUL": "the same",
    },
    "atftpd": {
        "no ACK at all": "it resends three bytes of a packet",
        "an empty mode": "it answers from what is left in memory of an earlier request",
        "an empty name": "the same",
        "a request without its final NUL": "the same",
        "a request without a mode": "the same",
        "a request without a NUL": "the same",
        "a request of two bytes": "the same",
        "a request of 600 bytes": "the same",
    },
}
"""Accidental behaviour of servers, because of which a case cannot be compared, by server."""

_SOONER = "ringup retransmits first after half a second, tftpd-hpa after one second, atftpd after five."
_THREE = "What is never acknowledged is sent three times: forged addresses get little, and phones ask again."
_SMALLER = (
    "RFC 2348 allows sizes from 8 on. ringup ignores the option (RFC 2347), so the phone still gets the file."
)
_NO_NUMBER = "The value is not a number, so the option is left out (RFC 2347)."
_TIMEOUT = "RFC 2349 ends at 1 and 255; RFC 2347 lets a server leave an option out: the file still comes."
_NO_TIMEOUT = "dnsmasq has no `timeout`; RFC 2349."
_NO_WINDOW = "tftpd-hpa and dnsmasq have no `windowsize`; RFC 7440."
_MODES = "RFC 1350 knows no such mode, and the file might arrive other than it is."
_MAIL = "RFC 1350 has it for writing only, and calls it obsolete."
_PATH = "No text names a path of the server."
_HUNT = "At any error but 1 a phone's loader stops its hunt for files (CSCee31047)."
_NETASCII = "dnsmasq sends the file as it is; RFC 1350 wants CR LF for a line's end."
_NOT_OURS = "No transfer has this ID: RFC 1350 §4 wants ERROR 5 (Unknown transfer ID)."
_NO_ANSWER = "It is not a TFTP packet. Without a reply, the server cannot be used to flood forged addresses."

DEVIATIONS: dict[str, Deviation] = {
    "a request twice": Deviation(
        "DATA 1 (512) ×2, from 1 port",
        dict.fromkeys(("tftpd_hpa", "dnsmasq", "atftpd"), "DATA 1 (512) ×2, from 2 ports"),
        "A phone repeats its request from the same port: one transfer, not two beside each other.",
    ),
    "one ACK twice (Sorcerer's Apprentice)": Deviation(
        "10 DATA packets for 10 blocks",
        {"atftpd": "19 DATA packets for 10 blocks"},
        "RFC 1123 §4.2.3.1: an old ACK sends nothing. atftpd sends every block twice from there on.",
    ),
    "an ACK of a block not yet sent": Deviation(
        "DATA 1 (512), silence",
        {"atftpd": "DATA 1 (512), DATA 6 (512)"},
        "Such an ACK is forged or broken; atftpd skips the blocks before it.",
    ),
    "no ACK at all": Deviation(
        "DATA 1 (512) ×3 in 8 s",
        dict.fromkeys(("tftpd_hpa", "dnsmasq"), "DATA 1 (512) ×4 in 8 s"),
        _THREE,
    ),
    "no ACK of an OACK": Deviation(
        "OACK tsize=4608 ×3 in 8 s",
        {
            **dict.fromkeys(("tftpd_hpa", "dnsmasq"), "OACK tsize=4608 ×4 in 8 s"),
            "atftpd": "OACK tsize=4608 ×2 in 8 s",
        },
        _THREE,
    ),
    "the last ACK lost": Deviation(
        "DATA 1 (512), DATA 2 (188) ×5 in 8 s",
        {
            **dict.fromkeys(("tftpd_hpa", "dnsmasq"), "DATA 1 (512), DATA 2 (188) ×4 in 8 s"),
            "atftpd": "DATA 1 (512), DATA 2 (188) ×2 in 8 s",
        },
        _SOONER,
    ),
    "an ACK from a foreign port": Deviation(
        "DATA 1 (512), to that port: silence, DATA 2 (512)",
        {"dnsmasq": "DATA 1 (512), to that port: ERROR 5, DATA 2 (512)"},
        "RFC 1350 §4 wants ERROR 5 to the unknown transfer ID; all four continue the transfer.",
    ),
    "an ACK without a transfer": Deviation(
        "silence",
        dict.fromkeys(("dnsmasq", "atftpd"), "ERROR 4"),
        "It may be late, of a transfer that ended; an ERROR would end the phone's next try from that port.",
    ),
    "a DATA packet without a transfer": Deviation(
        "ERROR 5", {"tftpd_hpa": "silence", "dnsmasq": "ERROR 4", "atftpd": "ERROR 4"}, _NOT_OURS
    ),
    "opcode 6": Deviation(
        "ERROR 5", {"tftpd_hpa": "silence", "dnsmasq": "ERROR 4", "atftpd": "ERROR 4"}, _NOT_OURS
    ),
    "an ERROR without a transfer": Deviation(
        "silence",
        {"dnsmasq": "ERROR 4", "atftpd": "ERROR 4"},
        "An error is never answered (RFC 1350 §7): two servers would never stop.",
    ),
    "blksize 7": Deviation(
        "DATA 1 (512)",
        {"tftpd_hpa": "ERROR 8", "dnsmasq": "OACK blksize=7, DATA 1 (7)", "atftpd": "ERROR 8"},
        _SMALLER,
    ),
    "blksize 0": Deviation(
        "DATA 1 (512)",
        {"tftpd_hpa": "ERROR 8", "dnsmasq": "OACK blksize=1, DATA 1 (1)", "atftpd": "ERROR 8"},
        _SMALLER,
    ),
    "blksize 65464": Deviation(
        "OACK blksize=65464, DATA 1 (4608)",
        {"dnsmasq": "OACK blksize=1468, DATA 1 (1468)"},
        "A client that requests the largest block size of RFC 2348 gets it; dnsmasq keeps to the MTU.",
    ),
    "blksize 65465": Deviation(
        "OACK blksize=65464, DATA 1 (4608)",
        {"dnsmasq": "OACK blksize=1468, DATA 1 (1468)", "atftpd": "ERROR 8"},
        "RFC 2348 lets the server lower it.",
    ),
    "blksize abc": Deviation(
        "DATA 1 (512)", {"dnsmasq": "OACK blksize=1, DATA 1 (1)", "atftpd": "ERROR 8"}, _NO_NUMBER
    ),
    "blksize -8": Deviation(
        "DATA 1 (512)",
        {
            "tftpd_hpa": "OACK blksize=65464, DATA 1 (4608)",
            "dnsmasq": "OACK blksize=1468, DATA 1 (1468)",
            "atftpd": "OACK blksize=-8, DATA 1 (512)",
        },
        _NO_NUMBER,
    ),
    "tsize in netascii": Deviation(
        "OACK tsize=19",
        {"tftpd_hpa": "ERROR 8", "dnsmasq": "DATA 1 (17)", "atftpd": "OACK tsize=0"},
        "The size is that of what travels, known before the first block.",
    ),
    "timeout 0": Deviation("DATA 1 (512)", {"tftpd_hpa": "ERROR 8", "atftpd": "ERROR 8"}, _TIMEOUT),
    "timeout 256": Deviation("DATA 1 (512)", {"tftpd_hpa": "ERROR 8", "atftpd": "ERROR 8"}, _TIMEOUT),
    "timeout 1": Deviation("OACK timeout=1, DATA 1 (512)", {"dnsmasq": "DATA 1 (512)"}, _NO_TIMEOUT),
    "timeout 255": Deviation("OACK timeout=255, DATA 1 (512)", {"dnsmasq": "DATA 1 (512)"}, _NO_TIMEOUT),
    "timeout 4, then no ACK": Deviation(
        "OACK timeout=4, silence in 3 s, OACK timeout=4", {"dnsmasq": "DATA 1 (512)"}, _NO_TIMEOUT
    ),
    "windowsize 0": Deviation(
        "DATA 1 (512)",
        {"atftpd": "ERROR 8"},
        "RFC 7440 begins at 1, RFC 2347 lets a server leave an option out: the file still comes.",
    ),
    "windowsize 1": Deviation(
        "OACK windowsize=1, DATA 1 (512)",
        dict.fromkeys(("tftpd_hpa", "dnsmasq"), "DATA 1 (512)"),
        _NO_WINDOW,
    ),
    "windowsize 65535": Deviation(
        "OACK windowsize=64, DATA 1 to 9 (512), DATA 10 (0)",
        {
            **dict.fromkeys(("tftpd_hpa", "dnsmasq"), "DATA 1 (512)"),
            "atftpd": "OACK windowsize=65535, DATA 1 to 9 (512), DATA 10 (0)",
        },
        "RFC 7440 lets the server lower it: one small datagram sets off 64 packets at most.",
    ),
    "windowsize 4, then ACK 4": Deviation(
        "OACK windowsize=4, DATA 1 to 8 (512)",
        dict.fromkeys(("tftpd_hpa", "dnsmasq"), "DATA 1 (512)"),
        _NO_WINDOW,
    ),
    "windowsize 4, then ACK 2": Deviation(
        "OACK windowsize=4, DATA 1 to 4 (512), DATA 3 to 6 (512)",
        dict.fromkeys(("tftpd_hpa", "dnsmasq"), "DATA 1 (512)"),
        _NO_WINDOW,
    ),
    "an option twice": Deviation(
        "OACK blksize=64",
        {
            "tftpd_hpa": "OACK blksize=128 blksize=64",
            "dnsmasq": "OACK blksize=128",
            "atftpd": "OACK blksize=128",
        },
        "RFC 2347: an option may be given once; the first counts.",
    ),
    "an option without a value": Deviation(
        "ERROR 4",
        dict.fromkeys(("tftpd_hpa", "dnsmasq", "atftpd"), "DATA 1 (512)"),
        "The request was cut off: what its end said is unknown. Phones send no options.",
    ),
    "netascii": Deviation("DATA 1 (19)", {"dnsmasq": "DATA 1 (17)"}, _NETASCII),
    "the mode NETASCII": Deviation("DATA 1 (19)", {"dnsmasq": "DATA 1 (17)"}, _NETASCII),
    "the mode banana": Deviation("ERROR 4", {"atftpd": "DATA 1 (512)"}, _MODES),
    "the mode mail": Deviation("ERROR 4", {"atftpd": "DATA 1 (512)"}, _MAIL),
    "an absent file": Deviation("ERROR 1", {"dnsmasq": "ERROR 1 that names a path"}, _PATH),
    "a path of the machine": Deviation("ERROR 1", {"dnsmasq": "ERROR 1 that names a path"}, _PATH),
    "a name with a backslash": Deviation("ERROR 1", {"dnsmasq": "ERROR 1 that names a path"}, _PATH),
    "a name that is no ASCII": Deviation("ERROR 1", {"dnsmasq": "ERROR 1 that names a path"}, _PATH),
    "a name with ..": Deviation(
        "ERROR 1",
        {"tftpd_hpa": "DATA 1 (512)", "dnsmasq": "ERROR 2 that names a path", "atftpd": "ERROR 2"},
        "Nothing lies above the folder. For tftpd-hpa it is `/`, whose parent is itself.",
    ),
    "a name that leaves the folder": Deviation(
        "ERROR 1", {"dnsmasq": "ERROR 2 that names a path", "atftpd": "ERROR 2"}, _HUNT
    ),
    "a name in other letter case": Deviation(
        "DATA 1 (512)",
        {"tftpd_hpa": "ERROR 1", "dnsmasq": "ERROR 1 that names a path", "atftpd": "ERROR 1"},
        "Letter case is the commonest reason why a phone does not find its file.",
    ),
    "a folder": Deviation(
        "ERROR 1",
        {"tftpd_hpa": "ERROR 0", "dnsmasq": "ERROR 0 that names a path", "atftpd": "DATA 1 (0)"},
        _HUNT,
    ),
    "a write request": Deviation(
        "ERROR 2",
        {"tftpd_hpa": "ERROR 1", "dnsmasq": "ERROR 4", "atftpd": "ACK 0"},
        "Access violation: the server is read only. atftpd takes the file.",
    ),
    "a request of 600 bytes": Deviation(
        "ERROR 4",
        {"tftpd_hpa": "ERROR 0", "dnsmasq": "ERROR 0 that names a path"},
        "RFC 2347 limits a request to 512 bytes. No file of a phone has such a name.",
    ),
    "a request filled up with zeros to 600 bytes": Deviation(
        "ERROR 4",
        dict.fromkeys(("tftpd_hpa", "dnsmasq", "atftpd"), "DATA 1 (512)"),
        "RFC 2347 limits a request to 512 bytes; zeros at the end of a shorter request do no harm.",
    ),
    "opcode 0": Deviation("silence", {"dnsmasq": "ERROR 4", "atftpd": "ERROR 4"}, _NO_ANSWER),
    "opcode 9": Deviation("silence", {"dnsmasq": "ERROR 4", "atftpd": "ERROR 4"}, _NO_ANSWER),
    "a datagram of one byte": Deviation("silence", {"atftpd": "ERROR 4"}, _NO_ANSWER),
    "an ACK of three bytes": Deviation("silence", {"dnsmasq": "ERROR 4", "atftpd": "ERROR 4"}, _NO_ANSWER),
}
