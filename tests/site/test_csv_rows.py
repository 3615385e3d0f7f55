"""Rows of a table are merged into a site."""

import pytest

from ringup.errors import SiteErrors
from ringup.site.check import check
from ringup.site.columns import columns_of
from ringup.site.csv_rows import merge, notes
from ringup.site.csv_table import read_csv
from ringup.site.model import Group, Line, Phone, Site

LARRY = Line(extension="0201", name="Larry", secret="larrys", voicemail_pin="42")
ANN = Line(extension="202", name="Ann", secret="anns", short_name="A", voicemail=False)
OFFICE = Site(
    groups=(Group(name="sales"),),
    phones=(
        Phone(mac="001646000001", group="sales", label="One", password="menu", lines=(LARRY, ANN),
              settings={"telnet_level": "1", "services_url": ""}),
        Phone(mac="001646000002", password="menu2", lines=(Line(extension="203", secret="berts"),)),
    ),
)  # fmt: skip


def imported(text: str, site: Site = OFFICE, **mapped: str) -> Site:
    table = read_csv(text.encode(), "p.csv")
    columns, problems = columns_of(table, mapped)
    assert not problems, problems
    return check(merge(table, columns, site).rows, site, lambda: "made")


def refused(text: str, site: Site = OFFICE) -> list[str]:
    with pytest.raises(SiteErrors) as raised:
        imported(text, site)
    return [str(problem) for problem in raised.value.problems]


def phone(site: Site, mac: str = "001646000001") -> Phone:
    found = site.phone(mac)
    assert found
    return found


def test_a_new_phone_is_added_and_its_passwords_are_made() -> None:
    text = "MAC,Model,Extension,Name,Ext 2\nSEP0016460000AA,Cisco 7940,301,Zoë,302\n"
    new = phone(imported(text), "0016460000AA")
    assert (new.model, new.password) == ("7940", "made")
    assert [(line.extension, line.name, line.secret) for line in new.lines] == [
        ("301", "Zoë", "made"), ("302", "", "made")
    ]  # fmt: skip


def test_the_progress_counts_the_rows() -> None:
    table = read_csv(b"mac,extension\n001646000001,301\n001646000002,302\n", "p.csv")
    columns, _problems = columns_of(table, {})
    done: list[int] = []
    merge(table, columns, OFFICE, done.append)
    assert done == [1, 2]


def test_phones_and_fields_without_a_row_or_column_stay() -> None:
    site = imported("mac,label\n00:16:46:00:00:01,Uno\n")
    assert phone(site) == phone(OFFICE).model_copy(update={"label": "Uno"})
    assert phone(site, "001646000002") == phone(OFFICE, "001646000002")


def test_an_empty_cell_clears_but_keeps_passwords() -> None:
    text = "mac,label,group,password,telnet_level,services_url,extension,secret,name,extension 2\n"
    changed = phone(imported(text + "001646000001,,,,,(empty),0201,,,202\n"))
    assert (changed.label, changed.group, changed.password) == ("", "", "menu")
    assert changed.settings == {"services_url": ""}
    assert changed.lines == (LARRY.model_copy(update={"name": ""}), ANN)


def test_a_line_keeps_its_record_when_it_moves() -> None:
    text = "mac,extension,extension 2\n001646000001,202,203\n001646000002,0201,\n"
    site = imported(text)
    assert phone(site).lines[0] == ANN
    assert phone(site).lines[1].secret == "berts"
    assert phone(site, "001646000002").lines == (LARRY,)


def test_an_empty_extension_removes_the_line() -> None:
    assert phone(imported("mac,extension,extension 2\n001646000001,0201,\n")).lines == (LARRY,)


def test_lines_beyond_the_columns_stay() -> None:
    assert phone(imported("mac,extension\n001646000001,0201\n")).lines == (LARRY, ANN)


def test_one_row_per_line_makes_one_phone() -> None:
    text = "mac,label,line,extension\n0016460000AA,L,2,302\n0016460000AA,L,1,301\n"
    new = phone(imported(text), "0016460000AA")
    assert [line.extension for line in new.lines] == ["301", "302"]
    text = "mac,extension\n0016460000AA,302\n0016460000AA,301\n"
    new = phone(imported(text), "0016460000AA")
    assert [line.extension for line in new.lines] == ["302", "301"]


def test_a_secret_may_be_given_and_a_masked_one_stays() -> None:
    text = "mac,extension,secret\n001646000001,0201,********\n001646000002,203,newer\n"
    site = imported(text)
    assert phone(site).lines[0].secret == "larrys"
    assert phone(site, "001646000002").lines[0].secret == "newer"


