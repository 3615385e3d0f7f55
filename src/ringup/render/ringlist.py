"""RINGLIST.DAT: the ring tones to choose from, a name, a TAB and a file a line.

Copies on the web have blanks where the TAB was; names contain blanks, so the phone then finds no file.
Source: P-RING-1.
"""

import re

from ringup.errors import Problem, SiteErrors
from ringup.site.model import Site

_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f]")


def ringlist(site: Site) -> str:
    """The list, empty for a site without ring tones of its own (then no file is served)."""
    return "".join(f"{_column(ring.name)}\t{_column(ring.file)}\n" for ring in site.rings)


def _column(text: str) -> str:
    if _FORBIDDEN.search(text) or not text.strip():
        raise SiteErrors(
            [Problem("rings", f"{text!r} is no name for RINGLIST.DAT.", "Write text on one line.")]
        )
    return text
