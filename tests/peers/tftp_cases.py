"""The things that a client may send to a TFTP server: `python -m tests.peers.tftp_cases SERVER [CASE …]`.

It is a table of short scripts. All of them run at the same time, each with its own sockets, and the result of
each is one line of words. The server must have the files in `FILES`.
"""

import hashlib
import json
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.peers.tftp_talk import PORT, Talk, ack, block_of, error, request, summary

LONG = 8
"""Seconds for which a silent client is watched; no server's retransmission falls near their end."""

WRAPS = 8 * 65_540 + 3
"""Bytes of a file that has more blocks of 8 bytes than there are block numbers."""


def content(name: str, size: int) -> bytes:
    """Return bytes in which a shifted or repeated block would be noticed."""
    return hashlib.shake_256(name.encode()).digest(size)


FILES = {
    "short.bin": content("short.bin", 700),
    "nine.bin": content("nine.bin", 9 * 512),
    "empty.bin": b"",
    "text.txt": b"one\ntwo\rthree\r\n",
    "wraps.bin": content("wraps.bin", WRAPS),
}

Script = Callable[[Talk], None]


def one(datagram: bytes) -> Script:
    """Return a script that sends one datagram and receives the reply."""

    def script(talk: Talk) -> None:
        talk.say(datagram)
        talk.hear_all()

    return script


def option(name: str, value: str, file: str = "nine.bin") -> Script:
    """Return a script that sends a request with one option, accepts what is negotiated, and receives the
    first DATA.
    """

    def script(talk: Talk) -> None:
        answer = talk.ask(request(file, "octet", name, value))
        if answer is not None and answer[1] == 6:
            talk.say(ack(0))
            talk.hear_all()

    return script


def fetch(talk: Talk, first: bytes, block_size: int = 512) -> bytes:
    """Receive a complete file block by block, without recording words; a block that is not the next one is
    ignored.
    """
    blocks = 0
    heard = len(talk.words)
    answer = talk.ask(first)
    if answer is not None and answer[1] == 6:
        answer = talk.ask(ack(0))
    pieces = []
    while answer is not None and block_of(answer) == (blocks + 1) % 65536:
        pieces.append(answer[4:])
        blocks += 1
        talk.say(ack(blocks))
        if len(answer) - 4 < block_size:
            break
        answer = talk.hear(5)
        del talk.words[heard:]
    del talk.words[heard:]
    return b"".join(pieces)


def whole_file(talk: Talk) -> None:
    talk.ask(request("short.bin"))
    talk.ask(ack(1))
    talk.say(ack(2))
    talk.hear_all()


def whole_blocks(talk: Talk) -> None:
    talk.note(f"{len(fetch(talk, request('nine.bin')))} bytes")
    talk.hear_all()


def empty_file(talk: Talk) -> None:
    talk.ask(request("empty.bin"))
    talk.say(ack(1))
    talk.hear_all()


def wraps(talk: Talk) -> None:
    got = fetch(talk, request("wraps.bin", "octet", "blksize", "8"), 8)
    talk.note("every byte, after 65535 comes 0" if got == FILES["wraps.bin"] else f"{len(got)} bytes")


def request_twice(talk: Talk) -> None:
    talk.say(request("nine.bin"))
    talk.say(request("nine.bin"))
    talk.hear_all()
    talk.note(f"from {len(talk.ports)} port{'s' * (len(talk.ports) > 1)}")


def request_again_later(talk: Talk) -> None:
    talk.ask(request("nine.bin"))
    talk.ask(ack(1))
    talk.say(request("nine.bin"), PORT)
    talk.hear_all()


def other_file_from_the_same_port(talk: Talk) -> None:
    talk.ask(request("nine.bin"))
    talk.say(request("short.bin"), PORT)
    talk.hear()
    talk.port = next(iter(talk.ports))
    talk.hear_all()


def two_files_after_one_another(talk: Talk) -> None:
    for name in ("short.bin", "nine.bin"):
        talk.port = PORT
        talk.note(f"{len(fetch(talk, request(name)))} bytes")


def request_overtakes_the_last_ack(talk: Talk) -> None:
    """Request the same file again from the same port; a server with two sockets may receive the two in either
    order.
    """
    talk.ask(request("short.bin"))
    talk.ask(ack(1))
    before = talk.port
    talk.port = PORT
    talk.ask(request("short.bin"))
    talk.say(ack(2), before)
    talk.ask(ack(1))


