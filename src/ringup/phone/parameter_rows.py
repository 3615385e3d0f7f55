"""The table of ``.cnf`` parameters of the SIP 7940/7960: one row per parameter.

`source` is the number of a fact in docs/reference/phones/parameters.md. `confidence` is the letter of
docs/reference/phones.md: D documented, L seen in a real log or file, I inferred, R recalled. Where no source
gives a limit, the row has the confidence R and no limit, or one so wide that it refuses no value that works.

If a row has a `record`, ringup computes the parameter from that record, and an operator changes the record.
"""

# ruff: noqa: E501  (a table is read by row)

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

LINES = range(1, 7)
"""Number of line buttons on a 7960; a 7940 ignores the parameters of lines 3 to 6."""

UNPROVISIONED = "UNPROVISIONED"
"""The word that clears a stored value (SIPCC cfgfile_utils.c); in an integer parameter it means 0."""

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


DATE_FORMATS = (
    *(separator.join(order) for separator in "/-." for order in ("MDY", "DMY", "YMD", "YDM")),
    "YY-M-D",
)
"""The date formats in the guide (D, M and Y in several orders, with several separators), and one with a short
year.
"""


class ParameterKind(StrEnum):
    """The type of a parameter's value."""

    TEXT = "text"
    INTEGER = "integer"
    SWITCH = "switch"
    """0 or 1."""
    CHOICE = "choice"
    """A keyword in upper or lower case (SIPCC)."""
    ADDRESS = "address"
    """An IPv4 address: exactly four decimal groups."""
    HOST = "host"
    """A host name or an IPv4 address."""
    PORT = "port"
    URL = "url"
    LOAD = "load"
    """The name of a firmware image without its suffix."""
    MONTH = "month"
    WEEKDAY = "weekday"
    """A weekday; among keywords, only weekdays distinguish upper and lower case (AG2 3-26)."""
    TIME = "time"
    """A time of day, as an hour, ``hh/mm`` or ``hh:mm``."""
    ZONE = "zone"
    """A time zone, as an abbreviation or a number of hours east of Greenwich."""


class ParameterFile(StrEnum):
    """The file that usually contains a parameter; the phone accepts every parameter in either file."""

    DEFAULT = "SIPDefault.cnf"
    PHONE = "SIP<MAC>.cnf"
    EITHER = "either"


D, P, E = ParameterFile.DEFAULT, ParameterFile.PHONE, ParameterFile.EITHER


@dataclass(frozen=True, slots=True)
class Parameter:
    """One ``.cnf`` parameter."""

    name: str
    kind: ParameterKind
    default: str | None
    """The value that the phone uses if the parameter is missing; None if it is not known."""
    file: ParameterFile
    since: str
    """The first release known to have the parameter; empty if it is the first release that the sources
    describe.
    """
    meaning: str
    source: str
    confidence: str
    """The confidence in the least certain statement of the row: D, L, I or R."""
    values: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    longest: int | None = None
    """Maximum number of characters; the phone ignores a longer value entirely."""
    even: bool = False
    may_be_empty: bool = False
    """For numbers, whether the phone accepts an empty value."""
    record: str = ""
    """The record from which ringup computes the parameter; empty if the operator may set it."""
    until: str = ""
    """The last release that has the parameter; empty if no source names a release before 8.12, the last
    one.
    """
    needs_restart: bool = True
    """True if a change takes effect only when the phone next starts; this holds for all rows.

    The phone reads both files only when it starts. A check-sync without a restart makes it read only the dial
    template again (P-CNF-12).
    """


