"""Guests get accounts and codes; a right code binds the phone, and ten wrong ones block it."""

from pathlib import Path

import pytest

from ringup.change import guest_restart
from ringup.change.guest_calls import DialledCode, GuestCalls
from ringup.change.guests import GuestOnboarding, code_for, new_code
from ringup.change.onboarding import Onboard, UnknownPhone, claim, unknown_phone
from ringup.change.site import refuse_unsafe
from ringup.errors import SiteErrors
from ringup.events import CallEnded, CallStarted
from ringup.site.guests import BLOCK_SECONDS, CODE_SECONDS, MOST_WRONG, Guest
from ringup.site.model import Line, Pbx, Phone, Site
from ringup.store.database import open_database
from ringup.store.guests import read_codes, read_guests
from ringup.store.revisions import commit, read_site, revisions

NEW, OTHER, WAITING, HEARD = "001646C0FFEE", "001646C0FFEF", "020000000205", "001646000001"
ADA = Phone(mac=WAITING, label="Ada", password="kept", lines=(Line(extension="205", secret="s3cret"),))
BOB = Phone(mac=HEARD, label="Bob", lines=(Line(extension="201", secret="s3cret"),))


class Office:
    """A database with a site that has guests, and a clock."""

    def __init__(self, folder: Path) -> None:
        self.database = str(folder / "ringup.db")
        self.engine = open_database(self.database)
        own = folder / "asterisk" / "ringup.d"
        own.mkdir(parents=True)
        pbx = Pbx(address="192.0.2.2", etc=str(own.parent))
        site = Site(guests=True, guests_most=2, guests_secret="x", phones=(ADA, BOB), pbx=pbx)
        commit(self.engine, site, author="test", summary="test", at=1.0)
        self.now = 1_000_000.0
        self.unknown: list[UnknownPhone] = []
        self.dialled: list[DialledCode] = []
        self.restarts: list[str] = []
        self.guests = GuestOnboarding(
            self.database, self.engine, self.onboard, lambda: self.now, self._take, self._restart
        )

    def onboard(self) -> Onboard:
        return Onboard(self.site, tuple(self.unknown), frozenset({HEARD}), read_guests(self.engine))

    def _take(self) -> list[DialledCode]:
        taken, self.dialled = self.dialled, []
        return taken

    def _restart(self, _pbx: Pbx, guest: Guest) -> str:
        self.restarts.append(guest.account)
        return ""

    @property
    def site(self) -> Site:
        return read_site(self.engine)

    def plug_in(self, *macs: str, model: str = "7940") -> None:
        self.unknown += [UnknownPhone(mac, model, "192.0.2.50", self.now) for mac in macs]

    def look(self) -> list[str]:
        return self.guests.look(self.site)

    def dials(self, mac: str, code: str) -> list[str]:
        self.dialled.append(DialledCode(mac, code))
        return self.look()

    def guest(self, mac: str) -> Guest:
        return next(each for each in read_guests(self.engine) if each.mac == mac)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_unknown_phones_get_accounts_up_to_the_most_and_the_rest_is_a_problem(office: Office) -> None:
    office.plug_in(NEW, OTHER)
    assert [said.partition(" is ")[2] for said in office.look()] == ["guest 1 now", "guest 2 now"]
    assert len({each.code for each in read_guests(office.engine)}) == 2
    assert office.look() == []
    office.plug_in("001646C0FFF0")
    with pytest.raises(SiteErrors, match="all 2 guests' accounts are in use"):
        office.look()
    office.now += 7300
    office.unknown = [phone._replace(heard_at=office.now - 10) for phone in office.unknown[1:]]
    assert office.look() == ["unknown phone 001646C0FFF0 (7940) is guest 1 now"]
    assert [each.mac for each in read_guests(office.engine)] == ["001646C0FFF0", OTHER]


def test_other_models_silent_phones_and_sites_without_guests_get_none(office: Office) -> None:
    office.plug_in(NEW, model="7941")
    office.unknown.append(UnknownPhone(OTHER, "7960", "", office.now - 400))
    assert office.look() == []
    office.plug_in("001646C0FFF0")
    assert office.guests.look(office.site.model_copy(update={"guests": False})) == []
    assert read_guests(office.engine) == ()


def test_the_code_of_a_waiting_name_makes_the_guest_its_phone(office: Office) -> None:
    office.plug_in(NEW)
    office.look()
    _, code = code_for(office.engine, office.onboard(), "ada", office.now)
    sync, before = office.site.sync, len(list(revisions(office.engine)))
    said = office.dials(NEW, code.code)
    assert said == [f"phone {NEW} dialled the code of 205, and is its phone now."]
    phone = office.site.phone(NEW)
    assert phone is not None
    assert (phone.model, phone.label, phone.password, phone.lines) == ("7940", "Ada", "kept", ADA.lines)
    assert office.site.phone(WAITING) is None
    assert office.site.sync != sync, "the phone compares it at the check-sync"
    assert len(list(revisions(office.engine))) == before + 1
    assert office.restarts == ["ringup-guest-1"]
    assert read_codes(office.engine, office.now) == ()
    office.look()
    assert read_guests(office.engine) == (), "the account is free again"


