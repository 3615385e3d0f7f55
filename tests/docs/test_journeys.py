"""The table of journeys counts its steps right, and its commands exist."""

import re
import shlex
from pathlib import Path

import pytest

from tests.docs.test_docs import resolve

PAGE = Path(__file__).parents[2] / "docs/explanation/journeys.md"
EACH = "(each phone)"
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in PAGE.read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| journey")
]


def counted(steps: str) -> str:
    """Return the number of steps as the table writes it."""
    each = steps.count(EACH)
    once = steps.count(";") + 1 - each
    if not each:
        return str(once)
    return f"{once} + *n*" if each == 1 else f"{once} + {each} *n*"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:30])
def test_the_steps_are_counted_and_ringup_needs_fewer(row: list[str]) -> None:
    _journey, ours, our_count, theirs, their_count = row
    assert (our_count, their_count) == (counted(ours), counted(theirs))
    assert (ours.count(EACH), ours.count(";")) < (theirs.count(EACH), theirs.count(";"))


def test_the_commands_of_the_journeys_exist() -> None:
    commands = re.findall(r"`sudo ringup ([^`]*)`", "".join(row[1] for row in ROWS))
    assert len(commands) >= len(ROWS)
    for command in commands:
        resolve(shlex.split(command))
