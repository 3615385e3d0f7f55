"""Upgrade paths: every pair of releases has a path or a reason, and no path uses a forbidden hop."""

from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.phone.firmware_release import SCCP_RELEASES, SIP_RELEASES, Release, release
from ringup.phone.upgrade_path import RULES, WAYPOINTS, Hop, find_path

LISTED = (*SIP_RELEASES, *SCCP_RELEASES)
PAIRS = list(product(LISTED, LISTED))

versions = st.tuples(st.integers(0, 8), st.integers(0, 12)).filter(lambda numbers: numbers <= (8, 12))
releases = st.builds(
    lambda protocol, numbers: release(f"{protocol} {numbers[0]}.{numbers[1]}"),
    st.sampled_from(["sccp", "mgcp"]),
    versions,
) | st.builds(
    lambda numbers: release(f"sip {numbers[0]}.{numbers[1]}"), versions.filter(lambda n: n >= (2, 0))
)


def is_forbidden(hop: Hop) -> str:
    """Return whether P-PATH-1 to P-PATH-11 forbid a hop; these rules are written here a second time."""
    start, end = hop.start, hop.end
    (was, _), (becomes, _) = start.numbers, end.numbers
    if was >= 5 > becomes:
        return "signed to unsigned"
    if start.protocol == end.protocol == "SIP":
        if becomes > was + 1 and was < 7 and not (was < 4 and becomes == 4):
            return "a step left out"
        if becomes >= 5 > was and start.numbers < (4, 4):
            return "to signed from below 4.4"
        if end.numbers < start.numbers and was < 7:
            return "down from below 7.x"
        if becomes < 7 < was:
            return "down from 8.x without 7.x"
    if start.protocol == "SIP" and end.protocol == "SCCP" and was < 7:
        return "SIP below 7.x to SCCP"
    if start.protocol == "SCCP" and end.protocol == "SIP":
        if was == 4:
            return "SCCP 4.x to SIP, of which no source speaks"
        if was < 6 and becomes > 7:
            return "SCCP below 6.x to SIP above 7.x"
        if was >= 6 and becomes < 7:
            return "SCCP with a loader to SIP without"
    return "MGCP" if "MGCP" in (start.protocol, end.protocol) else ""


@pytest.mark.parametrize("start", LISTED, ids=str)
def test_every_listed_pair_has_a_path_or_a_reason(start: Release) -> None:
    for end in LISTED:
        path = find_path(start, end)
        assert path.exists == (not path.reason)
        assert path.exists or path.source
        assert path.exists or not end.is_signed, f"{start} to {end}: {path.reason}"
        assert not path.exists or path.hops or start == end


@given(releases, releases)
def test_no_path_goes_through_a_forbidden_hop(start: Release, end: Release) -> None:
    path = find_path(start, end)
    assert [is_forbidden(hop) for hop in path.hops] == [""] * len(path.hops)
    ends = [start, *(hop.end for hop in path.hops)]
    assert all(hop.start == before for hop, before in zip(path.hops, ends, strict=False))
    assert not path.hops or ends[-1] == end
    assert len(set(ends)) == len(ends)
    assert path.exists or path.reason


def test_no_listed_pair_goes_through_a_forbidden_hop() -> None:
    found = {
        f"{hop.start} to {hop.end}": is_forbidden(hop) for pair in PAIRS for hop in find_path(*pair).hops
    }
    assert {hop: why for hop, why in found.items() if why} == {}


