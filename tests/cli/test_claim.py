"""`ringup claim` binds a phone that was heard and has no record."""

from pathlib import Path

from ringup.store.database import open_database
from tests.cli.fleet import EVENTS, LATE, SITE, UNKNOWN, fill
from tests.cli.terminal import Ringup


def test_an_unknown_phone_gets_the_record_that_waits_or_a_new_one(ringup: Ringup, tmp_path: Path) -> None:
    engine = open_database(str(tmp_path / "ringup.db"))
    fill(engine, site=SITE, events=EVENTS)
    engine.dispose()
    assert UNKNOWN in ringup("status").out
    dry = ringup("claim", UNKNOWN, "299", "--dry-run")
    assert "Nothing was changed" in dry.out
    assert ringup("claim", LATE, "299").status == 2, "it is in the site"
    assert ringup("claim", UNKNOWN, "202").status == 2, "its phone was heard"
    assert ringup("phone", "add", "020000000206", "--extension", "206", "--name", "Eve").status == 0
    said = ringup("claim", UNKNOWN, "Eve")
    assert said.status == 0, said.err
    assert f"Phone {UNKNOWN} (" in said.out
    assert "is 206 now, in revision" in said.out
    assert ringup("phone", "show", "020000000206").status == 2
    assert UNKNOWN in ringup("phone", "show", "206").out
