"""The payload of a 79x1 `.loads` file: the names of the files that make up the load (P-LOAD-8).

    jar41sip.8-5-4.sbn      one name a line, ``.sbn`` or ``.sb2``, some with a trailing blank before CRLF
    cnu41.8-5-4.sbn

Every other line is a remark: how Cisco marks its remarks was not recorded [I].
"""

import re

from ringup.errors import WireError

_NAME = re.compile(rb"[A-Za-z0-9._-]+\.(?:sbn|sb2)", re.IGNORECASE)


def build(names: tuple[str, ...], line_end: str = "\r\n") -> bytes:
    """The payload's text, without remarks."""
    return "".join(name + line_end for name in names).encode("ascii")


def parse(payload: bytes) -> tuple[str, ...]:
    """The names, in order; a payload without any is refused."""
    lines = (line.strip() for line in payload.split(b"\n"))
    names = tuple(line.decode("ascii") for line in lines if _NAME.fullmatch(line))
    if not names:
        raise WireError("the list names no .sbn file", 0)
    return names
