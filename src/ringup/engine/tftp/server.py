"""The engine of the TFTP server: return the reply packets for a datagram, and the events.

It follows RFC 1350, with the options of RFC 2347 for clients that request options (the phones do not).
Strategy: `transfers.py` keeps the transfers and their deadlines, `transfer.py` makes the packets of one
transfer. A missing file is answered with error 1 at once, and so is a refused one: after any other error, a
phone's loader stops its hunt (CSCee31047, P-TFTP-15). For the same reason, no error is sent when a transfer
is given up. No text that is sent contains a path or a reason; these are only in the events.
"""

from collections.abc import Callable, Sequence

from ringup.engine.found import Absent, File, Found
from ringup.engine.tftp import refusals
from ringup.engine.tftp.blocks import BLOCK_SIZE, DataBlocks, Packet
from ringup.engine.tftp.options import NO_OPTIONS, LargeFlights
from ringup.engine.tftp.progress import (
    CachedRequest,
    Finished,
    HandedOver,
    Peer,
    PlainProgresses,
    Progresses,
    TransferId,
)
from ringup.engine.tftp.progress_events import ProgressEvents
from ringup.engine.tftp.reply_ports import ReplyPortChoice
from ringup.engine.tftp.requesters import MOST_REQUESTS_PER_ADDRESS, RateLimits, Requesters
from ringup.engine.tftp.transfer import ERROR_SECONDS, MOST_RESENDS, ClientError, Transfer, first_bytes
from ringup.engine.tftp.transfers import MOST_TRANSFERS, MOST_TRANSFERS_PER_ADDRESS, TransferTable
from ringup.engine.tftp.unanswered import MOST_TRANSMISSIONS, Unanswered
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
from ringup.wire.file_names import owner_of, shown
from ringup.wire.tftp import Error, Opcode, OptionAck, ReadRequest, WriteRequest, acked_block

REPLY_PORTS = 9
"""Number of ports that the transfers share: eight for the phones' usual requests, so that a host that forges
an ACK or an ERROR must guess one of eight, and one for the rest. With more ports, each system call receives
fewer datagrams.
"""

KNOWN_SECONDS = 0.25
"""Seconds for which repeats of a request may be answered without the engine after its file was found. For
this time after a change of the file, a phone may still get the old contents.
"""

Reply = tuple[Packet, Peer, int, bytes]
"""A datagram to send, with its destination, local port and local address."""

_MODES = ("octet", "netascii")
_REQUESTS = tuple(opcode.to_bytes(2, "big") for opcode in (Opcode.READ_REQUEST, Opcode.WRITE_REQUEST))

_NO_TRANSFER = "it belongs to no transfer"


