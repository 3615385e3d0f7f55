"""Run a command on a terminal of its own, and type an answer to each question, as a person does.

`typed_answers.py COMMAND…` copies the terminal's text to standard output, and ends with the command's status.
SIGTERM is passed on as Ctrl-C.
"""

import os
import pty
import re
import signal
import sys
from types import FrameType

ANSWERS = {"MAC of the first phone": "001646C0FFEE", "Let ringup write these lines": "y", "Do this?": "y"}
"""The answers that are typed, by the beginning of the question; all other questions get Enter."""
CTRL_C = b"\x03"
_QUESTION = re.compile(r"(?:^|\n)([^\n]*)(?: \[[^\n]*\])?: $")


def answer_to(shown: str) -> str | None:
    """Return what to type if the terminal's text ends with a question; None if it does not."""
    asked = _QUESTION.search(shown.replace("\r", ""))
    if asked is None:
        return None
    return next((typed for begin, typed in ANSWERS.items() if asked[1].startswith(begin)), "")


def main(command: list[str]) -> int:
    """Run the command to its end; return its exit status."""
    pid, terminal = pty.fork()
    if not pid:
        os.execvp(command[0], command)

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        os.write(terminal, CTRL_C)

    signal.signal(signal.SIGTERM, interrupt)
    shown = ""
    while data := _read(terminal):
        os.write(sys.stdout.fileno(), data)
        shown = (shown + data.decode(errors="replace"))[-1000:]
        if (typed := answer_to(shown)) is not None:
            shown = ""
            os.write(terminal, f"{typed}\n".encode())
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux reports the end of the command as an error
        return b""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
