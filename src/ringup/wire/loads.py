"""The payload of a 7940/7960 `.loads` file: three lines that name the load's parts (P-LOAD-15).

    P003-8-12-00.sbn        the universal application loader
    P0S3-8-12-00.sb2        the application
    LA_VERSION=PAS3xxxx     the loader's version; the phone takes the loader first when its own differs

Lines end with LF (458-byte files) or CRLF (461-byte files). Spaces before a line end are dropped, because
Cisco's own lists for the 79x1 have them. The lists of the 79x1 have another format and are refused here.
"""

import re
from dataclasses import dataclass

from ringup.errors import WireError

VERSION_KEY = "LA_VERSION="

_FILE_NAME = re.compile(rb"[A-Za-z0-9._-]+")
_VERSION = re.compile(rb"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class LoadsList:
    """The files of one load."""

    loader: str
    """A file name with its suffix, like ``P003-8-12-00.sbn``."""
    application: str
    """A file name with its suffix, like ``P0S3-8-12-00.sb2``."""
    loader_version: str
    """The value of LA_VERSION, like ``PAS30830``."""


def build(loads: LoadsList, line_end: str = "\n") -> bytes:
    """Return the payload's text."""
    lines = (loads.loader, loads.application, VERSION_KEY + loads.loader_version)
    return "".join(line + line_end for line in lines).encode("ascii")


def parse(payload: bytes) -> LoadsList:
    """Read the payload (the part after the signed header)."""
    fields = [_Line(payload, *span) for span in _lines(payload)]
    if len(fields) != 3:
        raise WireError(f"a .loads list has 3 lines, this has {len(fields)}", 0)
    loader, application, version = fields
    return LoadsList(
        loader.matching(_FILE_NAME, suffix=b".sbn"),
        application.matching(_FILE_NAME, suffix=b".sb2"),
        version.matching(_VERSION, prefix=VERSION_KEY.encode("ascii")),
    )


def _lines(payload: bytes) -> list[tuple[int, int]]:
    """Return the beginning and the end of each line that is not empty."""
    spans = []
    start = 0
    for line in payload.split(b"\n"):
        if line.strip():
            spans.append((start, start + len(line.rstrip())))
        start += len(line) + 1
    return spans


@dataclass(frozen=True, slots=True)
class _Line:
    payload: bytes
    start: int
    end: int

    def matching(self, pattern: re.Pattern[bytes], prefix: bytes = b"", suffix: bytes = b"") -> str:
        text = self.payload[self.start : self.end]
        fits = text.startswith(prefix) and text.endswith(suffix)
        value = text.removeprefix(prefix)
        if not fits or not pattern.fullmatch(value) or value == suffix:
            raise WireError(f"{text[:40]!r} is not {(prefix or b'a name') + suffix!r}", self.start)
        return value.decode("ascii")
