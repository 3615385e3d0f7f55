"""docs/reference/log-formats.md agrees with the table of forms."""

from pathlib import Path

from ringup.evidence.formats_page import page
from ringup.evidence.forms import FORMS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "log-formats.md"


def test_the_page_of_log_formats_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run tools/log-formats-page"


def test_every_form_has_one_row() -> None:
    rows = [line for line in page().splitlines() if line.startswith("| ")]
    assert len(rows) == len(FORMS) + 1
