"""Phones are written as CSV and read again."""

from hypothesis import given
from hypothesis import strategies as st

from ringup.site.check import check
from ringup.site.columns import columns_of
from ringup.site.csv_rows import merge
from ringup.site.csv_table import read_csv
from ringup.site.model import Line, Phone, Site
from ringup.site.table import BLANKS
from ringup.site.write_csv import write_csv
from tests.site.sites import ANY_SECRETS, sites

ENCODINGS = ("utf-8", "utf-16", "utf-16-le", "utf-16-be")


def imported(text: str, site: Site, encoding: str = "utf-8") -> Site:
    """Return the site after an import of this text."""
    table = read_csv(text.encode(encoding), "p.csv")
    columns, problems = columns_of(table, {})
    assert not problems
    assert columns.layout == "ringup"
    return check(merge(table, columns, site).rows, site)


@given(sites(), st.booleans(), st.sampled_from(ENCODINGS))
def test_importing_an_export_changes_nothing(site: Site, secrets: bool, encoding: str) -> None:
    assert imported(write_csv(site, secrets=secrets), site, encoding) == site


def test_a_value_of_blanks_alone_stays_and_an_empty_cell_still_clears_others() -> None:
    line = Line(extension="201", secret="s3cret", display_name=" ")
    phone = Phone(mac="001646C0FFEE", label=" ", lines=(line,), settings={"phone_prompt": " "})
    site = Site(phones=(phone, Phone(mac="001646C0FFEF", label="Sales")))
    text = write_csv(site, secrets=False)
    assert imported(text, site) == site
    cleared = imported(text.replace("Sales", ""), site)
    assert [phone.label for phone in cleared.phones] == [" ", ""]


@given(sites())
def test_an_export_with_secrets_makes_the_phones_anew(site: Site) -> None:
    empty = site.model_copy(update={"phones": ()})
    assert [_stripped(phone) for phone in imported(write_csv(site, secrets=True), empty).phones] == [
        _stripped(phone) for phone in site.phones
    ]


def _stripped(phone: Phone) -> object:
    """Return the phone without spaces around its texts, which a table does not keep."""

    def strip(value: object) -> object:
        if isinstance(value, dict):
            return {name: strip(part) for name, part in value.items()}
        if isinstance(value, list):
            return [strip(part) for part in value]
        return value.strip(BLANKS) if isinstance(value, str) else value

    return strip(phone.model_dump(mode="json"))


@given(ANY_SECRETS, ANY_SECRETS)
def test_adopted_passwords_stay(secret: str, password: str) -> None:
    lines = (Line(extension="201", secret=secret),)
    site = Site(phones=(Phone(mac="001646C0FFEE", password=password, lines=lines),))
    assert imported(write_csv(site, secrets=True), site) == site
    assert imported(write_csv(site, secrets=False), site) == site


def test_without_secrets_their_columns_are_missing() -> None:
    lines = tuple(Line(extension=f"20{n}", secret=f"s3cret{n}", voicemail_pin="1234") for n in (1, 2))
    site = Site(phones=(Phone(mac="001646C0FFEE", password="menu-pw", lines=lines),))
    assert write_csv(site, secrets=False) == (
        "\ufeffmac,model,group,label,extension,name,extension 2\r\n00:16:46:c0:ff:ee,7960,,,201,,202\r\n"
    )
    assert "s3cret2" in write_csv(site, secrets=True)
    assert "menu-pw" in write_csv(site, secrets=True)


def test_what_a_spreadsheet_would_alter_is_kept_by_an_apostrophe() -> None:
    lines = (Line(extension="0201", name="=1+1", secret="1E5"),)
    site = Site(phones=(Phone(mac="001646000000", label="Sales 1", password="", lines=lines),))
    row = write_csv(site, secrets=True).splitlines()[1]
    assert row == "00:16:46:00:00:00,7960,,Sales 1,(empty),'0201,'=1+1,'1E5"
