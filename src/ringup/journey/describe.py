"""Describe every event in one short line for people."""

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

from ringup import events
from ringup.events import Event

LONGEST_LINE = 160
"""Maximum number of characters of a line; names and reasons come from the network and may be long."""

LONGEST_OWN_LINE = 600
"""Maximum number of characters of a line about this server; its reason ends with the cure, which must be
complete.
"""
_ABOUT_THE_SERVER = frozenset(
    {
        events.MachineFault,
        events.MachineFaultOver,
        events.PbxLost,
        events.ServerAddressChanged,
        events.ServerFault,
        events.ServerStarted,
        events.SiteChanged,
    }
)

SENTENCES: Mapping[type[Event], str] = {
    events.DiscoverReceived: "requests an address ({0.vendor_class})",
    events.AddressOffered: "is offered {0.address}, files from {0.tftp_server}",
    events.AddressLeased: "has {0.address} for {0.seconds} s",
    events.AddressRefused: "is refused {0.address} (NAK): {0.reason}",
    events.AddressDeclined: "declined {0.address}: another host uses it",
    events.AddressReleased: "released {0.address}",
    events.InformReceived: "at {0.address} requests its options (INFORM)",
    events.OtherServerChosen: "takes an offer of another DHCP server, {0.server}",
    events.OtherServerSeen: "is answered by another DHCP server, {0.server}, files from {0.tftp_server}",
    events.DhcpIgnored: "gets no DHCP answer: {0.reason}",
    events.AddressInUse: "{0.address} not offered: {0.holder} already uses it",
    events.RegisteredElsewhere: "boots at {0.address}, but is registered from {0.registered}: two devices?",
    events.FilesFromTwoAddresses: "its files are requested from {0.address} and {0.before}: two devices?",
    events.LeasedAddressElsewhere: "{0.holder} says that it has {0.address}, which this phone leases",
    events.PhonePinned: "its own files go to {0.address} ({0.by}), before to {0.before}",
    events.PhoneUnpinned: "its own files are no longer bound to {0.address}",
    events.PoolEmpty: "gets no address: no free address in {0.subnet}",
    events.FileRequested: "requests {0.name}",
    events.TransferProgress: "has {0.percent} % of {0.name}",
    events.FileSent: "has {0.name}, {0.size:,} bytes in {0.seconds:.1f} s",
    events.FileNotFound: "{0.name} not found: {0.reason}",
    events.FileRefused: "{0.name} refused: {0.reason}",
    events.TransferFailed: "transfer of {0.name} failed after {0.sent:,} of {0.size:,} bytes: {0.reason}",
    events.TftpIgnored: "ignored TFTP from {0.address}: {0.reason}",
    events.DatagramsDropped: "{0.dropped} {0.service} packets dropped: the receive queue was full",
    events.LineRegistered: "{0.extension} is registered at {0.contact}",
    events.LineUnregistered: "{0.extension} is no longer registered: {0.reason}",
    events.LineAuthenticated: "{0.extension} authenticated to the PBX from {0.address}",
    events.LineReachable: "{0.extension} answers the PBX after {0.milliseconds:.0f} ms",
    events.LineUnreachable: "{0.extension} does not answer the PBX",
    events.RegistrationRefused: "{0.extension} is refused by the PBX: {0.reason}",
    events.LineChallenged: "{0.extension} does not answer the PBX's challenge, sent to {0.address}",
    events.CallStarted: "{0.extension} calls {0.to}",
    events.CallAnswered: "{0.extension} talks to {0.to}",
    events.CallMissed: "{0.extension} did not answer {0.caller}",
    events.LineHungUp: "{0.extension} hangs up",
    events.CallEnded: "{0.extension}: call ended ({0.cause})",
    events.MessagesWaiting: "{0.extension} has {0.new} new and {0.old} old messages",
    events.SipSeen: "SIP {0.method} {0.result} from {0.source} to {0.destination}",
    events.CdpSeen: "announces itself by CDP: {0.platform}, {0.device_id}, {0.version}{0.power}",
    events.VoiceVlanAnswered: "gets voice VLAN {0.vlan} by CDP from {0.by}",
    events.ServerStarted: "ringup {0.version} is ready",
    events.ServerStopped: "ringup has stopped",
    events.NodeActive: "{0.node} is active: {0.service}",
    events.NodeStandby: "{0.node} is standby for {0.service}; {0.active} is active",
    events.SiteChanged: "revision {0.revision} is served",
    events.PbxConnected: "connected to Asterisk {0.version}",
    events.PbxLost: "lost the connection to Asterisk: {0.reason}",
    events.PbxReloaded: "Asterisk reloaded {0.files}",
    events.InterfaceLost: "{0.interface} is down: {0.reason}",
    events.InterfaceBack: "{0.interface} is up again",
    events.ServerAddressChanged: "{0.interface} has the address {0.after} instead of {0.before}",
    events.StoreSlow: "the database took {0.seconds:.1f} s to write {0.what}",
    events.EventsOmitted: "{0.count:,} more events within a minute omitted: {0.kinds} from {0.source}",
    events.ServerFault: "fault in ringup: {0.what}",
    events.MachineFault: "fault ({0.code}): {0.what} {0.cure}",
    events.MachineFaultOver: "fault is gone ({0.code}): {0.what}",
}
"""The text after the phone's name on the `ringup watch` screen; `{0}` stands for the event."""

