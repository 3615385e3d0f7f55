"""A change reaches Asterisk's realtime tables, or it is undone; the accounts move to the tables and back."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from ringup.asterisk.include_lines import FOLDER
from ringup.asterisk.install import install
from ringup.change import pbx_steps
from ringup.change.carry_out import StepFailed
from ringup.change.site import change_site, planned_alteration
from ringup.errors import AmiRefused
from ringup.site.model import Channel, Line, Pbx, Phone, Site
from ringup.store.database import open_database
from ringup.store.revisions import commit
from tests.store.postgresql_server import PostgresqlServer, postgresql

__all__ = ["postgresql"]

LARRY = Phone(mac="001646000000", lines=(Line(extension="201", name="Larry", secret="s3cret"),))


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    folder = tmp_path / "etc"
    folder.mkdir()
    return folder


@pytest.fixture
def refusals(monkeypatch: pytest.MonkeyPatch) -> list[AmiRefused]:
    """Asterisk's replies to the next reloads."""
    waiting: list[AmiRefused] = []

    async def reload(_pbx: Pbx, _channels: Sequence[Channel]) -> str:
        if waiting:
            raise waiting.pop(0)
        return "22.10.1"

    monkeypatch.setattr(pbx_steps, "reload_over_ami", reload)
    monkeypatch.setattr(pbx_steps, "said", lambda _site, _macs: "")
    return waiting


def database_of(tmp_path: Path, pbx: Pbx) -> str:
    place = str(tmp_path / "ringup.db")
    engine = open_database(place)
    commit(engine, Site(pbx=pbx, phones=(LARRY,)), author="ann", summary="begin", at=1.0)
    engine.dispose()
    return place


def test_the_accounts_move_to_postgresql_and_back(
    tmp_path: Path, etc: Path, refusals: list[AmiRefused], postgresql: PostgresqlServer
) -> None:
    url, pbx = postgresql.database(), Pbx(etc=str(etc), manager_user="ringup", manager_secret="s")
    install(Site(pbx=pbx, phones=(LARRY,)), etc)
    database, own = database_of(tmp_path, pbx), etc / FOLDER / "ringup_pjsip.conf"

    def moved(to: str) -> tuple[str, ...]:
        return change_site(database, lambda data: data["pbx"].update(realtime=to), "move").done

    plan = planned_alteration(database, lambda data: data["pbx"].update(realtime=url)).plan
    diffs = {each.name: each.diff for each in plan.files if each.side == "asterisk"}
    assert "+[201] in ps_auths" in diffs["realtime"]
    assert "s3cret" not in diffs["realtime"]
    assert "-[201]" in diffs["ringup_pjsip.conf"]

    assert moved(url)[:2] == (
        "Wrote 3 rows of Asterisk's realtime tables.",
        f"Wrote 1 of Asterisk's files in {etc}.",
    )
    assert postgresql.query(url, "SELECT password FROM ps_auths") == "s3cret"
    assert "endpoint" not in own.read_text()

    assert "Deleted 3 rows of Asterisk's realtime tables." in moved("")
    assert postgresql.query(url, "SELECT count(*) FROM ps_auths") == "0"
    assert "password = s3cret" in own.read_text()


def test_a_refused_reload_puts_the_rows_back(
    tmp_path: Path, refusals: list[AmiRefused], postgresql: PostgresqlServer
) -> None:
    url = postgresql.database()
    pbx = Pbx(realtime=url, manager_user="ringup", manager_secret="s")
    database = database_of(tmp_path, pbx)

    def secret(new: str) -> None:
        change_site(database, lambda data: data["phones"][0]["lines"][0].update(secret=new), "secret")

    secret("first")
    refusals.append(AmiRefused("reloading res_pjsip.so", "Permission denied.", ""))
    with pytest.raises(StepFailed, match="was put back"):
        secret("second")
    assert postgresql.query(url, "SELECT password FROM ps_auths") == "first"

    postgresql.query(url, "INSERT INTO ps_aors (id) VALUES ('202')")
    second = {"extension": "202", "secret": "x"}
    with pytest.raises(StepFailed, match="did not write"):
        change_site(database, lambda data: data["phones"][0]["lines"].append(second), "second line")
    assert postgresql.query(url, "SELECT count(*) FROM ps_endpoints") == "1"
