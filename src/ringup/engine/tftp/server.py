"""The TFTP server: a table of transfers, one for each phone's address and port.

RFC 1350, with the options of RFC 2347 for those who ask (the phones do not). Strategy: one look-up a
datagram; one queue of deadlines with one entry a transfer, which comes up once in FIRST_RESEND and is put
right then and not at every ACK; a finished transfer stays in the table until its entry comes up, so that a
repeated last ACK is not answered with an error. What is not found is answered with error 1 at once, and so is
what is refused: at any other error a phone's loader stops its hunt (CSCee31047, P-TFTP-15). For the
same reason a phone that we give up is told nothing. No text that leaves here names a path or a reason; those
are for the events.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from itertools import count

from ringup.engine.found import Absent, File, Found
from ringup.engine.tftp.blocks import BLOCK_SIZE, DataBlocks, Packet
from ringup.engine.tftp.options import FIRST_RESEND, NO_OPTIONS, negotiate
from ringup.engine.tftp.progress import (
    CachedRequest,
    Finished,
    HandedOver,
    Peer,
    PlainProgresses,
    Progresses,
    Way,
)
from ringup.engine.tftp.transfer import MOST_RESENDS, Transfer
from ringup.errors import WireError
from ringup.events import (
    Event,
    FileNotFound,
    FileRefused,
    FileRequested,
    FileSent,
    TftpIgnored,
    TransferFailed,
)
from ringup.wire import tftp
from ringup.wire.file_names import owner_of
from ringup.wire.tftp import Error, ErrorCode, Opcode, OptionAck, ReadRequest, WriteRequest, acked_block

MOST_TRANSFERS = 20_000
"""At once: 10,000 phones with the two transfers that each has at the end of its boot (P-TFTP-9)."""

MOST_TRANSFERS_PER_ADDRESS = 2_048
"""At once: a branch of a thousand phones behind one NAT address, two each; or a rehearsal's fleet."""

MOST_REQUESTS_PER_ADDRESS = 4_000
"""In a second; what is above is not looked at. That branch's thousand phones ask for seven files each over
the seconds of their boot; a hostile client keeps the server busy for a sixth of its time at most."""

MOST_IGNORED_PER_SECOND = 20
"""TftpIgnored events; the rest is counted only. A person reads them, and a scanner sends thousands."""

MOST_NAMED = 20_000
"""Addresses whose MAC is known from the names they asked for: twice the largest fleet."""

REPLY_PORTS = 3
"""Ports that the transfers share: two for what phones ask for, one for the rest. One would do; the more there
are, the fewer datagrams come with one system call: eight cost a twentieth of the speed, 16 a tenth."""

KNOWN_SECONDS = 0.25
"""Seconds for which requests may be answered without the engine once a file was found: so much later a phone
may still get what a file held before it changed."""

Reply = tuple[Packet, Peer, int, bytes]
"""A datagram and its way."""

_MODES = ("octet", "netascii")
_REQUESTS = tuple(opcode.to_bytes(2, "big") for opcode in (Opcode.READ_REQUEST, Opcode.WRITE_REQUEST))

_NOT_FOUND = tftp.build(Error(ErrorCode.FILE_NOT_FOUND, "File not found"))
_READ_ONLY = tftp.build(Error(ErrorCode.ACCESS_VIOLATION, "This server is read only"))
_ILLEGAL = tftp.build(Error(ErrorCode.ILLEGAL_OPERATION, "Illegal TFTP operation"))
_UNKNOWN_MODE = tftp.build(Error(ErrorCode.ILLEGAL_OPERATION, "Unknown mode: octet and netascii are known"))
_UNKNOWN_TRANSFER = tftp.build(Error(ErrorCode.UNKNOWN_TRANSFER_ID, "Unknown transfer ID"))


