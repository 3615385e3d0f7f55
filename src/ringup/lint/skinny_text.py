"""Read skinny.conf as far as the rules need it: the address and port of chan_skinny, and its devices.

The syntax is that of Asterisk's main/config.c; the sections are those of P-SCCP-28 and P-SCCP-37.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

CALL_MANAGER_PORT = "2000"
"""The port of chan_skinny if ``bindport`` is not set (P-SCCP-1)."""
_BLOCK = re.compile(r";--(?!-).*?(?:--;|\Z)", re.DOTALL)
"""Matches a comment over several lines; without its end mark, the comment ends with the file."""
_COMMENT = re.compile(r"(?<!\\);.*")
_SECTION = re.compile(r"\[([^\]]*)\]")
_INCLUDE = re.compile(r"#\s*(?:try)?include\s+[\"<]?([^\">]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ConfigValue:
    """The value of a setting, and its line number."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class SkinnyText:
    """The settings in one file of chan_skinny."""

    address: ConfigValue | None
    """The value of ``bindaddr``; None: the file does not set it."""
    port: ConfigValue | None
    devices: tuple[ConfigValue, ...]
    """The names with which devices register, in upper case: ``SEP001646C0FFEE``."""
    includes: tuple[str, ...]
    """The names, without folders, of the files that this file includes."""


def read(text: str) -> SkinnyText:
    """Read the text of a file; never raises, whatever the text is."""
    general: dict[str, ConfigValue] = {}
    devices: list[ConfigValue] = []
    for section, key, value in _entries(text):
        if key == "device":
            devices.append(ConfigValue(value.text.upper(), value.line))
        elif section == "general":
            general[key] = value
    includes = (match[1].strip().rpartition("/")[2] for match in map(_INCLUDE.match, _lines(text)) if match)
    return SkinnyText(general.get("bindaddr"), general.get("bindport"), tuple(devices), tuple(includes))


def _lines(text: str) -> list[str]:
    """Return the lines without their comments."""
    blanked = _BLOCK.sub(lambda block: "\n" * block[0].count("\n"), text)
    return [_COMMENT.sub("", line).strip() for line in blanked.split("\n")]


def _entries(text: str) -> Iterator[tuple[str, str, ConfigValue]]:
    section = ""
    for number, line in enumerate(_lines(text), start=1):
        if heading := _SECTION.match(line):
            section = heading[1].strip().lower()
        elif "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            text = value.removeprefix(">").strip()
            yield section, key.strip().lower(), ConfigValue(text, number)
