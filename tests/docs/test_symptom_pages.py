"""The pages "The display says …" agree with the doctor's tables."""

from pathlib import Path

from ringup.cli.causes_page import symptom
from ringup.cli.symptom_pages import EXAMPLES, pages, write
from ringup.doctor.rules.table import RULES
from ringup.doctor.screen import SCREEN_TEXTS, meaning_of

FOLDER = Path(__file__).parents[2] / "docs/how-to/the-display-says"


def test_the_pages_are_up_to_date() -> None:
    found = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}
    assert found == pages(), "run tools/symptom-pages"


def test_each_text_has_a_page_of_its_own() -> None:
    assert len(pages()) == len(SCREEN_TEXTS) + 1


def test_a_cause_with_a_command_shows_it() -> None:
    everything = "".join(pages().values())
    for row in SCREEN_TEXTS:
        for command in (each for code in row.causes for each in RULES[code].commands):
            assert f"    {command.format_map(EXAMPLES)}\n" in everything


def test_the_x_beside_a_line_has_each_cause_whose_symptom_it_is() -> None:
    row = meaning_of("x beside the line")
    assert row is not None
    assert set(row.causes) == {code for code in RULES if "has an x" in symptom(code)}


def test_a_page_about_a_text_that_is_gone_is_removed(tmp_path: Path) -> None:
    (tmp_path / "gone").with_suffix(".md").write_text("# Gone\n", encoding="utf-8")
    write(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(pages())
