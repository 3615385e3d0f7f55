"""The site in its tables, and its revisions."""

import json
from collections.abc import Iterator
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Engine, text

from ringup.errors import StoreError
from ringup.site.model import Group, Line, Phone, Site
from ringup.site.records import records
from ringup.store import revisions as revisions_module
from ringup.store.database import open_database
from ringup.store.revisions import (
    Revision,
    commit,
    current_revision,
    read_site,
    read_site_and_revision,
    revisions,
)
from tests.site.sites import sites

LARRY = Phone(mac="001646000000", lines=(Line(extension="0201", name="Larry", secret="s3cret"),))
ANN = Phone(mac="0016460E0012", lines=(Line(extension="202", secret="s3cret"),))
SITE = Site(name="Office", groups=(Group(name="sales"),), phones=(LARRY, ANN))


def keep(engine: Engine, site: Site, expected: int | None = None) -> Revision:
    return commit(engine, site, author="ann", summary="a change", at=7.5, expected_revision=expected)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One database that is used for every site that hypothesis makes."""
    opened = open_database(str(tmp_path_factory.mktemp("store") / "ringup.db"))
    yield opened
    opened.dispose()


def test_a_fresh_database_is_the_default_site_at_revision_0(engine: Engine) -> None:
    assert read_site_and_revision(engine) == (Site(), 0)
    assert current_revision(engine) == 0
    assert revisions(engine) == []


def test_more_phones_than_one_statement_deletes_are_changed_and_removed(engine: Engine) -> None:
    before = [
        Phone(mac=f"00164600{number:04X}", lines=(Line(extension=str(number), secret="s3cret"),))
        for number in range(3 * revisions_module._ROWS_AT_ONCE // 2)
    ]
    after = tuple(phone.model_copy(update={"label": "new"}) for phone in before[::2])
    keep(engine, Site(phones=tuple(before)))
    keep(engine, Site(phones=after))
    assert read_site(engine) == Site(phones=after)


@pytest.mark.thorough
@given(site=sites())
def test_any_site_is_read_as_it_was_committed_whatever_was_there_before(shared: Engine, site: Site) -> None:
    before, number = read_site_and_revision(shared)
    made = keep(shared, site, number)
    assert read_site(shared) == site
    assert current_revision(shared) == made.id == (number if site == before else number + 1)
    old, new = records(before), records(site)
    assert made.before == {name: record for name, record in old.items() if new.get(name) != record}
    assert made.after == {name: record for name, record in new.items() if old.get(name) != record}


@pytest.mark.peers
@given(site=sites())
@settings(
    max_examples=settings().max_examples // 5, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_site_is_read_from_postgresql_as_it_was_committed(on_postgresql: Engine, site: Site) -> None:
    keep(on_postgresql, site)
    assert read_site(on_postgresql) == site


def test_an_adopted_password_of_any_characters_is_read_as_it_was_committed(engine: Engine) -> None:
    secret = 'a\0b"\n\x85\u2028пароль\U0001f600'
    [line] = LARRY.lines
    phone = LARRY.model_copy(
        update={"password": secret, "lines": (line.model_copy(update={"secret": secret}),)}
    )
    site = SITE.model_copy(update={"phones": (phone,)})
    keep(engine, site)
    assert read_site(engine) == site
    [made] = revisions(engine)
    assert made.after[f"phone {phone.mac}"]["password"] == secret


def test_a_revision_is_kept_as_it_was_made(engine: Engine) -> None:
    made = keep(engine, SITE)
    assert (made.id, made.author, made.summary, made.at) == (1, "ann", "a change", 7.5)
    assert revisions(engine) == [made]


def test_nothing_is_written_when_nothing_changed(engine: Engine) -> None:
    keep(engine, SITE)
    again = keep(engine, SITE)
    assert (again.id, again.before, again.after) == (1, {}, {})
    assert len(revisions(engine)) == current_revision(engine) == 1


def test_a_revision_holds_the_changed_records_only(engine: Engine) -> None:
    keep(engine, SITE)
    bert = LARRY.model_copy(update={"label": "Bert"})
    new = Phone(mac="00164600000A")
    made = keep(engine, SITE.model_copy(update={"groups": (), "phones": (bert, ANN, new)}))
    assert set(made.before) == {"group sales", "phone 001646000000"}
    assert set(made.after) == {"phone 001646000000", "phone 00164600000A"}
    assert made.before["phone 001646000000"]["label"] == ""
    assert made.after["phone 001646000000"]["label"] == "Bert"


def test_digits_stay_text(engine: Engine) -> None:
    keep(engine, SITE)
    phone = read_site(engine).phones[0]
    assert (phone.mac, phone.lines[0].extension) == ("001646000000", "0201")


def test_an_extension_moves_between_phones_in_one_commit(engine: Engine) -> None:
    keep(engine, SITE)
    swapped = (
        LARRY.model_copy(update={"lines": ANN.lines}),
        ANN.model_copy(update={"lines": LARRY.lines}),
    )
    keep(engine, SITE.model_copy(update={"phones": swapped}))
    assert read_site(engine).phones == swapped


def test_revisions_come_newest_first_and_as_many_as_asked(engine: Engine) -> None:
    for number in range(5):
        keep(engine, Site(name=f"Office {number}"))
    assert [revision.id for revision in revisions(engine)] == [5, 4, 3, 2, 1]
    assert [revision.id for revision in revisions(engine, 2)] == [5, 4]


def test_a_change_made_meanwhile_is_noticed_and_nothing_is_lost(engine: Engine) -> None:
    _, seen = read_site_and_revision(engine)
    keep(engine, SITE)
    with pytest.raises(StoreError, match=r"revision 1 was made meanwhile.*try again"):
        keep(engine, Site(name="Other"), seen)
    assert read_site(engine) == SITE
    assert len(revisions(engine)) == 1


def test_a_commit_that_fails_leaves_nothing(engine: Engine) -> None:
    keep(engine, SITE)
    with pytest.raises(StoreError, match=r"(?i)not[ -]null"):
        commit(engine, Site(), author="ann", summary=cast("str", None), at=1.0)
    assert read_site_and_revision(engine) == (SITE, 1)


def test_a_record_this_version_does_not_take_is_named_without_its_secrets(engine: Engine) -> None:
    keep(engine, SITE)
    with engine.connect() as connection:
        connection.execute(
            text("UPDATE lines SET voicemail_pin = :bad WHERE extension = '0201'"), {"bad": "zzzz"}
        )
        connection.commit()
    with pytest.raises(StoreError) as caught:
        read_site(engine)
    assert "phone 001646000000: lines.0.voicemail_pin: String should match pattern" in str(caught.value)
    assert "zzzz" not in str(caught.value)
    assert caught.value.cure


def test_phones_are_read_rightly_however_many_rows_come_at_a_time(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_lines = Phone(mac="F01646000009")
    site = SITE.model_copy(update={"phones": (*SITE.phones, without_lines)})
    keep(engine, site)
    for rows in (1, 2, 500):
        monkeypatch.setattr("ringup.store.revisions._ROWS_AT_ONCE", rows)
        assert read_site(engine) == site


def test_a_copy_of_a_read_record_leaves_the_others_alone(engine: Engine) -> None:
    keep(engine, SITE)
    phone, other = read_site(engine).phones[:2]
    changed = phone.model_copy(update={"label": "Desk"})
    assert changed.model_dump() == {**phone.model_dump(), "label": "Desk"}
    assert other == read_site(engine).phones[1]


def test_what_phones_often_have_alike_is_kept_once(engine: Engine) -> None:
    lines = tuple(Line(extension=number, name="Larry", secret=f"s{number}") for number in ("201", "202"))
    keep(engine, SITE.model_copy(update={"phones": (LARRY.model_copy(update={"lines": lines}), ANN)}))
    phone, other = read_site(engine).phones
    assert phone.lines == lines
    assert phone.lines[0].name is phone.lines[1].name
    assert phone.model is other.model


def test_fields_of_later_versions_get_their_defaults_in_an_older_record(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("UPDATE site SET record = :old"), {"old": json.dumps({"name": "Old"})})
        connection.commit()
    assert read_site(engine) == Site(name="Old")


def test_the_site_that_was_read_need_not_be_read_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Site(phones=(Phone(mac="00164600000A"), Phone(mac="00164600000B", label="B")))
    commit(engine, first, author="t", summary="t", at=1.0)
    second = Site(phones=(Phone(mac="00164600000B", label="other"), Phone(mac="00164600000C")))
    with monkeypatch.context() as patch:
        patch.setattr(revisions_module, "_read", None)
        made = commit(engine, second, author="t", summary="t", at=2.0, expected_revision=1, before=first)
    assert read_site(engine) == second
    assert set(made.before) == {"phone 00164600000A", "phone 00164600000B"}
    assert set(made.after) == {"phone 00164600000B", "phone 00164600000C"}
