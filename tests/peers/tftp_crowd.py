"""Phones and other clients of one TFTP server: `python -m tests.peers.tftp_crowd ROLE SERVER SECONDS FILE …`.

Each role is a function; its result is printed as one JSON object. It shares no code with ringup.
"""

import json
import random
import resource
import select
import socket
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from typing import Any

from tests.peers.tftp_talk import PORT, ack, block_of, error, request

PHONE_WAIT = 4.0
"""Seconds before a phone retransmits (P-TFTP-6)."""

CROWD = [f"10.77.0.{number}" for number in range(100, 200)]
"""Number of phone addresses that the host with the crowd has."""

Found = dict[str, Any]


class Refused(Exception):
    """The server answered with an error, or not at all."""


@contextmanager
def opened(address: str = "") -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.bind((address, 0))
        own.settimeout(10)  # a role that waits in vain fails
        yield own


def fetch(server: str, name: str, *, wait: float = PHONE_WAIT, tries: int = 5, pause: float = 0.0) -> bytes:
    """Fetch a complete file block by block, as a phone does; raises Refused."""
    with opened() as own:
        last, peer = request(name), (server, PORT)
        pieces: list[bytes] = []
        while True:
            answer, peer = _answer(own, last, peer, len(pieces) + 1, wait, tries)
            pieces.append(answer[4:])
            last = ack(len(pieces))
            time.sleep(pause)
            if len(answer) < 516:
                own.sendto(last, peer)
                return b"".join(pieces)


def _answer(
    own: socket.socket, last: bytes, peer: tuple[str, int], block: int, wait: float, tries: int
) -> tuple[bytes, tuple[str, int]]:
    """Return the DATA packet with this number; the last packet is retransmitted until it comes."""
    for _ in range(tries):
        own.sendto(last, peer)
        until = time.monotonic() + wait
        while (left := until - time.monotonic()) > 0:
            if not select.select([own], [], [], left)[0]:
                break
            answer, source = own.recvfrom(70_000)
            if block_of(answer) == block % 65536:
                return answer, source
            if block_of(answer) == (block - 1) % 65536:
                own.sendto(
                    last, source
                )  # the ACK was lost, or this is a copy; in both cases it is acknowledged
            if answer[:2] == b"\0\5":
                raise Refused(f"block {block}: {answer[2:]!r}")
    raise Refused(f"block {block}: no answer to {tries} tries")


# --- roles ------------------------------------------------------------------------------------------


def good_phone(server: str, seconds: float, *names: str) -> Found:
    """Fetch small files again and again, each time from a new port."""
    until = time.monotonic() + seconds
    took: list[float] = []
    digests: dict[str, set[str]] = {name: set() for name in names}
    refused: list[str] = []
    while time.monotonic() < until:
        for name in names:
            begun = time.monotonic()
            try:
                digests[name].add(sha256(fetch(server, name)).hexdigest())
            except Refused as reason:
                refused.append(f"{name}: {reason}")
            took.append(time.monotonic() - begun)
            time.sleep(0.005)
    contents = {name: sorted(seen) for name, seen in digests.items()}
    return {"fetches": len(took), "longest": max(took), "contents": contents, "refused": refused}


def many_phones(server: str, wait: float, name: str, how_many: str) -> Found:
    """Let so many phones fetch one file at the same time; each retransmits after `wait` seconds."""

    def one(_number: int) -> tuple[float, str, str]:
        begun = time.monotonic()
        try:
            digest, refused = sha256(fetch(server, name, wait=wait, tries=round(40 / wait))).hexdigest(), ""
        except Refused as reason:
            digest, refused = "", str(reason)
        return time.monotonic() - begun, digest, refused

    with ThreadPoolExecutor(int(how_many)) as pool:
        took, contents, refused = zip(*pool.map(one, range(int(how_many))), strict=True)
    return {"took": sorted(took), "contents": contents, "refused": [reason for reason in refused if reason]}


def slow_phone(server: str, _seconds: float, name: str) -> Found:
    """Fetch a file, and wait half a second before each ACK."""
    return {"bytes": len(fetch(server, name, pause=0.5))}


def silent_phones(server: str, seconds: float, name: str) -> Found:
    """Let a hundred phones request a large file, receive its first block, and send nothing more."""
    with ExitStack() as stack:
        phones = [stack.enter_context(opened(address)) for address in CROWD]
        for own in phones:
            own.sendto(request(name), (server, PORT))
        return {"asked": len(phones), "datagrams": _hear(phones, seconds)}


