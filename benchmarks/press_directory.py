"""Measure `ringup serve` while many phones press Directory within one second, with TFTP beside it.

PYTHONPATH=src python benchmarks/press_directory.py [PHONES]

All addresses are of the loopback: phone n has 127.1.x.y as the fixed address of its record. While the phones
press the button, one TFTP client fetches a file again and again; another one measures the idle server first.
"""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from random import Random
from statistics import median

from ringup.site.model import Line, Phone, Site, Subnet
from ringup.store.database import open_database
from ringup.store.revisions import commit

HTTP_PORT, TFTP_PORT = 18_080, 16_969
SERVER = "127.0.0.1"
FILE = b"dialplan.xml"
IDLE_SECONDS = 3.0
NETWORK = IPv4Network("127.1.0.0/16")


def address(number: int) -> str:
    """Return the address of a phone."""
    return str(NETWORK[number + 256])


def site(phones: int) -> Site:
    """Return a site of phones with fixed addresses."""
    records = tuple(
        Phone(
            mac=f"0016460{number:05X}",
            address=IPv4Address(address(number)),
            lines=(Line(extension=str(10_000 + number), name=f"Person {number}", secret="s3cretsecret"),),  # noqa: S106
        )
        for number in range(phones)
    )
    subnet = Subnet(network=NETWORK, first=NETWORK[60_000], last=NETWORK[60_010], router=NETWORK[1])
    return Site(phones=records, subnets=(subnet,))


@contextmanager
def serving(folder: Path, phones: int) -> Iterator["subprocess.Popen[bytes]"]:
    """Run `ringup serve` on the loopback until the block ends."""
    database = open_database(str(folder / "ringup.db"))
    commit(database, site(phones), author="benchmark", summary="phones", at=time.time())
    database.dispose()
    leases = folder / "leases"
    leases.write_text("")
    command = [
        sys.executable, "-m", "ringup", "serve", "--interface", "lo", "--no-dhcp", "--no-listen", "--no-web",
        "--owners", f"leases:{leases}", "--http-port", str(HTTP_PORT), "--tftp-port", str(TFTP_PORT),
        "--database", str(folder / "ringup.db"), "--firmware", str(folder),
    ]  # fmt: skip
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        while True:
            try:
                socket.create_connection((SERVER, HTTP_PORT), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield server
    finally:
        server.terminate()
        server.wait()


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class TftpClient:
    """Fetches one file again and again in a thread, and keeps the seconds of each."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.lost = 0
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "TftpClient":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ends.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ends.is_set():
            began = time.perf_counter()
            try:
                self._fetch()
                self.seconds.append(time.perf_counter() - began)
            except TimeoutError:
                self.lost += 1
            time.sleep(0.002)

    def _fetch(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(4)
            client.bind((address(0), 0))
            client.sendto(b"\0\1" + FILE + b"\0octet\0", (SERVER, TFTP_PORT))
            while True:
                data, sender = client.recvfrom(600)
                client.sendto(b"\0\4" + data[2:4], sender)
                if len(data) < 516:
                    return


async def press(number: int, at: float) -> float | None:
    """Press Directory at a time of the loop's clock; return the seconds until the page is complete.

    None: the server closed the connection without a page, because it has too many of them.
    """
    loop = asyncio.get_running_loop()
    await asyncio.sleep(at - loop.time())
    began = loop.time()
    reader, writer = await asyncio.open_connection(SERVER, HTTP_PORT, local_addr=(address(number), 0))
    writer.write(f"GET /phone/directory HTTP/1.0\r\nHost: {SERVER}:{HTTP_PORT}\r\n\r\n".encode())
    try:
        page = await reader.read(-1)
    except ConnectionError:
        page = b""
    writer.close()
    if not page:
        return None
    if b"<CiscoIPPhoneMenu>" not in page or b"directory-search" not in page:
        raise RuntimeError(f"phone {number} got {page[:300]!r}")
    return loop.time() - began


async def press_all(phones: int) -> list[float | None]:
    """Let all phones press the button within one second."""
    dice, start = Random(1), asyncio.get_running_loop().time() + 0.5  # noqa: S311 - the same times in each run
    return await asyncio.gather(*(press(number, start + dice.random()) for number in range(phones)))


def shown(title: str, seconds: list[float]) -> str:
    """Return the median, the 99th percentile and the maximum in milliseconds."""
    ordered = sorted(seconds)
    last = ordered[int(len(ordered) * 0.99)]
    figures = (
        f"median {median(ordered) * 1000:.1f}, p99 {last * 1000:.1f}, longest {ordered[-1] * 1000:.1f} ms"
    )
    return f"{title:28} {len(ordered):6}  {figures}"


def main(phones: int) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), phones) as server:
        asyncio.run(press(1, 0))  # loads the pages
        with TftpClient() as alone:
            time.sleep(IDLE_SECONDS)
        before = processor_seconds(server.pid)
        with TftpClient() as beside:
            pressed = asyncio.run(press_all(phones))
        used = processor_seconds(server.pid) - before
        answered = [seconds for seconds in pressed if seconds is not None]
        print(shown("Directory pages", answered), f"refused {phones - len(answered)}")
        print(f"server's processor time      {used:.2f} s, with the transfers beside")
        print(shown("TFTP transfers, idle", alone.seconds), f"lost {alone.lost}")
        print(shown("TFTP transfers, beside", beside.seconds), f"lost {beside.lost}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)
