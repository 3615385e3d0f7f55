"""One SCCP call: its state, its end and its sound, as the server orders them (P-SCCP-18 to P-SCCP-24).

The server decides everything; the phone shows the state and carries the sound. The reports are the same as in
SIP, so that a report of a call looks alike in both protocols.
"""

from ringup.emulator import tones
from ringup.emulator.sip.media import MediaStream
from ringup.emulator.sip.text import PhoneContext
from ringup.wire.sccp import of_phone, of_server
from ringup.wire.sdp import MediaDescription

OFF_HOOK, ON_HOOK, RING_OUT, RING_IN, CONNECTED, BUSY, CONGESTION, HOLD = range(1, 9)
"""Call states (P-SCCP-21), in the order of their numbers from 1."""
PAYLOADS = {4: tones.PCMU, 2: tones.PCMA}
"""RTP payload types by SCCP's numbers of codecs (P-SCCP-9)."""
_WHILE = {RING_OUT: "ringback", CONNECTED: "answered", HOLD: "held"}
_FAILED = {BUSY: 486, CONGESTION: 503}
"""The SIP status codes with which reports name the same failures."""


class SccpCall:
    """A call of one line."""

    def __init__(self, context: PhoneContext, line: int, number: int, media: MediaStream) -> None:
        self.line = line
        self.number = number
        """The server's number for the call."""
        self.media = media
        self.direction = "out"
        self.far_end = ""
        self.over = False
        self.is_ringing = False
        self.is_answered = False
        self.is_held = False
        self.has_sound = False
        """True while the RTP port must be open."""
        self._hung_up = False
        self._context = context

    def state(self, state: int, now: float) -> None:
        """Handle a new call state from the server."""
        if state == RING_IN:
            self.direction = "in"
        elif state == ON_HOOK:
            self._end(now)
        elif state in _FAILED and not self.is_answered:
            self._report(now, "failed", code=_FAILED[state])
        elif state == CONNECTED and self.is_held:
            self.is_held = False
            self._report(now, "resumed")
        elif state in _WHILE and not (state == CONNECTED and self.is_answered):
            self.is_answered = self.is_answered or state == CONNECTED
            self.is_held = state == HOLD
            self.is_ringing = False
            self._report(now, _WHILE[state])

    def ring(self, now: float) -> None:
        """Ring, because a call comes in."""
        if not self.is_ringing:
            self.is_ringing = True
            self._report(now, "ringing")

    def know(self, information: of_server.CallInfo) -> None:
        """Note the number and name of the far end, as the server reports them."""
        incoming = self.direction == "in"
        self.far_end = information.calling_number if incoming else information.called_number

    def hang_up(self) -> None:
        """Note that the person at this phone hung up."""
        self._hung_up = True

    def open_sound(self, order: of_server.OpenReceiveChannel, address: str) -> list[object]:
        """Open the RTP port, and return the message with its address."""
        self.has_sound = True
        return [of_phone.OpenReceiveChannelAck(0, address, self.media.port, order.party)]

    def send_sound(self, order: of_server.StartMediaTransmission, now: float) -> None:
        """Send RTP to the address that the server names."""
        codec = PAYLOADS.get(order.codec, tones.PCMU)
        self.media.set_remote(MediaDescription(order.address, order.port, (codec,)), now)

    def _end(self, now: float) -> None:
        if self.over:
            return
        self.over = True
        self.has_sound = False
        self.media.close(now)
        self._report(now, "ended", by="us" if self._hung_up else "them", **self.media.account())

    def _report(self, now: float, state: str, **detail: object) -> None:
        self._context.report(
            now, "call", state=state, direction=self.direction, line=self.line,
            **{"with": self.far_end}, **detail,
        )  # fmt: skip