class TftpServer:
    """Answers the datagrams of all clients.

    `find` takes a name as it was requested and the requester's address; `mac_of` returns the MAC that holds
    an address, or "". Requests arrive on port 0. Transfers use ports 1 to `reply_ports`, or port 0 itself
    when there are none; `port_choice` chooses the port of a client. Only the last port carries unusual
    transfers: blocks above 512 bytes, and answers from an address other than `main_address` (four bytes), if
    the other ports are bound to `main_address`.
    """

    def __init__(
        self,
        find: Callable[[str, str], Found],
        mac_of: Callable[[str], str],
        port_choice: ReplyPortChoice,
        *,
        reply_ports: int = REPLY_PORTS,
        main_address: bytes = b"",
        most_transfers: int = MOST_TRANSFERS,
        most_per_address: int = MOST_TRANSFERS_PER_ADDRESS,
        most_requests: int = MOST_REQUESTS_PER_ADDRESS,
        progresses: Progresses | None = None,
    ) -> None:
        self._find = find
        self._requesters = Requesters(mac_of)
        self._limits = RateLimits(most_requests)
        self._table = TransferTable(most_transfers, most_per_address)
        self._transfers = self._table.by_peer
        self._reply_ports = reply_ports
        self._port_choice = port_choice
        self.main_address = main_address
        """The server's present address as four bytes; empty: none is known."""
        self._progresses = progresses or PlainProgresses()
        self._unanswered = Unanswered(self._progresses.share)
        self._large_flights = LargeFlights()
        self._progress_events = ProgressEvents()
        self._blocks = DataBlocks()
        self._events: list[Event] = []
        self.ignored = 0
        """Total number of datagrams that belong to no request and no transfer."""

    @property
    def live(self) -> int:
        """Return the number of running transfers."""
        return self._table.live

    @property
    def wake_at(self) -> float | None:
        """Return the time of the next call of `wake`; None while there is no transfer."""
        return self._table.wake_at

    def take_events(self) -> list[Event]:
        """Return the events since the last call."""
        events, self._events = self._events, []
        return events

    def receive(
        self, data: bytes, peer: Peer, port_index: int, now: float, own_address: bytes = b""
    ) -> list[Reply]:
        """Return the packets to send for one datagram; `own_address` is the local address that it was sent
        to.
        """
        block = acked_block(data)
        if block < 0:
            return self._receive_other(data, (peer, port_index, own_address), now)
        transfer = self._transfers.get(peer)
        if transfer is None or transfer.transfer_id[1] != port_index:
            # No ERROR 5 is sent: a late ACK of an ended transfer comes from the port of the phone's next
            # request, so the ERROR would end the transfer of that request.
            self._ignore((peer, port_index, own_address), _NO_TRANSFER, now)
            return []
        if transfer.over:
            return []
        packets = transfer.acknowledge(block, now)
        if transfer.charged:
            self._unanswered.settle(transfer)
        if transfer.complete:
            self._finish(transfer, now)
        return _replies(transfer, packets)

    def completed(self, finished: Finished, now: float) -> None:
        """Note that a transfer is complete; `progresses` handled its last ACK without the engine."""
        peer, known, started, resent = finished
        if known:
            address, name, mac = peer[0], known.request.name, self._requesters.mac(peer[0])
            seconds = max(now - started, 0.0)
            self._events.append(FileSent(now, mac, name, address, known.blocks.size, seconds, resent))
            return
        transfer = self._transfers.get(peer)
        if transfer is not None and not transfer.over:
            self._finish(transfer, now)

    def take_over(self, handed: HandedOver, now: float) -> None:
        """Continue a transfer that began outside the engine."""
        transfer_id, (request, blocks), started, progress = handed
        # The clock may have been set back meanwhile.
        progress.deadline = min(progress.deadline, now + progress.wait)
        mac = self._requesters.mac(transfer_id[0][0])
        charged = 0 if progress.acked else first_bytes(blocks, NO_OPTIONS)
        transfer = Transfer(
            transfer_id, request, mac, blocks, NO_OPTIONS, b"", progress, started, charged=charged
        )
        # Its request is reported now: it already takes long, or uses another port or address than most.
        self._emit_request(transfer)
        self._table.add(transfer, now)

    def clock_was_set(self, step: float) -> None:
        """Shift all deadlines, because the clock was set by this many seconds (negative: it was set back)."""
        self._table.clock_was_set(step)

    def wake(self, now: float) -> list[Reply]:
        """Retransmit overdue packets, and end transfers without an answer."""
        replies: list[Reply] = []
        for transfer in self._table.due(now):
            self._emit_request(transfer)
            self._unanswered.settle(transfer)
            if progress := self._progress_events.event(transfer, now):
                self._events.append(progress)
            if transfer.error:
                self._look_at_error(transfer, transfer.error, now)
            elif transfer.progress.deadline <= now:
                replies += self._overdue(transfer, now)
        return replies

    def _receive_other(self, data: bytes, transfer_id: TransferId, now: float) -> list[Reply]:
        try:
            packet = tftp.parse(data)
        except WireError as error:
            self._ignore(transfer_id, str(error), now)
            return [(refusals.ILLEGAL, *transfer_id)] if data[:2] in _REQUESTS else []
        match packet:
            case ReadRequest():
                return self._read(packet, transfer_id, now)
            case WriteRequest(name):
                self._refuse(name, "it wants to write, and this server is read only", transfer_id, now)
                return [(refusals.READ_ONLY, *transfer_id)]
            case Error(code, message):
                self._client_error(f"error {code}: {shown(message)!r}", transfer_id, now)
                return []  # an error is never answered (RFC 1350 §7)
        if self._table.has(transfer_id):
            self._ignore(transfer_id, "what only servers send", now)
            return []
        self._ignore(transfer_id, _NO_TRANSFER, now)
        return [(refusals.UNKNOWN_TRANSFER, *transfer_id)]

    # --- requests -----------------------------------------------------------------------------------

    def _read(self, request: ReadRequest, transfer_id: TransferId, now: float) -> list[Reply]:
        peer = transfer_id[0]
        if not self._limits.may_request(peer[0], now):
            self._ignore(transfer_id, f"it asks more than {self._limits.most_requests} times a second", now)
            return []
        old = self._transfers.get(peer)
        if old is not None and not old.over:
            if old.request == request and not old.is_new_request and not old.error:
                return _replies(old, self._unanswered.begin_again(old, now))
            if old.request != request and old.is_in_full_swing and not old.error:
                self._ignore(
                    transfer_id,
                    f"a request for {shown(request.name)} during its transfer of another file",
                    now,
                )
                return []  # If the client itself sent it, the client repeats it once the transfer is silent.
            # The client requests another file, or the same file again: a phone starts from the same port at
            # each boot.
            self._abandon(old, f"it requested {shown(request.name)} from the same port", now)
        self._requesters.remember(request.name, peer[0])
        if request.mode not in _MODES:
            self._refuse(request.name, f"the mode {shown(request.mode)!r} is unknown", transfer_id, now)
            return [(refusals.UNKNOWN_MODE, *transfer_id)]
        if self._table.is_full(peer[0]):
            self._ignore(transfer_id, f"too many transfers for a request for {shown(request.name)}", now)
            return []  # No error is sent: the phone repeats its request after one to four seconds.
        return self._look_up(request, transfer_id, now)

    def _look_up(self, request: ReadRequest, transfer_id: TransferId, now: float) -> list[Reply]:
        address, name = transfer_id[0][0], request.name
        mac = self._requesters.mac(address)
        found = self._find(name, address)
        if isinstance(found, File):
            return self._start(request, found, mac, transfer_id, now)
        kind = FileNotFound if isinstance(found, Absent) else FileRefused
        self._events.append(kind(now, mac, shown(name), address, found.reason))
        return [(refusals.NOT_FOUND, *transfer_id)]

    def _start(
        self, request: ReadRequest, file: File, mac: str, transfer_id: TransferId, now: float
    ) -> list[Reply]:
        peer, _, own_address = transfer_id
        size = len(self._blocks.as_sent(file.data, request.mode))
        negotiated = self._large_flights.negotiate(request.options, size, now)
        blocks = self._blocks.blocks(file.data, request.mode, negotiated.block_size)
        cost = first_bytes(blocks, negotiated)
        if not self._unanswered.may_begin(peer[0], cost, now):
            self._ignore(
                transfer_id, f"too much is not acknowledged, for a request for {shown(request.name)}", now
            )
            return []
        own_transfer_id = self._own_transfer_id(peer, negotiated.block_size, own_address)
        transfer = Transfer(
            transfer_id=own_transfer_id,
            request=request,
            mac=mac,
            blocks=blocks,
            negotiated=negotiated,
            option_ack=tftp.build(OptionAck(negotiated.acknowledged)) if negotiated.acknowledged else b"",
            progress=self._progresses.start(own_transfer_id, blocks, negotiated),
            started=now,
            charged=cost,
        )
        packets = transfer.begin(self._progresses, now)
        self._table.add(transfer, now)
        if file.for_all and not request.options and not owner_of(request.name):
            self._progresses.learn(CachedRequest(request, blocks), KNOWN_SECONDS)
        return _replies(transfer, packets)

    def _own_transfer_id(self, peer: Peer, block_size: int, own_address: bytes) -> TransferId:
        """Choose a port by the phone's address, as `begin` in `serve/tftp/fast/tftp_known.c` does."""
        is_main = bool(self.main_address) and own_address == self.main_address
        if self._reply_ports < 2:
            return peer, self._reply_ports, own_address
        if block_size > BLOCK_SIZE or (self.main_address and not is_main):
            return peer, self._reply_ports, own_address
        index = 1 + self._port_choice.among(self._reply_ports - 1, peer[0])
        return peer, index, b"" if is_main else own_address

    # --- ends ---------------------------------------------------------------------------------------

    def _finish(self, transfer: Transfer, now: float) -> None:
        name, address, size = transfer.request.name, transfer.transfer_id[0][0], transfer.blocks.size
        seconds, resent = now - transfer.started, transfer.progress.resent
        self._events.append(FileSent(now, transfer.mac, name, address, size, seconds, resent))
        self._end(transfer)

    def _emit_request(self, transfer: Transfer) -> None:
        """Emit the event of a request, once, if the request has no outcome at the first check.

        Otherwise the event of the outcome reports both.
        """
        if not transfer.is_reported:
            transfer.is_reported = True
            (address, port), name = transfer.transfer_id[0], transfer.request.name
            self._events.append(FileRequested(transfer.started, transfer.mac, name, address, port))

    def _abandon(self, transfer: Transfer, reason: str, now: float) -> None:
        self._emit_request(transfer)
        name, address, size = transfer.request.name, transfer.transfer_id[0][0], transfer.blocks.size
        self._events.append(TransferFailed(now, transfer.mac, name, address, transfer.arrived, size, reason))
        self._end(transfer)

    def _look_at_error(self, transfer: Transfer, error: ClientError, now: float) -> None:
        """Accept an ERROR if no ACK came within ERROR_SECONDS after it, and then abandon the transfer.

        A client that continues with its ACKs has not sent the ERROR.
        """
        if transfer.progress.acked > error.acked:
            transfer.error = None
            self._ignore(transfer.transfer_id, f"{error.reason}, and its transfer continues", now)
        elif now - error.at >= ERROR_SECONDS:
            self._abandon(transfer, error.reason, now)
        else:
            transfer.progress.deadline = now + ERROR_SECONDS

    def _end(self, transfer: Transfer) -> None:
        self._unanswered.end(transfer)
        self._progresses.end(transfer.progress)
        self._table.end(transfer)

    def _overdue(self, transfer: Transfer, now: float) -> list[Reply]:
        most = MOST_RESENDS if transfer.is_answered else MOST_TRANSMISSIONS - 1
        if transfer.progress.unanswered < most:
            return _replies(transfer, self._unanswered.allowed(transfer, transfer.resend(now), now))
        reason = f"no answer to {most + 1} transmissions of the same block"
        if transfer.all_sent:
            reason = "the last block was never acknowledged: it probably has the whole file"
        self._abandon(transfer, reason, now)
        return []

    def _client_error(self, said: str, transfer_id: TransferId, now: float) -> None:
        transfer = self._transfers.get(transfer_id[0])
        if transfer is None or not self._table.has(transfer_id):
            self._ignore(transfer_id, f"{said}, and it has no transfer", now)
        elif not transfer.over and not transfer.error:
            transfer.error = ClientError(f"it answered {said}", transfer.progress.acked, now)

    # --- refused and ignored datagrams -------------------------------------------------------------

    def _refuse(self, name: str, reason: str, transfer_id: TransferId, now: float) -> None:
        address = transfer_id[0][0]
        self._events.append(FileRefused(now, self._requesters.mac(address), shown(name), address, reason))

    def _ignore(self, transfer_id: TransferId, reason: str, now: float) -> None:
        self.ignored += 1
        if self._limits.may_report(now):
            address = transfer_id[0][0]
            self._events.append(TftpIgnored(now, self._requesters.mac(address), address, reason))


def _replies(transfer: Transfer, packets: Sequence[Packet]) -> list[Reply]:
    return [(packet, *transfer.transfer_id) for packet in packets]
