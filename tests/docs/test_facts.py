"""The numbered facts about the phones: each number is defined once, and every reference has a target."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from ringup.wire.sccp.of_phone import OF_PHONE

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
PAGES = [REFERENCE / "phones.md", *sorted((REFERENCE / "phones").glob("*.md"))]
SOURCES = [
    file
    for folder in ("src", "tests")
    for file in sorted((ROOT / folder).rglob("*"))
    if file.suffix in {".py", ".c", ".h", ".sh"} and file != Path(__file__)
]
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]

FAMILY = "P-[A-Z]+"
NUMBER = re.compile(rf"\b{FAMILY}-\d+\b")
RANGE = re.compile(rf"\b({FAMILY})-(\d+)\s+to\s+(?:#\s+)?({FAMILY})-(\d+)\b")
ROW = re.compile(rf"^\| ({FAMILY}-\d+) \|", re.MULTILINE)
SECTION = re.compile(r"((?:RFC|POSIX\.1-)\s?\d+\s(?:§[\d.-]+[^§\n]{0,50})*)?§")
"""Matches a section sign with the public standard to which it belongs."""
FAMILY_ALONE = re.compile(rf"\b{FAMILY}\b(?!-\d)")
DOCUMENT = re.compile(r"(?:\.\./)*[\w/-]+\.md(?!\w)(?:#[\w-]+)?")
WORDS = re.compile(r"fact[\s-]sheet|\bthe sheet\b|\bseed(?:'s)? author|\btraps? \d", re.IGNORECASE)
"""Words with which the code called documents that other people cannot read."""


def text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def given() -> list[str]:
    """Return the numbers that the rows of a page define."""
    return [number for page in PAGES for number in ROW.findall(text(page))]


def cited(words: str) -> Iterator[str]:
    """Return every number that a text names; for a range, all numbers in it."""
    yield from NUMBER.findall(words)
    for family, first, other, last in RANGE.findall(words):
        assert family == other, f"{family}-{first} to {other}-{last} spans two families"
        yield from (f"{family}-{number}" for number in range(int(first), int(last) + 1))


def bare(words: str) -> list[str]:
    """Return section signs that do not belong to a public standard."""
    return [words[max(0, m.start() - 40) : m.end() + 10] for m in SECTION.finditer(words) if m[1] is None]


def found_in_sources(pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    for file in SOURCES:
        yield from ((str(file.relative_to(ROOT)), match[0]) for match in pattern.finditer(text(file)))


def test_no_number_is_given_twice() -> None:
    assert [number for number, times in Counter(given()).items() if times > 1] == []


def test_there_are_facts_and_the_code_names_them() -> None:
    assert len(given()) > 300
    assert len(set(chain.from_iterable(cited(text(file)) for file in SOURCES))) > 100


def test_every_fact_that_is_cited_exists() -> None:
    known = set(given())
    missing = {str(file.relative_to(ROOT)): set(cited(text(file))) - known for file in [*SOURCES, *DOCUMENTS]}
    assert {file: numbers for file, numbers in missing.items() if numbers} == {}


def test_every_family_that_is_cited_exists() -> None:
    families = {number.rpartition("-")[0] for number in given()}
    assert [(file, name) for file, name in found_in_sources(FAMILY_ALONE) if name not in families] == []


def test_every_document_that_is_named_exists() -> None:
    known = [f"/{file.relative_to(ROOT)}" for file in DOCUMENTS]
    named = list(found_in_sources(DOCUMENT))
    assert named
    assert [(file, name) for file, name in named if not _names_one_of(known, name)] == []


def _names_one_of(documents: list[str], name: str) -> bool:
    path, _, heading = name.partition("#")
    ending = "/" + path.replace("../", "")
    found = [ROOT / document[1:] for document in documents if document.endswith(ending)]
    return any(not heading or heading in headings(file) for file in found)


def headings(file: Path) -> set[str]:
    """Return the anchors of a page's headings."""
    titles = re.findall(r"^#+ (.+)$", text(file), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}


def test_no_section_of_an_unnamed_document_is_cited() -> None:
    found = {str(file.relative_to(ROOT)): bare(text(file)) for file in SOURCES}
    assert {file: places for file, places in found.items() if places} == {}


def test_no_document_outside_the_repository_is_described() -> None:
    assert list(found_in_sources(WORDS)) == []


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("as P-CNF-4 says", {"P-CNF-4"}),
        ("P-CNF-4 to P-CNF-6", {"P-CNF-4", "P-CNF-5", "P-CNF-6"}),
        ("P-CNF-4 to\n    # P-CNF-6", {"P-CNF-4", "P-CNF-5", "P-CNF-6"}),
    ],
)
def test_a_range_names_all_that_is_in_it(words: str, numbers: set[str]) -> None:
    assert set(cited(words)) == numbers


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("RFC 2131 §4.1", 0),
        ("RFC 2131 §4.1 and §4.4", 0),
        ("RFC 2131 §3.1 step 2 (a server should probe) and §4.4.1", 0),
        ("POSIX.1-2017 §8.3", 0),
        ("§3.2", 1),
        ("RFC 2131 says so; see\n§3.2", 1),
        ("LKML20 §1.3", 1),
    ],
)
def test_a_section_sign_needs_a_standard(words: str, count: int) -> None:
    assert len(bare(words)) == count


MESSAGE = re.compile(r"^\| ([0-9A-F]{4}) \| (\w+) \|", re.MULTILINE)


def test_the_table_of_sccp_messages_has_all_that_a_phone_sends() -> None:
    page = text(REFERENCE / "phones" / "sccp.md").partition("## The messages of a day")[2]
    rows = {int(number, 16): name for number, name in MESSAGE.findall(page)}
    assert rows == {number: kind.__name__ for number, kind in OF_PHONE.items()}
