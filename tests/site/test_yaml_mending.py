"""The usual mistakes of form are reported with their line and cure, and the rest of the file is read."""

import pytest

from ringup.errors import SiteErrors
from ringup.site.check import check
from ringup.site.yaml_rows import read_yaml

PHONES = "phones:\n  - mac: 00164600000A\n"


@pytest.mark.parametrize(
    ("text", "told", "label"),
    [
        (
            PHONES + "\tlabel: Larry\n",
            "f:3: the line is indented with a tab. Write 4 spaces instead.",
            "Larry",
        ),
        (
            "site:\n  name: Office\n; our phones\n" + PHONES + "    label: Larry\n",
            "f:3: a comment does not begin with a semicolon. Begin it with # instead of ;.",
            "Larry",
        ),
        (
            PHONES + "    ; Larry's\n    label: Larry\n",
            "f:3: a comment does not begin with a semicolon. Begin it with # instead of ;.",
            "Larry",
        ),
        (
            PHONES + '    label: Smith: the "boss"\n',
            'f:3: the value has a colon. Put it in quotes: label: "Smith: the \\"boss\\""',
            'Smith: the "boss"',
        ),
        (
            PHONES + "     label: Larry\n    model: '7940'\n",
            "f:3: the line is indented by 5 spaces, which fits no line above it. Indent it by 4.",
            "Larry",
        ),
    ],
)
def test_a_usual_mistake_is_told_with_its_line_and_cure_and_read_as_meant(
    text: str, told: str, label: str
) -> None:
    rows = read_yaml(text, "f")
    assert [str(problem) for problem in rows.problems] == [told]
    assert rows.data["phones"][0]["label"] == label
    with pytest.raises(SiteErrors, match="f:"):
        check(rows)


def test_all_mistakes_of_form_and_of_meaning_come_together_in_the_order_of_the_file() -> None:
    text = (
        "site:\n  time_zone: Europe/Londn\n; groups\ngroups:\n  - name: sales\nphones:\n"
        "  - mac: 00164600000G\n    label: Smith: boss\n    lines:\n      - extension: 201\n\tname: Larry\n"
        "  - mac: 00164600000A\n    lable: x\n"
    )
    with pytest.raises(SiteErrors) as caught:
        check(read_yaml(text, "f"))
    assert [problem.where for problem in caught.value.problems] == [f"f:{n}" for n in (2, 3, 7, 8, 11, 13)]


def test_what_is_not_a_usual_mistake_ends_the_reading_behind_those_before_it() -> None:
    with pytest.raises(SiteErrors) as caught:
        read_yaml("; office\nsite:\n  name: [1\n", "f")
    first, second = caught.value.problems
    assert (first.where, second.what[:16]) == ("f:1", "this is not YAML")


def test_a_mistake_far_down_is_tried_on_its_record_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    compose = __import__("yaml").compose

    def counted(text: str, **options: object) -> object:
        sizes.append(len(text))
        return compose(text, **options)

    monkeypatch.setattr("yaml.compose", counted)
    text = "phones:\n" + "  - mac: 00164600000A\n    label: Larry\n" * 500 + "\tmodel: x\n"
    assert len(read_yaml(text, "f").problems) == 1
    assert sum(size > len(text) / 2 for size in sizes) <= 4


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('    label: "Larry', "the quote that begins here does not end. Write the same quote at its end."),
        ("    label: @Larry", "this is not YAML: found character that cannot start any token."),
        ("    label: }", "this is not YAML: did not find expected node content."),
        ("    label: *", "this is not YAML: did not find expected alphabetic or numeric character."),
        ('    label: "\\q"', "this is not YAML: found unknown escape character."),
    ],
)
def test_another_mistake_far_down_is_told_by_the_quick_reader_alone(
    line: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ringup.site.yaml_rows._compose_in_python", lambda *_given: pytest.fail("slow"))
    text = (
        "phones:\n" + "  - mac: 00164600000A\n    label: Larry\n" * 500 + f"  - mac: 00164600000B\n{line}\n"
    )
    with pytest.raises(SiteErrors) as caught:
        read_yaml(text, "f")
    (problem,) = caught.value.problems
    assert str(problem).startswith(f"f:1003: {told}")
