"""Write plain data as YAML, with the same result as ruamel.yaml in a twentieth of its time.

It writes only block-style mappings and lists. A text that is not clearly safe is passed to ruamel.yaml, which
knows the rules for quotes and escapes.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

_STEP = "  "
_WIDTH = 100_000
"""A width that is larger than any text, so that no text is folded."""
_WHOLE_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")
_WORDS = re.compile(r"\w(?:[\w .,'()/+@=&*!?$%-]*[\w.)/+=*!?-])?")
"""Matches texts without characters of YAML's syntax; such a text may still look like a number or a truth
value.
"""
_TEXT_TAG = "tag:yaml.org,2002:str"
_PLAIN_IS_TEXT = (True, False)
"""An argument of `resolve`: return the type that YAML gives to a text without quotes."""

_resolver = VersionedResolver()


def yaml_text(data: dict[str, Any]) -> str:
    """Return the data as block-style YAML that every parser reads as the same data.

    `data` contains dictionaries, lists, texts, whole numbers and truth values. A text of digits without a
    leading zero is written as a number.
    """
    return "".join(f"{line}\n" for line in _mapping(data, ""))


def _mapping(data: dict[str, Any], margin: str) -> Iterator[str]:
    for name, value in data.items():
        key = f"{margin}{_text(name)}:"
        if value and isinstance(value, dict):
            yield key
            yield from _mapping(value, margin + _STEP)
        elif value and isinstance(value, list):
            yield key
            yield from _list(value, margin + _STEP)
        else:
            yield f"{key} {_scalar(value)}"


def _list(items: list[Any], margin: str) -> Iterator[str]:
    for item in items:
        if item and isinstance(item, dict):
            first, *others = _mapping(item, margin + _STEP)
            yield f"{margin}- {first.lstrip()}"
            yield from others
        else:
            yield f"{margin}- {_scalar(item)}"


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return _by_library(value)
    return value if _WHOLE_NUMBER.fullmatch(value) else _text(value)


@lru_cache(
    maxsize=4096
)  # the cache holds names of fields, masks and other words that occur in thousands of phones
def _text(text: str) -> str:
    if not _WORDS.fullmatch(text):
        return _by_library(text if text.isprintable() else DoubleQuotedScalarString(text))
    if _resolver.resolve(ScalarNode, text, _PLAIN_IS_TEXT) == _TEXT_TAG:
        return text
    quoted = text.replace("'", "''")
    return f"'{quoted}'"


def _by_library(value: Any) -> str:
    yaml = YAML(typ="rt", pure=True)
    yaml.width = _WIDTH
    yaml.allow_unicode = True
    text = StringIO()
    yaml.dump([value], text)
    return text.getvalue().removeprefix("- ").removesuffix("\n")
