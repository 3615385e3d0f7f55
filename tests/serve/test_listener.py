"""The listener: which frames the kernel's filter lets through, and which events they become."""

import asyncio
import os
import socket
from collections.abc import Callable

import pytest

from ringup.errors import BindError
from ringup.events import CdpSeen, Event
from ringup.serve import listener as listener_module
from ringup.serve.frames_of_interest import ONLY_CDP_AND_SIP
from ringup.serve.listener import FrameListener
from ringup.serve.socket_filter import attach
from ringup.serve.sockets import open_frame_tap
from tests.evidence.test_live import MAC, answer, register
from tests.wire.captures import CDP_FRAME

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="raw sockets need CAP_NET_RAW")
SIP = [b"REGISTER sip:x SIP/2.0", b"SIP/2.0 401 x", b"INVITE sip:x SIP/2.0", b"NOTIFY sip:x SIP/2.0"]
OTHERS = [b"OPTIONS sip:x SIP/2.0", b"\0\1SIP", b"", bytes(1200)]
OTHER_FRAME = b"\x01\x00\x0c\xcc\xcc\xcd" + CDP_FRAME[6:]


@needs_root
def test_the_kernel_lets_cdp_and_the_beginnings_of_sip_through() -> None:
    with open_frame_tap("lo", lambda tap: attach(tap, ONLY_CDP_AND_SIP)) as tap:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.bind(("127.0.0.1", 0))
            mine = sender.getsockname()[1].to_bytes(2, "big")
            for each in (*SIP, *OTHERS):
                sender.sendto(each, ("127.0.0.1", 9))
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sender:
            for frame in (CDP_FRAME, OTHER_FRAME):
                sender.sendto(frame, ("lo", 0))
        found = list(iter(lambda: _received(tap), b""))
    payloads = [frame[42:] for frame in found if frame[12:14] == b"\x08\x00" and frame[34:36] == mine]
    assert set(payloads) == set(SIP)
    assert CDP_FRAME in found
    assert OTHER_FRAME not in found


@needs_root
def test_the_kernel_lets_sip_through_that_this_machine_sends_with_a_tag_in_the_frame() -> None:
    """A VLAN interface sends such frames if its network card inserts no tags. Arriving frames no longer have
    a tag.
    """
    plain, late = register(), register()[:20] + b"\x00\xb9" + register()[22:]
    with open_frame_tap("lo", lambda tap: attach(tap, ONLY_CDP_AND_SIP), hears_itself=True) as tap:
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sender:
            for frame in (plain, late, CDP_FRAME, OTHER_FRAME):
                sender.sendto(_tagged(frame), ("lo", 0))
        found = list(iter(lambda: _received(tap), b""))
    assert {plain, _tagged(plain), CDP_FRAME, _tagged(CDP_FRAME)} <= set(found)
    assert not {late, _tagged(late), OTHER_FRAME, _tagged(OTHER_FRAME)} & set(found)


def _tagged(frame: bytes) -> bytes:
    return frame[:12] + b"\x81\x00\x00\x0a" + frame[12:]


def _received(tap: socket.socket) -> bytes:
    try:
        return tap.recv(4096)
    except BlockingIOError:
        return b""


@needs_root
def test_what_passes_on_the_interface_becomes_an_event() -> None:
    async def listened() -> list[Event]:
        events: list[Event] = []
        heard = asyncio.Event()

        def emit(found: object) -> None:
            events.extend(found)  # type: ignore[arg-type]
            heard.set()

        listener = FrameListener("lo", lambda _address: "", emit, events.append, clock=lambda: 5.0)
        listener.open()
        listener.start()
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sender:
            sender.sendto(CDP_FRAME, ("lo", 0))
        async with asyncio.timeout(10):
            await heard.wait()
        listener.close()
        return events

    (event,) = asyncio.run(listened())
    assert isinstance(event, CdpSeen)
    assert (event.at, event.mac, event.milliwatts) == (5.0, "001646C0FFEE", 6300)


@needs_root
def test_sip_is_heard_only_while_it_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener_module, "LOOK_SECONDS", 0.01)
    wanted = [False]
    events: list[Event] = []

    async def listened() -> None:
        listener = FrameListener(
            "lo", lambda _: MAC, events.extend, events.append, lambda: 5.0, lambda _now: wanted[0]
        )
        listener.open()
        listener.start()
        assert not listener.hears_sip
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sender:
            sender.sendto(register() + answer(403), ("lo", 0))
            sender.sendto(CDP_FRAME, ("lo", 0))
            await _until(lambda: len(events) == 1)
            wanted[0] = True
            await _until(lambda: listener.hears_sip)
            for frame in (register(), answer(403)):
                sender.sendto(frame, ("lo", 0))
            await _until(lambda: len(events) >= 3)
            wanted[0] = False
            await _until(lambda: not listener.hears_sip)
        listener.close()

    asyncio.run(listened())
    assert [type(event).__name__ for event in events][:3] == ["CdpSeen", "SipSeen", "SipSeen"]


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - the kernel tells nobody when a frame has passed
            await asyncio.sleep(0.001)


@needs_root
def test_a_flood_of_frames_makes_the_listener_deaf_until_its_rate_allows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listener_module, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(listener_module, "BURST", 5)
    monkeypatch.setattr(listener_module, "PER_SECOND", 1.0)
    now = 100.0
    events: list[Event] = []

    async def listened() -> None:
        nonlocal now
        listener = FrameListener("lo", lambda _: "", events.extend, events.append, lambda: now)
        listener.open()
        listener.start()
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sender:
            for number in range(1, 51):
                sender.sendto(CDP_FRAME[:6] + number.to_bytes(6, "big") + CDP_FRAME[12:], ("lo", 0))
            await _until(lambda: bool(events) and not listener.is_reading)
            before = len(events)
            assert before <= 5
            now += 3
            await _until(lambda: len(events) > before and not listener.is_reading)
            assert len(events) <= before + 3
        listener.close()

    asyncio.run(listened())


def test_without_the_right_to_listen_the_server_says_so_and_runs(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_words: object, **_named: object) -> socket.socket:
        raise BindError("a raw socket on eth0", "Operation not permitted.", "Run it as root.")

    monkeypatch.setattr(listener_module, "open_frame_tap", refuse)
    listener = FrameListener("eth0", lambda _address: "", lambda _events: None, lambda _fault: None)
    listener.open()
    listener.start()
    listener.close()
    assert not listener.is_open
    assert "CDP and SIP are not listened to" in caplog.text
