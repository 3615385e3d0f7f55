"""RINGLIST.DAT: the ring tones that users can choose, each as a line with a name, a TAB and a file.

Copies of this file on the web have spaces instead of the TAB. A name may contain spaces, so a phone then
finds no file. Source: P-RING-1.
"""

import re

from ringup.errors import Problem, SiteErrors
from ringup.site.model import Site

_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f]")


def ringlist(site: Site) -> str:
    """Return the list; empty for a site without its own ring tones, which then serves no such file."""
    return "".join(f"{_column(ring.name)}\t{_column(ring.file)}\n" for ring in site.rings)


def _column(text: str) -> str:
    if _FORBIDDEN.search(text) or not text.strip():
        raise SiteErrors(
            [Problem("rings", f"{text!r} is not a possible name in RINGLIST.DAT.", "Write text on one line.")]
        )
    return text
