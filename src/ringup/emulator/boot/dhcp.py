"""The phone's DHCP client: the previous address, DISCOVER, REQUEST, renewal (RFC 2131 §4.4; P-DHCP).

The transaction ID (xid) is the last four bytes of the MAC, and the broadcast flag is set [L] LKML20. Every
boot makes two exchanges, the loader's and the application's, with the same transaction ID [I].
"""

import enum
from dataclasses import dataclass

from ringup.emulator.behaviour import DISCOVER_WAITS, NAK_PAUSE, OLD_ADDRESS_WAITS
from ringup.errors import WireError
from ringup.wire import dhcp_options as codes
from ringup.wire.dhcp import BROADCAST_FLAG, NO_ADDRESS, REPLY_OP, REQUEST_OP, Message, MessageType
from ringup.wire.mac import to_bytes

REQUESTED_OPTIONS = bytes((1, 66, 6, 3, 15, 150, 35))
"""The parameter request list (option 55). [L] Three independent fingerprint tables."""

VENDOR_CLASSES = {
    "7940": b"Cisco Systems, Inc. IP Phone CP-7940G\0",
    "7960": b"Cisco Systems, Inc. IP Phone CP-7960G\0",
}

REQUEST_TRIES = 4
"""Number of unanswered REQUESTs after which the phone begins again with DISCOVER (RFC 2131 §3.1)."""
SHORTEST_REPEAT = 60.0
"""Minimum seconds between two renewal messages (RFC 2131 §4.4.5)."""
INFINITE = 0xFFFFFFFF
DEFAULT_MASK = "255.255.255.0"


@dataclass(frozen=True, slots=True)
class HeldLease:
    """The lease and the options that an ACK gave the phone."""

    address: str
    mask: str
    router: str
    """The router's address; empty if the ACK had none."""
    server: str
    """The DHCP server's address."""
    tftp: str
    tftp_source: str
    """The field that gave the TFTP server: ``option 150``, ``option 66``, ``siaddr`` or ``dhcp server``."""
    domain: str = ""
    renew_after: float = 0.0
    """T1: seconds from the ACK until the phone renews the lease."""
    rebind_after: float = 0.0
    """T2: seconds from the ACK until the phone rebinds the lease."""
    seconds: float = 0.0
    """Lease time in seconds; 0: the lease never ends."""
    spare_tftp: str = ""
    """The second address of option 150; empty if it has none, or if another field gave the TFTP server."""


@dataclass(frozen=True, slots=True)
class OutgoingDhcp:
    """A DHCP message to send; with an empty destination it is broadcast."""

    message: Message
    destination: str = ""


class _State(enum.Enum):
    REBOOTING = "init-reboot"
    """The state in which the phone requests its previous address (RFC 2131 §3.2)."""
    SELECTING = "selecting"
    REQUESTING = "requesting"
    BOUND = "bound"
    RENEWING = "renewing"
    REBINDING = "rebinding"


