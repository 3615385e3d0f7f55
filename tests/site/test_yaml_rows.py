"""YAML becomes rows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.errors import Problem, SiteErrors
from ringup.site import yaml_rows
from ringup.site.model import Site
from ringup.site.write import write_yaml
from ringup.site.yaml_rows import read_yaml
from tests.site.sites import sites


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


@given(sites())
def test_libyaml_reads_what_python_reads(site: Site) -> None:
    text = write_yaml(site, secrets=True)
    rows = read_yaml(text, "site.yaml")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml_rows, "_may_be_deep", lambda _: True)
        in_python = read_yaml(text, "site.yaml")
    assert rows.data == in_python.data
    for name, part in rows.data.items():
        for index in range(len(part)):
            assert rows.where((name, index)) == in_python.where((name, index))


@pytest.mark.parametrize(
    "deep", ["[" * 300 + "]" * 300, "- " * 300 + "x", "\n".join(" " * n + "a:" for n in range(300))]
)
def test_what_may_be_too_deep_for_libyaml_is_read_in_python(
    deep: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overflow(*_: object, **__: object) -> None:
        raise AssertionError("libyaml's stack")

    monkeypatch.setattr("yaml.compose", overflow)
    with pytest.raises(SiteErrors):
        read_yaml(deep, "site.yaml")
