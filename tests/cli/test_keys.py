"""Keys in the form in which terminals send them."""

import os
import pty
import termios
from contextlib import suppress

import pytest

from ringup.cli.keys import keys_of, unseen


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        (b"q", ["q"]),
        (b"\x1b[A\x1b[Bjk", ["up", "down", "j", "k"]),
        (b"\x1bOA\x1b[5~\x1b[6~", ["up", "page up", "page down"]),
        (b"/anna\r", ["/", "a", "n", "n", "a", "enter"]),
        ("ö€".encode(), ["ö", "€"]),
        (b"\x1b", ["escape"]),
        (b"\x7f\x08", ["backspace", "backspace"]),
        (b"\x1b[15~\x1b[1;5Cx", ["x"]),  # F5, Ctrl-right
        (b"\x00\x01\t\xff\xc3", []),
    ],
)
def test_what_a_terminal_sends_is_a_key_each(typed: bytes, keys: list[str]) -> None:
    assert keys_of(typed) == keys


def test_the_terminal_shows_no_keys_meanwhile_and_all_of_them_afterwards() -> None:
    ours, theirs = pty.openpty()
    echo, lines = termios.ECHO, termios.ICANON
    before = termios.tcgetattr(theirs)
    with suppress(KeyboardInterrupt), unseen(theirs):
        assert termios.tcgetattr(theirs)[3] & (echo | lines) == 0
        assert termios.tcgetattr(theirs)[3] & termios.ISIG
        raise KeyboardInterrupt
    assert termios.tcgetattr(theirs) == before
    os.close(ours)
    os.close(theirs)


def test_without_a_terminal_nothing_is_changed() -> None:
    reader, writer = os.pipe()
    with unseen(reader):
        pass
    os.close(reader)
    os.close(writer)