def test_ten_wrong_codes_block_a_guest_for_a_day(office: Office) -> None:
    office.plug_in(NEW)
    office.look()
    _, code = code_for(office.engine, office.onboard(), "205", office.now)
    wrong = "000000" if code.code != "000000" else "000001"
    said = [office.dials(NEW, wrong)[0] for _ in range(MOST_WRONG)]
    assert said[0].endswith("dialled wrong code 1 of 10")
    assert said[-1].endswith("and is blocked for 24 hours")
    assert office.dials(NEW, code.code) == []
    assert office.site.phone(NEW) is None
    office.now += BLOCK_SECONDS
    assert office.look() == [f"guest 1 ({NEW}) is no longer blocked"]
    _, code = code_for(office.engine, office.onboard(), "205", office.now)
    office.dials(NEW, code.code)
    assert office.site.phone(NEW)


def test_codes_end_after_an_hour(office: Office) -> None:
    office.plug_in(NEW)
    office.look()
    shown = office.guest(NEW).code
    _, code = code_for(office.engine, office.onboard(), "205", office.now)
    assert unknown_phone(office.onboard(), shown, office.now).mac == NEW
    office.now += CODE_SECONDS
    with pytest.raises(SiteErrors, match="has ended"):
        unknown_phone(office.onboard(), shown, office.now)
    assert office.dials(NEW, code.code) == [f"guest 1 ({NEW}) dialled wrong code 1 of 10"]
    assert office.guest(NEW).code != shown, "the screen shows a new code after the next start"
    assert office.guest(NEW).wrong == 1, "a new code does not forgive wrong ones"


def test_an_operator_claims_a_guest_by_the_code_on_its_screen(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    restarts: list[str] = []

    def restart(_pbx: Pbx, guest: Guest) -> str:
        restarts.append(guest.account)
        return "Unplug it."

    monkeypatch.setattr(guest_restart, "restarted", restart)
    office.plug_in(NEW)
    office.look()
    onboard, sync = office.onboard(), office.site.sync
    phone = unknown_phone(onboard, office.guest(NEW).code, office.now)
    done = claim(office.database, phone, onboard, "299", "Fax", refuse_unsafe, office.now).done
    assert (restarts, done[-1]) == (["ringup-guest-1"], "Unplug it.")
    found = office.site.phone(NEW)
    assert found is not None
    assert found.lines[0].extension == "299"
    assert office.site.sync != sync


@pytest.mark.parametrize(("wanted", "said"), [("201", "not a record that waits"), ("Zoe", "not a record")])
def test_only_a_name_that_waits_gets_a_code(office: Office, wanted: str, said: str) -> None:
    with pytest.raises(SiteErrors, match=said):
        code_for(office.engine, office.onboard(), wanted, office.now)


def test_a_name_has_one_code_at_a_time_and_codes_are_never_equal(office: Office) -> None:
    _, first = code_for(office.engine, office.onboard(), "205", office.now)
    _, second = code_for(office.engine, office.onboard(), "205", office.now)
    assert read_codes(office.engine, office.now) == (second,)
    assert first.code != second.code
    assert new_code({f"{number:06}" for number in range(1_000_000)} - {"481516"}) == "481516"


def test_a_guest_above_a_lower_most_is_removed(office: Office) -> None:
    office.plug_in(NEW, OTHER)
    office.look()
    site = office.site.model_copy(update={"guests_most": 1})
    commit(office.engine, site, author="test", summary="fewer", at=2.0)
    with pytest.raises(SiteErrors):
        office.look()
    assert [each.mac for each in read_guests(office.engine)] == [NEW]


def test_a_code_counts_when_its_call_has_ended_and_only_from_guests() -> None:
    calls = GuestCalls()
    for extension, number in (("ringup-guest-1", "481516"), ("201", "481517"), ("ringup-guest-1", "500")):
        calls.take(CallStarted(1.0, NEW, extension, number))
        assert calls.dialled() == []
        calls.take(CallEnded(2.0, NEW, extension, "Normal Clearing"))
        expected = [DialledCode(NEW, number)] if number == "481516" else []
        assert calls.dialled() == expected
    calls.take(CallEnded(3.0, NEW, "ringup-guest-1", ""))
    assert calls.dialled() == []
