"""Measure `ringup serve` while many phones press Directory within one second, with TFTP and DHCP beside it.

PYTHONPATH=src:. python benchmarks/press_directory.py [PHONES]

It needs root. The server and the phones are in two network namespaces. First, each phone leases its address
through a relay agent. While the phones press the button, one client fetches a file over TFTP again and again,
and another one leases addresses; before, both measure the idle server.
"""

import asyncio
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from random import Random
from statistics import median

from benchmarks.rig import network

from ringup.site.model import Line, Phone, Site, Subnet
from ringup.store.database import open_database
from ringup.store.revisions import commit

SERVER, RELAY = network.DHCP_SERVER, network.RELAY
HTTP_PORT, TFTP_PORT, DHCP_PORT = 80, 69, 67
FILE = b"dialplan.xml"
IDLE_SECONDS = 3.0
ANSWER_SECONDS = 4.0
"""Seconds after which a phone repeats its request, which therefore counts as lost."""
NETWORK = IPv4Network(network.DHCP_NETWORK)
FIRST = 4_096
PHONES_NETWORK = "10.64.16.0/20"
"""The network with the phones' addresses, from number FIRST on; they are local in the clients' namespace."""
VENDOR = b"Cisco Systems, Inc. IP Phone CP-7960G"


def address(number: int) -> str:
    """Return the address of a phone."""
    return str(NETWORK[FIRST + number])


def mac(number: int) -> str:
    """Return the MAC of a phone."""
    return f"0016460{number:05X}"


def site(phones: int) -> Site:
    """Return a site of phones with fixed addresses."""
    records = tuple(
        Phone(
            mac=mac(number),
            address=IPv4Address(address(number)),
            lines=(Line(extension=str(10_000 + number), name=f"Person {number}", secret="s3cretsecret"),),  # noqa: S106
        )
        for number in range(phones)
    )
    subnet = Subnet(network=NETWORK, first=NETWORK[60_000], last=NETWORK[60_010])
    return Site(phones=records, subnets=(subnet,))


@contextmanager
def serving(net: network.Network, folder: Path, phones: int) -> Iterator["subprocess.Popen[bytes]"]:
    """Run `ringup serve` until the block ends."""
    database = open_database(str(folder / "ringup.db"))
    commit(database, site(phones), author="benchmark", summary="phones", at=time.time())
    database.dispose()
    command = [
        sys.executable, "-m", "ringup", "serve", "--interface", net.interface, "--no-listen", "--no-web",
        "--no-pbx", "--no-sntp", "--http-port", str(HTTP_PORT),
        "--database", str(folder / "ringup.db"), "--firmware", str(folder),
    ]  # fmt: skip
    server = subprocess.Popen(net.in_server(command), stderr=(folder / "log").open("wb"))
    try:
        yield server
    finally:
        server.terminate()
        server.wait()


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Client:
    """Does one exchange again and again in a thread, and keeps the seconds of each."""

    def __init__(self, exchange: Callable[[], None]) -> None:
        self.seconds: list[float] = []
        self.lost = 0
        self._exchange = exchange
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Client":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ends.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ends.is_set():
            began = time.perf_counter()
            try:
                self._exchange()
                self.seconds.append(time.perf_counter() - began)
            except TimeoutError:
                self.lost += 1
            time.sleep(0.002)


