"""The TFTP client detects a bad server; otherwise the benchmark's figures would mean nothing."""

from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.conftest import Answer, Client, Peer, serving

RRQ, DATA, ACK, ERROR = (number.to_bytes(2, "big") for number in (1, 3, 4, 5))
NOT_FOUND = ERROR + b"\0\1File not found\0"
QUICK = ("--retry=0.1", "--cap=15")
TWO_PHONES = ("--phones=2", "--first-address=127.0.9.1")


def lock_step(folder: Path) -> tuple[Answer, list[tuple[str, Peer]]]:
    """Return a server that follows RFC 1350, and the requests that it has seen."""
    asked: dict[Peer, bytes] = {}
    requests: list[tuple[str, Peer]] = []

    def answer(data: bytes, peer: Peer) -> bytes | None:
        if data.startswith(RRQ):
            name = data[2:].split(b"\0")[0].decode()
            requests.append((name, peer))
            if not (folder / name).exists():
                return NOT_FOUND
            asked[peer] = (folder / name).read_bytes()
            return block(asked[peer], 1)
        acknowledged = int.from_bytes(data[2:4], "big")
        is_last = acknowledged * 512 > len(asked[peer])
        return None if is_last else block(asked[peer], acknowledged + 1)

    return answer, requests


def block(content: bytes, number: int) -> bytes:
    return DATA + number.to_bytes(2, "big") + content[(number - 1) * 512 : number * 512]


def losing(answer: Answer, is_lost: Callable[[int], bool]) -> Answer:
    """Return the same server, of whose replies some are lost; the first reply has the number 0."""
    number = -1

    def lossy(data: bytes, peer: Peer) -> bytes | None:
        nonlocal number
        reply = answer(data, peer)
        number += reply is not None
        return None if is_lost(number) else reply

    return lossy


def altering(answer: Answer, old: bytes, new: bytes) -> Answer:
    def altered(data: bytes, peer: Peer) -> bytes | None:
        reply = answer(data, peer)
        return reply and reply.replace(old, new)

    return altered


def test_phones_fetch_their_files_in_order_from_their_own_addresses(
    storm_client: Client, folder: Path
) -> None:
    answer, requests = lock_step(folder)
    files = ("--absent=SEP%M.xml", "--get=image", "--get=SIP%M.cnf")
    with serving(answer) as port:
        status, seen = storm_client.run(port, f"--expect={folder}", *TWO_PHONES, *files)
    assert (status, seen["completed"], seen["requests"], seen["retransmissions"]) == (0, 2, 6, 0)
    assert seen["blocks"] == 2 * (5 + 1)  # the image is a multiple of 512 bytes, so an empty block ends it
    of_second = [(name, peer) for name, peer in requests if peer[0] == "127.0.9.2"]
    assert [name for name, _ in of_second] == ["SEP00070E000001.xml", "image", "SIP00070E000001.cnf"]
    assert len({peer[1] for _, peer in of_second}) == 3


def test_a_wrong_byte_fails_the_phone(storm_client: Client, folder: Path) -> None:
    answer, _ = lock_step(folder)
    with serving(altering(answer, b"one block", b"one black")) as port:
        status, seen = storm_client.run(port, f"--expect={folder}", "--get=short")
    assert (status, seen["completed"], seen["failed"], seen["mismatches"]) == (1, 0, 1, 1)


def test_a_missing_byte_fails_the_phone(storm_client: Client, folder: Path) -> None:
    answer, _ = lock_step(folder)
    with serving(altering(answer, b"one block", b"one bloc")) as port:
        status, seen = storm_client.run(port, f"--expect={folder}", "--get=short")
    assert (status, seen["mismatches"]) == (1, 1)


def test_another_phones_file_fails_the_phone(storm_client: Client, folder: Path) -> None:
    answer, _ = lock_step(folder)
    with serving(altering(answer, b"phone 1", b"phone 0")) as port:
        status, seen = storm_client.run(port, f"--expect={folder}", *TWO_PHONES, "--get=SIP%M.cnf")
    assert (status, seen["completed"], seen["mismatches"]) == (1, 1, 1)


def test_a_file_that_should_be_absent_fails_the_phone(storm_client: Client, folder: Path) -> None:
    answer, _ = lock_step(folder)
    with serving(answer) as port:
        status, seen = storm_client.run(port, f"--expect={folder}", "--absent=short")
    assert (status, seen["mismatches"]) == (1, 1)


def test_a_refused_file_fails_the_phone(storm_client: Client, folder: Path) -> None:
    with serving(lambda _data, _peer: NOT_FOUND) as port:
        status, seen = storm_client.run(port, f"--expect={folder}", "--get=short")
    assert (status, seen["refused"], seen["failed"]) == (1, 1, 1)


def test_each_lost_datagram_is_one_retransmission(storm_client: Client, folder: Path) -> None:
    answer, requests = lock_step(folder)
    with serving(losing(answer, lambda number: number in (0, 3))) as port:
        status, seen = storm_client.run(port, f"--expect={folder}", "--get=image", *QUICK)
    assert (status, seen["completed"], seen["retransmissions"]) == (0, 1, 2)
    assert len(requests) == 2


def test_a_phone_that_nobody_answers_gives_up_after_five_repetitions(
    storm_client: Client, folder: Path
) -> None:
    with serving(lambda _data, _peer: None) as port:
        status, seen = storm_client.run(port, f"--expect={folder}", "--get=short", *QUICK)
    assert (status, seen["failed"], seen["retransmissions"], seen["sent"]) == (1, 1, 5, 6)


def test_a_storm_that_is_broken_off_has_unfinished_phones(storm_client: Client, folder: Path) -> None:
    with serving(lambda _data, _peer: None) as port:
        status, seen = storm_client.run(port, f"--expect={folder}", "--get=short", "--cap=0.1")
    assert (status, seen["unfinished"], seen["failed"]) == (1, 1, 0)


def test_duplicate_data_is_acknowledged_and_counted_once(storm_client: Client, folder: Path) -> None:
    answer, _ = lock_step(folder)
    first: list[bytes] = []

    def twice(data: bytes, peer: Peer) -> bytes | None:
        if data == ACK + b"\0\1" and not first:
            first.append(data)
            return block((folder / "image").read_bytes(), 1)
        return answer(data, peer)

    with serving(twice) as port:
        status, seen = storm_client.run(port, f"--expect={folder}", "--get=image")
    assert (status, seen["duplicates"], seen["blocks"], seen["bytes"]) == (0, 1, 5, 2048)


def test_drawn_loss_is_counted_and_survived(storm_client: Client, folder: Path) -> None:
    answer, _ = lock_step(folder)
    with serving(answer) as port:
        status, seen = storm_client.run(
            port, f"--expect={folder}", "--get=image", "--phones=20", "--first-address=127.0.9.1",
            "--loss=0.1", "--seed=3", "--retry=0.05", "--cap=15",
        )  # fmt: skip
    assert (status, seen["completed"], seen["mismatches"]) == (0, 20, 0)
    assert seen["lost"] > 0
    assert seen["retransmissions"] > 0
