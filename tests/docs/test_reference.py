"""Pages that are generated from tables agree with the tables."""

from pathlib import Path

from ringup.cli.parameter_page import page
from ringup.phone.parameters import PARAMETERS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "parameters.md"


def test_the_page_of_parameters_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run tools/parameters-page"


def test_every_parameter_has_its_heading() -> None:
    headings = [line[3:] for line in page().splitlines() if line.startswith("## ")]
    assert headings == list(PARAMETERS)
