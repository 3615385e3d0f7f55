"""Every kind of file that a phone reads has an effect, with facts that the reference contains."""

import re
from pathlib import Path

import pytest

from ringup.change.effects import EFFECTS, Effect, EffectRow, effect_of
from ringup.files.rendered import OWN, RENDERED
from ringup.site.model import Phone, Site

FACTS = Path(__file__).parents[2] / "docs" / "reference" / "phones"
HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "change-safely.md"


@pytest.mark.parametrize("row", EFFECTS, ids=lambda row: row.file)
def test_each_source_is_a_fact_of_the_reference(row: EffectRow) -> None:
    facts = "".join(page.read_text(encoding="utf-8") for page in FACTS.glob("*.md"))
    numbers = re.findall(r"P-[A-Z]+-\d+", row.source)
    assert numbers
    assert [number for number in numbers if f"| {number} |" not in facts] == []


def test_each_rendered_file_has_a_row_of_its_own() -> None:
    names = {name for kind in RENDERED for name in kind.names(Site())}
    own = {kind.name(Phone(mac="001646000000")).replace("001646000000", "<MAC>") for kind in OWN}
    assert {row.file for row in EFFECTS} == {*names, *own, "<dial_template>.xml"}


def test_another_dial_template_is_read_at_the_start_alone() -> None:
    assert effect_of("dialplan.xml") is Effect.DIAL_PLAN
    assert effect_of("sales.xml") is Effect.RESTART


def test_the_how_to_names_each_file() -> None:
    page = HOW_TO.read_text(encoding="utf-8")
    assert [row.file for row in EFFECTS if f"`{row.file}`" not in page and "<dial" not in row.file] == []
