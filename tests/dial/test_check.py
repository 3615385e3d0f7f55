"""Each code is found in a file that has the fault, and not in a similar file; no template gives false
alarms.
"""

from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringup.dial.check import lint
from ringup.dial.decision import decide
from ringup.dial.dialling import dial
from ringup.dial.findings import CODES
from ringup.dial.pattern import Template
from ringup.dial.search import MOST_RULES, early, is_catch_all, lines_of, never_used, walk
from ringup.dial.template_file import TemplateFile, read
from tests.conftest import GOLDEN_FOLDER


def linted(name: str) -> str:
    """Return the findings of a file in tests/golden/dial, one per line."""
    file = read((GOLDEN_FOLDER / "dial" / name).read_bytes())
    found = lint(file)
    assert found.is_searched
    return "".join(
        f"{one.where.line}: {one.severity} {one.code}: {one.what}. {one.cure}\n" for one in found.findings
    )


@pytest.mark.parametrize("code", CODES)
def test_a_file_with_the_fault_is_told_with_its_lines(code: str, golden: Callable[[str, str], None]) -> None:
    text = linted(f"{code}.xml")
    assert {line.split()[2].rstrip(":") for line in text.splitlines()} == {code}
    golden(f"dial/{code}.txt", text)


@pytest.mark.parametrize("code", CODES)
def test_its_good_neighbour_has_nothing(code: str) -> None:
    assert linted(f"{code}-good.xml") == ""


def codes(*rules: Template) -> list[str]:
    """The codes of the findings."""
    return [one.code for one in lint(TemplateFile(rules)).findings]


def test_an_emergency_route_may_dial_at_once() -> None:
    longer = Template("1.........")
    assert codes(Template("118", 0), longer) == ["D202"]
    assert codes(Template("118", 0, route="emergency"), longer) == []
    assert codes(Template("112", 0), longer) == []


def test_a_catch_all_makes_no_rule_early() -> None:
    assert codes(Template("2..", 0), Template("*", 5)) == []


def test_a_rule_hidden_on_one_line_only_is_not_hidden() -> None:
    assert codes(Template("201", 5, line=2), Template("201", 5)) == []
    assert codes(Template("201", 5), Template("2,01", 5, line=2)) == ["D201"]


def test_rules_too_many_to_compare_are_not_judged() -> None:
    twice = TemplateFile(tuple(Template(f"{number}..", 0) for number in ("1", "1.")))
    assert [one.code for one in lint(twice).findings] == ["D202"]
    assert not lint(twice, most=3).is_searched
    assert lint(twice, most=3).findings == ()
    assert walk([Template("1")] * (MOST_RULES + 1), 1) is None


# --- compared with trying all numbers ---------------------------------------------------------------------

KEYS = "129*"
NUMBERS = ["".join(keys) for length in range(6) for keys in product(KEYS, repeat=length)]
small = st.lists(
    st.builds(
        Template,
        match=st.text("12.*", max_size=4) | st.text("12.*,\\", max_size=5),
        timeout=st.sampled_from([0, 5]),
        line=st.sampled_from([0, 0, 0, 2]),
    ),
    max_size=4,
).map(tuple)


def test_a_rule_that_ends_in_a_comma_never_fires_and_the_finding_says_why() -> None:
    file = read(b'<DIALTEMPLATE><TEMPLATE MATCH="9,"/><TEMPLATE MATCH="8,1"/></DIALTEMPLATE>')
    assert [(one.code, "comma" in one.what, "comma" in one.cure) for one in lint(file).findings] == [
        ("D201", True, True)
    ]


@settings(max_examples=settings().max_examples // 2)
@given(small)
def test_the_walk_says_of_each_number_what_the_matcher_says(rules: tuple[Template, ...]) -> None:
    for line in lines_of(rules):
        made = walk(rules, line)
        assert made is not None
        for number, winner, best_rule in zip(made.numbers, made.winner, made.best_rule, strict=True):
            decision = decide(rules, number, line)
            assert decision.best_rule == best_rule
            assert winner == (best_rule if decision.complete else None)


@settings(max_examples=settings().max_examples // 2)
@given(small)
def test_a_rule_never_fires_exactly_where_no_number_makes_it(rules: tuple[Template, ...]) -> None:
    walks = [walk(rules, line) for line in lines_of(rules)]
    used = {
        decision.best_rule
        for line in lines_of(rules)
        for number in NUMBERS
        if (decision := decide(rules, number, line)).complete
    }
    for index in range(len(rules)):
        is_hidden = never_used([one for one in walks if one is not None], index)
        assert not (is_hidden and index in used)
        # Five digits are enough for every rule of four elements.
        assert is_hidden or index in used


@pytest.mark.thorough
@settings(max_examples=settings().max_examples // 2)
@given(small)
def test_a_rule_is_early_exactly_where_a_number_is_cut_short(rules: tuple[Template, ...]) -> None:
    made = walk(rules, 1)
    assert made is not None
    claimants = [index for index, rule in enumerate(rules) if not is_catch_all(rule)]
    found = {one.rule: one for one in early(rules, made, claimants)}
    for one in found.values():
        done = dial(rules, one.longer)
        assert (done.rule, done.typed) == (one.rule, one.number)
        assert done.unused
        assert decide(rules, one.longer).best_rule == one.longer_rule
    for number in NUMBERS:
        decision, done = decide(rules, number), dial(rules, number)
        if decision.complete and decision.best_rule in claimants and done.unused and done.typed:
            assert done.rule in found


@given(st.binary(max_size=200) | st.text(max_size=120).map(str.encode))
def test_arbitrary_files_are_linted_without_raising(data: bytes) -> None:
    for text in (data, b'<DIALTEMPLATE><TEMPLATE MATCH="' + data, b"<DIALTEMPLATE>" + data):
        assert all(one.code in CODES for one in lint(read(text)).findings)
