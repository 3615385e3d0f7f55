"""The ladder diagrams of the documents are those that `tools/ladder-pictures` draws now."""

import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from ringup.doctor.rules.table import RULES

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs/pictures/ladders"
RED = "#c00000"
GOOD = {"good-boot", "conversion"}


@pytest.fixture(scope="module")
def tool() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "tools/ladder-pictures"))


@pytest.fixture(scope="module")
def drawn(tool: dict[str, Any]) -> "Mapping[str, str]":
    found: Mapping[str, str] = tool["pictures"]()
    return found


def test_the_diagrams_and_their_page_are_up_to_date(tool: dict[str, Any], drawn: "Mapping[str, str]") -> None:
    found = {path.stem: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}
    assert found == drawn, "run tools/ladder-pictures"
    page = (ROOT / "docs/reference/ladders.md").read_text(encoding="utf-8")
    assert page == tool["page"](), "run tools/ladder-pictures"


def test_each_cause_has_a_diagram_with_a_red_message(drawn: "Mapping[str, str]") -> None:
    assert set(drawn) == {*RULES, *GOOD}
    for name, text in drawn.items():
        ET.fromstring(text)
        assert (RED in text) == (name not in GOOD), name
