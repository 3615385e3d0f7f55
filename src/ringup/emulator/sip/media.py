"""The RTP streams of one call: one packet every 20 ms, digits as events (RFC 3550, RFC 4733)."""

from collections import deque
from dataclasses import dataclass

from ringup.emulator import tones
from ringup.emulator.regularity import Regularity
from ringup.emulator.sip.config import OutgoingDatagram
from ringup.emulator.sip.text import PhoneContext
from ringup.emulator.sip.timers import earliest
from ringup.errors import WireError
from ringup.wire import rtp
from ringup.wire.sdp import MediaDescription

PACKET_SECONDS = 0.02
MOST_LATE = 0.5
"""Maximum pause in seconds: after a longer one, the stream continues from now instead of catching up."""
KEY_FRAMES = 5
"""Number of packets for which a digit sounds: 100 ms. (RFC 4733 gives no duration; a receiver must recognise
50 ms.)
"""
PAUSE_FRAMES = 5
"""Number of packets of silence after a digit: as long as the digit."""
QUIET_AFTER = 0.2
"""Seconds without a packet that count as silence: Asterisk sends nothing while it records."""
END_PACKETS = 3
"""Number of times that the end of an event is sent (RFC 4733 §2.5.1.4)."""


@dataclass(slots=True)
class _Key:
    """A digit that is being sent."""

    event: int
    frames: int = 0
    started: int = 0
    """The RTP timestamp of the digit's first packet, which all its packets repeat."""