def one_ack_twice(talk: Talk) -> None:
    """Acknowledge everything, with one ACK repeated on its way (Sorcerer's Apprentice)."""
    first = talk.ask(request("nine.bin"))
    data = [] if first is None else [first]
    talk.say(ack(1))
    talk.say(ack(1))
    while (datagram := talk.hear()) is not None:
        data.append(datagram)
        talk.say(ack(block_of(datagram)))
    talk.words[:] = [f"{len(data)} DATA packets for 10 blocks"]


def old_ack(talk: Talk) -> None:
    talk.ask(request("nine.bin"))
    talk.ask(ack(1))
    talk.ask(ack(2))
    talk.say(ack(1))
    talk.hear_all()


def ack_of_what_was_not_sent(talk: Talk) -> None:
    talk.ask(request("nine.bin"))
    talk.say(ack(5))
    talk.hear_all()


def last_ack_again(talk: Talk) -> None:
    fetch(talk, request("short.bin"))
    talk.say(ack(2))
    talk.hear_all()


def silent_from_the_start(talk: Talk) -> None:
    talk.say(request("nine.bin"))
    talk.hear_for(LONG)


def silent_after_an_option(talk: Talk) -> None:
    talk.say(request("nine.bin", "octet", "tsize", "0"))
    talk.hear_for(LONG)


def last_ack_lost(talk: Talk) -> None:
    talk.ask(request("short.bin"))
    talk.say(ack(1))
    talk.hear_for(LONG)


def last_ack_lost_and_said_again(talk: Talk) -> None:
    talk.ask(request("short.bin"))
    talk.say(ack(1))
    talk.hear()
    talk.hear(LONG)
    talk.say(ack(2))
    talk.hear_for(4)


def asks_for_a_timeout_of(seconds: int) -> Script:
    """Return a script that shows whether the first retransmission comes after the requested time."""

    def script(talk: Talk) -> None:
        talk.say(request("nine.bin", "octet", "timeout", str(seconds)))
        talk.hear()
        if talk.words[0].startswith("OACK"):
            talk.hear_for(seconds - QUIET_BEFORE)
            talk.hear(2 * QUIET_BEFORE + 0.4)

    return script


QUIET_BEFORE = 0.8
"""Seconds before the requested time in which no retransmission may come yet."""


def foreign_port(talk: Talk) -> None:
    talk.ask(request("nine.bin"))
    stranger = Talk(talk.server)
    stranger.port = talk.port
    stranger.say(ack(1))
    stranger.hear_all()
    talk.note(f"to that port: {summary(stranger.words)}")
    stranger.close()
    talk.ask(ack(1))


def error_in_the_middle(talk: Talk) -> None:
    talk.ask(request("nine.bin"))
    talk.say(error(0))
    talk.hear_for(LONG)


def options_taken_back(talk: Talk) -> None:
    talk.ask(request("nine.bin", "octet", "blksize", "8"))
    talk.say(error(8))
    talk.hear_for(LONG)


def data_in_the_middle(talk: Talk) -> None:
    talk.ask(request("nine.bin"))
    talk.say(b"\0\3\0\1more")
    talk.hear_all()
    talk.ask(ack(1))


def window_of_four(talk: Talk) -> None:
    talk.ask(request("nine.bin", "octet", "windowsize", "4"))
    if talk.words[0].startswith("OACK"):
        talk.say(ack(0))
        talk.hear_all()
        talk.say(ack(4))
        talk.hear_all()


def window_with_a_hole(talk: Talk) -> None:
    talk.ask(request("nine.bin", "octet", "windowsize", "4"))
    if talk.words[0].startswith("OACK"):
        talk.say(ack(0))
        talk.hear_all()
        talk.say(ack(2))
        talk.hear_all()


