"""Asks an NTP server for the time, as a phone does. Source: RFC 4330."""

import socket
import time

from ringup.check.facts import SntpReply
from ringup.errors import WireError
from ringup.wire.sntp import UNSYNCHRONISED, Mode, SntpPacket, build, parse, timestamp

PORT = 123
TRIES = 2
SECONDS = 1.0
"""Timeout in seconds of each try; a server in the same building answers within milliseconds."""


def ask(server: str, port: int = PORT) -> SntpReply:
    """Send at most two requests; a server that cannot be reached or resolved counts as silent."""
    for _ in range(TRIES):
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
                asking.settimeout(SECONDS)
                asking.connect((server, port))
                asking.send(build(SntpPacket(Mode.CLIENT, transmit=timestamp(time.time()))))
                stratum = _heard(asking)
        except OSError:
            continue
        if stratum is not None:
            return SntpReply(server, stratum)
    return SntpReply(server, None)


def _heard(asking: socket.socket) -> int | None:
    until = time.monotonic() + SECONDS
    while (left := until - time.monotonic()) > 0:
        asking.settimeout(left)
        if (stratum := stratum_in(asking.recv(1024))) is not None:
            return stratum
    return None


def stratum_in(reply: bytes) -> int | None:
    """Return the stratum of a server's reply; 0 if the server has no time itself, None if it is not a valid
    reply.
    """
    try:
        packet = parse(reply)
    except WireError:
        return None
    if packet.mode is not Mode.SERVER:
        return None
    return 0 if packet.leap == UNSYNCHRONISED else packet.stratum