@pytest.mark.parametrize(
    ("start", "end", "through"),
    [
        ("sip 2.2", "sip 8.12", "4.4 5.3 6.3 7.4 8.12"),
        ("sip 4.4", "sip 7.0", "5.3 6.3 7.0"),
        ("sip 5.0", "sip 6.0", "5.3 6.0"),
        ("sip 6.3", "sip 8.12", "7.4 8.12"),
        ("sip 8.12", "sip 6.0", "7.4 6.0"),
        ("sip 8.12", "sip 8.3", "8.3"),
        ("sip 6.3", "sip 6.0", "7.4 6.0"),
        ("sip 6.3", "sccp 8.1", "7.4 8.1"),
        ("sip 4.4", "sccp 5.0", "5.3 6.3 7.4 5.0"),
        ("sip 7.0", "sccp 5.0", "5.0"),
        ("sccp 3.3", "sip 2.2", "2.2"),
        ("sccp 3.3", "sip 6.3", "6.3"),
        ("sccp 3.3", "sip 8.12", "7.4 8.12"),
        ("sccp 3.3", "sccp 8.1", "5.0 8.1"),
        ("sccp 4.1", "sip 7.4", "5.0 7.4"),
        ("sccp 5.0", "sip 7.4", "7.4"),
        ("sccp 5.0", "sip 8.12", "7.4 8.12"),
        ("sccp 6.0", "sip 8.12", "8.12"),
        ("sccp 8.1", "sip 8.12", "8.12"),
        ("sccp 8.1", "sip 5.3", "7.4 5.3"),
        ("P0S3-8-12-00", "P0S3-08-12-00", ""),
        ("P0S3-04-4-00", "P0S3-04-4-01", "4.4"),
        ("P00303030300", "P00303030100", "3.3"),
    ],
)
def test_the_upgrade_path(start: str, end: str, through: str) -> None:
    path = find_path(release(start), release(end))
    assert path.exists
    assert " ".join(str(hop.end).split()[1] for hop in path.hops) == through


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [
        ("sip 8.12", "sip 4.4", "SIP 8.12 is signed"),
        ("sccp 5.0", "sccp 3.3", "SCCP 5.0 is signed"),
        ("sip 4.4", "sip 2.2", "takes no unsigned release like SIP 2.2"),
        ("sip 4.4", "sccp 3.3", "SIP goes to SCCP through SIP 7.x"),
        ("sccp 4.1", "sip 4.4", "5455 starts at 3.x"),
        ("mgcp 7.4", "sip 8.12", "MGCP has no documented upgrade path"),
        ("sip 8.12", "mgcp 7.4", "MGCP has no documented upgrade path"),
    ],
)
def test_where_there_is_no_way_the_reason_is_told(start: str, end: str, reason: str) -> None:
    path = find_path(release(start), release(end))
    assert not path.exists
    assert reason in path.reason


def test_a_hop_says_which_file_names_what_and_what_is_fetched() -> None:
    (to_loader,) = find_path(release("sip 6.3"), release("sip 7.4")).hops
    assert dict(to_loader.named_in) == {
        "OS79XX.TXT": "P003-07-4-00",
        "SIPDefault.cnf": "image_version: P0S3-07-4-00",
        "XMLDefault.cnf.xml": "loadInformation7 and 8: P0S3-07-4-00",
    }
    assert to_loader.fetched == ["P003-07-4-00.sbn", "P0S3-07-4-00.loads", "P0S3-07-4-00.sb2"]
    (unsigned,) = find_path(release("sip 4.4"), release("sip 5.3")).hops
    assert unsigned.fetched == ["P0S3-05-3-00.bin"]
    (signed,) = find_path(release("sip 5.3"), release("sip 6.3")).hops
    assert signed.fetched == ["P0S3-06-3-00.sbn"]
    assert dict(signed.named_in)["OS79XX.TXT"] == "P0S3-06-3-00"


def test_only_firmware_before_5_fetches_unsigned_images() -> None:
    for start, end in PAIRS:
        for hop in find_path(start, end).hops:
            assert hop.start.is_signed != any(name.endswith(".bin") for name in hop.fetched), hop


def test_every_rule_is_used_and_has_a_source() -> None:
    used = {hop.rule.reason for pair in PAIRS for hop in find_path(*pair).hops}
    used |= {hop.rule.reason for end in LISTED for hop in find_path(release("sccp 4.1"), end).hops}
    used |= {find_path(release("sccp 3.3"), release("sccp 3.1")).hops[0].rule.reason}
    assert [rule.reason for rule in RULES if rule.reason not in used] == []
    assert all("[D]" in rule.source or "[L]" in rule.source for rule in RULES)


def test_the_steps_follow_each_other() -> None:
    steps = [each for each in WAYPOINTS if each.protocol == "SIP"]
    assert all(len(find_path(before, after).hops) == 1 for before, after in pairwise(steps))
