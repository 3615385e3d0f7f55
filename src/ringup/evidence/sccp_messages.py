"""Read the registration of SCCP phones in captures: Register, and the server's answer (P-SCCP-3).

Phones and servers send each message of a registration in a TCP segment of its own (P-SCCP-3), so only
messages at the start of a segment are read. A segment that begins inside a message is ignored.
"""

import re
from collections.abc import Iterator

from ringup.errors import WireError
from ringup.events import LineRegistered, RegistrationRefused
from ringup.evidence.observation import Context, Observation, Observations, remember
from ringup.wire.captured import CapturedTcp
from ringup.wire.sccp import messages, of_phone, of_server
from ringup.wire.sccp.frame import PORT, Stream

_KEY = "SCCP phone at"
_DEVICE = re.compile("SEP([0-9A-F]{12})")


def is_sccp(segment: CapturedTcp) -> bool:
    """Return whether a TCP segment goes to or comes from SCCP's port."""
    return PORT in (segment.source_port, segment.destination_port)


def seen(context: Context, segment: CapturedTcp) -> Observations:
    """Return the observations in a TCP segment; none for other messages and for damaged ones."""
    return [each for message in _messages(segment.payload) for each in _of_message(context, segment, message)]


def _messages(payload: bytes) -> Iterator[object]:
    try:
        for frame in Stream().take(payload):
            yield messages.parse(frame)
    except WireError:
        return


def _of_message(context: Context, segment: CapturedTcp, message: object) -> Observations:
    if isinstance(message, of_phone.Register):
        if found := _DEVICE.fullmatch(message.device):
            mac = found[1]
            remember(context.kept, (_KEY, segment.source, segment.source_port), mac)
            remember(context.holders, segment.source, mac)
        return []
    mac = context.kept.get((_KEY, segment.destination, segment.destination_port), "")
    if not mac:
        return []
    if isinstance(message, of_server.RegisterReject):
        return [Observation(RegistrationRefused(context.at, mac, f"SEP{mac}", message.reason.strip(" :")))]
    if isinstance(message, of_server.LineStat) and message.number:
        return [Observation(LineRegistered(context.at, mac, message.number, f"sccp:{segment.destination}"))]
    return []
