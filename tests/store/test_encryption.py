"""Secrets are encrypted in the database, those of an earlier version too, and a wrong key is never used."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, Table, TextClause, select, text

from ringup.errors import StoreError
from ringup.site.model import Group, Phone, Site
from ringup.store import database, tables
from ringup.store.connect import connect, url_of
from ringup.store.database import open_database, open_to_read
from ringup.store.encryption import Cipher, new_key
from ringup.store.revisions import commit, read_phones, read_site, revisions
from tests.store.earlier_version import BEFORE, PHONE, SECRETS, SITE, downgrade, make_database

KEPT = (tables.site, tables.groups, tables.phones, tables.lines, tables.revisions)


@contextmanager
def closing_engine(engine: Engine) -> Iterator[Engine]:
    try:
        yield engine
    finally:
        engine.dispose()


def stored(engine: Engine) -> str:
    """Return everything that the database contains about the site as text; the text of a row itself is cut
    off.
    """
    with engine.connect() as connection:
        return "\n".join(str(tuple(row)) for table in KEPT for row in connection.execute(_all_of(table)))


def _all_of(table: Table) -> TextClause:
    """Return every column that the table has at this migration."""
    return text(f'SELECT * FROM "{table.name}"')


def on_disk(path: Path) -> bytes:
    """Return the bytes of the database and of the files that belong to it."""
    return b"".join(each.read_bytes() for each in path.parent.iterdir())


def plain_text_left(engine: Engine) -> bool:
    with engine.connect() as connection:
        return bool(connection.execute(select(tables.encryption.c.plain_text_left)).scalar_one())


def test_no_table_holds_a_secret_in_plain_text(engine: Engine) -> None:
    commit(engine, SITE, author="ann", summary="a change", at=1.0)
    text_of_all = stored(engine)
    assert [secret for secret in SECRETS if secret in text_of_all] == []
    assert read_site(engine) == SITE
    assert read_phones(engine, [PHONE.mac]) == (PHONE,)
    [made] = revisions(engine)
    assert made.after[f"phone {PHONE.mac}"] == PHONE.model_dump(mode="json")


HIDDEN = {
    "force:snmp_community": "of-the-site",
    "vpn_passphrase": "of-sales",
    "force:password2": "of-the-phone",
}
WITH_SETTINGS = Site(
    settings={"force:snmp_community": HIDDEN["force:snmp_community"], "logo_url": "http://10.0.0.1/logo.bmp"},
    groups=(Group(name="sales", settings={"vpn_passphrase": HIDDEN["vpn_passphrase"]}),),
    phones=(Phone(mac=PHONE.mac, group="sales", settings={"force:password2": HIDDEN["force:password2"]}),),
)


def test_secret_settings_of_every_level_are_encrypted_and_others_are_not(engine: Engine) -> None:
    commit(engine, WITH_SETTINGS, author="ann", summary="a change", at=1.0)
    text_of_all = stored(engine)
    assert [secret for secret in HIDDEN.values() if secret in text_of_all] == []
    assert "logo.bmp" in text_of_all
    assert read_site(engine) == WITH_SETTINGS
    assert read_phones(engine, [PHONE.mac]) == WITH_SETTINGS.phones
    [made] = revisions(engine)
    assert made.after["group sales"]["settings"] == WITH_SETTINGS.groups[0].settings


def test_secret_settings_of_the_version_before_are_encrypted_with_their_history(tmp_path: Path) -> None:
    path = tmp_path / "ringup.db"
    with closing_engine(open_database(str(path))) as engine:
        commit(engine, WITH_SETTINGS, author="ann", summary="a change", at=1.0)
        commit(engine, SITE, author="ann", summary="another", at=2.0)
        commit(engine, WITH_SETTINGS, author="ann", summary="back", at=3.0)
        downgrade(engine, "0009")
        text_of_all = stored(engine)
        assert [secret for secret in HIDDEN.values() if secret not in text_of_all] == []
        assert PHONE.lines[0].secret not in text_of_all, "passwords stay encrypted"
    with closing_engine(open_database(str(path))) as engine:
        text_of_all = stored(engine)
        assert [secret for secret in (*HIDDEN.values(), *SECRETS) if secret in text_of_all] == []
        assert read_site(engine) == WITH_SETTINGS
        assert revisions(engine)[0].before["phone 001646C0FFEE"] == PHONE.model_dump(mode="json")
        assert not plain_text_left(engine)
    assert [secret for secret in HIDDEN.values() if secret.encode() in on_disk(path)] == []


def test_equal_secrets_look_different_and_an_empty_one_is_empty() -> None:
    cipher = Cipher(new_key())
    assert cipher.encrypt("s3cret") != cipher.encrypt("s3cret")
    assert cipher.encrypt("") == cipher.decrypt("") == ""


def test_a_secret_that_looks_encrypted_is_encrypted_and_read_as_it_was() -> None:
    cipher = Cipher(new_key())
    looks_so = cipher.encrypt("s3cret")
    assert cipher.decrypt(cipher.encrypt(looks_so)) == looks_so


def test_a_database_of_an_earlier_version_is_encrypted_with_its_history(url: str) -> None:
    make_database(url)
    with closing_engine(open_database(url)) as engine:
        assert [secret for secret in SECRETS if secret in stored(engine)] == []
        assert read_site(engine) == SITE
        [made] = revisions(engine)
        assert made.before == BEFORE
        assert made.after[f"phone {PHONE.mac}"] == PHONE.model_dump(mode="json")
        assert not plain_text_left(engine)


@pytest.mark.parametrize("opened", [open_database, open_to_read])
def test_no_plain_text_is_left_on_the_disk(tmp_path: Path, opened: object) -> None:
    path = tmp_path / "ringup.db"
    make_database(str(path))
    assert [secret for secret in SECRETS if secret.encode() not in on_disk(path)] == []
    assert callable(opened)
    engine = opened(str(path))
    assert [secret for secret in SECRETS if secret.encode() in on_disk(path)] == []
    engine.dispose()


def test_plain_text_that_another_program_kept_is_removed_at_the_next_opening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ringup.db"
    make_database(str(path))
    monkeypatch.setattr("ringup.store.connect.BUSY_SECONDS", 0)
    other = connect(url_of(str(path)))
    with other.connect() as reader:
        reader.execute(text("SELECT count(*) FROM lines"))
        with closing_engine(open_database(str(path))) as engine:
            assert plain_text_left(engine)
            assert read_site(engine) == SITE
    other.dispose()
    with closing_engine(open_database(str(path))) as engine:
        assert not plain_text_left(engine)
        assert [secret for secret in SECRETS if secret.encode() in on_disk(path)] == []


def test_an_encryption_that_fails_leaves_the_database_as_it_was(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_database(url)
    with monkeypatch.context() as patch:
        patch.setattr(Cipher, "encrypt_all", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            open_database(url)
    with closing_engine(open_database(url)) as engine:
        assert read_site(engine) == SITE


def test_a_database_of_an_earlier_version_is_read_where_it_may_not_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ringup.db"
    make_database(str(path))
    before = on_disk(path)
    monkeypatch.setattr(database, "is_writable", lambda _path: False)
    with closing_engine(open_to_read(str(path))) as engine:
        assert read_site(engine) == SITE
        assert revisions(engine)[0].before == BEFORE
    assert on_disk(path) == before


def test_an_older_version_gets_its_plain_text_back(engine: Engine, url: str) -> None:
    commit(engine, SITE, author="ann", summary="a change", at=1.0)
    downgrade(engine, "0003")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT secret FROM lines")).scalar() == PHONE.lines[0].secret
    with closing_engine(open_database(url)) as again:
        assert read_site(again) == SITE


def test_a_damaged_secret_is_an_error_and_never_an_empty_one(engine: Engine) -> None:
    commit(engine, SITE, author="ann", summary="a change", at=1.0)
    with engine.begin() as connection:
        connection.execute(text("UPDATE lines SET secret = substr(secret, 1, 30)"))
    with pytest.raises(StoreError, match="does not decrypt it"):
        read_site(engine)


def test_a_site_of_many_phones_has_a_nonce_for_each_secret(engine: Engine) -> None:
    phones = tuple(PHONE.model_copy(update={"mac": f"0016460000{number:02X}"}) for number in range(20))
    site = Site(phones=tuple(phone.model_copy(update={"lines": ()}) for phone in phones))
    commit(engine, site, author="ann", summary="a change", at=1.0)
    with engine.connect() as connection:
        passwords = connection.execute(select(tables.phones.c.password)).scalars().all()
    assert len(set(passwords)) == 20
    assert read_site(engine) == site
