"""The accounts of guests follow from the site, and guests have records for the phones' files only."""

import pytest

from ringup.errors import SiteErrors
from ringup.render.asterisk_text import can_hold_secret
from ringup.site.check import check
from ringup.site.guests import SECRET_LENGTH, Guest, guest_lines, is_account, with_guests
from ringup.site.model import Line, Pbx, Phone, Site
from ringup.site.rows import Rows, by_record
from ringup.site.scrub import secrets_of
from ringup.site.secret_faults import fault_of_secret
from ringup.site.write import to_plain

ON = Site(guests=True, guests_most=2, guests_secret="f0r-guests")
OWN = Phone(mac="001646C0FFEE", lines=(Line(extension="201", secret="s3cret"),))
GUEST = Guest("001646000000", 2, "7940", "481516", 1000.0)


def test_each_account_has_a_password_of_its_own_that_phones_and_asterisk_take() -> None:
    lines = list(guest_lines(ON))
    secrets = {line.secret for line in lines}
    assert [line.extension for line in lines] == ["ringup-guest-1", "ringup-guest-2"]
    assert len(secrets) == 2
    assert all(can_hold_secret(each) and fault_of_secret(each) is None for each in secrets)
    assert {len(each) for each in secrets} == {SECRET_LENGTH}
    other = ON.model_copy(update={"guests_secret": "another"})
    assert secrets.isdisjoint(line.secret for line in guest_lines(other))


def test_a_site_without_guests_has_no_accounts_and_no_records() -> None:
    off = ON.model_copy(update={"guests": False})
    assert list(guest_lines(off)) == []
    assert with_guests(off, [GUEST]) is off


def test_a_guest_shows_its_code_and_has_one_line_without_pages() -> None:
    phone = with_guests(ON, [GUEST]).phone(GUEST.mac)
    assert phone is not None
    assert (phone.model, phone.label) == ("7940", "Code 481516")
    assert [is_account(line.extension) for line in phone.lines] == [True]
    assert phone.lines[0] == list(guest_lines(ON))[1]
    assert phone.settings["services_url"] == phone.settings["directory_url"] == ""


def test_a_blocked_guest_has_no_line() -> None:
    blocked = Guest("001646000000", 2, "7940", "481516", 1000.0, 10, 2000.0)
    phone = with_guests(ON, [blocked]).phone(GUEST.mac)
    assert phone is not None
    assert (phone.label, phone.lines) == ("Blocked", ())


def test_a_record_of_the_site_is_kept_and_an_account_above_the_most_is_not_served() -> None:
    site = ON.model_copy(update={"phones": (OWN,)})
    assert with_guests(site, [Guest(OWN.mac, 1, "7940", "000000", 1.0)]) is site
    assert with_guests(site, [Guest("001646000001", 3, "7940", "000000", 1.0)]) is site


def rows(site: dict[str, object], **parts: object) -> Rows:
    data = {"site": site, "pbx": {"etc": "/etc/asterisk"}, **parts}
    return Rows(data, by_record(data))


def test_switching_guests_on_makes_a_secret_and_it_stays() -> None:
    made = check(rows({"guests": "on"}), new_secret=lambda: "n3w")
    assert (made.guests, made.guests_secret) == (True, "n3w")
    assert check(rows({"guests": "on"}), made).guests_secret == "n3w"
    masked = to_plain(made, secrets=False)
    assert masked["site"]["guests_secret"] == "********"
    assert check(Rows(masked, by_record(masked)), made) == made
    assert check(rows({"guests": "off"}), made).guests is False


@pytest.mark.parametrize(
    ("site", "pbx", "said"),
    [
        ({"guests": "on"}, {}, "ringup pbx install"),
        ({"guests": "on", "protocol": "sccp"}, {"etc": "/etc/asterisk"}, "protocol is sccp"),
        ({"guests": "on", "guests_secret": ""}, {"etc": "/etc/asterisk"}, "without guests_secret"),
    ],
)
def test_guests_that_could_not_dial_are_refused(
    site: dict[str, object], pbx: dict[str, object], said: str
) -> None:
    with pytest.raises(SiteErrors, match=said):
        check(rows(site, pbx=pbx))


def test_a_site_with_guests_keeps_its_pbx() -> None:
    assert check(rows({"guests": "on"})).pbx == Pbx(etc="/etc/asterisk")


def test_a_report_is_searched_for_the_passwords_of_guests_too() -> None:
    assert {line.secret for line in guest_lines(ON)} | {ON.guests_secret} == secrets_of(ON)
