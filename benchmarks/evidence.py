"""Measure the time and the memory that reading a log takes.

    .venv/bin/python benchmarks/evidence.py [LINES]

There are two logs about a dozen phones. In the first one, of dnsmasq and tftpd-hpa, every line is evidence.
In the second one, of a machine that also logs other things, one line in fifty is evidence. The goals are 3 s
for 100,000 lines and 30 s for a million lines on one core, and memory that does not grow with the log.
"""

import io
import resource
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from ringup.evidence.read import read
from ringup.evidence.source import InputFile
from ringup.journey.follow import fold

PHONES = 12
ONE_IN = 50
BEGUN = datetime(2026, 11, 1, tzinfo=UTC)
NOISE = (
    "CRON[1]: (root) CMD (command -v debian-sa1 > /dev/null && debian-sa1 1 1)",
    "kernel: [UFW BLOCK] IN=eth0 OUT= MAC=aa SRC=192.0.2.4 DST=10.0.0.1 LEN=40 PROTO=TCP SPT=1 DPT=22",
    "sshd[22]: Failed password for root from 192.0.2.4 port 2222 ssh2",
    "systemd[1]: Started Session 12 of user root.",
)
GOALS = {100_000: 3.0, 1_000_000: 30.0}


def evidence(number: int) -> str:
    """Return a log line about one of the phones."""
    phone = number // 4 % PHONES
    mac, address = f"001646{phone:06X}", f"10.0.0.{10 + phone}"
    colons = bytes.fromhex(mac).hex(":")
    return (
        f"dnsmasq-dhcp[12]: DHCPREQUEST(eth0) {address} {colons}",
        f"dnsmasq-dhcp[12]: DHCPACK(eth0) {address} {colons} SEP{mac}",
        f"in.tftpd[{number % 30_000}]: RRQ from {address} filename SIP{mac}.cnf",
        f"in.tftpd[{number % 30_000}]: sending NAK (1, File not found) to {address}",
    )[number % 4]


class Log(io.RawIOBase):
    """A log whose lines are made while it is read, so that it takes no memory itself."""

    def __init__(self, lines: int, *, noisy: bool) -> None:
        self._text = self._made(lines, noisy)
        self._rest = b""

    def readable(self) -> bool:
        """Return True, because the log can only be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer with the next lines."""
        while len(self._rest) < len(buffer) and (line := next(self._text, b"")):
            self._rest += line
        part, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)

    def _made(self, lines: int, noisy: bool) -> Iterator[bytes]:
        days = [f"Nov {day:2d}" for day in range(1, 29)]
        for start in range(0, lines, 100):
            block = []
            for number in range(start, min(start + 100, lines)):
                seconds = number % 86_400
                clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
                is_evidence = not noisy or not number % ONE_IN
                what = (
                    evidence(number // (ONE_IN if noisy else 1))
                    if is_evidence
                    else NOISE[number % len(NOISE)]
                )
                block.append(f"{days[number // 86_400 % 28]} {clock} pbx {what}\n")
            yield "".join(block).encode()


def measure(lines: int, *, noisy: bool) -> None:
    """Measure logs with this number of lines, and print one row."""
    made = time.process_time()
    for _ in Log(lines, noisy=noisy)._made(lines, noisy):
        pass
    made = time.process_time() - made
    began = time.process_time()
    whole = read([InputFile("log", Log(lines, noisy=noisy), BEGUN.timestamp() + 27 * 86_400)], UTC)  # type: ignore[arg-type]
    taken = time.process_time() - began - made
    began = time.process_time()
    phones = len(fold(whole.events))
    folded = time.process_time() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    kind = "one line in fifty is evidence" if noisy else "every line is evidence"
    goal = f", goal {GOALS[lines]:.0f} s" if lines in GOALS else ""
    print(
        f"{lines:>9,} lines, {kind}: read in {taken:.1f} s{goal}; {len(whole.events):,} events kept "
        f"of {len(whole.events) + whole.omitted:,}, of {phones} phones, followed in {folded:.1f} s; "
        f"at most {memory} MB so far"
    )


def main() -> None:
    """Measure logs with the sizes in the goals, or with the size that was given."""
    for lines in map(int, sys.argv[1:2] or GOALS):
        for noisy in (True, False):
            measure(lines, noisy=noisy)


if __name__ == "__main__":
    main()
