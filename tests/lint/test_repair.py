"""--fix: what it may change, and that it never changes more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.lint.repair import Repaired, repairs
from ringup.lint.rules import RULES, lint
from ringup.phone.cnf_text import read
from tests.lint.cases import CASES, changed
from tests.lint.good_bundle import GOOD, OWN, bundle_of

REPAIRABLE = [code for code, rule in RULES.items() if rule.repair]
NEEDS_AN_OPERATOR = {"M507"}
"""Rules of whose findings some are repaired, and others only the operator can repair."""


def repaired(files: dict[str, bytes]) -> list[Repaired]:
    bundle = bundle_of(files)
    return repairs(bundle, lint(bundle))


def after(files: dict[str, bytes]) -> dict[str, bytes]:
    names = {one.before.path: one.after for one in repaired(files)}
    return {(names[name].path if name in names else name): names[name].data if name in names else data
            for name, data in files.items()}  # fmt: skip


def test_a_good_bundle_needs_no_repair() -> None:
    assert repaired(dict(GOOD)) == []


@pytest.mark.parametrize("code", REPAIRABLE)
def test_what_a_rule_repairs_it_objects_to_no_more(code: str) -> None:
    fixed = after(changed(CASES[code]))
    assert code not in {finding.code for finding in lint(bundle_of(fixed))}
    assert repaired(fixed) == []


@pytest.mark.parametrize("code", sorted(set(RULES) - set(REPAIRABLE)))
def test_what_only_the_operator_can_know_is_left_alone(code: str) -> None:
    files = changed(CASES[code])
    assert after(files) == files or code == "M502"


EXPECTED: dict[str, tuple[str, bytes]] = {
    "F102": (OWN, GOOD[OWN]),
    "F103": ("syncinfo.xml", GOOD["syncinfo.xml"]),
    "F107": (OWN, GOOD[OWN]),
    "F110": (OWN, GOOD[OWN]),
    "F111": (OWN, GOOD[OWN]),
    "C221": ("SIPDefault.cnf", GOOD["SIPDefault.cnf"]),
    "C222": ("SIPDefault.cnf", GOOD["SIPDefault.cnf"]),
    "C223": ("SIPDefault.cnf", GOOD["SIPDefault.cnf"]),
    "X410": ("SIPDefault.cnf", GOOD["SIPDefault.cnf"]),
    "M506": ("SEP001646C0FFEE.cnf.xml", GOOD["SEP001646C0FFEE.cnf.xml"]),
    "O601": ("OS79XX.TXT", GOOD["OS79XX.TXT"]),
    "O603": ("OS79XX.TXT", GOOD["OS79XX.TXT"]),
    "O605": ("OS79XX.TXT", GOOD["OS79XX.TXT"]),
    "O608": ("OS79XX.TXT", GOOD["OS79XX.TXT"]),
    "R701": ("RINGLIST.DAT", GOOD["RINGLIST.DAT"]),
    "R702": ("RINGLIST.DAT", GOOD["RINGLIST.DAT"]),
}


@pytest.mark.parametrize("code", EXPECTED)
def test_a_repair_gives_the_good_file_back_byte_for_byte(code: str) -> None:
    name, data = EXPECTED[code]
    assert after(changed(CASES[code]))[name] == data


def test_a_name_that_is_taken_is_left_alone() -> None:
    files = {OWN: GOOD[OWN], "SIP001646c0ffee.cnf": GOOD[OWN]}
    assert repaired(files) == []


def test_one_repair_may_uncover_the_next() -> None:
    files = {"sipdefault.cnf": b"\xef\xbb\xbfImage_Version=P0S3-08-12-00.loads\n"}
    assert after(files) == {"SIPDefault.cnf": b"image_version:P0S3-8-12-00\n"}


VALUES = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f\x85"), max_size=12
)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["line1_name", "Sync", "unknown"]), st.sampled_from([": ", "=", " : "]), VALUES
        )
    )
)
def test_repairs_of_settings_keep_every_value(rows: list[tuple[str, str, str]]) -> None:
    data = "".join(f"{name}{separator}{value}\n" for name, separator, value in rows).encode("latin-1")
    (fixed,) = after({OWN: data}).values()
    before, now = read(data).entries, read(fixed).entries
    assert [line.name.lower() for line in now] == [line.name.lower() for line in before]
    assert [line.value.strip("'") for line in now] == [line.value.strip("'") for line in before]