def _proxies() -> Iterator[Parameter]:
    for n in LINES:
        yield Parameter(
            f"proxy{n}_address", ParameterKind.HOST, "", E, "",
            f"The SIP server with which line {n} registers, or the word USECALLMANAGER (8.x).",
            "P-PARAM-2; that lines 2-6 without one use proxy1 is recalled", "D" if n == 1 else "R",
            record="pbx.address",
        )  # fmt: skip
        yield Parameter(
            f"proxy{n}_port", ParameterKind.PORT, "5060", E, "",
            f"The UDP port of line {n}'s SIP server.", "P-PARAM-3", "D", least=1, most=65535, record="pbx.port",
        )  # fmt: skip
        yield Parameter(
            f"call_manager{n}_addr", ParameterKind.HOST, "", E, "8.0",
            "A CallManager, used when proxy1_address is USECALLMANAGER.", "P-PARAM-4, SIPCC, DE16", "L",
        )  # fmt: skip
        yield Parameter(
            f"call_manager{n}_sip_port", ParameterKind.PORT, "5060", E, "8.0",
            "The SIP port of that CallManager.", "P-PARAM-4, SIPCC, DE16", "L", least=1, most=65535,
        )  # fmt: skip


def _lines() -> Iterator[Parameter]:
    for n in LINES:
        inherits = "" if n == 1 else " Without it the line uses line 1's."
        yield Parameter(
            f"line{n}_name", ParameterKind.TEXT, None, P, "",
            f"The user name with which line {n} registers: a number without dashes, or an e-mail address without host part.",
            "P-PARAM-9, AG4 p. 3-24, SIPCC buffer 128", "D", longest=127, record=f"line {n}'s extension",
        )  # fmt: skip
        yield Parameter(
            f"line{n}_shortname", ParameterKind.TEXT, None, P, "",
            "The text beside the line button; empty: the line's name.", "P-PARAM-10", "D",
            record=f"line {n}'s short_name",
        )  # fmt: skip
        yield Parameter(
            f"line{n}_displayname", ParameterKind.TEXT, "", P, "2.0",
            "The display name in From.", "P-PARAM-11, SIPCC buffer 32", "D", longest=31,
            record=f"line {n}'s display_name",
        )  # fmt: skip
        yield Parameter(
            f"line{n}_authname", ParameterKind.TEXT, UNPROVISIONED, P, "",
            f"The user name with which the line answers a challenge.{inherits}", "P-PARAM-12, AG4, SIPCC buffer 129", "D",
            longest=128, record=f"line {n}'s auth_name",
        )  # fmt: skip
        yield Parameter(
            f"line{n}_password", ParameterKind.TEXT, UNPROVISIONED, P, "",
            f"The password with which the line answers a challenge.{inherits}", "P-PARAM-13, SIPCC buffer 32", "D", longest=31,
            record=f"line {n}'s secret",
        )  # fmt: skip
        yield Parameter(
            f"line{n}_contact", ParameterKind.TEXT, "", P, "",
            "The user part of Contact, where it differs from the line's name.", "P-PARAM-14, FUNK, SIPCC buffer 128",
            "L", longest=127,
        )  # fmt: skip


def _speed_dials() -> Iterator[Parameter]:
    # CME numbers these 1 to 5. FUNK's file uses the number of the line, 2 to 6. ringup accepts both.
    for n in LINES:
        yield Parameter(
            f"speed_line{n}", ParameterKind.TEXT, "", P, "7.0",
            "The number that a button without a line dials.", "P-PARAM-15, CME-CFG, FUNK; which numbering is right is open", "R",
        )  # fmt: skip
        yield Parameter(
            f"speed_label{n}", ParameterKind.TEXT, "", P, "7.0", "The text beside that button.", "P-PARAM-15, CME-CFG, FUNK", "R",
        )  # fmt: skip


def _features() -> Iterator[Parameter]:
    for name, default, where, confidence, meaning, fact in (
        ("callerid_blocking", "0", E, "D", "Hide the phone's number on outgoing calls", "P-PARAM-48"),
        ("anonymous_call_block", "0", E, "D", "Refuse calls without a number", "P-PARAM-48"),
        ("dnd_control", "0", E, "D", "Do not disturb", "P-PARAM-48"),
        ("call_hold_ringback", "0", E, "R", "Ring again when a held call is left on hook", "P-PARAM-49"),
        ("call_waiting", "1", P, "D", "Let a second call in", "P-PARAM-50"),
    ):
        yield Parameter(
            name, ParameterKind.INTEGER, default, where, "4.4" if name != "call_waiting" else "",
            f"{meaning}: 0 off, 1 on, 2 off and locked, 3 on and locked; 2 and 3 belong in the phone's file.",
            fact, confidence, least=0, most=3,
        )  # fmt: skip


