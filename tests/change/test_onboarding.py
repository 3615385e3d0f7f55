"""Unknown phones get a record: on an operator's order, or automatically until an end."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ringup.change.onboarding import (
    AutoOnboarding,
    Onboard,
    UnknownPhone,
    claim,
    free_extension,
    unknown_phone,
)
from ringup.change.site import refuse_unsafe
from ringup.errors import SiteErrors
from ringup.site.model import Line, Pbx, Phone, Site
from ringup.store.database import open_database
from ringup.store.revisions import commit, read_site, revisions

NEW, OTHER, WAITING, HEARD = "001646C0FFEE", "001646C0FFEF", "020000000205", "001646000001"
FOUND = UnknownPhone(NEW, "7940", "192.0.2.50", 999_999_990.0)
UNTIL = "2001-09-09T01:46:40+00:00"
END = 1_000_000_000.0


def line(extension: str, name: str = "") -> Line:
    return Line(extension=extension, name=name, secret="s3cret")


SITE = Site(
    phones=(
        Phone(mac=WAITING, label="Lobby", password="kept", lines=(line("205", "Ada Lovelace"),)),
        Phone(mac=HEARD, lines=(line("201"),)),
    ),
    auto_extensions="205-208",
    auto_most=3,
    auto_until=UNTIL,
)
ONBOARD = Onboard(SITE, (FOUND,), frozenset({HEARD}))


class Office:
    """A database with a site, and a folder of Asterisk that ringup may write to."""

    def __init__(self, folder: Path, site: Site) -> None:
        self.database = str(folder / "ringup.db")
        self.engine = open_database(self.database)
        own = folder / "asterisk" / "ringup.d"
        own.mkdir(parents=True)
        self.etc = str(own.parent)
        commit(self.engine, site, author="test", summary="test", at=1.0)

    @property
    def site(self) -> Site:
        return read_site(self.engine)

    def auto(self, *unknown: UnknownPhone, now: float = END - 1) -> AutoOnboarding:
        onboard = Onboard(self.site, unknown, frozenset())
        return AutoOnboarding(self.database, self.engine, lambda: onboard, lambda: now)


@pytest.fixture
def office(tmp_path: Path) -> Callable[[Site], Office]:
    return lambda site: Office(tmp_path, site)


@pytest.mark.parametrize("text", [NEW, "00:16:46:c0:ff:ee", "192.0.2.50"])
def test_an_unknown_phone_is_found_by_its_mac_and_its_address(text: str) -> None:
    assert unknown_phone(ONBOARD, text, END) == FOUND


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEARD, "is in the site already"),
        (OTHER, f"Unknown phones: {NEW} \\(192.0.2.50\\)"),
        ("192.0.2.51", "is not an unknown phone that was heard"),
    ],
)
def test_another_device_is_refused(text: str, said: str) -> None:
    with pytest.raises(SiteErrors, match=said):
        unknown_phone(ONBOARD, text, END)


@pytest.mark.parametrize("wanted", ["205", "Ada Lovelace", "lobby"])
def test_a_waiting_record_gets_the_phone_and_keeps_its_line(
    office: Callable[[Site], Office], wanted: str
) -> None:
    here = office(SITE)
    claim(here.database, FOUND, ONBOARD, wanted, "", refuse_unsafe, END)
    phone = here.site.phone(NEW)
    assert phone is not None
    assert (phone.model, phone.label, phone.password) == ("7940", "Lobby", "kept")
    assert phone.lines == SITE.phones[-1].lines
    assert here.site.phone(WAITING) is None
    assert len(here.site.phones) == 2


def test_a_line_that_was_taken_to_another_phone_comes_back_to_the_claimed_one(
    office: Callable[[Site], Office],
) -> None:
    here = office(SITE.model_copy(update={"away": {"206": f"{WAITING} 2", "207": f"{HEARD} 1"}}))
    claim(here.database, FOUND, ONBOARD, "205", "", refuse_unsafe, END)
    assert here.site.away == {"206": f"{NEW} 2", "207": f"{HEARD} 1"}


def test_without_a_record_an_extension_makes_one(office: Callable[[Site], Office]) -> None:
    here = office(SITE)
    claim(here.database, FOUND, ONBOARD, "299", "Fax", refuse_unsafe, END)
    phone = here.site.phone(NEW)
    assert phone is not None
    assert [(each.extension, each.name) for each in phone.lines] == [("299", "Fax")]


@pytest.mark.parametrize(
    ("phone", "wanted", "said"),
    [
        (FOUND, "201", f"remove it first: ringup phone remove {HEARD}"),
        (FOUND, "Grace", f"ringup claim {NEW} 201 --name 'Grace'"),
        (UnknownPhone(NEW, "7941", ""), "299", "is a 7941, which ringup does not configure"),
    ],
)
def test_what_cannot_be_bound_changes_nothing(
    office: Callable[[Site], Office], phone: UnknownPhone, wanted: str, said: str
) -> None:
    here = office(SITE)
    with pytest.raises(SiteErrors, match=said):
        claim(here.database, phone, ONBOARD, wanted, "", refuse_unsafe, END)
    assert here.site == SITE


def with_asterisk(here: Office) -> Site:
    site = here.site.model_copy(update={"pbx": Pbx(address="192.0.2.2", etc=here.etc)})
    commit(here.engine, site, author="test", summary="pbx", at=2.0)
    return site


def test_each_unknown_phone_gets_the_next_extension_in_a_revision_of_its_own(
    office: Callable[[Site], Office],
) -> None:
    here = office(SITE)
    site = with_asterisk(here)
    strange = UnknownPhone("001646C0FFF0", "", "192.0.2.52", END)
    said = here.auto(FOUND, UnknownPhone(OTHER, "7960", "", END), strange).look(site)
    assert [sentence.partition(" has ")[2][:13] for sentence in said] == ["extension 206", "extension 207"]
    added = {phone.mac: phone.model for phone in here.site.phones if phone.lines[0].extension > "205"}
    assert added == {NEW: "7940", OTHER: "7960"}
    summaries = [each.summary for each in revisions(here.engine)]
    assert {f"auto: add phone {NEW}, 206", f"auto: add phone {OTHER}, 207"} <= set(summaries)
    assert "[206]" in (Path(here.etc) / "ringup.d" / "ringup_pjsip.conf").read_text()


def test_no_phone_is_added_above_the_most_after_the_end_or_without_a_range(
    office: Callable[[Site], Office],
) -> None:
    here = office(SITE)
    site = with_asterisk(here)
    assert here.auto(FOUND, now=END).look(site) == []
    assert here.auto(FOUND).look(site.model_copy(update={"auto_extensions": ""})) == []
    assert here.site == site
    full = [UnknownPhone(f"001646C0000{number}", "7960", "", END) for number in range(3)]
    with pytest.raises(SiteErrors, match="has 3 of 4 extensions in use, and auto_most is 3"):
        here.auto(*full).look(site)
    assert len(here.site.phones) == 4


def test_a_phone_that_is_gone_and_the_invented_one_of_a_probe_get_none(
    office: Callable[[Site], Office],
) -> None:
    here = office(SITE)
    site = with_asterisk(here)
    gone = FOUND._replace(heard_at=END - 400)
    invented = FOUND._replace(mac="021646C0FFEE")
    assert here.auto(gone, invented).look(site) == []
    assert here.site == site


def test_without_asterisks_files_no_phone_is_added(office: Callable[[Site], Office]) -> None:
    here = office(SITE)
    with pytest.raises(SiteErrors, match="ringup pbx install"):
        here.auto(FOUND).look(here.site)
    assert here.site == SITE


def test_the_extension_of_the_messages_button_is_never_given() -> None:
    site = Site(auto_extensions="499-502", auto_until=UNTIL, phones=(Phone(mac=NEW, lines=(line("499"),)),))
    assert free_extension(site) == "501"