class DhcpClient:
    """One DHCP exchange, and the renewals of its lease; `had` is the address of the previous lease."""

    def __init__(self, mac: str, model: str, had: str = "", nak_pause: float = NAK_PAUSE) -> None:
        self.lease: HeldLease | None = None
        self.wake_at: float | None = None
        self.is_lost = False
        """True if the lease ended or was withdrawn, so that the phone must begin again."""
        self.is_refused = False
        """True after a server sent a NAK: the phone does not request the address of this lease again."""
        self.repeated = 0
        """Number of messages that were repeated because no answer came."""
        self._had = had
        self._nak_pause = nak_pause
        self._hardware_address = to_bytes(mac)
        self._vendor_class = VENDOR_CLASSES[model]
        self._state = _State.SELECTING
        self._offer: Message | None = None
        self._tries = 0
        self._began = 0.0
        self._bound_at = 0.0

    def start(self, now: float) -> list[OutgoingDhcp]:
        """Return the first message: a REQUEST for the previous address, or a DISCOVER."""
        self._began = now
        return self._enter(_State.REBOOTING if self._had else _State.SELECTING, now)

    def wake(self, now: float) -> list[OutgoingDhcp]:
        """Repeat the last message, renew the lease, or begin again with DISCOVER, if the time for it has
        come.
        """
        if self.wake_at is None or now < self.wake_at:
            return []
        match self._state:
            case _State.SELECTING:
                return self._send(now)
            case _State.REBOOTING | _State.REQUESTING:
                return self._send(now) if self._tries < REQUEST_TRIES else self._enter(_State.SELECTING, now)
            case _:
                return self._renew(now)

    def receive(self, message: Message, now: float) -> list[OutgoingDhcp]:
        """Handle a message that arrived on port 68; messages for other hosts are dropped."""
        if (
            message.op != REPLY_OP
            or message.xid != self._xid
            or message.hardware_address != self._hardware_address
        ):
            return []
        kind = message.type
        if kind is MessageType.OFFER and self._state is _State.SELECTING and _server(message):
            self._offer = message
            return self._enter(_State.REQUESTING, now)
        if self._state in (_State.SELECTING, _State.BOUND):
            return []
        if kind is MessageType.ACK:
            self._take(message, now)
        elif kind is MessageType.NAK:
            self.is_refused = True
            if self._state is _State.REQUESTING:
                return self._pause(now)
            return self._lose(now)
        return []

    @property
    def _xid(self) -> int:
        return int.from_bytes(self._hardware_address[-4:], "big")

    def _enter(self, state: _State, now: float) -> list[OutgoingDhcp]:
        self._state = state
        self._tries = 0
        return self._send(now)

    def _pause(self, now: float) -> list[OutgoingDhcp]:
        """Wait before the next DISCOVER, because the server refused an address that it had just offered and
        may do so again.
        """
        self._state, self._tries = _State.SELECTING, 0
        self.wake_at = now + self._nak_pause
        return []

    def _lose(self, now: float) -> list[OutgoingDhcp]:
        """Begin again after a NAK; a phone with a lease loses the lease."""
        self.is_lost = self.is_lost or self.lease is not None
        self.lease = None
        return self._enter(_State.SELECTING, now)

    def _send(self, now: float) -> list[OutgoingDhcp]:
        waits = (OLD_ADDRESS_WAITS if self._state is _State.REBOOTING else DISCOVER_WAITS).seconds
        self.wake_at = now + waits[min(self._tries, len(waits) - 1)]
        self.repeated += self._tries > 0
        self._tries += 1
        if self._state is _State.SELECTING:
            return [OutgoingDhcp(self._message(MessageType.DISCOVER, now))]
        if self._state is _State.REBOOTING:
            had = ((codes.REQUESTED_ADDRESS, codes.pack_addresses((self._had,))),)
            return [OutgoingDhcp(self._message(MessageType.REQUEST, now, had))]
        offer = self._offer
        if offer is None:
            return []
        chosen = (
            (codes.REQUESTED_ADDRESS, codes.pack_addresses((offer.your_address,))),
            (codes.SERVER_ID, codes.pack_addresses((_server(offer),))),
        )
        return [OutgoingDhcp(self._message(MessageType.REQUEST, now, chosen))]

    def _message(
        self,
        kind: MessageType,
        now: float,
        chosen: tuple[tuple[int, bytes], ...] = (),
        client_address: str = NO_ADDRESS,
    ) -> Message:
        # No capture shows the order of the options; the list in option 55 is from captures.
        return Message(
            op=REQUEST_OP,
            xid=self._xid,
            secs=min(int(now - self._began), 0xFFFF),
            flags=BROADCAST_FLAG if client_address == NO_ADDRESS else 0,
            client_address=client_address,
            hardware_address=self._hardware_address,
            options=(
                (codes.MESSAGE_TYPE, bytes([kind])),
                *chosen,
                (codes.VENDOR_CLASS, self._vendor_class),
                (codes.PARAMETER_LIST, REQUESTED_OPTIONS),
            ),
        )

    def _take(self, message: Message, now: float) -> None:
        server = _server(message) or (self.lease.server if self.lease else "")
        lease = lease_of(message, server)
        if lease is None:
            return
        self.lease = lease
        self.is_refused = False
        self._state = _State.BOUND
        self._bound_at = now
        self.wake_at = now + lease.renew_after if lease.seconds else None

    def _renew(self, now: float) -> list[OutgoingDhcp]:
        """Renew by unicast from T1, by broadcast from T2; without an ACK until the lease ends, lose it
        (RFC 2131 §4.4.5).
        """
        lease = self.lease
        if lease is None or now >= self._bound_at + lease.seconds:
            return self._lose(now)
        rebind_at = self._bound_at + lease.rebind_after
        is_late = now >= rebind_at
        self._state = _State.REBINDING if is_late else _State.RENEWING
        limit = self._bound_at + lease.seconds if is_late else rebind_at
        self.wake_at = min(limit, now + max((limit - now) / 2, SHORTEST_REPEAT))
        message = self._message(MessageType.REQUEST, now, client_address=lease.address)
        return [OutgoingDhcp(message, "" if is_late else lease.server)]