CASES: dict[str, Script] = {
    # Files
    "a whole file": whole_file,
    "nine whole blocks": whole_blocks,
    "an empty file": empty_file,
    "more than 65,535 blocks": wraps,
    "two files one after another from one port": two_files_after_one_another,
    "the same file again, the request before the last ACK": request_overtakes_the_last_ack,
    # Repetition and loss
    "a request twice": request_twice,
    "a request again in mid-transfer": request_again_later,
    "another file from the same port in mid-transfer": other_file_from_the_same_port,
    "one ACK twice (Sorcerer's Apprentice)": one_ack_twice,
    "an old ACK": old_ack,
    "an ACK of a block not yet sent": ack_of_what_was_not_sent,
    "the last ACK again": last_ack_again,
    "no ACK at all": silent_from_the_start,
    "no ACK of an OACK": silent_after_an_option,
    "the last ACK lost": last_ack_lost,
    "the last ACK lost, then said": last_ack_lost_and_said_again,
    # Transfer identifiers
    "an ACK from a foreign port": foreign_port,
    "an ACK without a transfer": one(ack(1)),
    "a DATA packet without a transfer": one(b"\0\3\0\1data"),
    "an ERROR without a transfer": one(error(0)),
    "an ERROR in mid-transfer": error_in_the_middle,
    "an ERROR 8 to an OACK": options_taken_back,
    "a DATA packet in mid-transfer": data_in_the_middle,
    # Options
    "blksize 8": option("blksize", "8"),
    "blksize 7": option("blksize", "7"),
    "blksize 0": option("blksize", "0"),
    "blksize 1024": option("blksize", "1024"),
    "blksize 65464": option("blksize", "65464"),
    "blksize 65465": option("blksize", "65465"),
    "blksize abc": option("blksize", "abc"),
    "blksize -8": option("blksize", "-8"),
    "BLKSIZE 1024": option("BLKSIZE", "1024"),
    "tsize 0": option("tsize", "0"),
    "tsize of an empty file": option("tsize", "0", "empty.bin"),
    "tsize in netascii": one(request("text.txt", "netascii", "tsize", "0")),
    "timeout 0": option("timeout", "0"),
    "timeout 1": option("timeout", "1"),
    "timeout 255": option("timeout", "255"),
    "timeout 256": option("timeout", "256"),
    "timeout 4, then no ACK": asks_for_a_timeout_of(4),
    "windowsize 0": option("windowsize", "0"),
    "windowsize 1": option("windowsize", "1"),
    "windowsize 65535": option("windowsize", "65535"),
    "windowsize 4, then ACK 4": window_of_four,
    "windowsize 4, then ACK 2": window_with_a_hole,
    "an unknown option": one(request("short.bin", "octet", "x-colour", "blue")),
    "an unknown option beside blksize": one(
        request("short.bin", "octet", "x-colour", "blue", "blksize", "64")
    ),
    "an option twice": one(request("short.bin", "octet", "blksize", "64", "blksize", "128")),
    "an option without a value": one(request("short.bin", "octet", "blksize")),
    # Modes
    "netascii": one(request("text.txt", "netascii")),
    "the mode OcTeT": one(request("short.bin", "OcTeT")),
    "the mode NETASCII": one(request("text.txt", "NETASCII")),
    "the mode banana": one(request("short.bin", "banana")),
    "the mode mail": one(request("short.bin", "mail")),
    "an empty mode": one(request("short.bin", "")),
    # Names
    "an absent file": one(request("CTLSEP001646C0FFEE.tlv")),
    "a name with ..": one(request("../short.bin")),
    "a name that leaves the folder": one(request("../../../../etc/hostname")),
    "an absolute name": one(request("/short.bin")),
    "a name with ./": one(request("./short.bin")),
    "a path of the machine": one(request("/etc/hostname")),
    "a name in other letter case": one(request("SHORT.BIN")),
    "a name with a backslash": one(request("sub\\short.bin")),
    "a name that is no ASCII": one(request("sh\xf6rt.bin")),
    "a folder": one(request("sub")),
    "a file in a folder": one(request("sub/inner.bin")),
    "an empty name": one(request("")),
    # Broken requests
    "a write request": one(request("mine.bin", opcode=2)),
    "a request without its final NUL": one(request("short.bin")[:-1]),
    "a request without a mode": one(b"\0\1short.bin\0"),
    "a request without a NUL": one(b"\0\1short.bin"),
    "a request of two bytes": one(b"\0\1"),
    "a request of 600 bytes": one(request("n" * 591)),
    "a request filled up with zeros to 600 bytes": one(request("short.bin").ljust(600, b"\0")),
    "opcode 0": one(b"\0\0" + request("short.bin")[2:]),
    "opcode 6": one(b"\0\6blksize\0008\0"),
    "opcode 9": one(b"\0\11" + request("short.bin")[2:]),
    "a datagram of one byte": one(b"\1"),
    "a datagram of no byte": one(b""),
    "an ACK of three bytes": one(b"\0\4\0"),
}


def say(server: str, script: Script) -> str:
    talk = Talk(server)
    try:
        script(talk)
    finally:
        talk.close()
    return summary(talk.words)


def said_by(server: str, names: list[str]) -> dict[str, str]:
    """Return the words of a server for each named case."""
    with ThreadPoolExecutor(len(names)) as pool:
        answers = {name: pool.submit(say, server, CASES[name]) for name in names}
        return {name: answer.result() for name, answer in answers.items()}


if __name__ == "__main__":
    print(json.dumps(said_by(sys.argv[1], sys.argv[2:] or list(CASES))))