def _clock_rules() -> Iterator[Parameter]:
    by_us = "site.time_zone"
    for edge, month, week in (("start", "April", "1"), ("stop", "Oct", "8")):
        change = "Summer time begins" if edge == "start" else "Summer time ends"
        yield Parameter(
            f"dst_{edge}_month", ParameterKind.MONTH, month, D, "", f"{change} in this month.",
            "P-CLOCK-6; default is the US rule of before 2007", "D", least=1, most=12, record=by_us,
        )  # fmt: skip
        yield Parameter(
            f"dst_{edge}_day", ParameterKind.INTEGER, None, D, "",
            f"{change} on this day of the month; 0 or empty: by week and weekday.",
            "P-CLOCK-6, AG2 3-26", "D", least=0, most=31, may_be_empty=True, record=by_us,
        )  # fmt: skip
        yield Parameter(
            f"dst_{edge}_day_of_week", ParameterKind.WEEKDAY, "Sun", D, "", f"{change} on this weekday.",
            "P-CLOCK-5, AG2 3-26", "D", least=1, most=7, record=by_us,
        )  # fmt: skip
        yield Parameter(
            f"dst_{edge}_week_of_month", ParameterKind.INTEGER, week, D, "", f"{change} in this week; 8 is the last.",
            "P-CLOCK-6, AG2", "D", values=("1", "2", "3", "4", "5", "6", "8"), least=1, most=8, record=by_us,
        )  # fmt: skip
        yield Parameter(
            f"dst_{edge}_time", ParameterKind.TIME, "2", D, "", f"{change} at this hour.",
            "P-CLOCK-6, AG2, CME 02:00", "D", record=by_us,
        )  # fmt: skip


