"""The changes between two sites."""

from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ringup.site.difference import Change, Changes, FieldChange, difference
from ringup.site.model import Group, Line, Pbx, Phone, Site

LARRY = Phone(mac="001646C0FFEE", lines=(Line(extension="201", name="Larry", secret="old"),))


def test_the_same_site_has_no_difference() -> None:
    assert difference(Site(phones=(LARRY,)), Site(phones=(LARRY,))) == []


def test_a_changed_field_has_its_text_before_and_after() -> None:
    larrys = LARRY.model_copy(
        update={"lines": (Line(extension="201", name="Ann", secret="old"),), "label": "A"}
    )
    assert difference(Site(phones=(LARRY,)), Site(phones=(larrys,))) == [
        Change(
            "phone 001646C0FFEE",
            "changed",
            (FieldChange("label", None, "A"), FieldChange("line 1 name", "Larry", "Ann")),
        )
    ]


def test_a_changed_secret_is_masked_on_both_sides() -> None:
    other = LARRY.model_copy(update={"lines": (Line(extension="201", name="Larry", secret="new"),)})
    (change,) = difference(Site(phones=(LARRY,)), Site(phones=(other,)))
    assert change.fields == (FieldChange("line 1 secret", "********", "********"),)


def test_a_changed_secret_setting_is_masked_on_both_sides() -> None:
    before, after = (Site(settings={"force:password2": text}) for text in ("old", "new"))
    (change,) = difference(before, after)
    assert change.fields == (FieldChange("settings force:password2", "********", "********"),)


def test_records_are_added_removed_and_ordered_by_kind() -> None:
    before = Site(phones=(LARRY,))
    after = Site(pbx=Pbx(driver="chan_sip"), groups=(Group(name="sales", settings={"services_url": ""}),))
    changes = difference(before, after)
    assert [(change.record, change.kind) for change in changes] == [
        ("site", "changed"),
        ("group sales", "added"),
        ("phone 001646C0FFEE", "removed"),
    ]
    assert changes[0].fields == (FieldChange("pbx driver", "pjsip", "chan_sip"),)
    assert FieldChange("settings services_url", None, "") in changes[1].fields
    assert all("old" not in (field.before or "") for field in changes[2].fields)


def test_a_setting_cleared_is_not_a_setting_removed() -> None:
    (change,) = difference(Site(), Site(pbx=Pbx(options={"dtmf_mode": ""})))
    assert change.fields == (FieldChange("pbx options dtmf_mode", None, ""),)
    cleared = Site(settings={"services_url": ""})
    (change,) = difference(Site(), cleared)
    assert change.fields == (FieldChange("settings services_url", None, ""),)
    (change,) = difference(Site(settings={"services_url": "http://x/"}), cleared)
    assert change.fields == (FieldChange("settings services_url", "http://x/", ""),)


PARTS = st.dictionaries(
    st.sampled_from(("label", "load", "group", "name")),
    # There is no 0 and 1: for Python they equal False and True, but a field has the same type in both
    # records.
    st.one_of(st.none(), st.booleans(), st.integers(2, 4), st.sampled_from(("", "a", "b"))),
)
RECORDS = st.fixed_dictionaries(
    {},
    optional={
        "label": st.sampled_from(("", "A", "B")),
        "settings": PARTS,
        "lines": st.lists(PARTS, max_size=2),
        "dns": st.lists(st.sampled_from(("10.0.0.1", "10.0.0.2")), max_size=2),
        "sync": st.integers(1, 2),
    },
)


@given(before=RECORDS, after=RECORDS)
def test_what_is_the_same_in_both_adds_no_field_and_hides_none(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    [own] = Changes({"site": before}, {"site": after})
    [from_nothing] = Changes({}, {"site": after})
    [to_nothing] = Changes({"site": before}, {})
    old = {field.name: field.before for field in to_nothing.fields}
    new = {field.name: field.after for field in from_nothing.fields}
    pairs = {name: (old.get(name), new.get(name)) for name in {*old, *new}}
    expected = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    found = {field.name: (field.before, field.after) for field in own.fields}
    assert {name: pair for name, pair in found.items() if pair[0] != pair[1]} == expected


def test_a_copy_and_the_text_of_changes_have_no_secret() -> None:
    password = {"password": "open-sesame"}
    made = Changes({}, {"phone 001646C0FFEE": password})
    assert list(made.kinds()) == [("phone 001646C0FFEE", "added")]
    assert "open-sesame" not in repr(made)
    assert deepcopy(made) == made[:] == (Change("phone 001646C0FFEE", "added", made[0].fields),)
    assert made[0].fields == (FieldChange("password", None, "********"),)
