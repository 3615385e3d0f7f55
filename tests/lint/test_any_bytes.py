"""Whatever the files contain, linting and repairing them ends with findings, never with an exception."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.lint.repair import repairs
from ringup.lint.rules import lint
from tests.lint.good_bundle import GOOD, bundle_of

TEXT_FILES = [name for name, data in GOOD.items() if len(data) < 2_000]
PIECES = [
    b"line1_name", b"image_version", b"dial_template", b"dst_start_day", b"timer_t1", b"proxy1_port", b": ",
    b"=",
    b'"', b"'", b";", b"#", b"\t", b"\r", b"\n", b" ", b"1", b"99999999999", b"-1", b"P0S3-08-12-00", b".sb2",
    b"UNPROVISIONED", b"<", b">", b"</", b"/>", b"DIALTEMPLATE", b"TEMPLATE", b"MATCH=", b"SYNCINFO",
    b"IMAGE",
    b"loadInformation7", b"Default", b"&", b"\xe4", b"\x00", b"\xef\xbb\xbf", b"ringer.pcm", b"2..", b"*",
    b"CET",
]  # fmt: skip
BYTES = st.binary(max_size=60) | st.lists(st.sampled_from(PIECES), max_size=30).map(b"".join)


def all_of_it(files: dict[str, bytes]) -> None:
    bundle = bundle_of(files)
    repairs(bundle, lint(bundle))


@given(st.sampled_from(sorted(GOOD)), BYTES)
def test_any_bytes_in_one_file_of_the_bundle(name: str, data: bytes) -> None:
    all_of_it({**{each: GOOD[each] for each in TEXT_FILES}, name: data})


@given(st.lists(st.sampled_from([*PIECES, b"[", b"]", b";--", b"--;", b"device", b"#include ", b"=>"])))
def test_any_bytes_in_skinny_conf(pieces: list[bytes]) -> None:
    all_of_it({**{each: GOOD[each] for each in TEXT_FILES}, "skinny.conf": b"".join(pieces)})


@given(st.dictionaries(st.sampled_from(sorted(GOOD)), BYTES))
def test_any_bytes_in_any_files(files: dict[str, bytes]) -> None:
    all_of_it(files)


@given(st.sampled_from(TEXT_FILES), st.integers(0), BYTES)
def test_any_bytes_in_the_middle_of_a_good_file(name: str, place: int, data: bytes) -> None:
    good = GOOD[name]
    at = place % (len(good) + 1)
    all_of_it({name: good[:at] + data + good[at:]})


@pytest.mark.parametrize("name", TEXT_FILES)
def test_every_beginning_of_a_file(name: str) -> None:
    for length in range(len(GOOD[name])):
        lint(bundle_of({name: GOOD[name][:length]}))


@pytest.mark.parametrize("name", [name for name in GOOD if name.startswith("P0")])
def test_beginnings_of_firmware_are_faults(name: str) -> None:
    for length in (0, 1, 9, 100, 404, 457):
        assert lint(bundle_of({**GOOD, name: GOOD[name][:length]})) != []


@given(st.text(st.characters(exclude_characters="/\0", exclude_categories=("Cs", "Cc")), min_size=1), BYTES)
def test_any_name(name: str, data: bytes) -> None:
    all_of_it({name: data})
    all_of_it({f"SIP{name}.cnf": data})


def test_a_bomb_of_entities_and_a_tower_of_elements_are_findings() -> None:
    bomb = b'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Default>&b;</Default>'
    tower = b"<Default>" + b"<a>" * 5_000
    for data in (bomb, tower):
        findings = lint(bundle_of({"XMLDefault.cnf.xml": data}))
        assert "M501" in {finding.code for finding in findings}
