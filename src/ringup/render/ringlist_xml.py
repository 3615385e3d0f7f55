"""Ringlist.xml: the ring tones for the models 7906 to 7975, from the same records as RINGLIST.DAT.

These models accept at most 50 ring tones, names of 25 characters, and files that end in ``.raw``. A tone
whose file has another suffix is left out. Source: P-RING-4.
"""

from xml.sax.saxutils import escape

from ringup.phone.latin_letters import latin_bytes
from ringup.site.model import Site

MOST_RINGS = 50
LONGEST_TEXT = 25
"""Maximum number of characters of a tone's name, and of a file's name."""


def ringlist_xml(site: Site) -> str:
    """Return the list; empty for a site without a tone that these models accept."""
    rings = [_ring(ring.name, ring.file) for ring in site.rings if _is_usable(ring.file)][:MOST_RINGS]
    return f"<CiscoIPPhoneRingList>\n{''.join(rings)}</CiscoIPPhoneRingList>\n" if rings else ""


def _is_usable(file: str) -> bool:
    return file.endswith(".raw") and len(file) <= LONGEST_TEXT and file.isascii()


def _ring(name: str, file: str) -> str:
    return (
        f"  <Ring>\n    <DisplayName>{_text(name)}</DisplayName>\n"
        f"    <FileName>{_text(file)}</FileName>\n  </Ring>\n"
    )


def _text(text: str) -> str:
    """Return the text in ASCII with references for other characters, so that its encoding does not matter."""
    latin = latin_bytes(text).decode("latin-1")[:LONGEST_TEXT]
    return escape(latin).encode("ascii", "xmlcharrefreplace").decode("ascii")
