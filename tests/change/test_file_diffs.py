"""The diffs of a plan are computed late; they, and what is unsafe, are the same as with all files
compared.
"""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.change.file_diff import FileDiff, file_diff
from ringup.change.file_diffs import FileDiffs
from ringup.change.plan import plan
from ringup.change.rendered import FilePair, asterisk_files, own_files, shared_files
from ringup.change.world import World
from ringup.render.pbx_files import PBX_FILES
from ringup.site.model import Line, Pbx, Phone, Site
from tests.site.sites import sites


def whole(before: Site, after: Site) -> list[FilePair]:
    """Return every differing file of every phone and of Asterisk."""
    every = sorted({phone.mac for phone in (*before.phones, *after.phones)})
    return [
        *shared_files(before, after, World()),
        *own_files(before, after, World(), every),
        *asterisk_files(before, after),
    ]


def lost(files: list[FilePair]) -> list[str]:
    return [f"{file.name} can no longer be made: {file.fault}" for file in files if file.fault]


@st.composite
def account_sites(draw: st.DrawFn) -> Site:
    """Sites with few phones; some of their lines cannot exist in chan_sip."""
    phones = [
        Phone(
            mac=f"00164600000{number}",
            password="menu",
            lines=(
                Line(
                    extension=str(201 + number),
                    secret=draw(st.sampled_from(("one", "another"))),
                    auth_name=draw(st.sampled_from(("", "larry"))),
                ),
            ),
        )
        for number in draw(st.sets(st.integers(0, 3)))
    ]
    return Site(pbx=Pbx(driver=draw(st.sampled_from(("chan_sip", "pjsip")))), phones=tuple(phones))


@pytest.mark.thorough
@given(before=sites(), after=sites())
def test_the_diffs_of_a_plan_are_those_of_all_files(before: Site, after: Site) -> None:
    found = whole(before, after) if plan(before, after) else []
    assert plan(before, after).files == tuple(
        file_diff(file.side, file.name, file.before, file.after) for file in found
    )


@given(before=account_sites(), after=account_sites())
def test_what_a_plan_calls_lost_is_what_is_lost_of_all_files(before: Site, after: Site) -> None:
    found = plan(before, after)
    assert [each.sentence for each in found.unsafe if each.code == "lost-file"] == lost(whole(before, after))


def test_a_file_is_compared_once_and_only_when_somebody_looks() -> None:
    calls = []

    def files() -> Iterator[FilePair]:
        calls.append("now")
        yield FilePair("phone", "RINGLIST.DAT", "a\n", "b\n")

    found = FileDiffs(files)
    assert calls == []
    expected: Sequence[FileDiff] = (
        FileDiff("phone", "RINGLIST.DAT", "changed", 1, 1, "@@ -1,1 +1,1 @@\n-a\n+b\n"),
    )
    assert [found, found[:1], deepcopy(found)] == [expected, expected, expected]
    assert (found[0], len(found)) == (expected[0], 1)
    assert (repr(found), hash(found)) == (repr(expected), hash(expected))
    assert found != "RINGLIST.DAT"
    assert calls == ["now"]


def test_a_new_phone_renders_no_account_of_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written: list[int] = []

    def render(site: Site) -> str:
        written.append(len(site.phones))
        return ""

    rows = tuple(replace(file, render=render) for file in PBX_FILES)
    monkeypatch.setattr("ringup.change.rendered.PBX_TEXTS", rows)
    phones = tuple(
        Phone(mac=f"0016460000{number:02}", lines=(Line(extension=str(200 + number), secret="x"),))
        for number in range(30)
    )
    plan(Site(phones=phones[1:]), Site(phones=phones))
    assert max(written) == 1
