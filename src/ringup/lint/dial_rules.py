"""Dxxx: dial templates; the codes and what they mean are the dial workbench's own."""

import re
from collections.abc import Callable, Iterable, Iterator

from ringup.lint.bundle import Bundle, Kind
from ringup.lint.finding import Repair, Rule, Seen, seen
from ringup.phone.dial_findings import CODES

_TAG = re.compile(rb"(</?)(template)\b", re.IGNORECASE)


def _with_code(code: str) -> Callable[[Bundle], Iterable[Seen]]:
    def find(bundle: Bundle) -> Iterator[Seen]:
        for file in bundle.of(Kind.DIAL):
            for each in file.dial_findings:
                if each.code == code:
                    yield seen(file, each.line, f"{each.what}.", each.cure)

    return find


def _repair_case(name: str, data: bytes) -> tuple[str, bytes]:
    return name, _TAG.sub(rb"\1TEMPLATE", data)


_REPAIRS: dict[str, Repair] = {"D104": _repair_case}

RULES: tuple[Rule, ...] = tuple(
    Rule(code, row.severity, row.title, _with_code(code), _REPAIRS.get(code)) for code, row in CODES.items()
)
