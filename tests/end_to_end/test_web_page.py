"""A real browser walks through the web page, beside a real Asterisk and two phones in software."""

from pathlib import Path

import pytest

from tests.end_to_end.demo_runs import run_script
from tests.store.postgresql_server import postgresql as postgresql

pytestmark = pytest.mark.end_to_end


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_person_sets_up_two_phones_cures_one_and_undoes_an_import(
    kind: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgresql").database() if kind == "postgresql" else ""
    told = run_script(Path(__file__).with_name("browser_walk.py"), "22", url)

    assert told["reason"] == ""
    assert len(told["stages"]) > 1, "the row follows the phone without a reload"
    assert "P0S3-8-12-00.sb2" in told["cause"] + told["cure"]
    assert sorted(told["numbers"]) == ["201", "202"]
    assert told["mistakes"] == 3
    assert told["unchanged"] is True
    assert (told["imported"], told["undone"]) == (52, 2)
    assert told["summaries"][0].startswith("undo revision")
    assert told["complaints"] == []
    assert told["axe"] == []
