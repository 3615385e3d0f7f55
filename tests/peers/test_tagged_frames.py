"""The listener receives frames with a VLAN tag (IEEE 802.1Q) at the interface on which they arrive."""

import sys

import pytest

from tests.peers.namespaces import INTERFACE, private_network, read_until
from tests.peers.test_voice_vlan import CDP_GROUP

pytestmark = pytest.mark.peers

LISTEN = """
import asyncio
from ringup.serve.listener import FrameListener

def heard(events):
    for event in events:
        print(type(event).__name__, event.mac, getattr(event, "status", ""), flush=True)

async def listen():
    listener = FrameListener("eth0", lambda _address: "001646C0FFEE", heard, print)
    listener.open()
    listener.start()
    print("listens to", "SIP" if listener.hears_sip else "CDP", flush=True)
    await asyncio.Event().wait()

asyncio.run(listen())
"""

SEND = """
import socket
from tests.evidence.test_live import answer, register
from tests.wire.captures import CDP_FRAME

def tagged(frame, kind, vlan):
    return frame[:12] + kind + vlan.to_bytes(2, "big") + frame[12:]

with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sender:
    for frame in (CDP_FRAME, register(), answer(403)):
        sender.sendto(tagged(frame, bytes.fromhex("{kind}"), {vlan}), ("eth0", 0))
"""


@pytest.mark.parametrize("kind", ["8100", "88a8"])
@pytest.mark.parametrize("vlan", [0, 10])
def test_cdp_and_sip_with_a_tag_are_heard_on_the_parent_interface(kind: str, vlan: int) -> None:
    with private_network(["ringup", "phone"]) as net:
        listener = net.popen("ringup", [sys.executable, "-c", LISTEN])
        read_until(listener, "listens to SIP")
        net.run("phone", [sys.executable, "-c", SEND.format(kind=kind, vlan=vlan)])
        heard = read_until(listener, "403")
        assert CDP_GROUP in net.run("ringup", ["ip", "maddr", "show", "dev", INTERFACE]).stdout
    assert "CdpSeen 001646C0FFEE" in heard
    assert "SipSeen 001646C0FFEE 0" in heard
