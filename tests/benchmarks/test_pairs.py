"""Two versions are judged by the median of their pairs."""

import pytest
from benchmarks.pairs import Pair, print_pairs, reached


def pairs(*ratios: float, others: float = 0.0) -> list[Pair]:
    return [Pair(1000.0, 1000.0 * ratio, others) for ratio in ratios]


def test_one_disturbed_pair_decides_nothing() -> None:
    assert reached("W2", pairs(0.2, 0.95, 0.96, 0.97, 0.98))
    assert not reached("W2", pairs(0.9, 0.91, 0.94, 2.0, 2.0))


def test_a_workload_has_its_own_bar() -> None:
    assert reached("W1c", pairs(0.91))
    assert not reached("D3", pairs(0.91))


def test_the_spread_and_a_missed_bar_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    print_pairs({"D3": pairs(0.8, 0.9, 1.1)})
    assert (
        "| D3 | exchanges | 1,000 | 900 | 0.900 | 0.800 - 1.100 | 0.95 | MISSED | 0% |"
        in capsys.readouterr().out
    )


def test_a_busy_machine_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    print_pairs({"D3": pairs(1.0, others=0.5)})
    assert "Other programs used the machine." in capsys.readouterr().out
    print_pairs({"D3": pairs(1.0)})
    assert "Other programs" not in capsys.readouterr().out
