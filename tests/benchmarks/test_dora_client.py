"""The DHCP client distinguishes a good server from a bad one."""

import socket
from collections.abc import Callable

from ringup.wire.dhcp import parse
from tests.benchmarks.conftest import Client, Peer, serving

QUICK = ("--relay=127.0.9.1", "--relay-port=0", "--retry=0.1", "--cap=15")
OFFER, ACK, NAK = 2, 5, 6
SERVER = socket.inet_aton("127.0.0.1")


def reply(message: bytes, kind: int, address: str) -> bytes:
    """Return a reply to this message that assigns an address."""
    options = bytes((53, 1, kind, 54, 4)) + SERVER + b"\xff"
    return b"\2" + message[1:16] + socket.inet_aton(address) + message[20:240] + options


def kind_of(message: bytes) -> int:
    return message[242]


def giving(address_of: Callable[[int], str]) -> Callable[[bytes, Peer], bytes]:
    """Return a server; phones are numbered by the end of their MACs."""

    def answer(message: bytes, _peer: Peer) -> bytes:
        return reply(message, OFFER if kind_of(message) == 1 else ACK, address_of(message[33]))

    return answer


def test_every_phone_gets_an_address_of_its_own(dora_client: Client) -> None:
    with serving(giving(lambda number: f"10.0.0.{number}")) as port:
        status, seen = dora_client.run(port, "--phones=50", *QUICK)
    assert (status, seen["completed"], seen["twice"], seen["retransmissions"]) == (0, 50, 0, 0)
    assert seen["sent"] == 100


def test_an_address_given_twice_fails_the_storm(dora_client: Client) -> None:
    with serving(giving(lambda number: f"10.0.0.{max(number, 1)}")) as port:
        status, seen = dora_client.run(port, "--phones=3", *QUICK)
    assert (status, seen["completed"], seen["twice"]) == (1, 3, 1)


def test_an_address_that_differs_from_the_offer_is_noted(dora_client: Client) -> None:
    with serving(
        lambda message, _: (
            reply(message, OFFER, "10.0.0.7") if kind_of(message) == 1 else reply(message, ACK, "10.0.0.8")
        )
    ) as port:
        _, seen = dora_client.run(port, *QUICK)
    assert seen["mismatches"] == 1


def test_what_is_lost_is_sent_again(dora_client: Client) -> None:
    good, kinds = giving(lambda number: f"10.0.0.{number}"), []

    def answer(message: bytes, peer: Peer) -> bytes | None:
        kinds.append(kind_of(message))
        return None if len(kinds) in (1, 3) else good(message, peer)

    with serving(answer) as port:
        status, seen = dora_client.run(port, *QUICK)
    assert kinds == [1, 1, 3, 3]
    assert (status, seen["completed"], seen["retransmissions"]) == (0, 1, 2)


def test_a_nak_starts_the_phone_anew(dora_client: Client) -> None:
    good, kinds = giving(lambda number: f"10.0.0.{number}"), []

    def answer(message: bytes, peer: Peer) -> bytes:
        kinds.append(kind_of(message))
        return reply(message, NAK, "0.0.0.0") if len(kinds) == 2 else good(message, peer)

    with serving(answer) as port:
        status, seen = dora_client.run(port, *QUICK)
    assert kinds == [1, 3, 1, 3]
    assert (status, seen["naks"], seen["completed"]) == (0, 1, 1)


def test_a_server_that_says_nothing_leaves_the_phone_without_an_address(dora_client: Client) -> None:
    with serving(lambda _message, _peer: None) as port:
        status, seen = dora_client.run(port, *QUICK)
    assert (status, seen["failed"], seen["retransmissions"]) == (1, 1, 5)


def test_a_request_is_a_7960s_through_a_relay(dora_client: Client) -> None:
    sent: list[bytes] = []
    good = giving(lambda number: f"10.0.0.{number + 9}")

    def answer(message: bytes, peer: Peer) -> bytes:
        sent.append(message)
        return good(message, peer)

    with serving(answer) as port:
        dora_client.run(port, *QUICK)
    request = parse(sent[1])
    assert request.hardware_address.hex() == "00070e000000"
    assert request.relay_address == "127.0.9.1"
    assert request.option(60) == b"Cisco Systems, Inc. IP Phone CP-7960G\0"
    assert list(request.option(55) or b"") == [1, 66, 6, 3, 15, 150, 35]
    assert (request.option(50), request.option(54)) == (socket.inet_aton("10.0.0.9"), SERVER)
