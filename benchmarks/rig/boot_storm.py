"""Workload S, the complete boot: all phones get power at once, and each must register on Asterisk.

Strategy: the server and Asterisk share one core, and the phones have the other. The processor time of each
between power-on and the last registration shows which of them limited the speed.
"""

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict
from ipaddress import IPv4Network
from pathlib import Path
from typing import IO, Any

from benchmarks.rig import fleet, measure, network
from benchmarks.rig.named_threads import MAIN
from benchmarks.rig.processor_time import Snapshot, snapshot
from benchmarks.rig.run import CLIENT_CORE, SERVER_CORE, ended

from ringup.asterisk import sandbox
from ringup.emulator.firmware import make_sip_package, write_package
from ringup.site.model import Pbx, Site
from ringup.site.secret import generate

NAME = "S"
WHAT = "phones boot at once: DHCP, files, and one line each registered on Asterisk"
PHONES = 500
WINDOW = 0.2
"""Seconds within which all phones get power."""
SPEED = 1000.0
"""How many times faster than real phones the phones are.

The 13 to 21 s of a phone's loader and the 24 s of its application become 37 to 45 ms, so all phones send
requests at the same time.
"""
CAP = 240.0
READY_SECONDS = 90.0
BUSY = 0.8
"""Share of a core's time above which the program that used most of the core is the limit."""
RELEASE = "22"
MANAGER_USER = "ringup"

SERVE, ASTERISK, EMULATOR = "ringup serve", "Asterisk", "emulator"
CORES = {SERVE: SERVER_CORE, ASTERISK: SERVER_CORE, EMULATOR: CLIENT_CORE}

Result = dict[str, Any]
Process = subprocess.Popen[bytes]


def run(phones: int, folder: Path, cache: Path) -> Result:
    """Return the figures of one run.

    `folder` is empty. `cache` contains the private Asterisk, which is built if it is missing.
    """
    tree = cache / f"asterisk-{RELEASE}"
    sandbox.build(RELEASE, tree)
    with ExitStack() as stack:
        net = stack.enter_context(network.cable())
        _give_the_pool_to_the_phones(net)
        pbx = _prepare(folder, phones)
        core = ("taskset", "-c", SERVER_CORE)
        asterisk = net.in_server([*core, *sandbox.start_command(tree, pbx)])
        processes = {ASTERISK: stack.enter_context(_started(asterisk, folder / "asterisk.log"))}
        serve = net.in_server([*core, *_serve_command(folder, net.interface)])
        processes[SERVE] = stack.enter_context(_started(serve, folder / "serve.log"))
        _wait_for(folder, "PbxReloaded", processes)
        emulator = net.in_client(["taskset", "-c", CLIENT_CORE, *_fleet_command(phones)])
        processes[EMULATOR] = stack.enter_context(_started(emulator, folder / "phones.log", talks=True))
        _answer(processes[EMULATOR], folder)
        return _storm(processes, folder)


# --- preparation ---------------------------------------------------------------------------------------


def _give_the_pool_to_the_phones(net: network.Network) -> None:
    """Make every address of the pool local to the phones' namespace.

    The kernel then answers ARP for the addresses, and the phones may bind them.
    """
    for subnet in ("10.65.0.0/16", "10.66.0.0/16"):
        command = ["ip", "route", "add", "local", subnet, "dev", network.PHONES_INTERFACE]
        subprocess.run(net.in_client(command), check=True, timeout=10)


def _prepare(folder: Path, phones: int) -> Path:
    """Write Asterisk's own configuration, the firmware and the site; return Asterisk's folder."""
    pbx, secret = folder / "pbx", generate()
    etc = sandbox.prepare(pbx, address=network.DHCP_SERVER, manager_user=MANAGER_USER, manager_secret=secret)
    write_package(folder / "firmware", make_sip_package())
    fleet.write_rings(folder / "files")
    fleet.write_database(folder / "ringup.db", _site(phones, etc, secret))
    return pbx


def _site(phones: int, etc: Path, secret: str) -> Site:
    address = network.DHCP_SERVER
    pbx = Pbx(
        address=address, bind=address, etc=str(etc), manager_host=address, manager_user=MANAGER_USER,
        manager_secret=secret,
    )  # fmt: skip
    return fleet.fleet(phones, address, IPv4Network(network.DHCP_NETWORK), pbx, lines=1)


