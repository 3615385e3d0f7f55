"""The TFTP service over loopback."""

import asyncio
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, closing
from functools import partial

import pytest

from ringup.engine.tftp.server import REPLY_PORTS
from ringup.errors import BindError
from ringup.events import (
    DatagramsDropped,
    FileNotFound,
    FileSent,
    ServerFault,
    TftpIgnored,
)
from ringup.serve.datagram_batches import supported
from ringup.serve.tftp.fast.native import NativeTraffic, available
from ringup.serve.tftp.service import TftpService
from ringup.serve.tftp.sockets import ReplyPorts, TftpSockets
from ringup.serve.tftp.traffic import PolledTraffic, batched_ports
from ringup.wire.tftp import Ack, Data, Error, OptionAck, ReadRequest
from tests.serve.tftp.bench import FILES, Phone, Told, find, serving_over


def plain(sockets: Sequence[socket.socket], wake_up: int, *_: object) -> PolledTraffic:
    return PolledTraffic(sockets, wake_up)


def batched(sockets: Sequence[socket.socket], wake_up: int, *_: object) -> PolledTraffic:
    return PolledTraffic(sockets, wake_up, batched_ports(sockets))


Serving = Callable[..., AbstractAsyncContextManager[tuple[TftpService, Told]]]


@pytest.fixture(params=[NativeTraffic, batched, plain], ids=["c", "batches", "single calls"])
def serving(request: pytest.FixtureRequest) -> Serving:
    """Each way in which the service may send and receive datagrams; every test runs with each."""
    assert available()
    assert supported()
    return partial(serving_over, request.param)


@pytest.mark.asyncio
async def test_a_file_is_served_from_another_port_and_told_of(serving: Serving) -> None:
    async with serving() as (service, told):
        with closing(Phone()) as phone:
            _, peer = await phone.ask("small", ("127.0.0.1", service.port))
            assert peer[1] != service.port
            await phone.send(Ack(1), peer)
            sent = await told.until(FileSent)
    assert isinstance(sent, FileSent)
    assert (sent.name, sent.address, sent.size) == ("small", "127.0.0.1", 5)


@pytest.mark.asyncio
async def test_many_phones_fetch_at_once(serving: Serving) -> None:
    async with serving() as (service, told):
        phones = [Phone() for _ in range(50)]
        try:
            server = ("127.0.0.1", service.port)
            results = await asyncio.gather(*(phone.fetch("big", server) for phone in phones))
        finally:
            for phone in phones:
                phone.close()
        assert results == [FILES["big"]] * 50
        await told.until(FileSent, 50)
        assert service.live == 0


@pytest.mark.asyncio
async def test_an_absent_file_is_error_1_at_once(serving: Serving) -> None:
    async with serving() as (service, told):
        with closing(Phone()) as phone:
            assert (await phone.ask("CTLSEP001646C0FFEE.tlv", ("127.0.0.1", service.port)))[0] == Error(
                1, "File not found"
            )
    assert [type(event) for event in told.events] == [FileNotFound]


@pytest.mark.asyncio
async def test_our_own_fault_is_told_and_is_error_1_for_the_phone(serving: Serving) -> None:
    """P-TFTP-15: another error than error 1, or no reply, would end the phone's file search."""
    async with serving() as (service, told):
        with closing(Phone()) as phone:
            server = ("127.0.0.1", service.port)
            assert (await phone.ask("broken", server))[0] == Error(1, "File not found")
            assert await phone.fetch("small", server) == b"hello"
    fault = await told.until(ServerFault)
    assert isinstance(fault, ServerFault)
    assert "a renderer's bug" in fault.what
    assert "'broken'" in fault.what


@pytest.mark.asyncio
async def test_a_datagram_that_breaks_the_engine_does_not_stop_the_server(serving: Serving) -> None:
    async with serving() as (service, told):

        def broken(*_: object) -> None:
            raise RuntimeError("a bug of the engine")

        with closing(Phone()) as phone, pytest.MonkeyPatch.context() as patch:
            server = ("127.0.0.1", service.port)
            patch.setattr(service._server, "_look_up", broken)
            await phone.send(ReadRequest("small"), server)
            fault = await told.until(ServerFault)
            patch.undo()
            assert await phone.fetch("small", server) == b"hello"
    assert isinstance(fault, ServerFault)
    assert "a bug of the engine" in fault.what


@pytest.mark.asyncio
async def test_garbage_is_told_of_and_not_answered(serving: Serving) -> None:
    async with serving() as (service, told):
        with closing(Phone()) as phone:
            await phone.send(b"\xff" * 2000, ("127.0.0.1", service.port))
            await told.until(TftpIgnored)
            assert await phone.fetch("small", ("127.0.0.1", service.port)) == b"hello"


