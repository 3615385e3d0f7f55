"""Print the tables: the figures of each server, and ringup's ratios with their bars."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

Result = dict[str, Any]
Rounds = Mapping[tuple[str, str], Sequence[Result]]
"""The rounds of each workload and server, in the order in which they were run."""

Measure = Callable[[Result], float]


def _per(amount: str, cost: str) -> Measure:
    return lambda result: result[amount] / result[cost] if result[cost] else 0.0


requests_per_cpu = _per("requests", "server_cpu")
blocks_per_cpu = _per("blocks", "server_cpu")
dora_per_cpu = _per("completed", "server_cpu")


def unserved(result: Result) -> float:
    """Return the number of phones that gave up or were still waiting at the end."""
    return float(result["unfinished"] + result["failed"])


COLUMNS: Sequence[tuple[str, Measure, str]] = (
    ("requests/s", _per("requests", "seconds"), ",.0f"),
    ("blocks/s", _per("blocks", "seconds"), ",.0f"),
    ("p50 s", lambda result: result["p50"], ".3f"),
    ("p99 s", lambda result: result["p99"], ".3f"),
    ("max s", lambda result: result["max"], ".3f"),
    ("retransmitted", lambda result: result["retransmissions"], ",.0f"),
    ("unserved", unserved, ",.0f"),
    ("wrong", lambda result: result["mismatches"], ",.0f"),
    ("dropped", lambda result: result["dropped"], ",.0f"),
    ("CPU s", lambda result: result["server_cpu"], ".2f"),
    ("kernel s", lambda result: result["server_system"], ".2f"),
    ("requests/CPU-s", requests_per_cpu, ",.0f"),
    ("blocks/CPU-s", blocks_per_cpu, ",.0f"),
    ("MB", lambda result: result["resident"] / 1e6, ".0f"),
    ("client busy", _per("cpu", "seconds"), ".2f"),
    ("others", lambda result: result["others"], ".2f"),
)


def typical(rounds: Iterable[Result], measure: Measure) -> float:
    """Return the median of a figure."""
    return median(measure(result) for result in rounds)


def print_figures(rounds: Rounds) -> None:
    """Print one row per workload and server, with the medians of the rounds."""
    _row("workload", "server", "runs", *(name for name, _, _ in COLUMNS))
    _row(*("---" for _ in range(len(COLUMNS) + 3)))
    for (workload, server), results in rounds.items():
        figures = (format(typical(results, measure), form) for _, measure, form in COLUMNS)
        _row(workload, server, str(len(results)), *figures)


def _row(*cells: str) -> None:
    print(f"| {' | '.join(cells)} |")


def print_cost_per_phone(rounds: Rounds) -> None:
    """Print whether a request costs as much in a large building as in a small one."""
    names = [name for name in ("C10", "C100", "C1k", "C10k") if any(key[0] == name for key in rounds)]
    if not names:
        return
    print("\nProcessor time a request in us, without what the server takes at rest; memory in MB:\n")
    _row("server", *names, *(f"MB in {name}" for name in names))
    _row(*("---" for _ in range(2 * len(names) + 1)))
    for server in dict.fromkeys(key[1] for key in rounds if key[0] in names):
        found = [rounds.get((name, server), ()) for name in names]
        costs = [f"{typical(results, _cost) * 1e6:.0f}" if results else "-" for results in found]
        sizes = [f"{typical(results, _megabytes):.0f}" if results else "-" for results in found]
        _row(server, *costs, *sizes)


def _cost(result: Result) -> float:
    served = result["requests"]
    return float((result["server_cpu"] - result["resting_cpu"]) / served) if served else 0.0


def print_distance(rounds: Rounds, floors: Mapping[int, float]) -> None:
    """Print the distance of each server from a loop that only receives and sends."""
    print("\nThe floor: one loop that only receives ACKs of 4 bytes and sends blocks of 516, in batches:\n")
    _row("batch", "blocks/CPU-s")
    _row("---", "---")
    for batch, rate in floors.items():
        _row(str(batch), f"{rate:,.0f}")
    highest = max(floors.values())
    large = [key for key in rounds if key[0] in ("W2", "W3")]
    reached = [f"{key[0]} {key[1]} {typical(rounds[key], blocks_per_cpu) / highest:.2f}" for key in large]
    if reached:
        print(f"\nBlocks per processor second as a share of the highest floor: {', '.join(reached)}.")


# --- bars ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure that ringup must reach in one workload."""

    workload: str
    what: str
    measure: Measure
    reach: Callable[[float], bool]
    bar: str
    peer: str = ""
    """If a server is named, the figure is the ratio of ringup's to that server's, round by round."""
    inverted: bool = False
    """True if that server's figure is divided by ringup's instead."""
    always: bool = False
    """True if every round must reach the bar; otherwise the median must."""


