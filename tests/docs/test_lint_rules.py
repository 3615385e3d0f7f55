"""docs/reference/lint-rules.md agrees with the table of rules."""

from pathlib import Path

from ringup.cli.lint_page import page
from ringup.lint.rules import RULES

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "lint-rules.md"


def test_the_page_of_rules_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run tools/lint-rules-page"


def test_every_rule_has_one_row() -> None:
    codes = [line.split(" | ")[0].removeprefix("| ") for line in page().splitlines() if line.startswith("| ")]
    assert sorted(code for code in codes if code != "code") == sorted(RULES)