@pytest.mark.asyncio
async def test_an_unanswered_block_is_sent_again(serving: Serving) -> None:
    async with serving() as (service, _):
        with closing(Phone()) as phone:
            first, peer = await phone.ask("two", ("127.0.0.1", service.port))
            assert await phone.receive() == (first, peer)
            await phone.send(Ack(1), peer)
            assert await phone.receive() == (Data(2, bytes(188)), peer)


@pytest.mark.asyncio
@pytest.mark.parametrize("step", [-3600.0, 3600.0])
async def test_a_clock_that_is_set_does_not_hold_up_a_transfer(serving: Serving, step: float) -> None:
    set_by = 0.0
    async with serving(clock=lambda: time.time() + set_by) as (service, _):
        with closing(Phone()) as phone:
            first, peer = await phone.ask("two", ("127.0.0.1", service.port))
            set_by = step
            again, _ = await phone.receive()
            assert first == again == Data(1, bytes(512))
            await phone.send(Ack(1), peer)
            assert (await phone.receive())[0] == Data(2, bytes(188))


@pytest.mark.asyncio
async def test_a_fault_of_the_timer_is_told(serving: Serving) -> None:
    async with serving() as (service, told):

        def broken(_now: float) -> None:
            raise RuntimeError("a bug of the queue")

        with closing(Phone()) as phone, pytest.MonkeyPatch.context() as patch:
            patch.setattr(service._server, "wake", broken)
            await phone.ask("two", ("127.0.0.1", service.port))
            fault = await told.until(ServerFault)
    assert isinstance(fault, ServerFault)
    assert "a bug of the queue" in fault.what


@pytest.mark.asyncio
@pytest.mark.parametrize("main", ["", "127.0.0.1"])
@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2", "127.3.4.5"])
async def test_answers_leave_from_the_address_that_was_asked(
    serving: Serving, address: str, main: str
) -> None:
    async with serving("0.0.0.0", main_address=main) as (service, _):
        with closing(Phone("127.0.0.9")) as phone:
            _, peer = await phone.ask("two", (address, service.port))
            assert peer[0] == address
            await phone.send(Ack(1), peer)
            assert await phone.receive() == (Data(2, bytes(188)), peer)
            assert (await phone.ask("nothing", (address, service.port)))[1] == (address, service.port)


@pytest.mark.asyncio
async def test_without_reply_ports_answers_leave_from_the_port_asked(serving: Serving) -> None:
    async with serving(reply_ports=ReplyPorts(count=0)) as (service, _):
        with closing(Phone()) as phone:
            assert (await phone.ask("two", ("127.0.0.1", service.port)))[1] == ("127.0.0.1", service.port)


@pytest.mark.asyncio
async def test_a_range_of_reply_ports_is_kept_to(serving: Serving) -> None:
    with closing(Phone()) as free:
        first = free.socket.getsockname()[1]
    async with serving(reply_ports=ReplyPorts(first, 1)) as (service, _):
        with closing(Phone()) as phone:
            assert (await phone.ask("two", ("127.0.0.1", service.port)))[1] == ("127.0.0.1", first)


def test_a_port_in_use_is_a_bind_error_with_a_cure_and_leaves_nothing_open() -> None:
    with closing(Phone()) as other:
        port = other.socket.getsockname()[1]
        service = TftpService(find, lambda _: "", lambda _: None, TftpSockets("127.0.0.1", port=port))
        with pytest.raises(BindError, match=f"TFTP on 127.0.0.1 port {port}.*ss -ulpn"):
            service.open()
        taken = TftpService(
            find,
            lambda _: "",
            lambda _: None,
            TftpSockets("127.0.0.1", port=0, reply_ports=ReplyPorts(port, 1)),
        )
        with pytest.raises(BindError):
            taken.open()
        taken.close()


def test_an_address_of_another_machine_is_a_bind_error() -> None:
    service = TftpService(find, lambda _: "", lambda _: None, TftpSockets("192.0.2.1", port=0))
    with pytest.raises(BindError, match="ip -brief address"):
        service.open()


@pytest.mark.asyncio
async def test_the_queue_of_requests_holds_a_storm(serving: Serving) -> None:
    """Two thousand requests of 30 bytes; with the kernel's default buffer, all but 277 would be lost."""
    async with serving() as (service, _):
        assert service.receive_buffer > 212_992


@pytest.mark.asyncio
async def test_a_reply_that_cannot_leave_is_told_once_a_second(serving: Serving) -> None:
    async with serving() as (service, told):
        with closing(Phone()) as phone:
            server = ("127.0.0.1", service.port)
            nobody = [(b"x", ("127.0.0.1", 0), 0, b"")] * 3
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(service._server, "_look_up", lambda *_: nobody)
                await phone.send(ReadRequest("two"), server)
                await told.until(ServerFault)
            assert await phone.fetch("small", server) == b"hello"
            await told.until(FileSent)
            assert service.unsent == 3
    assert len(told.all(ServerFault)) == 1