def fetch() -> None:
    """Fetch a file over TFTP."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(ANSWER_SECONDS)
        client.bind((address(0), 0))
        client.sendto(b"\0\1" + FILE + b"\0octet\0", (SERVER, TFTP_PORT))
        while True:
            data, sender = client.recvfrom(600)
            client.sendto(b"\0\4" + data[2:4], sender)
            if len(data) < 516:
                return


class Relay:
    """A relay agent that leases the addresses of phones, one after another."""

    def __init__(self, phones: int) -> None:
        self._phones = phones
        self._next = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(ANSWER_SECONDS)
        self._socket.bind((RELAY, DHCP_PORT))

    def lease(self) -> None:
        """Lease the address of the next phone: four messages."""
        number, self._next = self._next % self._phones, self._next + 1
        self._ask(number, 1, b"")
        wanted = socket.inet_aton(address(number))
        self._ask(number, 3, b"\x32\4" + wanted + b"\x36\4" + socket.inet_aton(SERVER))

    def _ask(self, number: int, kind: int, options: bytes) -> None:
        """Send a message, and wait for its answer."""
        transaction = struct.pack("!I", self._next << 2 | kind)
        head = struct.pack(
            "!BBBB4sHH4x4x4x4s6s10x192x4s", 1, 1, 6, 1, transaction, 0, 0, socket.inet_aton(RELAY),
            bytes.fromhex(mac(number)), b"\x63\x82\x53\x63",
        )  # fmt: skip
        told = head + bytes((53, 1, kind, 60, len(VENDOR))) + VENDOR + options + b"\xff"
        self._socket.sendto(told, (SERVER, DHCP_PORT))
        while (answer := self._socket.recv(2_000))[4:8] != transaction:
            pass
        if answer[16:20] != socket.inet_aton(address(number)):
            raise RuntimeError(f"phone {number} got {socket.inet_ntoa(answer[16:20])}")


async def press(number: int, at: float) -> float | None:
    """Press Directory at a time of the loop's clock; return the seconds until the page is complete.

    None: the server closed the connection without a page, because it has too many of them.
    """
    loop = asyncio.get_running_loop()
    await asyncio.sleep(at - loop.time())
    began = loop.time()
    reader, writer = await asyncio.open_connection(SERVER, HTTP_PORT, local_addr=(address(number), 0))
    writer.write(f"GET /phone/directory HTTP/1.0\r\nHost: {SERVER}\r\n\r\n".encode())
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


def wait_for_server() -> None:
    """Wait until the server accepts connections."""
    while True:
        try:
            socket.create_connection((SERVER, HTTP_PORT), 1).close()
            return
        except OSError:
            time.sleep(0.1)


def measure(phones: int, server: int) -> None:
    """Print the figures, in the namespace of the phones; `server` is the process ID of the server."""
    wait_for_server()
    relay = Relay(phones)
    for _ in range(phones):
        relay.lease()
    asyncio.run(press(1, 0))  # loads the pages
    with Client(fetch) as tftp_idle, Client(relay.lease) as dhcp_idle:
        time.sleep(IDLE_SECONDS)
    before = processor_seconds(server)
    with Client(fetch) as tftp, Client(relay.lease) as dhcp:
        pressed = asyncio.run(press_all(phones))
    used = processor_seconds(server) - before
    answered = [seconds for seconds in pressed if seconds is not None]
    print(shown("Directory pages", answered), f"refused {phones - len(answered)}")
    print(f"server's processor time      {used:.2f} s, with TFTP and DHCP beside")
    for name, idle, beside in (("TFTP transfers", tftp_idle, tftp), ("DHCP leases", dhcp_idle, dhcp)):
        print(shown(f"{name}, idle", idle.seconds), f"lost {idle.lost}")
        print(shown(f"{name}, beside", beside.seconds), f"lost {beside.lost}")
        ratio = median(beside.seconds) / median(idle.seconds)
        print(f"{name}: median {ratio:.1f} times, per second {rate(beside) / rate(idle):.2f} times")


def rate(client: Client) -> float:
    """Return the exchanges per second of the client's own time."""
    return len(client.seconds) / sum(each + 0.002 for each in client.seconds)


def main(phones: int) -> None:
    """Run the server and, beside it, the measurement."""
    with tempfile.TemporaryDirectory() as folder, network.cable() as net:
        here, there = (f"ip route add {PHONES_NETWORK} {to}" for to in ("dev lo", f"via {RELAY}"))
        subprocess.run(net.in_client(here.replace("add", "add local").split()), check=True)
        # Without this route, the server's kernel would need a neighbour entry per phone. By default, it keeps
        # 1,024, and pages of 2,000 phones then take up to a minute.
        subprocess.run(net.in_server(there.split()), check=True)
        with serving(net, Path(folder), phones) as server:
            again = [sys.executable, __file__, str(phones), str(server.pid)]
            done = subprocess.run(net.in_client(again), check=False)
            if done.returncode:
                print((Path(folder) / "log").read_text()[-3_000:], file=sys.stderr)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        measure(int(sys.argv[1]), int(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)
