"""Plain data as YAML text, compared with the text that ruamel.yaml writes."""

from io import StringIO
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from ringup.site import yaml_text as module
from ringup.site.yaml_text import yaml_text

KEYS = st.text("abcdefghijkl_-:019", min_size=1, max_size=12) | st.sampled_from(["yes", "null", "1e5", "7"])
NEAR_SYNTAX = st.text("aZ09éß .,:;#'\"&*!?$%@|>-+=/~()[]{}<_\t\x01\u2028", max_size=12)
WORDS = st.text("a :#-'", max_size=6)
TEXTS = st.text(max_size=8) | NEAR_SYNTAX | WORDS | st.text("0123456789.eEx_+-", max_size=8)
LEAVES = TEXTS | st.booleans() | st.lists(TEXTS, max_size=3)
RECORDS = st.dictionaries(KEYS, LEAVES | st.dictionaries(KEYS, TEXTS, max_size=3), max_size=4)
NESTED = st.dictionaries(KEYS, LEAVES | RECORDS | st.lists(RECORDS, max_size=3), max_size=4)
DATA = st.dictionaries(KEYS, LEAVES | NESTED | st.lists(NESTED, max_size=3), min_size=1, max_size=3)


def by_ruamel(data: dict[str, Any]) -> str:
    writer = YAML(typ="rt", pure=True)
    writer.indent(mapping=2, sequence=4, offset=2)
    writer.width = 100_000
    writer.allow_unicode = True
    text = StringIO()
    writer.dump(prepared(data), text)
    return text.getvalue()


def prepared(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: prepared(part) for name, part in value.items()}
    if isinstance(value, list):
        return [prepared(part) for part in value]
    if isinstance(value, bool):
        return value
    if value.isascii() and value.isdecimal() and str(int(value)) == value and len(value) < 10:
        return int(value)
    return value if value.isprintable() else DoubleQuotedScalarString(value)


@given(DATA)
@example({"name": "R: D", "label": "R #1", "other": "R&D, #1!", "end": "Room:"})
def test_the_text_is_the_one_that_ruamel_writes(data: dict[str, Any]) -> None:
    assert yaml_text(data) == by_ruamel(data)


def test_a_masked_secret_is_asked_of_the_library_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def by_library(text: str) -> str:
        asked.append(text)
        return f"'{text}'"

    monkeypatch.setattr(module, "_by_library", by_library)
    module._text.cache_clear()
    yaml_text({"lines": [{"secret": "*****"}] * 1000})
    module._text.cache_clear()
    assert asked == ["*****"]


@pytest.mark.parametrize("text", ["001646000000", "001646E00000", "0201", "1_000", "1e5", "true", "~", ""])
def test_another_reader_takes_what_looks_like_another_type_for_text(text: str) -> None:
    assert yaml.safe_load(yaml_text({"value": text})) == {"value": text}