def lease_of(message: Message, server: str) -> HeldLease | None:
    """Return the lease in an ACK; None if the ACK has no address."""
    if message.your_address == NO_ADDRESS:
        return None
    seconds = _number(message, codes.LEASE_SECONDS)
    tftp, source = choose_tftp_server(message, server)
    is_endless = seconds in (0, INFINITE)
    return HeldLease(
        address=message.your_address,
        mask=_addresses(message, codes.SUBNET_MASK, DEFAULT_MASK),
        router=_addresses(message, codes.ROUTERS, ""),
        server=server,
        tftp=tftp,
        tftp_source=source,
        spare_tftp=_addresses(message, codes.TFTP_ADDRESSES, "", 1) if source == "option 150" else "",
        domain=codes.text(message.option(codes.DOMAIN) or b""),
        renew_after=_number(message, codes.RENEW_SECONDS) or seconds * 0.5,
        rebind_after=_number(message, codes.REBIND_SECONDS) or seconds * 0.875,
        seconds=0.0 if is_endless else seconds,
    )


def choose_tftp_server(message: Message, server: str) -> tuple[str, str]:
    """Return the address of the TFTP server, and the field that gave it.

    [I] The phone takes option 150, else 66, else siaddr, else the DHCP server itself. Option 66 counts only
    as a dotted address: this phone resolves no names.
    """
    candidates = (
        (_addresses(message, codes.TFTP_ADDRESSES, ""), "option 150"),
        (_dotted(codes.text(message.option(codes.TFTP_NAME) or b"")), "option 66"),
        ("" if message.next_server == NO_ADDRESS else message.next_server, "siaddr"),
        (server, "dhcp server"),
    )
    return next(((address, source) for address, source in candidates if address), ("", ""))


def _server(message: Message) -> str:
    return _addresses(message, codes.SERVER_ID, "")


def _addresses(message: Message, code: int, otherwise: str, place: int = 0) -> str:
    """Return the address at index `place` of an option, by default the first; `otherwise` if there is
    none.
    """
    try:
        found = codes.addresses(message.option(code) or b"")[place]
    except (WireError, IndexError):
        return otherwise
    return otherwise if found == NO_ADDRESS else found


def _number(message: Message, code: int) -> float:
    data = message.option(code) or b""
    return float(int.from_bytes(data, "big")) if len(data) == 4 else 0.0


def _dotted(text: str) -> str:
    groups = text.strip().split(".")
    is_address = len(groups) == 4 and all(
        group.isascii() and group.isdigit() and len(group) <= 3 and int(group) <= 255 for group in groups
    )
    return text.strip() if is_address else ""