def test_without_macs_extensions_find_their_phones() -> None:
    header = "extension,password,name,tech,dial,secret,voicemail\n"
    site = imported(header + "202,user-pw,Anna,pjsip,PJSIP/202,new-s3cret,default\n")
    changed = phone(site).lines[1]
    assert (changed.name, changed.secret, changed.voicemail) == ("Anna", "new-s3cret", True)
    assert phone(site).lines[0] == LARRY
    assert refused(header + "201,,,,,,\n9,,,,,,novm\n") == [
        "p.csv:2: no phone of the site has extension 201, and the file has no MAC. Write 0201.",
        "p.csv:3: no phone of the site has extension 9, and the file has no MAC."
        " Add a column mac with the phone's MAC.",
    ]


def test_all_mistakes_are_reported_at_once_with_their_lines() -> None:
    text = (
        "mac,model,group,extension,voicemail,telnet_level\n"
        "1646000000,7960,nosuch,301,,\n"
        "1.64E+11,7961,,302,,\n"
        "0016460000AB,,,303,perhaps,9\n"
        ",,,304,,\n"
        "001646000001,,,201,,,\n"
        "0016460000AC,,,203,,,x\n"
        "xyz,,,306,,\n"
    )
    said = refused(text)
    assert [" ".join(line.split()[:5]) for line in said] == [
        "p.csv:2: mac has 10 digits:",
        "p.csv:2: there is no group",
        "p.csv:3: mac is a number",
        "p.csv:3: model is '7961'. Write",
        "p.csv:4: line 1's voicemail is",
        "p.csv:4: telnet_level is 9. It",
        "p.csv:5: the MAC is missing.",
        "p.csv:6: extension 201 was 0201:",
        "p.csv:7: the row has 7",
        "p.csv:7: extension 203 is taken",
        "p.csv:8: 'xyz' is not a",
    ]


def test_a_phone_twice_is_refused_where_a_row_has_all_its_lines() -> None:
    text = "mac,extension,extension 2\n0016460000AA,301,302\n00:16:46:00:00:aa,303,\n"
    assert refused(text) == ["p.csv:3: the row is the same phone as p.csv:2. Remove one of the two."]


def test_rows_of_one_phone_must_agree() -> None:
    text = "mac,label,line,extension\n0016460000AA,L,1,301\n0016460000AA,M,1,302\n0016460000AA,L,7,303\n"
    assert refused(text) == [
        "p.csv:3: label differs from p.csv:2, the same phone. Write the same in all rows of a phone.",
        "p.csv:3: line 1 is written in p.csv:2 already. Give each row of a phone its own line number.",
        "p.csv:4: 7 is not the number of a line. Write 1 to 6.",
    ]


def test_a_value_of_a_line_without_extension_is_refused() -> None:
    said = refused("mac,extension,extension 2,name 2\n0016460000AA,301,,Bert\n")
    assert said == [
        "p.csv:2: name 2 is given, and line 2 has no extension. Write its extension, or clear the cell."
    ]


def test_a_faulty_secret_does_not_show() -> None:
    said = " ".join(refused("mac,extension,secret\n0016460000AA,301,1.23E+15\n0016460000AB,302,two words\n"))
    assert "p.csv:2: secret is a number in a spreadsheet's short form" in said
    assert "p.csv:3: line 1's password is not valid: it holds a space" in said
    assert "1.23" not in said
    assert "two words" not in said


def test_the_operator_hears_how_a_foreign_table_is_read() -> None:
    text = (
        "Vendor,Model,MAC,Ext,IP\nCisco,7960,0016460000AA,0301,1.2.3.4\nPolycom,IP330,0004F2000001,302,\n"
        "Cisco,7960,0016460000AB,303,\n"
    )
    table = read_csv(text.encode(), "p.csv")
    columns, _ = columns_of(table, {})
    merged = merge(table, columns, Site())
    assert list(notes(merged, columns, table)) == [
        "p.csv is read as Elastix endpoints, by column names that were not tried with a running system.",
        "1 columns are not used: IP.",
        "Extensions shorter than 0301, if a spreadsheet dropped their zeros: 303 (p.csv:4).",
        "1 rows of other vendors are left out: p.csv:3.",
    ]
    assert [phone.mac for phone in check(merged.rows, Site()).phones] == ["0016460000AA", "0016460000AB"]
