"""Shared code of the hostile host's scripts: DHCP messages with any hardware address."""

TALK = """
import random, socket, struct, sys, time
host = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
host.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
host.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0")
host.bind(("", 68))
host.settimeout(0.01)
CISCO = b"Cisco Systems, Inc. IP Phone CP-7960G"

def message(kind, mac, options=b"", client="0.0.0.0", relay="0.0.0.0"):
    head = struct.pack("!BBBBIHH4s8x4s16s192x4s", 1, 1, 6, 0, random.getrandbits(32), 0, 0x8000,
                       socket.inet_aton(client), socket.inet_aton(relay), mac, b"\\x63\\x82\\x53\\x63")
    return head + bytes((53, 1, kind, 60, len(CISCO))) + CISCO + options + b"\\xff"

def say(kind, mac, options=b"", client="0.0.0.0", to="255.255.255.255"):
    host.sendto(message(kind, mac, options, client), (to, 67))

def heard(seconds):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            yield host.recv(2000)
        except TimeoutError:
            pass
"""

WIRE = """
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
wire.bind(("eth0", 0x0800))
wire.setsockopt(263, 23, 1)
ours = wire.getsockname()[4]

def summed(header):
    number = sum(struct.unpack("!10H", header))
    number = (number & 0xffff) + (number >> 16)
    return header[:10] + struct.pack("!H", 0xffff ^ ((number & 0xffff) + (number >> 16))) + header[12:]

def packets(datagram, cut=None):
    parts = [datagram] if cut is None else [datagram[:cut], datagram[cut:]]
    name = random.getrandbits(16)
    for at, part in enumerate(parts):
        place = (0x2000 if part is not parts[-1] else 0) + (cut // 8 if at else 0)
        yield summed(struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(part), name, place, 64, 17, 0, bytes(4),
                                 b"\\xff" * 4)) + part

def broadcast(source, told, cut=None):
    datagram = struct.pack("!HHHH", 68, 67, 8 + len(told), 0) + told
    for packet in packets(datagram, cut):
        wire.send(b"\\xff" * 6 + source + b"\\x08\\x00" + packet)
"""
"""Sends frames with any Ethernet source address; `cut` divides them into fragments."""