@pytest.mark.asyncio
async def test_a_window_of_large_blocks_arrives_whole(serving: Serving) -> None:
    async with serving() as (service, told):
        with closing(Phone()) as phone:
            options = {"blksize": "1468", "windowsize": "16"}
            await phone.send(ReadRequest("big", "octet", options), ("127.0.0.1", service.port))
            agreed, peer = await phone.receive()
            assert agreed == OptionAck(options)
            await phone.send(Ack(0), peer)
            data = b""
            for number in range(1, len(FILES["big"]) // 1468 + 2):
                packet, _ = await phone.receive()
                assert packet == Data(number, FILES["big"][(number - 1) * 1468 : number * 1468])
                data += packet.payload
                if number % 16 == 0 or len(packet.payload) < 1468:
                    await phone.send(Ack(number), peer)
            assert data == FILES["big"]
            await told.until(FileSent)


@pytest.mark.asyncio
async def test_a_flood_of_strange_acks_is_counted_and_the_file_arrives(serving: Serving) -> None:
    async with serving() as (service, told):
        with closing(Phone()) as phone, closing(Phone()) as stranger:
            server = ("127.0.0.1", service.port)
            packet, peer = await phone.ask("two", server)
            for _ in range(500):
                await stranger.send(Ack(1), peer)
            await phone.send(Ack(1), peer)
            assert (await phone.receive())[0] == Data(2, bytes(188))
            await phone.send(Ack(2), peer)
            await told.until(FileSent)
            assert service.ignored == 500
    assert packet == Data(1, bytes(512))


@pytest.mark.asyncio
async def test_what_the_kernel_threw_away_becomes_an_event(serving: Serving) -> None:
    async with serving() as (service, told):
        with closing(Phone()) as phone, pytest.MonkeyPatch.context() as patch:
            patch.setattr("ringup.serve.drops._drops", lambda _: 7)
            await phone.ask("nothing", ("127.0.0.1", service.port))
            dropped = await told.until(DatagramsDropped)
            assert isinstance(dropped, DatagramsDropped)
            assert (dropped.service, dropped.dropped) == ("TFTP", 7 * (1 + REPLY_PORTS))
            assert service.dropped == 7 * (1 + REPLY_PORTS)


@pytest.mark.asyncio
async def test_closing_ends_the_thread_at_once_and_twice_does_no_harm(serving: Serving) -> None:
    async with serving() as (service, _):
        began = time.monotonic()
        service.close()
        assert time.monotonic() - began < 0.4, "the wake-up does not wake"
        service.close()


@pytest.mark.asyncio
async def test_a_block_that_the_kernel_refuses_is_told(serving: Serving) -> None:
    async with serving("0.0.0.0") as (service, told):
        with closing(Phone("127.0.0.9")) as phone, pytest.MonkeyPatch.context() as patch:
            # This machine cannot send from another machine's address.
            transfer_id = (phone.socket.getsockname(), 1, socket.inet_aton("192.0.2.1"))
            patch.setattr(service._server, "_own_transfer_id", lambda *_: transfer_id)
            await phone.send(ReadRequest("two"), ("127.0.0.1", service.port))
            fault = await told.until(ServerFault)
            assert service.unsent == 1
    assert isinstance(fault, ServerFault)
    assert "could not be sent" in fault.what


@pytest.mark.asyncio
async def test_reply_ports_move_with_the_main_address_and_other_transfers_go_on(serving: Serving) -> None:
    first, second, later = "127.0.0.5", "127.0.0.6", "127.0.0.7"
    async with serving("0.0.0.0", main_address=first, addresses=(first, second)) as (service, _):
        moving = {opened.getsockname()[1] for opened in service._sockets.opened[1:-1]}
        with closing(Phone()) as phone, closing(Phone()) as under_way:
            assert (await phone.ask("small", (first, service.port)))[1][1] in moving
            data, peer = await under_way.ask("big", (second, service.port))
            service.addresses_changed((later, second), later)
            async with asyncio.timeout(10):
                reply_port = 0
                while reply_port not in moving:
                    with closing(Phone()) as other:
                        _, (address, reply_port) = await other.ask("small", (later, service.port))
                        assert address == later
            received = b""
            while isinstance(data, Data):
                received += data.payload
                await under_way.send(Ack(data.block), peer)
                if len(data.payload) < 512:
                    break
                data, _ = await under_way.receive()
            assert received == FILES["big"]
            for name in ("small", "big"):
                with closing(Phone()) as other:
                    assert await other.fetch(name, (later, service.port)) == FILES[name]
