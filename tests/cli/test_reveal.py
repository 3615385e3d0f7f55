"""Secrets are shown only on request, and the history records who asked, when, and for which phone."""

from pathlib import Path

import pytest

from ringup.errors import StoreError
from ringup.site.model import Line, Pbx, Phone, Site
from ringup.store.database import open_database
from ringup.store.revisions import commit
from tests.cli.terminal import terminal

MAC = "001646C0FFEE"


def a_site(folder: Path) -> None:
    """Make a site with a secret in each place."""
    realtime = Pbx(realtime="postgresql://asterisk@10.0.0.5/asterisk", realtime_password="hush-hush")
    phone = Phone(mac=MAC, lines=(Line(extension="201", secret="hush-hush"),))
    engine = open_database(str(folder / "ringup.db"))
    commit(engine, Site(pbx=realtime, phones=(phone,)), author="ann", summary="begin", at=1.0)
    engine.dispose()


@pytest.mark.parametrize("flag", ["--reveal", "--secrets"])
@pytest.mark.parametrize(
    ("words", "noted"),
    [
        (("phone", "show", MAC), f"reveal the passwords of phone {MAC}"),
        (("site", "show"), "reveal the passwords of the site"),
        (("export",), "reveal all passwords (export)"),
        (("render", MAC, f"SIP{MAC}.cnf"), f"reveal the file SIP{MAC}.cnf"),
        (("pbx", "realtime"), "reveal the password of the realtime database"),
    ],
)
def test_the_history_notes_who_was_shown_which_secrets(
    tmp_path: Path, flag: str, words: tuple[str, ...], noted: str
) -> None:
    ann, bert = (terminal(tmp_path / "ringup.db", author=author) for author in ("ann", "bert"))
    a_site(tmp_path)
    shown = bert(*words).out
    assert "hush-hush" not in shown
    before = ann("history", "--json").json()["revisions"]
    assert "hush-hush" in bert(*words, flag).out
    note, *others = ann("history", "--json").json()["revisions"]
    assert (note["author"], note["summary"], note["changes"]) == ("bert", noted, [])
    assert others == before, "only the look with the flag is noted"


def test_a_note_is_not_what_undo_takes_back(tmp_path: Path) -> None:
    ann = terminal(tmp_path / "ringup.db", author="ann")
    ann("site", "set", "name=Office")
    ann("site", "set", "name=Workshop")
    ann("site", "show", "--reveal")
    ann("undo")
    assert "name: Office" in ann("site", "show").out
    assert ann("history", "--json").json()["revisions"][0]["summary"] == "undo revision 2"


def test_nothing_is_shown_if_it_cannot_be_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_arguments: object, **_named: object) -> None:
        raise StoreError("database ringup.db", "this user may not write it.", "")

    a_site(tmp_path)
    monkeypatch.setattr("ringup.store.revisions.note", refused)
    said = terminal(tmp_path / "ringup.db")("phone", "show", MAC, "--reveal")
    assert said.status != 0
    assert "hush-hush" not in said.out
    assert "may not write it" in said.err
