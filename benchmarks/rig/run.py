"""Make one run: start a server, wait until it answers, start the clients, and measure until the server is
idle.
"""

import json
import os
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.rig import measure
from benchmarks.rig.network import DHCP_SERVER, FIRST_PHONE, RELAY, TFTP_SERVER
from benchmarks.rig.servers import Place, Server
from benchmarks.rig.slow_core import slow_core
from benchmarks.rig.viewers import watched
from benchmarks.rig.workloads import Workload

SERVER_CORE, CLIENT_CORE = "0", "1"
ANSWER_SECONDS = 60.0
STRANGER = "10.65.255.1"
"""Address of the phone that checks whether the server is up; no phone of the fleet has it."""

Result = dict[str, Any]
"""The output of storm_client or dora_client, with the cost of the server."""


@dataclass(frozen=True, slots=True)
class Clients:
    """Our compiled client programs."""

    storm: str
    dora: str


def run(server: Server, workload: Workload, place: Place, clients: Clients) -> Result:
    """Return the figures of one run."""
    with (
        measure.account() as account,
        slow_core(workload.share) as slow,
        _started(server, place, account, slow) as process,
        ExitStack() as audience,
    ):

        def used() -> float:
            return account.cpu(process.pid).total

        _wait_until_it_answers(server, place, clients, process)
        if server.viewed:
            audience.enter_context(watched(place.database))
        resting = measure.wait_until_idle(used) or 0.0
        cpu, dropped = account.cpu(process.pid), place.network.dropped()
        with measure.Memory(lambda: account.pids(process.pid)) as memory:
            begun, busy = time.monotonic(), measure.machine_busy()
            result = _storm(workload, place, clients)
            busy, elapsed = measure.machine_busy() - busy, time.monotonic() - begun
            during = account.cpu(process.pid).since(cpu)
            result["settled"] = measure.wait_until_idle(used) is not None
            result["resting_cpu"] = resting * (time.monotonic() - begun)
        cost = account.cpu(process.pid).since(cpu)
        if process.poll() is not None:
            raise SystemExit(f"{server.name} ended during {workload.name}: see {place.folder / 'output'}")
    cores = os.cpu_count() or 1
    result |= {
        "server_cpu": cost.total,
        "server_user": cost.user,
        "server_system": cost.system,
        "server_cpu_during": during.total,
        "resident": memory.most,
        "dropped": place.network.dropped() - dropped,
        "others": max(0.0, busy - during.total - result["cpu"]) / (elapsed * cores),
    }
    if server.ours:
        result["kept"] = _events(place.database)
    return result


@contextmanager
def ended(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    """Stop a process when the block ends, first by SIGTERM."""
    try:
        yield
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()
        process.wait()


@contextmanager
def _started(
    server: Server, place: Place, account: measure.Account, slow: Path | None
) -> Iterator["subprocess.Popen[bytes]"]:
    start = server.start(place)
    pinned = ["taskset", "-c", SERVER_CORE, *start.command]
    if slow:
        pinned = measure.entered_in(slow, pinned)
    command = place.network.in_server(account.entered(pinned))
    with (place.folder / "output").open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **start.environment},
        )
        with ended(process):
            yield process


def _wait_until_it_answers(
    server: Server, place: Place, clients: Clients, process: "subprocess.Popen[bytes]"
) -> None:
    ask = _client_command(server.dhcp, place, clients, STRANGER)
    ask += ["--phones=1", "--retry=0.1", "--cap=0.55"]
    ask += ["--first-mac=00070EFFFFFF"] if server.dhcp else ["--absent=is-it-up"]
    until = time.monotonic() + ANSWER_SECONDS
    while subprocess.run(ask, stdout=subprocess.DEVNULL, check=False).returncode:
        if process.poll() is not None or time.monotonic() > until:
            output = (place.folder / "output").read_text(errors="replace")[-2000:]
            raise SystemExit(
                f"{server.name} does not answer: {' '.join(server.start(place).command)}\n{output}"
            )


def _storm(workload: Workload, place: Place, clients: Clients) -> Result:
    command = _client_command(workload.dhcp, place, clients, FIRST_PHONE) + workload.client_options()
    ended = subprocess.run(command, stdout=subprocess.PIPE, check=False, timeout=workload.cap + 60)
    if ended.returncode not in (0, 1):
        raise SystemExit(f"The client failed: {' '.join(command)}")
    result: Result = json.loads(ended.stdout)
    return result


def _client_command(dhcp: bool, place: Place, clients: Clients, first_address: str) -> list[str]:
    if dhcp:
        command = [clients.dora, f"--server={DHCP_SERVER}", f"--relay={RELAY}"]
    else:
        command = [clients.storm, f"--server={TFTP_SERVER}", f"--expect={place.files}"]
        command += [f"--first-address={first_address}"]
    return place.network.in_client(["taskset", "-c", CLIENT_CORE, *command])


def _events(database: Path) -> dict[str, int]:
    """Return the number of stored events of each kind."""
    with sqlite3.connect(database) as connection:
        return dict(connection.execute("SELECT kind, count(*) FROM events GROUP BY kind"))
