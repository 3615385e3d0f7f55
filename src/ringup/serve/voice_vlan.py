"""Answer phones' CDP queries on one interface (`--voice-vlan`); `engine.voice_vlan` decides on the answers.

`open` needs root's rights; `start` begins to read after the server has given up root. A switch that sends CDP
is reported as a fault of the machine, and `ringup watch` shows this fault until the switch is silent.
"""

import asyncio
import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ringup import __version__
from ringup.engine.faults import Faults
from ringup.engine.rates import TokenBucket
from ringup.engine.voice_vlan import CdpIdentity, OtherSpeaker, VoiceVlan
from ringup.errors import BindError
from ringup.events import Event, ServerFault
from ringup.finding import ERROR
from ringup.rule import Found, Result
from ringup.serve.frames_of_interest import ONLY_CDP, RELEVANT_BYTES
from ringup.serve.log import log
from ringup.serve.socket_filter import attach
from ringup.serve.sockets import ETH_P_802_2, interface_named, open_frame_tap
from ringup.wire.cdp import NO_VLAN

CODE, SUBJECT = "voice-vlan", "voice VLAN"
MOST_AT_ONCE = 64
"""Maximum number of frames that are read before the event loop does other work."""
BURST, PER_SECOND = 20_000, 500.0
"""Maximum number of frames that are read at once, and per second in the long run, as in `listener.py`."""
DEAF_SECONDS = 1.0
"""Seconds for which nothing is read after too many frames."""
KIND_OF_INTERFACE = "/sys/class/net/{}/uevent"
_SWITCH = "{0.device} ({0.platform}, {0.mac}) also sends CDP on {1}{2}, so ringup gives no voice VLAN there."
_CURE = "Set the voice VLAN on that switch and start ringup serve without --voice-vlan, or remove the device."


class VoiceVlanService:
    """Answers CDP queries on one interface."""

    def __init__(
        self,
        interface: str,
        vlan: int,
        emit: Callable[[Sequence[Event]], None],
        note: Callable[[Sequence[Result]], None],
        on_fault: Callable[[ServerFault], None],
        *,
        clock: Callable[[], float] = time.time,
        steady_clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`emit` takes the events of answered phones; `note` takes the state of the rule `voice-vlan`."""
        self._interface = interface
        self._vlan = vlan
        self._emit = emit
        self._note = note
        self._faults = Faults(on_fault, clock)
        self._clock = clock
        self._steady_clock = steady_clock
        self._frames = TokenBucket(BURST, PER_SECOND)
        self._engine: VoiceVlan | None = None
        self._socket: socket.socket | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._noted: OtherSpeaker | None = None

    def open(self) -> None:
        """Open the raw socket; raises BindError."""
        _refuse_tagged(self._interface)
        interface = interface_named(self._interface)
        self._socket = open_frame_tap(
            self._interface, lambda opened: attach(opened, ONLY_CDP), protocol=ETH_P_802_2
        )
        identity = CdpIdentity(
            interface.mac,
            self._interface,
            socket.gethostname(),
            f"ringup {__version__}",
            next(iter(interface.addresses), ""),
        )
        self._engine = VoiceVlan(self._vlan, identity)

    def start(self) -> None:
        """Begin to listen on the running loop."""
        if self._socket is None or self._engine is None:
            return
        log.info(
            "voice VLAN %d: phones on %s get it by CDP, from %.0f s after the start, if no switch sends CDP",
            self._vlan, self._interface, self._engine.listen_first,
        )  # fmt: skip
        self._loop = asyncio.get_running_loop()
        self._engine.start(self._steady_clock())
        self._listen()

    def close(self) -> None:
        """Stop answering and close the socket."""
        if self._timer:
            self._timer.cancel()
        if self._socket is None:
            return
        if self._loop:
            self._loop.remove_reader(self._socket.fileno())
        self._socket.close()
        self._socket = None

    def _listen(self) -> None:
        if self._loop and self._socket and self._engine:
            self._loop.add_reader(self._socket.fileno(), self._read, self._socket, self._engine)

    def _read(self, opened: socket.socket, engine: VoiceVlan) -> None:
        for _ in range(MOST_AT_ONCE):
            now = self._steady_clock()
            if not self._frames.take(now):
                self._be_deaf(opened)
                break
            try:
                self._send(opened, engine.receive(opened.recv(RELEVANT_BYTES), now))
            except BlockingIOError:
                break
            except OSError as error:  # the interface disappeared
                self._faults.report(f"CDP: {error.strerror}")
                break
            except Exception as error:  # after an internal error, only this frame is lost
                self._faults.report(f"CDP failed on a frame: {error!r}")
        self._follow(engine)

    def _be_deaf(self, opened: socket.socket) -> None:
        if self._loop:
            self._loop.remove_reader(opened.fileno())
            self._loop.call_later(DEAF_SECONDS, self._listen)

    def _wake(self) -> None:
        if self._socket and self._engine:
            try:
                self._send(self._socket, self._engine.wake(self._steady_clock()))
            except OSError as error:  # the interface is down
                self._faults.report(f"CDP: {error.strerror}")
            self._follow(self._engine)

    def _send(self, opened: socket.socket, frames: Sequence[bytes]) -> None:
        for frame in frames:
            opened.send(frame)

    def _follow(self, engine: VoiceVlan) -> None:
        """Emit events, report a switch that began or stopped to send CDP, and set the timer."""
        if events := engine.take_events(self._clock()):
            self._emit(events)
        if engine.other != self._noted:
            self._noted = engine.other
            self._note([_result(engine.other, self._interface)])
        if self._timer:
            self._timer.cancel()
        if self._loop and engine.wake_at is not None:
            self._timer = self._loop.call_later(max(engine.wake_at - self._steady_clock(), 0.0), self._wake)


def _result(other: OtherSpeaker | None, interface: str) -> Result:
    if other is None:
        return Result(CODE, SUBJECT, "sound", note="no switch sends CDP")
    announces = "" if other.voice_vlan == NO_VLAN else f" with voice VLAN {other.voice_vlan}"
    return Result(
        CODE, SUBJECT, "found", ((ERROR, Found(_SWITCH.format(other, interface, announces), _CURE)),)
    )


def _refuse_tagged(interface: str) -> None:
    """Raise BindError for a VLAN interface: phones send CDP without a tag (P-CDP-1)."""
    try:
        kind = Path(KIND_OF_INTERFACE.format(interface)).read_text("ascii")
    except OSError:
        return
    if "DEVTYPE=vlan" in kind:
        raise BindError(
            f"CDP on {interface}",
            "it is a VLAN interface, and phones send CDP without a tag.",
            f"Name the interface below it: --voice-vlan {interface.partition('.')[0]}:VLAN.",
        )
