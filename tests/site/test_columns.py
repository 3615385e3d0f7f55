"""The meaning of columns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.site.columns import LINE_FIELDS, PHONE_FIELDS, columns_of
from ringup.site.foreign_columns import LAYOUTS
from ringup.site.table import Table

OURS = {*PHONE_FIELDS, *LINE_FIELDS, "line", "vendor"}


def read(*header: str, **mapped: str) -> dict[str, tuple[str, int]]:
    columns, problems = columns_of(Table("p.csv", 1, header, ()), mapped)
    assert not problems, problems
    return {column.header: (column.field, column.line) for column in columns.used}


def refused(*header: str, mapped: dict[str, str] | None = None) -> list[str]:
    return [str(problem) for problem in columns_of(Table("p.csv", 1, header, ()), mapped or {})[1]]


def test_our_names_are_known_in_any_spelling() -> None:
    assert read("MAC Address", "Ext", "Line 2 Name", "extension_2", "NAME 3", "Telnet Level",
                "force:secret 2", "force:xyz", "speed_line1", "domain_name") == {
        "MAC Address": ("mac", 0),
        "Ext": ("extension", 0),
        "Line 2 Name": ("name", 2),
        "extension_2": ("extension", 2),
        "NAME 3": ("name", 3),
        "Telnet Level": ("telnet_level", 0),
        "force:secret 2": ("force:secret", 2),
        "force:xyz": ("force:xyz", 0),
        "speed_line1": ("speed_line1", 0),
        "domain_name": ("Domain_Name", 0),
    }  # fmt: skip


def test_a_mapping_decides_and_may_leave_out() -> None:
    columns, problems = columns_of(
        Table("p.csv", 1, ("Their name", "Desk phone", "Room", "mac"), ()),
        {"their NAME": "name 2", "Desk phone": "mac", "Room": "", "mac": ""},
    )
    assert not problems
    assert [(column.header, column.field, column.line) for column in columns.used] == [
        ("Their name", "name", 2), ("Desk phone", "mac", 0)
    ]  # fmt: skip
    assert columns.unused == ("Room", "mac")


HEADERS = {
    "FreePBX bulk handler": ("extension", "password", "name", "tech", "dial", "secret", "voicemail_vmpwd"),
    "CUCM BAT": ("DEVICE NAME", "DESCRIPTION", "Device Type", "Directory Number  1", "Display 1",
                 "Line Text Label 1", "Directory Number 2", "Display 2", "ASCII Display 1"),
    "FusionPBX devices": ("device_mac_address", "device_label", "device_vendor", "line_number", "user_id",
                          "auth_id", "password", "display_name", "device_template"),
    "Elastix endpoints": ("Vendor", "Model", "MAC", "Ext", "IP"),
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_other_systems_are_recognised_and_their_other_columns_left_out(layout: object) -> None:
    name = layout.name  # type: ignore[attr-defined]
    columns, problems = columns_of(Table("p.csv", 1, HEADERS[name], ()), {})
    assert not problems
    assert (columns.layout, columns.is_guess) == (name, not name.startswith("FreePBX"))
    assert columns.has("extension")


def test_cucm_s_lines_are_numbered_and_freepbx_s_user_password_is_not_the_phone_s() -> None:
    cucm = read(*HEADERS["CUCM BAT"])
    assert cucm["Display 2"] == ("name", 2)
    assert "ASCII Display 1" not in cucm
    assert read(*HEADERS["FreePBX bulk handler"]) == {
        "extension": ("extension", 0), "name": ("name", 0), "secret": ("secret", 0),
        "voicemail_vmpwd": ("voicemail_pin", 0),
    }  # fmt: skip


def test_every_layout_leads_to_fields_of_ours() -> None:
    assert {field for layout in LAYOUTS for field in layout.columns.values()} <= OURS
    for layout in LAYOUTS:
        assert all(signature <= {*layout.columns, "tech", "dial", "devicetype", "directory_number_1"}
                   for signature in layout.signatures)  # fmt: skip


def test_unknown_columns_are_refused_with_a_cure() -> None:
    assert refused("mac", "lable") == [
        "p.csv:1: column 'lable' is not known. Did you mean label?"
        ' Or map it: --map "lable=OURS"; leave it out: --map "lable="'
    ]
    assert refused("mac", mapped={"mak": "mac", "mac": "mak"}) == [
        "--map: p.csv has no column 'mak'. Did you mean 'mac'?",
        "--map: mak is neither a field nor a .cnf parameter. Did you mean mac?",
    ]
    assert refused("label") == [
        'p.csv:1: no column holds the MAC or the extension. Name one mac, or map it: --map "THEIR NAME=mac"'
    ]
    assert refused("mac", "Mac Address", "name", "name 1") == [
        "p.csv:1: columns 'mac' and 'Mac Address' both hold mac. Leave one out: --map \"Mac Address=\"",
        "p.csv:1: columns 'name' and 'name 1' both hold name. Leave one out: --map \"name 1=\"",
    ]


@given(st.lists(st.text(max_size=12), max_size=5), st.dictionaries(st.text(max_size=6), st.text(max_size=6)))
def test_no_header_raises(header: list[str], mapped: dict[str, str]) -> None:
    columns, _ = columns_of(Table("p.csv", 1, tuple(header), ()), mapped)
    assert len(columns.used) + len(columns.unused) <= len(header)
