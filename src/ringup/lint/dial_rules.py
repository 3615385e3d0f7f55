"""Dxxx: rules about dial templates; the codes and their meanings are those of `ringup dial lint`."""

import re
from collections.abc import Callable, Iterable, Iterator

from ringup.dial.findings import CODES
from ringup.finding import NOTE
from ringup.lint.bundle import Bundle
from ringup.lint.finding import CodedRule, Occurrence, Repair, seen
from ringup.lint.kinds import ContentKind

_TAG = re.compile(rb"(</?)(template)\b", re.IGNORECASE)


def _with_code(code: str) -> Callable[[Bundle], Iterable[Occurrence]]:
    def find(bundle: Bundle) -> Iterator[Occurrence]:
        for file in bundle.of(ContentKind.DIAL):
            for each in file.dial_findings:
                if each.code == code:
                    yield seen(file, each.where.line, f"{each.what}.", each.cure)

    return find


def _repair_case(name: str, data: bytes) -> tuple[str, bytes]:
    return name, _TAG.sub(rb"\1TEMPLATE", data)


_RULE = re.compile(rb"""MATCH\s*=\s*["']([^"']{1,64})["']""", re.IGNORECASE)
_AREA = re.compile(r"(?:9,?)?1?([2-9][0-9]{2})\.{7}")
"""Matches a North American number pattern with a fixed area code, perhaps after 9 (outside line) and 1 (long
distance).
"""
FREE = frozenset(("800", "822", "833", "844", "855", "866", "877", "888", "900"))
"""Toll-free and premium codes, which belong to no geographic area."""


def _area_codes(bundle: Bundle) -> Iterator[Occurrence]:
    for file in bundle.of(ContentKind.DIAL):
        found: dict[str, int] = {}
        for match in _RULE.finditer(file.data):
            area = _AREA.fullmatch(match[1].decode("latin-1"))
            if area and area[1] not in FREE:
                found.setdefault(area[1], file.data.count(b"\n", 0, match.start()) + 1)
        if found:
            codes, is_one = ", ".join(sorted(found)), len(found) == 1
            message = f"The file has rules for the area code{'' if is_one else 's'} {codes}."
            yield seen(
                file, min(found.values()), message, "Keep them if they are yours; otherwise remove them."
            )


_REPAIRS: dict[str, Repair] = {"D104": _repair_case}

RULES: tuple[CodedRule, ...] = (
    *(
        CodedRule(code, row.severity, row.title, _with_code(code), _REPAIRS.get(code))
        for code, row in CODES.items()
    ),
    CodedRule("D401", NOTE, "area codes of another place", _area_codes),
)