def _at_least(bar: float) -> tuple[Callable[[float], bool], str]:
    return (lambda value: value >= bar), f"≥ {bar:g}"


def _at_most(bar: float) -> tuple[Callable[[float], bool], str]:
    return (lambda value: value <= bar), f"≤ {bar:g}"


def _retransmissions(result: Result) -> float:
    return float(result["retransmissions"])


def _wrong(result: Result) -> float:
    return float(result["mismatches"])


def _p99(result: Result) -> float:
    return float(result["p99"])


def _megabytes(result: Result) -> float:
    return float(result["resident"] / 1e6)


def _seconds(result: Result) -> float:
    return float(result["seconds"])


BARS: Sequence[Bar] = (
    *(
        bar
        for name in ("W1", "W1p", "W1t")
        for bar in (
            Bar(name, "retransmissions", _retransmissions, *_at_most(0), always=True),
            Bar(name, "p99 s", _p99, *_at_most(0.6)),
            Bar(name, "dnsmasq's p99 / ringup's", _p99, *_at_least(10), peer="dnsmasq", inverted=True),
        )
    ),
    Bar("W1c", "requests per CPU second / dnsmasq's", requests_per_cpu, *_at_least(1.2), peer="dnsmasq"),
    Bar("W2", "blocks per CPU second / dnsmasq's", blocks_per_cpu, *_at_least(1.15), peer="dnsmasq"),
    Bar("W3", "phones unserved", unserved, *_at_most(0), always=True),
    Bar("W3", "retransmissions", _retransmissions, *_at_most(0), always=True),
    Bar("W3", "blocks per CPU second / dnsmasq's", blocks_per_cpu, *_at_least(1.3), peer="dnsmasq"),
    Bar("W4", "phones unserved", unserved, *_at_most(0), always=True),
    Bar("W4", "p99 s", _p99, *_at_most(4)),
    Bar("W4", "MB", _megabytes, *_at_most(100)),
    Bar("W5", "seconds / dnsmasq's", _seconds, *_at_most(1.15), peer="dnsmasq"),
    Bar("WL", "phones unserved", unserved, *_at_most(0), always=True),
    Bar("WL", "p50 s", lambda result: result["p50"], *_at_most(4)),
    Bar("D1", "retransmissions", _retransmissions, *_at_most(0), always=True),
    Bar("D1", "addresses given twice", lambda result: result.get("twice", 0), *_at_most(0), always=True),
    Bar("D2", "retransmissions", _retransmissions, *_at_most(0), always=True),
    Bar("D2", "addresses given twice", lambda result: result.get("twice", 0), *_at_most(0), always=True),
    Bar("D3", "addresses given twice", lambda result: result.get("twice", 0), *_at_most(0), always=True),
    Bar("D3", "DORA per CPU second / Kea's", dora_per_cpu, *_at_least(3), peer="kea"),
)


def print_bars(rounds: Rounds, subject: str = "ringup") -> bool:
    """Print ringup's figure beside each bar that was measured; return whether all were reached."""
    print()
    _row("workload", "what", subject, "least to most of the rounds", "bar", "")
    _row(*("---" for _ in range(6)))
    bars = [bar for bar in BARS if (bar.workload, subject) in rounds]
    right = [
        Bar(name, "phones with a wrong byte", _wrong, *_at_most(0), always=True)
        for name in _of(rounds, subject)
    ]
    reached = [_print_bar(bar, rounds, subject) for bar in (*bars, *right)]
    return all(reached)


def _of(rounds: Rounds, subject: str) -> list[str]:
    return [workload for workload, server in rounds if server == subject and workload[0] != "D"]


def _print_bar(bar: Bar, rounds: Rounds, subject: str) -> bool:
    values = _values(bar, rounds, subject)
    if not values:
        _row(bar.workload, bar.what, "-", "-", bar.bar, f"{bar.peer} was not run")
        return True
    value = max(values) if bar.always else median(values)
    verdict = "pass" if bar.reach(value) else "FAIL"
    spread = f"{min(values):.2f} - {max(values):.2f}"
    _row(bar.workload, bar.what, f"{value:.2f}", spread, bar.bar, verdict)
    return bar.reach(value)


def _values(bar: Bar, rounds: Rounds, subject: str) -> list[float]:
    own = [bar.measure(result) for result in rounds[bar.workload, subject]]
    if not bar.peer:
        return own
    others = [bar.measure(result) for result in rounds.get((bar.workload, bar.peer), ())]
    pairs = [(peer, mine) if bar.inverted else (mine, peer) for mine, peer in zip(own, others, strict=False)]
    return [upper / lower for upper, lower in pairs if lower]