_ROWS: tuple[Parameter, ...] = (
    Parameter("image_version", ParameterKind.LOAD, None, E, "", "The firmware the phone should run.",
              "P-PARAM-1, AG2", "D", record="load"),
    *_proxies(),
    Parameter("proxy_register", ParameterKind.SWITCH, "0", D, "", "Register the lines; Asterisk needs 1.", "P-PARAM-5", "D"),
    Parameter("proxy_backup", ParameterKind.HOST, "", D, "", "A second SIP server.", "P-PARAM-6", "D"),
    Parameter("proxy_backup_port", ParameterKind.PORT, "5060", D, "", "The port of the second SIP server.", "P-PARAM-6", "D", least=1, most=65535),
    Parameter("proxy_emergency", ParameterKind.HOST, "", D, "", "The server for calls whose dial rule has Route=\"emergency\".", "P-PARAM-7", "D"),
    Parameter("proxy_emergency_port", ParameterKind.PORT, "5060", D, "", "The port of the server for emergency calls.", "P-PARAM-7", "D", least=1, most=65535),
    Parameter("outbound_proxy", ParameterKind.HOST, "", D, "", "The phone sends every request to this proxy first, but not its answers.",
              "P-PARAM-8, SIPCC", "D"),
    Parameter("outbound_proxy_port", ParameterKind.PORT, "5060", D, "", "The port of the outbound proxy.", "P-PARAM-8", "D", least=1, most=65535),
    *_lines(),
    *_speed_dials(),
    Parameter("auto_answer", ParameterKind.INTEGER, "0", P, "",
              "Lines that answer calls automatically; bit 0 is line 1; 0-63 on a 7960, 0-3 on a 7940.",
              "P-PARAM-16; AG75 says it cannot be set here, CME writes it", "L", least=0, most=63),
    Parameter("phone_label", ParameterKind.TEXT, "", P, "2.0", "The text at the top right of the screen; about 11 characters are visible.",
              "P-PARAM-17", "D", record="label"),
    Parameter("phone_prompt", ParameterKind.TEXT, "SIP Phone", P, "3.0", "The prompt of telnet and console.", "P-PARAM-18", "D",
              longest=15),
    Parameter("phone_password", ParameterKind.TEXT, "cisco", E, "3.0", "The password that unlocks telnet, the console and, from 4.2 on, the menus.",
              "P-PARAM-19", "D", longest=31, record="password"),
    Parameter("user_info", ParameterKind.CHOICE, "none", P, "3.0", "The ;user= of REGISTER's To and Contact.",
              "P-PARAM-20, SIPCC buffer 32", "D", values=("none", "phone", "ip")),
    Parameter("timer_register_expires", ParameterKind.INTEGER, "3600", D, "", "The duration of a registration in seconds.",
              "P-PARAM-29", "D", least=1, most=3_932_100),
    # No source states a range, so ringup accepts any digits that fit into a C int.
    Parameter("timer_register_delta", ParameterKind.INTEGER, "5", D, "7.4",
              "Seconds before the end of a registration at which the phone registers again.", "P-PARAM-30; range recalled", "R", least=0),
    Parameter("timer_t1", ParameterKind.INTEGER, "500", D, "", "Milliseconds before the first retransmission.", "P-PARAM-31, AG2 3-10", "D",
              least=1),
    Parameter("timer_t2", ParameterKind.INTEGER, "4000", D, "", "Longest gap between retransmissions, milliseconds; "
              "more than timer_t1.", "P-PARAM-31, AG2 3-10", "D", least=1),
    Parameter("sip_retx", ParameterKind.INTEGER, "10", D, "", "Retransmissions of requests other than INVITE.",
              "P-PARAM-32; range recalled", "R", least=0),
    Parameter("sip_invite_retx", ParameterKind.INTEGER, "6", D, "", "Retransmissions of INVITE.", "P-PARAM-32; range recalled",
              "R", least=0),
    Parameter("timer_invite_expires", ParameterKind.INTEGER, "180", D, "", "Seconds after which an unanswered INVITE ends.", "P-PARAM-33, AG2", "D",
              least=1),
    Parameter("preferred_codec", ParameterKind.CHOICE, "g711ulaw", D, "", "The first codec in the offer; none: the phone selects it.",
              "P-PARAM-34, LKML20", "D", values=("g711ulaw", "g711alaw", "g729a", "none")),
    Parameter("enable_vad", ParameterKind.SWITCH, "0", D, "", "Silence suppression; keep 0 with Asterisk.", "P-PARAM-35", "D"),
    Parameter("tos_media", ParameterKind.INTEGER, "5", D, "", "IP precedence of the voice.", "P-PARAM-36", "D", least=0, most=5),
    Parameter("dtmf_inband", ParameterKind.SWITCH, "1", D, "", "Send pressed digits as tones in the voice.", "P-PARAM-37, AG2", "D"),
    Parameter("dtmf_outofband", ParameterKind.CHOICE, "avt", D, "", "Send key presses as RFC 2833 events; avt only when the "
              "far end offers them.", "P-PARAM-38", "D", values=("none", "avt", "avt_always")),
    Parameter("dtmf_avt_payload", ParameterKind.INTEGER, "101", D, "", "RTP payload type of those events; above 127 the phone "
              "takes 101.", "P-PARAM-39", "D", least=96, most=127),
    Parameter("dtmf_db_level", ParameterKind.INTEGER, "3", D, "", "Loudness of tones: 1 is -6 dB, 3 is 0, 5 is +6.", "P-PARAM-40",
              "D", least=1, most=5),
    Parameter("start_media_port", ParameterKind.INTEGER, "16384", D, "", "First RTP port; even.", "P-PARAM-41", "D",
              least=16384, most=32766, even=True),
    Parameter("end_media_port", ParameterKind.INTEGER, "32766", D, "", "Last RTP port; even.", "P-PARAM-41", "D",
              least=16384, most=32766, even=True),
    Parameter("voip_control_port", ParameterKind.PORT, "5060", D, "", "The port on which the phone listens for SIP.", "P-PARAM-42", "D",
              least=1, most=65535),
    Parameter("nat_enable", ParameterKind.SWITCH, "0", D, "", "1 sends SIP from voip_control_port and announces nat_address.",
              "P-PARAM-43, SIPCC", "D"),
    Parameter("nat_address", ParameterKind.HOST, "", E, "", "The address to announce; empty: the phone's own.",
              "P-PARAM-44, SIPCC", "D"),
    Parameter("nat_received_processing", ParameterKind.SWITCH, "0", D, "", "Learn the announced address from received=; "
              "only with nat_enable 1.", "P-PARAM-45, SIPCC", "D"),
    Parameter("remote_party_id", ParameterKind.SWITCH, "0", D, "", "Send and read Remote-Party-ID.", "P-PARAM-46", "D"),
    *_features(),
    Parameter("autocomplete", ParameterKind.SWITCH, "1", P, "", "Complete numbers while dialling.", "P-PARAM-51", "D"),
    Parameter("cnf_join_enable", ParameterKind.SWITCH, "1", D, "", "Join the parties when the host of a conference leaves.",
              "P-PARAM-52; meaning recalled", "R"),
    Parameter("semi_attended_transfer", ParameterKind.SWITCH, "1", D, "", "Allow a transfer while the target rings.",
              "P-PARAM-52; meaning recalled", "R"),
    Parameter("transfer_onhook_enabled", ParameterKind.SWITCH, "0", D, "8.0", "Hanging up completes a transfer.",
              "P-PARAM-53, JH; that it came with 8.x is recalled", "R"),
    Parameter("rfc_2543_hold", ParameterKind.SWITCH, "0", D, "8.0", "Hold by a connection address of 0.0.0.0.",
              "P-PARAM-54; exists in SIPCC, 8.x recalled", "R"),
    Parameter("local_cfwd_enable", ParameterKind.SWITCH, "1", E, "7.0", "The phone itself forwards calls.", "P-PARAM-28", "L"),
    Parameter("cfwd_url", ParameterKind.TEXT, "", E, "7.0", "The address to which the phone forwards calls.", "P-PARAM-28", "L"),
    Parameter("call_stats", ParameterKind.SWITCH, "0", D, "7.4", "Add RTP-RxStat and RTP-TxStat to BYE.", "P-PARAM-47, AG75", "D"),
    Parameter("stutter_msg_waiting", ParameterKind.SWITCH, "0", D, "5.0", "Stutter dial tone while messages wait.",
              "P-PARAM-55; after 4.4 and by 7.4, the release is recalled", "R"),
    Parameter("messages_uri", ParameterKind.TEXT, "", D, "", "The number that the Messages button dials.", "P-PARAM-25", "D",
              record="pbx.messages"),
    Parameter("services_url", ParameterKind.URL, "", D, "", "The page of the Services button.", "P-PARAM-26", "D", longest=255),
    Parameter("directory_url", ParameterKind.URL, "", D, "", "The external directory.", "P-PARAM-26", "D", longest=255),
    Parameter("logo_url", ParameterKind.URL, "", D, "", "The picture on the screen, fetched at every boot.", "P-PARAM-26, P-LOGO-1", "D",
              longest=255),
    Parameter("http_proxy_addr", ParameterKind.HOST, "", D, "", "A proxy for those pages.", "P-PARAM-27", "D"),
    Parameter("http_proxy_port", ParameterKind.PORT, "80", D, "", "The port of that proxy.", "P-PARAM-27", "D", least=1, most=65535),
    Parameter("dial_template", ParameterKind.TEXT, None, D, "", "The dial plan's file name, without .xml.", "P-PARAM-24, P-DIAL-19", "D",
              record="dial_rules"),
    Parameter("tftp_cfg_dir", ParameterKind.TEXT, "", D, "", "The text that the phone puts directly in front of SIP<MAC>.cnf, unchanged.", "P-PARAM-23, LKML20", "L"),
    Parameter("sync", ParameterKind.TEXT, "1", D, "", "Compared with syncinfo.xml; a difference makes the phone restart.",
              "P-PARAM-22, P-SYNC-3", "D", longest=32, record="site.sync"),
    Parameter("telnet_level", ParameterKind.INTEGER, "0", E, "", "0 off, 1 on, 2 with all commands.", "P-PARAM-21", "D",
              least=0, most=2),
    Parameter("network_media_type", ParameterKind.CHOICE, "Auto", P, "", "Speed and duplex of the network port.",
              "P-PARAM-56; all but Auto recalled", "R", values=("Auto", "Full100", "Half100", "Full10", "Half10")),
    Parameter("network_port2_type", ParameterKind.CHOICE, "Hub/Switch", P, "", "The kind of device at the PC port.",
              "P-PARAM-57, CME-CFG", "L", values=("Hub/Switch", "Router", "PC")),
    Parameter("dyn_dns_addr_1", ParameterKind.ADDRESS, "", D, "", "Replaces DHCP's first name server.", "P-PARAM-58", "D"),
    Parameter("dyn_dns_addr_2", ParameterKind.ADDRESS, "", D, "", "Replaces DHCP's second name server.", "P-PARAM-58", "D"),
    Parameter("dyn_tftp_addr", ParameterKind.ADDRESS, "", D, "", "Replaces DHCP's TFTP server; with a wrong address, the phone gets no files.",
              "P-PARAM-59", "D"),
    Parameter("Domain_Name", ParameterKind.TEXT, "", D, "", "The phone's DNS domain; note the upper-case letters.", "P-PARAM-60, CME-CFG", "L"),
    Parameter("sntp_server", ParameterKind.HOST, "0.0.0.0", D, "", "The time server; 0.0.0.0: none.", "P-CLOCK-1", "D",
              record="site.ntp_server"),
    Parameter("sntp_mode", ParameterKind.CHOICE, "directedbroadcast", D, "", "The method of requests to the time server.", "P-CLOCK-2, AG2", "D",
              values=("unicast", "multicast", "anycast", "directedbroadcast")),
    Parameter("time_zone", ParameterKind.ZONE, None, D, "", "Standard time: an abbreviation or a number of hours.",
              "P-CLOCK-3, LKML20; a negative number is recalled", "R", record="site.time_zone"),
    Parameter("time_format_24hr", ParameterKind.INTEGER, "1", D, "", "Clock: 0 is 12 hours, 1 is 24 hours; 2 and 3 "
              "are the same, and the user cannot change them.", "P-CLOCK-4", "L", least=0, most=3),
    # A source names the first three. The others are recalled.
    Parameter("date_format", ParameterKind.CHOICE, "M/D/Y", D, "7.4", "The format of the date.", "P-CLOCK-4; list incomplete", "R",
              values=DATE_FORMATS),
    Parameter("language", ParameterKind.TEXT, None, D, "8.0", "The language of the screen.",
              "P-PARAM-63; values recalled", "R"),
    Parameter("dst_auto_adjust", ParameterKind.SWITCH, "1", D, "", "Follow summer time.", "P-CLOCK-4", "D", record="site.time_zone"),
    Parameter("dst_offset", ParameterKind.INTEGER, "1", D, "", "Hours that summer time adds.", "P-CLOCK-4; range recalled", "R",
              least=0, most=12, record="site.time_zone"),
    *_clock_rules(),
)  # fmt: skip

PARAMETERS: dict[str, Parameter] = {row.name: row for row in _ROWS}
"""Every parameter by its name."""
