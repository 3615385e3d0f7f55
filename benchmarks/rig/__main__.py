"""The command line of `benchmarks/storm`."""

import argparse
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from ipaddress import IPv4Network
from pathlib import Path

from benchmarks.rig import boot_storm, fleet, network, table
from benchmarks.rig.programs import client, floor, peer
from benchmarks.rig.run import Clients, Result, run
from benchmarks.rig.servers import DHCP_SERVERS, TFTP_SERVERS, Place, Server, can_start
from benchmarks.rig.workloads import WORKLOADS, Workload, chosen

SERVERS = (*TFTP_SERVERS, *DHCP_SERVERS)
QUICK = ("dnsmasq", "kea", "ringup")
FLOOR_BATCHES = (1, 16, 64)
Results = dict[tuple[str, str], list[Result]]
OPEN_FILES = 65_536
"""Maximum number of open files; dnsmasq and tftpd-hpa need a socket for each transfer."""


def _arguments() -> argparse.Namespace:
    names = [*(workload.name for workload in WORKLOADS), boot_storm.NAME]
    what = {each.name: each.what for each in WORKLOADS}
    what[boot_storm.NAME] = f"{boot_storm.PHONES} {boot_storm.WHAT}"
    parser = argparse.ArgumentParser(
        prog="benchmarks/storm",
        description="Lets whole buildings of phones boot at once, at ringup and at other servers.",
        epilog="Workloads: " + "; ".join(f"{name}: {each}" for name, each in what.items()) + ".",
    )
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="(default 3)")
    parser.add_argument("--only", default="", metavar="W1,W3", help=f"of {','.join(names)}")
    parser.add_argument("--servers", default="", metavar="A,B", help=f"of {','.join(_server_names())}")
    parser.add_argument(
        "--phones", type=int, default=boot_storm.PHONES, metavar="N",
        help=f"of {boot_storm.NAME} (default {boot_storm.PHONES})",
    )  # fmt: skip
    parser.add_argument("--quick", action="store_true", help=f"one round of {', '.join(QUICK)}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="every figure of every round")
    parser.add_argument("--keep", action="store_true", help="keep the servers' folders, with their logs")
    return parser.parse_args()


def _server_names() -> list[str]:
    return list(dict.fromkeys(server.name for server in SERVERS))


def main() -> int:
    """Run the chosen workloads, or as many as complete before Ctrl-C, and print the result.

    Returns 1 if a bar was missed.
    """
    arguments = _arguments()
    if os.geteuid():
        raise SystemExit("The storm needs root: it makes network namespaces.")
    names = _names(arguments.only)
    servers, workloads = _wanted(arguments), _chosen(names)
    _raise_limits()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stops the started programs, as Ctrl-C does
    rounds = 1 if arguments.quick else arguments.rounds
    results: Results = {}
    whole: list[Result] = []
    cache = Path(os.environ.get("RINGUP_CACHE", ".cache")).absolute()
    (cache / "storm").mkdir(parents=True, exist_ok=True)
    with _workshop(cache / "storm", arguments.keep) as workshop, suppress(KeyboardInterrupt):
        if workloads:
            clients = _programs(servers, cache / "storm")
            for number, workload, server in _runs(rounds, workloads, servers):
                done = _one(server, workload, workshop, cache / "storm", clients, number)
                results.setdefault((workload.name, server.name), []).append(done)
        if boot_storm.NAME in names or not names:
            _measure_whole(whole, rounds, arguments.phones, workshop, cache)
    if arguments.json:
        rows = [{"workload": key[0], "server": key[1], "rounds": done} for key, done in results.items()]
        rows += [{"workload": boot_storm.NAME, "server": "ringup", "rounds": whole}] if whole else []
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n")
    reached = _print(results, cache / "storm") if results else True
    return 0 if boot_storm.print_results(whole) and reached else 1


def _chosen(names: Sequence[str]) -> list[Workload]:
    """Return the named workloads except S; all workloads if no name is given."""
    others = [name for name in names if name != boot_storm.NAME]
    return chosen(others) if others or not names else []


def _programs(servers: Sequence[Server], cache: Path) -> Clients:
    """Compile our clients, unpack the other servers, and print their versions."""
    clients = Clients(client("storm_client", cache), client("dora_client", cache))
    for server in servers:
        version = peer(server.program, cache).version if server.program else f"on Python {sys.version}"
        print(f"{server.name}: {version}", file=sys.stderr)
    return clients


def _measure_whole(results: list[Result], rounds: int, phones: int, workshop: Path, cache: Path) -> None:
    for number in range(rounds):
        print(f"round {number + 1}: {boot_storm.NAME} ...", file=sys.stderr)
        folder = Path(tempfile.mkdtemp(dir=workshop, prefix=f"{boot_storm.NAME}-{number + 1}-"))
        result = boot_storm.run(phones, folder, cache)
        results.append(result)
        registered, last = result["registered"], result["last_registration"]
        print(f"{registered} of {phones} registered, the last after {last:.2f} s", file=sys.stderr)


def _runs(
    rounds: int, workloads: Sequence[Workload], servers: Sequence[Server]
) -> Iterator[tuple[int, Workload, Server]]:
    """Yield what to run: in each round, one workload after the other, each with all servers.

    So all servers of a workload are measured within the same minute.
    """
    for number in range(rounds):
        for workload in workloads:
            for server in servers:
                if server.dhcp == workload.dhcp:
                    yield number, workload, server


def _print(results: Results, cache: Path) -> bool:
    table.print_figures(results)
    table.print_cost_per_phone(results)
    if any(not key[0].startswith("D") for key in results):
        table.print_distance(results, {batch: floor(cache, batch) for batch in FLOOR_BATCHES})
    return table.print_bars(results)


def _one(
    server: Server, workload: Workload, workshop: Path, cache: Path, clients: Clients, number: int
) -> Result:
    print(f"round {number + 1}: {workload.name} {server.name} ...", end=" ", file=sys.stderr, flush=True)
    with ExitStack() as stack:
        net = stack.enter_context(network.cable() if workload.dhcp else network.loopback())
        folder = Path(tempfile.mkdtemp(dir=workshop, prefix=f"{workload.name}-{server.name}-{number + 1}-"))
        prepared = _prepared(workshop, workload)
        database = folder / "ringup.db"
        if server.ours:
            fleet.copy_database(prepared, folder)
        place = Place(net, folder, prepared / "files", workshop / "images", database, cache, workload.phones)
        result = run(server, workload, place, clients)
    print(
        f"{result['completed']} of {result['phones']} in {result['seconds']:.2f} s, "
        f"p99 {result['p99']:.3f} s, "
        f"{result['retransmissions']} retransmissions, {result['server_cpu']:.2f} CPU s, "
        f"others {result['others']:.0%}",
        file=sys.stderr,
    )
    return result


def _prepared(workshop: Path, workload: Workload) -> Path:
    """Return the fleet with this workload's number of phones, which is made when it is first needed."""
    folder = workshop / f"{'dhcp' if workload.dhcp else 'tftp'}-{workload.phones}"
    if folder.exists():
        return folder
    if workload.dhcp:
        site = fleet.fleet(workload.phones, network.DHCP_SERVER, IPv4Network(network.DHCP_NETWORK))
    else:
        site = fleet.fleet(workload.phones, network.TFTP_SERVER)
    fleet.write_images(workshop / "images")
    fleet.write_images(folder / "files")
    if not workload.dhcp:
        fleet.write_rendered(folder / "files", site, network.TFTP_SERVER)
    fleet.write_database(folder / "ringup.db", site)
    return folder


@contextmanager
def _workshop(cache: Path, keep: bool) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(dir=cache, prefix="run-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        if keep:
            print(f"kept: {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder)


def _wanted(arguments: argparse.Namespace) -> list[Server]:
    names: Sequence[str] = _names(arguments.servers) or (QUICK if arguments.quick else _server_names())
    if unknown := [name for name in names if name not in (*_server_names(), *QUICK)]:
        raise SystemExit(f"No such server: {', '.join(unknown)}. There are {', '.join(_server_names())}.")
    return [server for server in SERVERS if server.name in names and can_start(server)]


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def _raise_limits() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if most == resource.RLIM_INFINITY else min(OPEN_FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


if __name__ == "__main__":
    sys.exit(main())
