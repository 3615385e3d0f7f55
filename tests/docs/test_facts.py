"""The numbered facts about the phones: each number is given once, and what is cited exists."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
PAGES = [REFERENCE / "phones.md", *sorted((REFERENCE / "phones").glob("*.md"))]
NUMBER = re.compile(r"\bP-[A-Z]+-\d+\b")
ROW = re.compile(r"^\| (P-[A-Z]+-\d+) \|", re.MULTILINE)


def given() -> list[str]:
    """The numbers that a row of a page defines."""
    return [number for page in PAGES for number in ROW.findall(page.read_text(encoding="utf-8"))]


def cited() -> dict[str, set[str]]:
    """The numbers that code, tests and documents cite, by file."""
    files = [*(ROOT / "src").rglob("*.py"), *(ROOT / "src").rglob("*.c"), *(ROOT / "tests").rglob("*.py")]
    files += [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return {
        str(file.relative_to(ROOT)): set(NUMBER.findall(file.read_text(encoding="utf-8"))) for file in files
    }


def test_no_number_is_given_twice() -> None:
    assert [number for number, times in Counter(given()).items() if times > 1] == []


def test_there_are_facts() -> None:
    assert len(given()) > 100


def test_every_fact_that_is_cited_exists() -> None:
    known = set(given())
    missing = {file: numbers - known for file, numbers in cited().items() if numbers - known}
    assert missing == {}