def _serve_command(folder: Path, interface: str) -> list[str]:
    # The probe is off: it asks by ARP who has an address, and the phones' kernel answers for the whole pool.
    # In a real building, the phones had their addresses before, and such addresses are not probed either.
    return [
        sys.executable, "-m", "benchmarks.rig.named_threads", "serve", f"--interface={interface}",
        f"--database={folder / 'ringup.db'}", f"--firmware={folder / 'firmware'}",
        f"--files={folder / 'files'}", "--no-probe",
    ]  # fmt: skip


def _fleet_command(phones: int) -> list[str]:
    return [
        sys.executable, "-m", "benchmarks.rig.phone_fleet", f"--interface={network.PHONES_INTERFACE}",
        f"--phones={phones}", f"--window={WINDOW}", f"--speed={SPEED}", f"--cap={CAP}",
    ]  # fmt: skip


@contextmanager
def _started(command: Sequence[str], log: Path, *, talks: bool = False) -> Iterator[Process]:
    """Run a program until the block ends.

    Each part of the command line executes the next one, so the program has the process id of the first part.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE if talks else subprocess.DEVNULL,
            stdout=subprocess.PIPE if talks else output,
            stderr=output,
        )
    try:
        with ended(process):
            yield process
    finally:
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def _wait_for(folder: Path, kind: str, processes: Mapping[str, Process]) -> None:
    """Wait until an event of this kind is in the database."""
    until = time.monotonic() + READY_SECONDS
    while not _phones_with(folder, kind):
        dead = [name for name, process in processes.items() if process.poll() is not None]
        if dead or time.monotonic() > until:
            logs = {name: (folder / f"{name}.log").read_text(errors="replace")[-1500:] for name in _LOGS}
            raise SystemExit(f"No {kind}; ended: {dead or 'none'}. {json.dumps(logs, indent=1)}")
        time.sleep(0.1)


_LOGS = ("serve", "asterisk")
_NEIGHBOURS = Path("/proc/net/stat/arp_cache")


def _answer(process: Process, folder: Path) -> bytes:
    line = _pipe(process.stdout).readline()
    if not line:
        raise SystemExit(f"The phones ended: {(folder / 'phones.log').read_text(errors='replace')[-2000:]}")
    return line


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise ValueError("the process was started without pipes")
    return pipe


# --- the run -------------------------------------------------------------------------------------------


def _storm(processes: Mapping[str, Process], folder: Path) -> Result:
    def now() -> dict[str, Snapshot]:
        return {name: snapshot(process.pid) for name, process in processes.items()}

    def used() -> float:
        return sum(each.whole.cpu for each in now().values())

    measure.wait_until_idle(used)
    before, full = now(), _refused_neighbours()
    busy, begun = measure.machine_busy(), time.monotonic()
    emulator = processes[EMULATOR]
    _pipe(emulator.stdin).write(b"go\n")
    _pipe(emulator.stdin).flush()
    result: Result = json.loads(_answer(emulator, folder))
    during = _since(before, now)
    elapsed, busy = time.monotonic() - begun, measure.machine_busy() - busy
    result["settled"] = measure.wait_until_idle(used) is not None
    until_rest = _since(before, now)
    ours = sum(each.whole.cpu for each in during.values())
    return result | {
        "seconds": elapsed,
        "p50": _quantile(result["each"], 0.5),
        "p99": _quantile(result["each"], 0.99),
        "asterisk_registered": _phones_with(folder, "LineRegistered"),
        "sides": {name: asdict(each.whole) | {"cpu": each.whole.cpu} for name, each in during.items()},
        "cpu_until_rest": {name: each.whole.cpu for name, each in until_rest.items()},
        "neighbours_refused": _refused_neighbours() - full,
        "threads": {name: asdict(each) for name, each in during[SERVE].threads.items()},
        "others": max(0.0, busy - ours) / (elapsed * (os.cpu_count() or 1)),
    }


def _since(before: Mapping[str, Snapshot], now: Callable[[], Mapping[str, Snapshot]]) -> dict[str, Snapshot]:
    return {name: each.since(before[name]) for name, each in now().items()}


def _refused_neighbours() -> int:
    """Return how often the kernel had no space for a further neighbour; 0 if the kernel does not show it
    (namespaces).
    """
    with suppress(OSError, ValueError):
        names, *processors = [line.split() for line in _NEIGHBOURS.read_text().splitlines()]
        column = names.index("table_fulls")
        return sum(int(each[column], 16) for each in processors)
    return 0


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


def _phones_with(folder: Path, kind: str) -> int:
    """Return the number of phones with an event of this kind in the database; events without a phone count as
    one.
    """
    question = "SELECT count(DISTINCT mac) FROM events WHERE kind = ?"
    with suppress(sqlite3.OperationalError), sqlite3.connect(folder / "ringup.db") as connection:
        return int(connection.execute(question, (kind,)).fetchone()[0])
    return 0


def limit(result: Result) -> str:
    """Return what limited the speed: a full kernel table, or the program that used most of the busiest
    core.
    """
    if result["neighbours_refused"]:
        return "the kernel's table of neighbours (net.ipv4.neigh.default.gc_thresh3)"
    cpu: dict[str, float] = {name: side["cpu"] for name, side in result["sides"].items()}
    cores = {core: sum(cpu[name] for name in cpu if CORES[name] == core) for core in CORES.values()}
    core = max(cores, key=lambda each: cores[each])
    share = cores[core] / result["seconds"]
    if share < BUSY:
        return f"none (the busiest core was busy {share:.0%})"
    return max((name for name in cpu if CORES[name] == core), key=lambda name: cpu[name])


# --- the table -----------------------------------------------------------------------------------------


def print_results(rounds: Sequence[Result]) -> bool:
    """Print every round; return whether each phone registered in each of them."""
    for result in rounds:
        _print_storm(result)
        _print_sides(result)
        _print_profile(result)
    return all(result["registered"] == result["phones"] for result in rounds)


def _print_storm(result: Result) -> None:
    print(f"\nS: {result['phones']} {WHAT}\n")
    cells = {
        "phones": result["phones"],
        "registered": result["registered"],
        "not": result["phones"] - result["registered"],
        "Asterisk says": result["asterisk_registered"],
        "last address s": f"{result['last_address']:.2f}",
        "last file s": f"{result['last_file']:.2f}",
        "last registration s": f"{result['last_registration']:.2f}",
        "p50 s": f"{result['p50']:.2f}",
        "p99 s": f"{result['p99']:.2f}",
        "DHCP repeated": result["dhcp_repeated"],
        "files repeated": result["files_repeated"],
        "others": f"{result['others']:.2f}",
        "limit": limit(result),
    }
    _print_rows([cells])
    if result["troubles"]:
        print(f"\nReported by phones: {result['troubles']}")


def _print_sides(result: Result) -> None:
    print("\nFrom power-on to the last registration:\n")
    seconds, phones = result["seconds"], result["phones"]
    _print_rows(
        [
            {
                "side": name,
                "core": CORES[name],
                "CPU s": f"{side['cpu']:.2f}",
                "share of the core": f"{side['cpu'] / seconds:.0%}",
                "kernel s": f"{side['system']:.2f}",
                "waited for the core s": f"{side['waited']:.2f}",
                "CPU ms a phone": f"{side['cpu'] / phones * 1000:.1f}",
                "CPU s until it rested": f"{result['cpu_until_rest'][name]:.2f}",
            }
            for name, side in result["sides"].items()
        ]
    )


def _print_profile(result: Result) -> None:
    print("\nThe threads of ringup serve (the main loop does DHCP, HTTP and the manager interface):\n")
    ordered = sorted(result["threads"].items(), key=lambda item: (item[0] != MAIN, item[0]))
    _print_rows(
        [
            {
                "thread": name,
                "CPU s": f"{used['user'] + used['system']:.2f}",
                "user s": f"{used['user']:.2f}",
                "kernel s": f"{used['system']:.2f}",
                "waited for the core s": f"{used['waited']:.2f}",
            }
            for name, used in ordered
        ]
    )


def _print_rows(rows: Sequence[Mapping[str, object]]) -> None:
    for row in (rows[0].keys(), ("---" for _ in rows[0]), *(row.values() for row in rows)):
        print(f"| {' | '.join(str(cell) for cell in row)} |")
