"""The key is outside of the database, it is made once and completely, and another key is reported, never
used.
"""

import os
import stat
import tempfile
from base64 import b32decode, b64decode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ringup.errors import NoAccess, NoKeyYet, StoreError
from ringup.store import key_file as key_files
from ringup.store import key_place
from ringup.store.accounts import Account, add_account, read_accounts
from ringup.store.database import open_database, open_to_read, open_with_new_key
from ringup.store.encryption import Cipher
from ringup.store.key_file import read_key, read_or_make_key
from ringup.store.key_place import NAMED, key_file
from ringup.store.new_key import begin_anew
from ringup.store.place import SITE_DATABASE
from ringup.store.revisions import commit, read_site, revisions
from tests.other_user import another_user
from tests.store.earlier_version import PHONE, SITE, make_database
from tests.store.test_encryption import closing_engine


@pytest.fixture
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The usual place of this machine's key, in a folder of the test."""
    monkeypatch.delenv("RINGUP_KEY", raising=False)
    place = tmp_path / "etc" / "ringup.key"
    monkeypatch.setattr(key_place, "SITE_KEY", place)
    monkeypatch.setattr(key_files, "SITE_KEY", place)
    return place


def keep(database: Path) -> Path:
    """Store a site with secrets there; return its key."""
    with closing_engine(open_database(str(database))) as engine:
        commit(engine, SITE, author="ann", summary="a change", at=1.0)
    return database.with_name(f"{database.name}.key")


def test_the_machines_site_has_its_key_in_etc_and_any_other_beside_it(own_place: Path) -> None:
    assert key_place.key_file(SITE_DATABASE) == own_place
    assert key_file(Path("/srv/lab.db")) == Path("/srv/lab.db.key")
    assert key_file(None) == own_place


def test_a_named_key_comes_before_the_usual_place_and_a_credential_before_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RINGUP_KEY", "/srv/environment.key")
    assert key_file(SITE_DATABASE) == Path("/srv/environment.key")
    token = NAMED.set(Path("/srv/named.key"))
    assert key_file(None) == Path("/srv/named.key")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert key_file(SITE_DATABASE) == Path("/srv/named.key")
    (tmp_path / "ringup.key").touch()
    assert key_file(SITE_DATABASE) == tmp_path / "ringup.key"
    NAMED.reset(token)


def test_a_servers_database_needs_a_named_key_where_the_machines_cannot_be_read(
    own_place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(StoreError, match=r"Name a file: --key ~/ringup.key or RINGUP_KEY"):
        key_file(None)
    own_place.parent.mkdir()
    own_place.touch()
    assert key_file(None) == own_place


def test_a_key_is_32_random_bytes_for_its_owner_and_for_the_group_of_a_shared_folder(tmp_path: Path) -> None:
    first, other = tmp_path / "etc" / "ringup.key", tmp_path / "ringup.key"
    read_or_make_key(first, "x")
    tmp_path.chmod(0o2770)
    read_or_make_key(other, "x")
    assert (stat.S_IMODE(first.stat().st_mode), stat.S_IMODE(other.stat().st_mode)) == (0o600, 0o640)
    keys = {b64decode(path.read_bytes()) for path in (first, other)}
    assert {len(key) for key in keys} == {32}
    assert len(keys) == 2
    assert [path.name for path in first.parent.iterdir()] == ["ringup.key"]


def test_programs_that_make_a_key_at_the_same_time_have_the_same(tmp_path: Path) -> None:
    path = tmp_path / "ringup.key"
    with ThreadPoolExecutor(8) as threads:
        ciphers = list(threads.map(lambda _: read_or_make_key(path, "x"), range(8)))
    proof = ciphers[0].proof()
    assert all(cipher.is_proven_by(proof) for cipher in ciphers)
    assert [each.name for each in tmp_path.iterdir()] == ["ringup.key"]


def test_a_key_that_cannot_be_written_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space left on device"):
        read_or_make_key(tmp_path / "ringup.key", "x")
    assert list(tmp_path.iterdir()) == []


def test_a_key_of_others_is_refused_and_none_is_made_where_this_user_may_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        path = Path(folder) / "ringup.key"
        monkeypatch.setattr(key_files, "SITE_KEY", path)
        with another_user(), pytest.raises(NoKeyYet, match="ringup site show"):
            read_or_make_key(path, "x")
        read_or_make_key(path, "x")
        with another_user(), pytest.raises(NoAccess, match="may not read it"):
            read_key(path, "x")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (Path.unlink, "there is no such file"),
        (lambda path: path.write_bytes(b""), "does not hold a key"),
        (lambda path: path.write_bytes(b"\xff" * 32), "does not hold a key"),
        (lambda path: path.write_bytes(b"QUJD\n"), "does not hold a key"),
        (lambda path: (path.unlink(), read_or_make_key(path, "x")), "it is not the key"),
    ],
)
@pytest.mark.parametrize("opened", [open_database, open_to_read])
def test_a_lost_or_wrong_key_is_named_with_what_it_is_for(
    tmp_path: Path, spoil: object, words: str, opened: object
) -> None:
    database = tmp_path / "ringup.db"
    key = keep(database)
    assert callable(spoil)
    assert callable(opened)
    spoil(key)
    with pytest.raises(StoreError, match=words) as caught:
        opened(str(database))
    assert f"key {key}" in str(caught.value)
    assert f"passwords of database {database}" in str(caught.value)
    assert "ringup apply --new-key" in caught.value.cure


