"""The plots of the benchmarks show the figures in the tables of their page."""

import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def tool() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "tools/benchmark-plots"))


def test_the_plots_are_up_to_date_and_on_their_page(tool: dict[str, Any]) -> None:
    page = (ROOT / "docs/explanation/benchmarks.md").read_text(encoding="utf-8")
    for name, text in tool["plots"](page).items():
        assert (ROOT / "docs/pictures" / name).read_text(encoding="utf-8") == text, (
            "run tools/benchmark-plots"
        )
        assert f"](../pictures/{name})" in page


def test_each_storm_of_the_table_is_drawn_with_both_servers(tool: dict[str, Any]) -> None:
    page = (ROOT / "docs/explanation/benchmarks.md").read_text(encoding="utf-8")
    drawn = tool["plots"](page)["benchmark-storms.svg"]
    assert [name for name in tool["STORMS"] if f"{name.replace(' and memory', '')}</text>" not in drawn] == []
    assert drawn.count("<rect") == 1 + 2 + 2 * len(tool["STORMS"])


def test_a_table_without_a_time_is_refused(tool: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no time"):
        tool["plots"]("| W1, p99 | fast | slow |")
