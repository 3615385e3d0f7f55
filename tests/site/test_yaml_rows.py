"""YAML to rows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.errors import Problem, SiteErrors
from ringup.site.yaml_rows import read_yaml


@pytest.mark.parametrize(
    "text",
    ["001646000000", "0016460E0012", "0201", "201", "1e3", "0x1F", "0o17", "yes", "true", "null", "~",
     "1_000", "12:30:45", "2026-01-01", ".5", ".inf"],
)  # fmt: skip
def test_a_bare_value_stays_the_text_that_was_written(text: str) -> None:
    assert read_yaml(f"key: {text}\n", "f").data == {"key": text}
    assert read_yaml(f"key: [{text}]\n", "f").data == {"key": [text]}


def test_every_part_knows_its_line() -> None:
    rows = read_yaml(
        "# note\nphones:\n  - mac: a\n    lines:\n      - extension: 1\n      - {extension: 2}\n", "f.yaml"
    )
    assert rows.where(("phones", 0, "mac")) == "f.yaml:3"
    assert rows.where(("phones", 0, "lines", 1, "extension")) == "f.yaml:6"
    assert rows.where(("phones", 0, "lines", 1, "secret")) == "f.yaml:6"
    assert rows.where(("phones", 0, "missing")) == "f.yaml:3"
    assert rows.where(("elsewhere",)) == "f.yaml:1"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- a\n", "f:1: this is not a site file"),
        ("text", "f:1: this is not a site file"),
        ("a: 1\nb: [1\nc: 2\n", "this is not YAML"),
        ("a: 1\na: 2\nb: 1\nb: 2\n", "f:2: a is written twice. Remove one of them.\nf:4: b is written twice"),
        ("a: &x 1\nb: *x\n", "an alias"),
        ("a: &x [*x]\n", "an alias"),
        ("? [a, b]\n: 1\n", "a key must be plain text"),
        ("a: " + "[" * 20 + "]" * 20, "nested too deeply"),
        ("a: " + "[" * 1000, "this is not YAML: maximum recursion depth"),
        ("\0", "this is not YAML"),
        ("a: 1\n---\nb: 2\n", "this is not YAML"),
        ("a: *x\n", "this is not YAML"),
    ],
)
def test_what_is_no_site_file_is_refused_with_its_line(text: str, words: str) -> None:
    with pytest.raises(SiteErrors) as caught:
        read_yaml(text, "f")
    assert words in str(caught.value)


def test_an_empty_file_is_an_empty_site() -> None:
    assert read_yaml("", "f").data == {}
    assert read_yaml("# nothing\n", "f").data == {}


@given(st.text(max_size=200) | st.text("ab:-[]{}&*!|>'\"%@`#,? \n", max_size=80))
def test_any_text_gives_rows_or_site_errors(text: str) -> None:
    data, problems = None, list[Problem]()
    try:
        data = read_yaml(text, "f").data
    except SiteErrors as error:
        problems += error.problems
    assert isinstance(data, dict) != bool(problems)
    assert all(problem.where.startswith("f:") for problem in problems)