def test_no_key_is_made_for_what_another_key_encrypted(tmp_path: Path) -> None:
    key = keep(tmp_path / "ringup.db")
    key.unlink()
    with pytest.raises(StoreError):
        open_database(str(tmp_path / "ringup.db"))
    assert not key.exists()


def test_a_user_who_may_not_make_the_key_reads_an_earlier_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "ringup.db"
    make_database(str(database))

    def refused(path: Path, _database: str) -> Cipher:
        raise NoKeyYet(f"key {path}", "may not be made.", "")

    monkeypatch.setattr("ringup.store.database.read_or_make_key", refused)
    with closing_engine(open_to_read(str(database))) as engine:
        assert read_site(engine) == SITE
    with pytest.raises(NoKeyYet):
        open_database(str(database))


def test_a_second_factor_that_was_lost_with_the_key_still_guards_its_account(tmp_path: Path) -> None:
    database = tmp_path / "ringup.db"
    with closing_engine(open_database(str(database))) as engine:
        add_account(engine, Account("larry", "administrator", "hash", totp="JBSWY3DPEHPK3PXP"))
        add_account(engine, Account("bert", "viewer", "hash"))
    database.with_name("ringup.db.key").unlink()
    with closing_engine(open_with_new_key(str(database))) as engine:
        begin_anew(engine, SITE, author="ann", summary="anew", at=2.0)
    with closing_engine(open_database(str(database))) as engine:
        bert, larry = read_accounts(engine)
    assert bert.totp == ""
    assert larry.totp not in ("", "JBSWY3DPEHPK3PXP")
    assert b32decode(larry.totp)


def test_a_site_begins_anew_with_a_new_key_and_keeps_its_history(tmp_path: Path) -> None:
    database = tmp_path / "ringup.db"
    keep(database).unlink()
    with closing_engine(open_with_new_key(str(database))) as engine:
        made = begin_anew(engine, SITE, author="ann", summary="anew", at=2.0)
    assert (made.id, set(made.before)) == (2, set())
    with closing_engine(open_database(str(database))) as engine:
        assert read_site(engine) == SITE
        newest, first = revisions(engine)
    name = f"phone {PHONE.mac}"
    assert newest == made
    assert newest.after[name] == PHONE.model_dump(mode="json")
    assert first.before["site"]["country"] == ""
    assert first.after[name]["lines"][0]["extension"] == "201"
    assert first.after[name]["lines"][0]["secret"] == first.after[name]["password"] == "********"


def test_a_site_whose_key_is_there_does_not_begin_anew(tmp_path: Path) -> None:
    database = tmp_path / "ringup.db"
    key = keep(database)
    with pytest.raises(StoreError, match=f"key {key}: it is the right one already"):
        open_with_new_key(str(database))
