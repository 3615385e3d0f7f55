"""docs/reference/metrics.md agrees with the table of metrics."""

from pathlib import Path

from ringup.pages.metrics import METRICS
from ringup.pages.metrics_reference import page

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "metrics.md"


def test_the_page_of_metrics_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run tools/metrics-page"


def test_every_metric_has_one_row() -> None:
    rows = [line for line in page().splitlines() if line.startswith("| `ringup_")]
    assert len(rows) == len(METRICS)
