"""One change to the site is made completely or not at all, and never over another program's change."""

from itertools import count
from pathlib import Path

import pytest

from ringup.change.authors import author
from ringup.change.site import MOST_TRIES, change_site, replace_site
from ringup.change.stored_site import stored_site
from ringup.errors import ChangedMeanwhile
from ringup.site.model import Site
from ringup.site.rows import Plain, Rows, by_record
from ringup.store.database import open_database
from ringup.store.revisions import commit


def commit_as_bert(database: str, name: str) -> None:
    engine = open_database(database)
    commit(engine, Site(name=name), author="bert", summary="quick", at=1.0)
    engine.dispose()


def test_a_change_is_made_again_on_top_of_what_another_committed_meanwhile(tmp_path: Path) -> None:
    database = str(tmp_path / "ringup.db")

    def slowly(data: Plain) -> None:
        commit_as_bert(database, "Meanwhile")
        data["site"]["load"] = "P0S3-08-11-00"

    assert change_site(database, slowly, "slow").revision.id == 2
    assert stored_site(database) == Site(name="Meanwhile", load="P0S3-08-11-00")


def test_a_change_that_others_always_overtake_is_given_up_and_overwrites_nothing(tmp_path: Path) -> None:
    database = str(tmp_path / "ringup.db")
    names = (f"Meanwhile {number}" for number in count(1))

    def too_slowly(data: Plain) -> None:
        commit_as_bert(database, next(names))
        data["site"]["load"] = "P0S3-08-11-00"

    with pytest.raises(ChangedMeanwhile, match="try again"):
        change_site(database, too_slowly, "slow")
    assert stored_site(database) == Site(name=f"Meanwhile {MOST_TRIES}")


def test_a_whole_site_never_replaces_what_another_committed_meanwhile(tmp_path: Path) -> None:
    database = str(tmp_path / "ringup.db")

    def slowly(_stored: Site) -> Rows:
        commit_as_bert(database, "Meanwhile")
        data: Plain = {"site": {"name": "Mine"}}
        return Rows(data, by_record(data))

    with pytest.raises(ChangedMeanwhile, match="revision 1 was made meanwhile"):
        replace_site(database, slowly, "slow")
    assert stored_site(database) == Site(name="Meanwhile")


@pytest.mark.parametrize(
    ("variables", "name"),
    [({"SUDO_USER": "ann", "USER": "root"}, "ann"), ({"SUDO_USER": "", "USER": "bert"}, "bert")],
)
def test_under_sudo_the_author_is_who_typed_it(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], name: str
) -> None:
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    assert author() == name
