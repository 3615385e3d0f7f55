"""What the hostile host's scripts share: DHCP messages with any hardware address."""

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