class TftpServer:
    """Datagrams and the time in, datagrams and events out.

    `find` takes a name as it was asked for and the requester's address; `mac_of` gives the MAC that holds an
    address, or "". Port 0 is the one that requests come to; transfers use ports 1 to `reply_ports`, or port 0
    itself when there are none. The last alone carries what is unusual: blocks above 512 bytes, and answers
    from another address than `main_address` (four bytes), where the other ports are bound to that one.
    """

    def __init__(
        self,
        find: Callable[[str, str], Found],
        mac_of: Callable[[str], str],
        *,
        reply_ports: int = REPLY_PORTS,
        main_address: bytes = b"",
        most_transfers: int = MOST_TRANSFERS,
        most_per_address: int = MOST_TRANSFERS_PER_ADDRESS,
        most_requests: int = MOST_REQUESTS_PER_ADDRESS,
        progresses: Progresses | None = None,
    ) -> None:
        self._find = find
        self._mac_of = mac_of
        self._reply_ports = reply_ports
        self._main_address = main_address
        self._most_transfers = most_transfers
        self._most_per_address = most_per_address
        self._most_requests = most_requests
        self._progresses = progresses or PlainProgresses()
        self._blocks = DataBlocks()
        self._transfers: dict[Peer, Transfer] = {}
        self._live = 0
        self._live_at: dict[str, int] = {}
        self._deadlines: list[tuple[float, int, Transfer]] = []
        self._entry = count()
        self._named: OrderedDict[str, str] = OrderedDict()
        self._events: list[Event] = []
        self._second = 0
        self._ignored_in_second = 0
        self._requests_in_second: dict[str, int] = {}
        self.ignored = 0
        """Datagrams that belong to nothing, in all."""

    @property
    def live(self) -> int:
        """Transfers under way."""
        return self._live

    @property
    def wake_at(self) -> float | None:
        """The time of the next call of `wake`; None while nothing is under way."""
        return self._deadlines[0][0] if self._deadlines else None

    def take_events(self) -> list[Event]:
        """Return the events since the last call."""
        events, self._events = self._events, []
        return events

    def receive(
        self, data: bytes, peer: Peer, port_index: int, now: float, asked: bytes = b""
    ) -> list[Reply]:
        """Return the packets to send for one datagram; `asked` is the local address it was sent to."""
        block = acked_block(data)
        if block < 0:
            return self._receive_other(data, (peer, port_index, asked), now)
        transfer = self._transfers.get(peer)
        if transfer is None or transfer.way[1] != port_index:
            return self._unknown((peer, port_index, asked), now)
        if transfer.over:
            return []
        packets = transfer.acknowledge(block, now)
        if transfer.complete:
            self._finish(transfer, now)
        return _replies(transfer, packets)

    def completed(self, finished: Finished, now: float) -> None:
        """Note that the last block has arrived, where `progresses` answered the ACKs by itself."""
        peer, known, started, resent = finished
        transfer = self._transfers.get(peer)
        if known:
            address, name, mac = peer[0], known.request.name, self._mac(peer[0])
            seconds = max(now - started, 0.0)
            self._events.append(FileSent(now, mac, name, address, known.blocks.size, seconds, resent))
        elif transfer is not None and not transfer.over:
            self._finish(transfer, now)

    def take_over(self, handed: HandedOver, now: float) -> None:
        """Go on with a transfer that was begun without us."""
        way, (request, blocks), started, progress = handed
        progress.deadline = min(progress.deadline, now + progress.wait)  # if the clock was set back meanwhile
        mac = self._mac(way[0][0])
        transfer = Transfer(way, request, mac, blocks, NO_OPTIONS, b"", progress, started)
        self._tell_request(transfer)  # it takes long already, or goes another way than most
        self._add(transfer, now)

    def clock_was_set(self, step: float) -> None:
        """The clock was set by so many seconds, forward or back: wait no longer and no shorter for that."""
        for transfer in self._transfers.values():
            transfer.started += step
            transfer.progress.deadline += step
        self._deadlines = [(at + step, entry, transfer) for at, entry, transfer in self._deadlines]

    def wake(self, now: float) -> list[Reply]:
        """Send again what is overdue, give up what is hopeless."""
        replies: list[Reply] = []
        while self._deadlines and self._deadlines[0][0] <= now:
            transfer = heappop(self._deadlines)[2]
            if not transfer.over:
                self._tell_request(transfer)
                if transfer.progress.deadline <= now:
                    replies += self._overdue(transfer, now)
            if not transfer.over:
                self._queue(transfer, now)
            elif self._transfers.get(transfer.way[0]) is transfer:
                del self._transfers[transfer.way[0]]
        return replies

    def _receive_other(self, data: bytes, way: Way, now: float) -> list[Reply]:
        try:
            packet = tftp.parse(data)
        except WireError as error:
            self._ignore(way, str(error), now)
            return [(_ILLEGAL, *way)] if data[:2] in _REQUESTS else []
        match packet:
            case ReadRequest():
                return self._read(packet, way, now)
            case WriteRequest(name):
                self._refuse(name, "it wants to write, and this server is read only", way, now)
                return [(_READ_ONLY, *way)]
            case Error(code, message):
                self._client_error(f"error {code}: {message!r}", way, now)
                return []  # an error is never answered (RFC 1350 §7)
        if self._has_transfer(way):
            self._ignore(way, "what only servers send", now)
            return []
        return self._unknown(way, now)

    # --- requests -----------------------------------------------------------------------------------

    def _read(self, request: ReadRequest, way: Way, now: float) -> list[Reply]:
        peer = way[0]
        if self._asks_too_often(peer[0], now):
            self._ignore(way, f"it asks more than {self._most_requests} times a second", now)
            return []
        old = self._transfers.get(peer)
        if old is not None and not old.over:
            if old.request == request and not old.is_new_request:
                return _replies(old, old.begin_again())
            # Another file, or the same anew: a phone starts from the same port at each boot.
            self._abandon(old, f"it asked for {request.name} from the same port", now)
        self._remember(request.name, peer[0])
        if request.mode not in _MODES:
            self._refuse(request.name, f"the mode {request.mode!r} is unknown", way, now)
            return [(_UNKNOWN_MODE, *way)]
        if self._is_full(peer[0]):
            self._ignore(way, f"too many transfers for a request for {request.name}", now)
            return []  # silence, not an error: the phone asks again in a second or four
        return self._look_up(request, way, now)

    def _look_up(self, request: ReadRequest, way: Way, now: float) -> list[Reply]:
        address, name = way[0][0], request.name
        mac = self._mac(address)
        found = self._find(name, address)
        if isinstance(found, File):
            return self._start(request, found, mac, way, now)
        kind = FileNotFound if isinstance(found, Absent) else FileRefused
        self._events.append(kind(now, mac, name, address, found.reason))
        return [(_NOT_FOUND, *way)]

    def _start(self, request: ReadRequest, file: File, mac: str, way: Way, now: float) -> list[Reply]:
        peer, _, asked = way
        terms = negotiate(request.options, len(self._blocks.as_sent(file.data, request.mode)))
        blocks = self._blocks.blocks(file.data, request.mode, terms.block_size)
        own_way = self._own_way(peer, terms.block_size, asked)
        transfer = Transfer(
            way=own_way,
            request=request,
            mac=mac,
            blocks=blocks,
            terms=terms,
            option_ack=tftp.build(OptionAck(terms.acknowledged)) if terms.acknowledged else b"",
            progress=self._progresses.start(own_way, blocks, terms),
            started=now,
        )
        packets = transfer.begin(self._progresses, now)
        self._add(transfer, now)
        if file.for_all and not request.options and not owner_of(request.name):
            self._progresses.learn(CachedRequest(request, blocks), KNOWN_SECONDS)
        return _replies(transfer, packets)

    def _add(self, transfer: Transfer, now: float) -> None:
        peer = transfer.way[0]
        self._transfers[peer] = transfer
        self._live += 1
        self._live_at[peer[0]] = self._live_at.get(peer[0], 0) + 1
        self._queue(transfer, now)

    def _own_way(self, peer: Peer, block_size: int, asked: bytes) -> Way:
        """Spread by address too: in a storm all phones use the same source port for the same file.

        `begin` in `serve/tftp/fast/tftp_known.c` spreads alike, so that a phone's port has one of ours.
        """
        is_main = bool(self._main_address) and asked == self._main_address
        if self._reply_ports < 2:
            return peer, self._reply_ports, asked
        if block_size > BLOCK_SIZE or (self._main_address and not is_main):
            return peer, self._reply_ports, asked
        last_number = int(peer[0].rpartition(".")[2])
        index = 1 + (last_number + peer[1]) % (self._reply_ports - 1)
        return peer, index, b"" if is_main else asked

    def _is_full(self, address: str) -> bool:
        return self._live >= self._most_transfers or self._live_at.get(address, 0) >= self._most_per_address

    def _asks_too_often(self, address: str, now: float) -> bool:
        self._begin_second(now)
        asked = self._requests_in_second.get(address, 0)
        self._requests_in_second[address] = asked + 1
        return asked >= self._most_requests

    def _begin_second(self, now: float) -> None:
        """Start counting anew in each second."""
        if int(now) != self._second:
            self._second = int(now)
            self._ignored_in_second = 0
            self._requests_in_second.clear()

    # --- ends ---------------------------------------------------------------------------------------

    def _finish(self, transfer: Transfer, now: float) -> None:
        name, address, size = transfer.request.name, transfer.way[0][0], transfer.blocks.size
        seconds, resent = now - transfer.started, transfer.progress.resent
        self._events.append(FileSent(now, transfer.mac, name, address, size, seconds, resent))
        self._end(transfer)

    def _tell_request(self, transfer: Transfer) -> None:
        """Once, when its outcome is not there at the first look; else the outcome tells of both."""
        if not transfer.told:
            transfer.told = True
            (address, port), name = transfer.way[0], transfer.request.name
            self._events.append(FileRequested(transfer.started, transfer.mac, name, address, port))

    def _abandon(self, transfer: Transfer, reason: str, now: float) -> None:
        self._tell_request(transfer)
        name, address, size = transfer.request.name, transfer.way[0][0], transfer.blocks.size
        self._events.append(TransferFailed(now, transfer.mac, name, address, transfer.arrived, size, reason))
        self._end(transfer)

    def _end(self, transfer: Transfer) -> None:
        self._progresses.end(transfer.progress)
        transfer.end()
        self._live -= 1
        address = transfer.way[0][0]
        self._live_at[address] -= 1
        if not self._live_at[address]:
            del self._live_at[address]

    def _overdue(self, transfer: Transfer, now: float) -> list[Reply]:
        if transfer.progress.unanswered < MOST_RESENDS:
            return _replies(transfer, transfer.resend(now))
        reason = f"no answer to {MOST_RESENDS + 1} sendings of the same block"
        if transfer.all_sent:
            reason = "the last block was never acknowledged: it probably has the whole file"
        self._abandon(transfer, reason, now)
        return []

    def _client_error(self, said: str, way: Way, now: float) -> None:
        transfer = self._transfers.get(way[0])
        if transfer is None or not self._has_transfer(way):
            self._ignore(way, f"{said}, and it has no transfer", now)
        elif not transfer.over:
            self._abandon(transfer, f"it answered {said}", now)

    def _has_transfer(self, way: Way) -> bool:
        """One that runs between these ports, or just ended."""
        transfer = self._transfers.get(way[0])
        return transfer is not None and transfer.way[1] == way[1]

    # --- what belongs to nothing --------------------------------------------------------------------

    def _unknown(self, way: Way, now: float) -> list[Reply]:
        self._ignore(way, "it belongs to no transfer", now)
        return [(_UNKNOWN_TRANSFER, *way)]

    def _refuse(self, name: str, reason: str, way: Way, now: float) -> None:
        address = way[0][0]
        self._events.append(FileRefused(now, self._mac(address), name, address, reason))

    def _ignore(self, way: Way, reason: str, now: float) -> None:
        self.ignored += 1
        self._begin_second(now)
        self._ignored_in_second += 1
        if self._ignored_in_second <= MOST_IGNORED_PER_SECOND:
            address = way[0][0]
            self._events.append(TftpIgnored(now, self._mac(address), address, reason))

    # --- who it is, and when to look again ----------------------------------------------------------

    def _mac(self, address: str) -> str:
        """Return the MAC that holds the address, else the one it gave: other servers' leases are unknown."""
        return self._mac_of(address) or self._named.get(address, "")

    def _remember(self, name: str, address: str) -> None:
        if told := owner_of(name):
            self._named[address] = told
            self._named.move_to_end(address)
            if len(self._named) > MOST_NAMED:
                self._named.popitem(last=False)

    def _queue(self, transfer: Transfer, now: float) -> None:
        """An ACK moves the deadline, so the next look is soon even where the deadline is far away."""
        look_at = min(transfer.progress.deadline, now + FIRST_RESEND)
        heappush(self._deadlines, (look_at, next(self._entry), transfer))


def _replies(transfer: Transfer, packets: Sequence[Packet]) -> list[Reply]:
    return [(packet, *transfer.way) for packet in packets]
