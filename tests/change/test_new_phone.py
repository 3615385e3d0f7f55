"""A phone that is added alone: the result is the same as if the complete site had been read, checked and
rendered.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from ringup.change import new_phone
from ringup.change.new_phone import add_phone
from ringup.change.plan import Plan
from ringup.change.site import Changed, change_site
from ringup.errors import Problem, SiteErrors, UnsafeChange
from ringup.site.model import DialRule, Line, Pbx, Phone, Site
from ringup.site.rows import Plain
from ringup.site.write import to_plain
from ringup.store.database import open_database
from ringup.store.revisions import commit, read_revision, read_site
from tests.site.sites import sites

OFFICE = Site(
    phones=tuple(
        Phone(mac=f"0016460000{number:02}", lines=(Line(extension=str(200 + number), secret="x"),))
        for number in range(30)
    )
)
NEW: Plain = {"mac": "001646FFFFFF", "lines": [{"extension": "299", "secret": "new"}], "password": "p"}


LONGER: Plain = {**NEW, "lines": [{"extension": "3999", "secret": "new"}]}


@dataclass
class Database:
    """One database, which is used for every site that hypothesis makes."""

    path: str
    engine: Engine

    def holds(self, site: Site) -> None:
        commit(self.engine, site, author="ann", summary="before", at=1.0)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    path = str(tmp_path_factory.mktemp("store") / "ringup.db")
    engine = open_database(path)
    yield Database(path, engine)
    engine.dispose()


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forbid reading the complete site."""

    def forbidden(*_: object) -> Changed:
        raise AssertionError("the whole site was read")

    monkeypatch.setattr(new_phone, "change_site", forbidden)


def outcome(database: Database, add: bool, record: Plain) -> object:
    """Return what one of the two ways makes of this phone: its plan, revision and site, or its problems."""

    def append(data: Plain) -> None:
        if any(known["mac"] == record["mac"] for known in data["phones"]):
            raise SiteErrors([Problem("phone", "is in the site already.", "")])
        data["phones"].append(deepcopy(record))

    try:
        made = add_phone(database.path, record, "add") if add else change_site(database.path, append, "add")
    except UnsafeChange as error:
        return str(error)
    except SiteErrors as error:
        return "taken" if "in the site already" in str(error) else error.problems
    revision = read_revision(database.engine, made.revision.id)
    return (
        made.plan,
        tuple(made.plan.files),
        [revision.before, revision.after],
        made.site.phone(record["mac"]),
        read_site(database.engine),
    )


@st.composite
def records(draw: st.DrawFn) -> Plain:
    """Records of phones, often with values that OFFICE has, or with similar extensions."""
    phone = draw(sites().filter(lambda site: site.phones)).phones[0]
    plain: Plain = to_plain(Site(phones=(phone,)), secrets=True)["phones"][0]
    plain.pop("group", None)
    for line in plain["lines"]:
        line["extension"] = draw(st.sampled_from((line["extension"], "210", "295", "2999", "500", "*")))
    plain["mac"] = draw(st.sampled_from((plain["mac"], "001646000007")))
    return plain


@pytest.mark.thorough
@settings(max_examples=settings().max_examples // 2)
@given(before=st.one_of(st.just(OFFICE), sites()), record=records())
def test_a_phone_is_added_as_if_the_whole_site_had_been_read(
    shared: Database, before: Site, record: Plain
) -> None:
    shared.holds(before)
    quick = outcome(shared, True, record)
    shared.holds(before)
    assert quick == outcome(shared, False, record)


def test_a_phone_with_a_longer_extension_makes_all_others_read_the_dial_template(
    shared: Database, alone: None
) -> None:
    shared.holds(OFFICE)
    made = add_phone(shared.path, LONGER, "add")
    assert made.plan.refreshes == tuple(phone.mac for phone in OFFICE.phones)


@pytest.mark.parametrize("site", [OFFICE, Site(dial_rules=(DialRule(match="*"),))], ids=["office", "rules"])
def test_a_phone_that_concerns_no_other_is_added_without_reading_them(
    shared: Database, alone: None, site: Site
) -> None:
    shared.holds(site)
    made = add_phone(shared.path, NEW, "add")
    assert (made.revision.summary, list(made.revision.after)) == ("add", ["phone 001646FFFFFF"])
    assert [phone.mac for phone in read_site(shared.engine).phones][:-1] == [p.mac for p in site.phones]


@pytest.mark.parametrize(
    ("site", "record"),
    [
        (OFFICE.model_copy(update={"pbx": Pbx(etc="/etc/asterisk")}), NEW),
        (OFFICE, {**NEW, "settings": {"dial_template": "sales"}}),
        (OFFICE.model_copy(update={"settings": {"dial_template": "sales"}}), LONGER),
        (Site(phones=(OFFICE.phones[0].model_copy(update={"settings": {"dial_template": "a"}}),)), LONGER),
        (OFFICE, {**NEW, "lines": [{"extension": "3" * 99, "secret": "new"}]}),
        (OFFICE, {**NEW, "lines": [{"extension": "210", "secret": "new"}]}),
        (OFFICE, {**NEW, "group": "sales"}),
        (OFFICE, {**NEW, "mac": OFFICE.phones[3].mac}),
    ],
    ids=[
        "asterisk's files",
        "template's name",
        "other template",
        "a phone's template",
        "no template",
        "taken",
        "no group",
        "known",
    ],
)
def test_what_concerns_others_goes_the_whole_way(
    shared: Database, alone: None, site: Site, record: Plain
) -> None:
    shared.holds(site)
    with pytest.raises(AssertionError, match="whole site"):
        add_phone(shared.path, record, "add")


def test_a_phone_is_added_on_top_of_what_another_committed_meanwhile(tmp_path: Path) -> None:
    database = Database(str(tmp_path / "ringup.db"), open_database(str(tmp_path / "ringup.db")))
    database.holds(OFFICE)
    names = iter(("Meanwhile",))

    def slowly(_plan: Plan) -> None:
        for name in names:
            database.holds(read_site(database.engine).model_copy(update={"name": name}))

    made = add_phone(database.path, NEW, "add", slowly)
    assert (made.revision.id, read_site(database.engine).name) == (3, "Meanwhile")
    assert len(read_site(database.engine).phones) == len(OFFICE.phones) + 1
    database.engine.dispose()