_EMPTY_ENDS = (", files from ", ", before to ", " from ", " by ", ": ", " ()", " at ", ", active is ")
"""Ends of a sentence that are cut off because the field after them is empty."""


_UNMEASURED: Mapping[type[Event], tuple[str, int, str]] = {
    events.AddressLeased: ("seconds", 0, "has {0.address}"),
    events.FileSent: ("size", -1, "has {0.name}"),
    events.TransferFailed: ("size", 0, "transfer of {0.name} failed: {0.reason}"),
}
"""For each kind of event, a field that may be unknown, its value if it is, and the sentence without the
field.

The logs of other servers do not contain these fields.
"""

_WORDS: dict[type[Event], Callable[[Any], str]] = {
    kind: sentence.format for kind, sentence in SENTENCES.items()
}
_LEASED, _RENEWED = _WORDS[events.AddressLeased], "keeps {0.address} for {0.seconds} s".format
_OFFERED = _WORDS[events.AddressOffered]
_WANTED_TOO = f"{SENTENCES[events.DiscoverReceived]}, {SENTENCES[events.AddressOffered]}".format
_WORDS[events.AddressLeased] = lambda event: (_RENEWED if event.renewed else _LEASED)(event)
_WORDS[events.AddressOffered] = lambda event: (_WANTED_TOO if event.vendor_class else _OFFERED)(event)
_SEEN, _SEEN_LEAVING = _WORDS[events.SipSeen], "SIP {0.method} {0.result} to {0.destination}".format
_SEEN_ARRIVING = "SIP {0.method} {0.result} from {0.source}".format
_WORDS[events.SipSeen] = lambda event: (
    (_SEEN if event.destination else _SEEN_ARRIVING) if event.source else _SEEN_LEAVING
)(event)
_READY, _NOT_READY = _WORDS[events.ServerStarted], "ringup {0.version} is NOT ready: {0.missing}".format
_SERVED, _IN_VAIN = _WORDS[events.SiteChanged], "revision {0.revision} is NOT ready: {0.missing}".format
_WORDS[events.ServerStarted] = lambda event: (_NOT_READY if event.missing else _READY)(event)
_MOVED = _WORDS[events.ServerAddressChanged]
_MOVED_IN_VAIN = f"{SENTENCES[events.ServerAddressChanged]}; NOT ready: {{0.missing}}".format
_WORDS[events.ServerAddressChanged] = lambda event: (_MOVED_IN_VAIN if event.missing else _MOVED)(event)
_WORDS[events.SiteChanged] = lambda event: (_IN_VAIN if event.missing else _SERVED)(event)


def _if_measured(kind: type[Event]) -> Callable[[Any], str]:
    """Return the words of a kind with a field that may be unknown."""
    field, unmeasured, sentence = _UNMEASURED[kind]
    measured, without, value = _WORDS[kind], sentence.format, attrgetter(field)
    return lambda event: (without if value(event) == unmeasured else measured)(event)


_WORDS |= {kind: _if_measured(kind) for kind in _UNMEASURED}


def plain(text: str, longest: int = LONGEST_LINE) -> str:
    """Return `text` on one line of at most `longest` characters, without control characters."""
    if text.isprintable() and len(text) <= longest:
        return text
    text = text.replace("\0", "")  # option 60 may end with a NUL
    shown = "".join(sign if sign.isprintable() else "·" for sign in text[: longest + 1])
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def describe(event: Event) -> str:
    """Describe the event in a few words, without the phone's name."""
    kind = type(event)
    sentence = _WORDS[kind](event)
    if sentence.endswith(_EMPTY_ENDS):
        for end in _EMPTY_ENDS:
            sentence = sentence.removesuffix(end)
    return plain(sentence) if kind not in _OF_A_SERVER else _of_a_server(event, sentence)


_OF_A_SERVER = _ABOUT_THE_SERVER | events.OF_A_NODE


def _of_a_server(event: Event, sentence: str) -> str:
    if type(event) in events.OF_A_NODE and (node := getattr(event, "node", "")):
        sentence = f"{sentence} ({node})"
    return plain(sentence, LONGEST_OWN_LINE if type(event) in _ABOUT_THE_SERVER else LONGEST_LINE)
