"""One change to the site: all or nothing, and never over somebody else's."""

from pathlib import Path

import pytest

from ringup.cli.changing import author, change_site, stored_site
from ringup.errors import StoreError
from ringup.site.model import Site
from ringup.site.rows import Plain
from ringup.store.database import open_database
from ringup.store.revisions import commit


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    database = str(tmp_path / "ringup.db")

    def slowly(data: Plain) -> None:
        engine = open_database(database)
        commit(engine, Site(name="Meanwhile"), author="bert", summary="quick", at=1.0)
        engine.dispose()
        data["site"]["load"] = "P0S3-08-11-00"

    with pytest.raises(StoreError, match="revision 1 was made meanwhile"):
        change_site(database, slowly, "slow")
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
