"""Keys from a terminal, one at a time and unseen, over termios and select.

Two libraries were considered: prompt_toolkit's input needs an application's event loop, and readchar blocks
until a key is pressed. With neither can the program wait for a key and for the next reading of the database
at the same time.
"""

import os
import re
import select
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager

SEQUENCES = {
    b"\x1b[A": "up", b"\x1b[B": "down", b"\x1bOA": "up", b"\x1bOB": "down",
    b"\x1b[5~": "page up", b"\x1b[6~": "page down",
    b"\x1b[H": "home", b"\x1b[F": "end", b"\x1bOH": "home", b"\x1bOF": "end",
    b"\x1b[1~": "home", b"\x1b[4~": "end",
    b"\x1b": "escape", b"\r": "enter", b"\n": "enter", b"\x7f": "backspace", b"\x08": "backspace",
}  # fmt: skip
"""The sequences that terminals send for keys without a character (xterm, VT220, Linux console)."""

_KEY = re.compile(rb"\x1b(?:[\[O][0-9;]*[A-Za-z~])?|[\x00-\x7f]|[\xc0-\xff][\x80-\xbf]*")
_LOCAL_FLAGS = 3
"""Index of the local flags in the list that tcgetattr returns."""


@contextmanager
def unseen(descriptor: int) -> Iterator[None]:
    """Let the terminal neither show keys nor wait for Enter; Ctrl-C stays a signal. Without a terminal,
    change nothing. An echoed `^C` would move the cursor away from the position from which the live screen is
    redrawn.
    """
    if not os.isatty(descriptor):
        yield
        return
    before, mode = termios.tcgetattr(descriptor), termios.tcgetattr(descriptor)
    mode[_LOCAL_FLAGS] &= ~(termios.ECHO | termios.ICANON)
    termios.tcsetattr(descriptor, termios.TCSADRAIN, mode)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def pressed(seconds: float) -> list[str]:
    """Return the keys as soon as there are any, or none after `seconds`."""
    descriptor = sys.stdin.fileno()
    if not select.select([descriptor], [], [], max(0.0, seconds))[0]:
        return []
    typed = os.read(descriptor, 1024)
    return keys_of(typed) if typed else ["q"]  # the terminal is gone


def keys_of(typed: bytes) -> list[str]:
    """Return a character or a word of SEQUENCES for each key; unknown sequences are left out."""
    keys = (SEQUENCES.get(each) or each.decode(errors="ignore") for each in _KEY.findall(typed))
    return [key for key in keys if key and key.isprintable()]
