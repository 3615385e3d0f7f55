"""`ringup pbx`: the files that were written, and whether Asterisk has read them."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ringup.cli.pbx import pbx
from ringup.errors import InstallError
from ringup.site.model import Site
from ringup.store.database import open_database
from ringup.store.revisions import commit
from tests.asterisk.fake_asterisk import FakeAsterisk
from tests.render.sites import HOME, OLD


@pytest.fixture
def database(tmp_path: Path) -> str:
    return str(tmp_path / "ringup.db")


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    folder = tmp_path / "etc"
    folder.mkdir()
    (folder / "pjsip.conf").write_text("[global]\ntype=global\n")
    return folder


def store(database: str, site: Site) -> None:
    engine = open_database(database)
    commit(engine, site, author="test", summary="test", at=1.0)
    engine.dispose()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(pbx, arguments)


def reachable(site: Site, port: int, secret: str = "s3cret") -> Site:
    update = {"manager_port": port, "manager_user": "ringup", "manager_secret": secret}
    return site.model_copy(update={"pbx": site.pbx.model_copy(update=update)})


def test_each_file_written_is_named_with_the_operators_backup(database: str, etc: Path) -> None:
    store(database, HOME)
    done = run("install", "--etc", str(etc), "--database", database)
    assert done.exit_code == 0
    assert f"written           {etc}/ringup.d/ringup_pjsip.conf\n" in done.stdout
    assert f"#tryinclude line  {etc}/pjsip.conf (before: pjsip.conf.before-ringup)\n" in done.stdout
    assert "1 line for pjsip." in done.stdout
    assert "ringup pbx reload" in done.stdout


def test_a_second_install_says_that_nothing_changed(database: str, etc: Path) -> None:
    store(database, HOME)
    run("install", "--etc", str(etc), "--database", database)
    done = run("install", "--etc", str(etc), "--database", database)
    assert done.stdout == f"{etc} is up to date: 1 line for pjsip.\n"


def test_the_other_drivers_file_is_said_to_be_removed(database: str, etc: Path) -> None:
    store(database, HOME)
    run("install", "--etc", str(etc), "--database", database)
    store(database, OLD)
    done = run("install", "--etc", str(etc), "--database", database)
    assert f"removed           {etc}/ringup.d/ringup_pjsip.conf\n" in done.stdout
    assert "2 lines for chan_sip." in done.stdout


def test_the_sites_own_folder_is_used_where_none_is_given(database: str, etc: Path) -> None:
    site = HOME.model_copy(update={"pbx": HOME.pbx.model_copy(update={"etc": str(etc)})})
    store(database, site)
    assert run("install", "--database", database).exit_code == 0
    assert (etc / "ringup.d/ringup_pjsip.conf").exists()


def test_no_folder_at_all_says_where_to_give_one(database: str) -> None:
    store(database, HOME)
    done = run("install", "--database", database)
    assert done.exit_code == 2
    assert "--etc /etc/asterisk" in done.stderr


def test_a_folder_that_is_not_there_is_our_error_with_its_cure(database: str, tmp_path: Path) -> None:
    store(database, HOME)
    done = run("install", "--etc", str(tmp_path / "none"), "--database", database)
    assert isinstance(done.exception, InstallError)


def test_a_reload_says_which_asterisk_read_what(database: str, asterisk: FakeAsterisk) -> None:
    store(database, reachable(HOME, asterisk.port))
    done = run("reload", "--database", database)
    assert done.stdout == "Asterisk 22.10.1 at 127.0.0.1 has reloaded pjsip, the dial plan and voicemail.\n"
    modules = [action.get("Module") for action in asterisk.seen if action.get("Action") == "Reload"]
    assert modules == ["app_voicemail.so", "pbx_config.so", "res_pjsip.so"]


def test_an_install_reloads_when_asked_and_only_if_something_changed(
    database: str, etc: Path, asterisk: FakeAsterisk
) -> None:
    store(database, reachable(HOME, asterisk.port))
    done = run("install", "--etc", str(etc), "--reload", "--database", database)
    assert "Asterisk 22.10.1" in done.stdout
    seen = len(asterisk.seen)
    run("install", "--etc", str(etc), "--reload", "--database", database)
    assert len(asterisk.seen) == seen


def test_a_site_without_manager_user_says_how_to_add_one(database: str) -> None:
    store(database, HOME)
    done = run("reload", "--database", database)
    assert done.exit_code == 2
    assert "manager.conf" in done.stderr