def greedy_host(server: str, seconds: float, name: str) -> Found:
    """Send 2,000 requests from one address and as many ports, and acknowledge nothing."""
    _, most_open = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, most_open), most_open))
    with ExitStack() as stack:
        ports = [stack.enter_context(opened(CROWD[0])) for _ in range(2_000)]
        for own in ports:
            own.sendto(request(name), (server, PORT))
        return {"asked": len(ports), "datagrams": _hear(ports, seconds)}


def ack_flood(server: str, seconds: float, name: str) -> Found:
    """Send 10,000 ACKs per second that belong to no transfer, to the request port and to a transfer port."""
    with opened(CROWD[1]) as own, opened(CROWD[2]) as stranger:
        own.sendto(request(name), (server, PORT))
        _, (_, transfer_port) = own.recvfrom(70_000)
        sent = 0
        for _ in _ticks(seconds):
            for number in range(50):
                stranger.sendto(ack(number + 1), (server, PORT))
                stranger.sendto(ack(number + 1), (server, transfer_port))
                sent += 2
        return {"sent": sent}


def request_flood(server: str, seconds: float, name: str) -> Found:
    """Send 10,000 requests per second from one address and sixteen ports."""
    with ExitStack() as stack:
        ports = [stack.enter_context(opened(CROWD[3])) for _ in range(16)]
        sent = 0
        for _ in _ticks(seconds):
            for number in range(100):
                ports[number % 16].sendto(request(f"{name}{sent}"), (server, PORT))
                sent += 1
        return {"sent": sent}


def broken_datagrams(server: str, seconds: float, name: str) -> Found:
    """Send 20,000 random and mutated datagrams, seeded, to the request port and to the ports of running
    transfers.
    """
    chance = random.Random(7960)
    with ExitStack() as stack:
        owners = [stack.enter_context(opened(address)) for address in CROWD[10:14]]
        strangers = [stack.enter_context(opened(address)) for address in CROWD[14:18]]
        ports = []
        for own in owners:
            own.sendto(request(name, "octet", "windowsize", "4"), (server, PORT))
            ports.append(own.recvfrom(70_000)[1][1])
        for sent in range(20_000):
            sender = chance.choice([*owners, *strangers])
            sender.sendto(_broken(chance, name), (server, chance.choice([PORT, *ports])))
            if sent % 40 == 0:
                time.sleep(seconds / 500)
        return {"sent": 20_000}


def _ticks(seconds: float) -> Iterator[None]:
    """Yield a hundred times a second; late ones are not made up for."""
    until = time.monotonic() + seconds
    while (now := time.monotonic()) < until:
        yield
        time.sleep(max(0.0, now + 0.01 - time.monotonic()))


def _hear(sockets: list[socket.socket], seconds: float) -> int:
    """Return the number of datagrams that arrive within so many seconds."""
    until = time.monotonic() + seconds
    poll = select.poll()
    by_number = {own.fileno(): own for own in sockets}
    for number in by_number:
        poll.register(number, select.POLLIN)
    heard = 0
    while (left := until - time.monotonic()) > 0:
        for number, _ in poll.poll(left * 1000):
            by_number[number].recv(70_000)
            heard += 1
    return heard


def _broken(chance: random.Random, name: str) -> bytes:
    """Return random bytes, or a valid datagram that was cut off, has changed bits, or has additional
    bytes.
    """
    valid = chance.choice(
        [
            request(name),
            request(name, "netascii", "blksize", "1024", "tsize", "0"),
            request(f"../../{name}", "octet", "timeout", "3", "windowsize", "65535"),
            request(name, opcode=2),
            ack(chance.randrange(65536)),
            error(chance.randrange(9)),
            b"\0\3\0\1" + chance.randbytes(chance.randrange(600)),
            b"\0\6blksize\x0065464\0",
        ]
    )
    damage = chance.randrange(5)
    if damage == 0:
        return chance.randbytes(chance.randrange(1500))
    if damage == 1:
        return valid[: chance.randrange(len(valid))]
    if damage == 2:
        at = chance.randrange(len(valid))
        return valid[:at] + chance.randbytes(chance.randrange(1, 40)) + valid[at:]
    turned = bytearray(valid)
    for _ in range(chance.randrange(1, 6)):
        turned[chance.randrange(len(turned))] ^= 1 << chance.randrange(8)
    return bytes(turned)


ROLES: dict[str, Callable[..., Found]] = {
    role.__name__: role
    for role in (
        good_phone,
        many_phones,
        slow_phone,
        silent_phones,
        greedy_host,
        ack_flood,
        request_flood,
        broken_datagrams,
    )
}

if __name__ == "__main__":
    print(json.dumps(ROLES[sys.argv[1]](sys.argv[2], float(sys.argv[3]), *sys.argv[4:])))