class MediaStream:
    """One RTP stream in each direction, from and to one even port."""

    def __init__(self, context: PhoneContext, port: int) -> None:
        self._context = context
        self.port = port
        self.sent = 0
        self.received = 0
        self._outward, self._inward = Regularity(), Regularity()
        self._tone_detector = tones.ToneDetector(context.config.listen_for)
        self._to: tuple[str, int] | None = None
        self._codec = tones.PCMU
        self._events: int | None = None
        self._sequence = context.random.getrandbits(15)
        self._timestamp = context.random.getrandbits(31)
        self._source = context.random.getrandbits(32)
        self._next_at: float | None = None
        self._frame = 0
        self._playing: tuple[int, ...] = ()
        self._heard_at = 0.0
        self._keys: deque[_Key] = deque()
        self._last_key: int | None = None
        """The RTP timestamp of the last digit received, so that repeated packets do not count as another
        digit.
        """

    @property
    def wake_at(self) -> float | None:
        """Return the time at which `wake` must be called: the next packet is due, or a tone must count as
        ended.

        Without a destination, no packet is due.
        """
        quiet_at = self._heard_at + QUIET_AFTER if self._tone_detector.sounding else None
        return earliest(self._next_at if self._to else None, quiet_at)

    def set_remote(self, sound: MediaDescription, now: float) -> None:
        """Send RTP to the address of the far end; send none while the far end holds the call
        (RFC 3264 §8.4).
        """
        held = sound.direction in ("sendonly", "inactive") or sound.address == "0.0.0.0" or not sound.port
        self._to = None if held else (sound.address, sound.port)
        usable = [codec for codec in sound.codecs if codec in tones.SILENCE]
        self._codec = usable[0] if usable else self._codec
        self._events = sound.event_payload
        config = self._context.config
        if config.dtmf_outofband == "none":
            self._events = None
        elif config.dtmf_outofband == "avt_always" and self._events is None:
            self._events = config.dtmf_avt_payload
        if self._next_at is None:
            self._next_at = now

    def play(self, frequency: int) -> None:
        """Play a tone until `silence` is called."""
        self._playing = (frequency,)

    def silence(self) -> None:
        """Stop playing a tone."""
        self._playing = ()

    def press(self, keys: str) -> None:
        """Send digits one after the other."""
        self._keys += [_Key(rtp.DTMF_DIGITS.index(key)) for key in keys]

    def wake(self, now: float) -> list[OutgoingDatagram]:
        """Return the packets that are due, and report the tones that ended."""
        if now >= self._heard_at + QUIET_AFTER:
            self.close(now)
        if self._to is None or self._next_at is None:
            return []
        if now - self._next_at > MOST_LATE:
            self._next_at = now
        outgoing: list[OutgoingDatagram] = []
        while self._next_at <= now:
            for packet in self._packets():
                self._outward.note(now, packet.sequence)
                outgoing.append(OutgoingDatagram(rtp.build(packet), self._to, media=True))
            self._next_at += PACKET_SECONDS
            self._timestamp = self._timestamp + tones.FRAME & 0xFFFFFFFF
            self._frame += 1
        self.sent += len(outgoing)
        return outgoing

    def _packets(self) -> list[rtp.RtpPacket]:
        key = self._keys[0] if self._keys else None
        if key is None:
            return [self._sound(self._playing)]
        key.frames += 1
        if key.frames > KEY_FRAMES:
            if key.frames == KEY_FRAMES + PAUSE_FRAMES:
                self._keys.popleft()
            return [self._sound(())]
        if self._events is None:  # without events, digits are sent as tones (dtmf_inband, default 1)
            return [self._sound(tones.DTMF[rtp.DTMF_DIGITS[key.event]])]
        if key.frames == 1:
            key.started = self._timestamp
        return self._event(key, self._events)

    def _sound(self, frequencies: tuple[int, ...]) -> rtp.RtpPacket:
        payload = tones.frame(frequencies, self._codec, self._frame)
        return self._packet(self._codec, self._timestamp, payload, first=self._frame == 0)

    def _event(self, key: _Key, payload_type: int) -> list[rtp.RtpPacket]:
        ends = key.frames == KEY_FRAMES
        event = rtp.TelephoneEvent(key.event, key.frames * tones.FRAME, ends)
        payload = rtp.build_event(event)
        return [
            self._packet(payload_type, key.started, payload, first=key.frames == 1)
            for _ in range(END_PACKETS if ends else 1)
        ]

    def _packet(self, payload_type: int, timestamp: int, payload: bytes, *, first: bool) -> rtp.RtpPacket:
        self._sequence = self._sequence + 1 & 0xFFFF
        return rtp.RtpPacket(payload_type, self._sequence, timestamp, self._source, payload, first)

    def receive(self, datagram: bytes, now: float) -> None:
        """Receive one packet; a packet that is not RTP is ignored."""
        try:
            packet = rtp.parse(datagram)
            event = rtp.parse_event(packet.payload) if packet.payload_type in self._event_payloads else None
        except WireError:
            return
        self.received += 1
        self._inward.note(now, packet.sequence)
        self._heard_at = now
        if event is None:
            for kind, frequency in self._tone_detector.detect(
                tones.decode(packet.payload_type, packet.payload)
            ):
                self._context.report(now, kind, frequency=frequency)
        elif packet.timestamp != self._last_key and event.event < len(rtp.DTMF_DIGITS):
            self._last_key = packet.timestamp
            self._context.report(now, "key-heard", key=rtp.DTMF_DIGITS[event.event])

    def account(self) -> dict[str, object]:
        """Return, for each direction, the number of packets and their regularity; gaps of more than 100 ms
        count, and seconds are rounded.
        """
        return {
            "packets_sent": self.sent,
            "packets_received": self.received,
            "longest_pause_sent": round(self._outward.longest, 3),
            "longest_gap_received": round(self._inward.longest, 3),
            "gaps_received": self._inward.gaps,
            "packets_lost": self._inward.lost,
        }

    @property
    def _event_payloads(self) -> tuple[int | None, ...]:
        """Return the RTP payload types for events: the phone's offer and the far end's. An answer keeps the
        number of the offer (RFC 3264 §6.1).
        """
        return self._context.config.dtmf_avt_payload, self._events

    def close(self, now: float) -> None:
        """End the tones that were sounding."""
        for frequency in self._tone_detector.forget():
            self._context.report(now, "tone-ended", frequency=frequency)
