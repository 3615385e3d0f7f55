"""The phone's CDP client: it announces itself, asks for a voice VLAN, and decides on a VLAN after some
seconds.

Strategy: no socket and no clock. The first announcement of another device with a voice VLAN is the answer;
the phone starts to use that VLAN at `CdpTimes.decides`, not before. Later the phone only repeats its
announcement. Facts: P-CDP-2, P-CDP-5, P-CDP-10.
"""

from typing import NamedTuple

from ringup.emulator.behaviour import CDP_TIMES, CdpTimes
from ringup.emulator.flash import Flash
from ringup.errors import WireError
from ringup.wire import cdp
from ringup.wire.captured import ETHERNET, CapturedCdp, captured
from ringup.wire.ipv4 import packed

CAPABILITIES = {"SIP": 0x10, "SCCP": 0x90}
"""The capabilities that the phone announces, by the protocol of its load (P-CDP-2)."""
QUERY = bytes.fromhex("20020001")
"""The bytes of the phone's voice VLAN query; their meaning is not known (P-CDP-13)."""
MILLIWATTS = 6300
NO_ADDRESS_YET = "0.0.0.0"
"""The address in the phone's announcements before it has one. [R] A guess (P-CDP-20)."""


class VlanDecision(NamedTuple):
    """The VLAN that the phone uses after its CDP exchange, and where it got the number."""

    vlan: int
    """The VLAN, 1 to 4094, or `cdp.PRIORITY_ONLY`, or `cdp.UNTAGGED`."""
    source: str
    """Where the VLAN comes from: ``cdp``, ``menu`` (the phone's Admin. VLAN Id) or ``none``."""


class CdpClient:
    """The CDP exchange of one boot."""

    def __init__(self, flash: Flash, admin_vlan: int = cdp.UNTAGGED, times: CdpTimes = CDP_TIMES) -> None:
        """`admin_vlan` is the VLAN that was set in the phone's menu; `cdp.UNTAGGED`: none."""
        self.decision: VlanDecision | None = None
        """None until the phone has decided."""
        self.wake_at: float | None = None
        """The time of the next call of `wake`; None before the start."""
        self.address = NO_ADDRESS_YET
        """The phone's address in its announcements."""
        self._flash = flash
        self._admin_vlan = admin_vlan
        self._times = times
        self._sends: list[float] = []
        self._decides_at = 0.0
        self._answer: int | None = None

    def start(self, now: float) -> None:
        """Begin when the port has a link, at `now` (seconds of any clock)."""
        self._sends = [now + seconds for seconds in self._times.sends]
        self._decides_at = now + self._times.decides
        self.wake_at = self._sends[0]

    def receive(self, frame: bytes) -> None:
        """Take a frame that arrived at the phone's port."""
        content = captured(ETHERNET, frame)
        if self._answer is not None or not isinstance(content, CapturedCdp):
            return
        try:
            announced = cdp.parse(content.data)
        except WireError:
            return
        is_answer = announced.voice_vlan != cdp.NO_VLAN and not announced.is_of_a_phone
        if is_answer and cdp.checksum(content.data) == 0:
            self._answer = announced.voice_vlan

    def wake(self, now: float) -> list[bytes]:
        """Carry out the actions whose time has come; return the frames to send."""
        frames = []
        while self._sends and now >= self._sends[0]:
            sent_at = self._sends.pop(0)
            frames.append(self._frame())
            if not self._sends:
                self._sends.append(sent_at + self._times.repeat)
        if self.decision is None and now >= self._decides_at:
            self.decision = self._decide()
        decides = [self._decides_at] if self.decision is None else []
        self.wake_at = min([*self._sends, *decides], default=None)
        return frames

    def _decide(self) -> VlanDecision:
        """Return the VLAN to use (P-CDP-5). [R] An announced voice VLAN overrides the menu's (P-CDP-18)."""
        if self._answer is not None:
            return VlanDecision(self._answer, "cdp")
        if self._admin_vlan != cdp.UNTAGGED:
            return VlanDecision(self._admin_vlan, "menu")
        return VlanDecision(cdp.UNTAGGED, "none")

    def _frame(self) -> bytes:
        flash, protocol = self._flash, self._flash.protocol
        return cdp.frame(
            flash.mac,
            cdp.build(
                (
                    (cdp.DEVICE, f"{'SIP' if protocol == 'SIP' else 'SEP'}{flash.mac}".encode()),
                    (cdp.ADDRESSES, cdp.addresses(packed(self.address))),
                    (cdp.PORT, b"Port 1"),
                    (cdp.CAPABILITIES, CAPABILITIES.get(protocol, 0x10).to_bytes(4, "big")),
                    (cdp.SOFTWARE, flash.loader.encode()),
                    (cdp.PLATFORM, f"Cisco IP Phone {flash.model}".encode()),
                    (cdp.VLAN_QUERY, QUERY),
                    (cdp.DUPLEX, b"\x01"),
                    (cdp.POWER, MILLIWATTS.to_bytes(2, "big")),
                )
            ),
        )
