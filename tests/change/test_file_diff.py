"""Diffs of rendered files are right, masked, and fast for large files."""

import re
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from ringup.change.file_diff import MOST_LINES, file_diff

LINES = st.lists(st.sampled_from(["a", "b", "c", "[x]", "", "k: 1"]), max_size=40).map(
    lambda lines: "".join(f"{line}\n" for line in lines)
)
HUNK = re.compile(r"@@ -(\d+),(\d+) \+(\d+),(\d+) @@\n")


def patched(text: str, diff: str) -> str:
    """Apply a unified diff as patch(1) does."""
    old, new, at = text.splitlines(keepends=True), [], 0
    for line in diff.splitlines(keepends=True):
        if hunk := HUNK.fullmatch(line):
            start = int(hunk[1]) - (1 if int(hunk[2]) else 0)
            new += old[at:start]
            at = start
            assert len(new) == int(hunk[3]) - (1 if int(hunk[4]) else 0)
            continue
        if line[0] in " -":
            assert old[at] == line[1:]
            at += 1
        if line[0] in " +":
            new.append(line[1:])
    return "".join(new + old[at:])


@given(before=LINES, after=LINES)
def test_the_diff_of_a_small_file_applied_to_it_gives_the_other(before: str, after: str) -> None:
    found = file_diff("phone", "x", before, after)
    assert patched(before, found.diff) == after
    assert found.added - found.removed == after.count("\n") - before.count("\n")


def sections(values: dict[int, str]) -> str:
    return "; head\n" + "".join(f"\n[{name}]\ntype = x\nvalue = {value}\n" for name, value in values.items())


@given(changed=st.sets(st.integers(0, 149), max_size=5))
def test_in_a_large_file_only_sections_that_differ_are_shown(changed: set[int]) -> None:
    before = sections(dict.fromkeys(range(150), "a"))
    after = sections({name: "b" if name in changed else "a" for name in range(150)})
    assert before.count("\n") > MOST_LINES
    found = file_diff("asterisk", "x", before, after)
    assert (found.added, found.removed) == (len(changed), len(changed))
    assert patched(before, found.diff) == after


def test_a_large_block_without_blank_lines_is_compared_by_the_names_in_it() -> None:
    boxes = {number: f"{number} => 1234,Name {number}" for number in range(MOST_LINES + 100)}
    before = "[ringup]\n" + "".join(f"{box}\n" for box in boxes.values())
    after = before.replace("250 => 1234,Name 250\n", "250 => 99,Bert\n").replace("7 => 1234,Name 7\n", "", 1)
    found = file_diff("asterisk", "ringup_voicemail.conf", before, after)
    assert (found.added, found.removed) == (1, 2)
    assert "-250 => ********,Name 250\n+250 => ********,Bert\n" in found.diff


def test_sections_of_one_name_are_told_apart() -> None:
    before = "".join(f"\n[{n}]\ntype = endpoint\n\n[{n}]\ntype = auth\npassword = a\n" for n in range(100))
    found = file_diff("asterisk", "x", before, before.replace("password = a", "password = b", 1))
    assert found.diff == "@@ -7,1 +7,1 @@\n-password = ********\n+password = ********\n".replace(
        "@@ -7,1 +7,1 @@\n", "@@ -6,2 +6,2 @@\n type = auth\n"
    )


def test_a_file_that_comes_or_goes_is_shown_whole() -> None:
    found = file_diff("phone", "x", "", "a\nb\n")
    assert (found.kind, found.added, found.removed, found.diff) == (
        "added",
        2,
        0,
        "@@ -0,0 +1,2 @@\n+a\n+b\n",
    )
    assert file_diff("phone", "x", "a\n", "").kind == "removed"


def test_blocks_that_only_change_places_do_not_show() -> None:
    numbers = range(MOST_LINES)
    there = "".join(f"\n[{n}]\nx = {n}\n" for n in numbers)
    back = "".join(chain.from_iterable(f"\n[{n}]\nx = {n}\n" for n in reversed(numbers)))
    assert file_diff("asterisk", "x", there, back).diff == ""


@given(st.integers(0, 199), st.sampled_from(["changed", "added", "removed"]))
def test_one_section_among_many_is_shown_alone_and_at_its_line(number: int, what: str) -> None:
    values = dict.fromkeys(range(200), "a")
    other = {**values, number: "b"}
    without = {name: "a" for name in values if name != number}
    before, after = {"changed": (values, other), "added": (without, values), "removed": (values, without)}[
        what
    ]
    found = file_diff("asterisk", "x", sections(before), sections(after))
    shown = {line[1:] for line in found.diff.splitlines() if line[0] in "+-"}
    whole = {f"[{number}]", "type = x", f"value = {values[number]}"}
    assert shown <= whole | {f"value = {other[number]}"}
    if what != "changed":
        assert shown == whole
    hunk = HUNK.match(found.diff)
    assert hunk is not None
    text = sections(after if what == "added" else before).splitlines()
    start = int(hunk[3] if what == "added" else hunk[1])
    assert f"[{number}]" in text[max(0, start - 2) : start + 2]
