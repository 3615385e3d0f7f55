"""The payload of the `.loads` file of models other than the 7940 and 7960: the names of the load's files.

    # RELEASE load version 8-5-4TH1-6           a remark
    jar41sip.8-5-4TH1-6.sbn                     7906 to 7975; some names have a trailing blank
    APPS-1.4.4.SBN 1234567 0123456789ABC…       7921 to 7926: bytes of the signed file, 32 hex digits
    SCCP69xx.9-4-1-3SR3.zz.sgn                  69xx and 894x; the last line may lack its end

Lines end in LF, CRLF or CR; a line of any other format is a remark. Source: measured on genuine lists
(docs/reference/firmware-container.md#other-models).
"""

import re
from dataclasses import dataclass

from ringup.errors import WireError

LINE_ENDS = (b"\n", b"\r")

_LINE_END = re.compile(rb"[\r\n]+")
_LINE = re.compile(
    rb"([A-Za-z0-9._-]+\.(?:sbn|sb2|sgn))(?:[ \t]+(\d{1,10})[ \t]+([0-9A-F]{32}))?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a load."""

    name: str
    size: int | None = None
    """Bytes of the signed file; None if the list does not contain the size."""
    digits: str = ""
    """The first 32 hexadecimal digits of the payload; empty if the list does not contain them."""


def build(names: tuple[str, ...], line_end: str = "\r\n") -> bytes:
    """Return the payload's text, without remarks."""
    return "".join(name + line_end for name in names).encode("ascii")


def parse(payload: bytes) -> tuple[Member, ...]:
    """Return the files, in order; a payload that names no file is refused."""
    lines = (_LINE.fullmatch(line.strip()) for line in _LINE_END.split(payload))
    members = tuple(_member(line) for line in lines if line)
    if not members:
        raise WireError("the list names no .sbn or .sgn file", 0)
    return members


def _member(line: re.Match[bytes]) -> Member:
    name = line[1].decode("ascii")
    return Member(name, int(line[2]), line[3].decode("ascii")) if line[2] else Member(name)
