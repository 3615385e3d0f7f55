"""Why a file is not there, in the operator's words: most names of a phone's hunt never are.

Source: the names in P-BOOT-4 to P-BOOT-14, P-PATH-15, P-RING-1 and P-RING-4.
"""

import re
from fnmatch import fnmatchcase
from functools import lru_cache

_MAC_IN_NAME = re.compile(r"(?:CTLSEP|ITLSEP|SEP|SIP|MGC)([0-9A-F]{12})\.")

REASONS: tuple[tuple[str, str], ...] = (
    ("* ", "the name ends with a blank; an OS79XX.TXT with one makes old phones ask so (CSCdv19260)"),
    ("CTL*.tlv", "normal: a phone without certificates asks and goes on"),
    ("ITL*.tlv", "normal: a phone without certificates asks and goes on"),
    (
        "SEP<MAC>.cnf.xml",
        "normal in the hunt: 7940/7960 on SIP take their load from XMLDefault.cnf.xml",
    ),
    ("SEP<MAC>.cnf", "normal in the hunt of old SCCP firmware"),
    ("SEPDEFAULT.cnf", "normal in the hunt of old SCCP firmware"),
    ("SIP<MAC>.cnf", "no phone with this MAC: ringup phone add <MAC>"),
    ("MGC*.cnf", "normal in the hunt: MGCP is not served"),
    ("RINGLIST.DAT", "normal: no ring tones are set, and the phone goes on without a list"),
    ("*ringlist.xml", "only the 7941 and later ask for this; they are not served yet"),
    ("term??.default.loads", "only a factory-reset 7941 or later asks for this; they are not served yet"),
    ("gk*", "only the 7905 and 7912 ask for this; they are not served yet"),
    ("ld*", "only the 7905 and 7912 ask for this; they are not served yet"),
    ("*-font.xml", "normal: a locale's file; put it into the folder if you have it"),
    ("*-tones.xml", "normal: a locale's file; put it into the folder if you have it"),
    ("*-dictionary.xml", "normal: a locale's file; put it into the folder if you have it"),
    ("*-kate.xml", "normal: a locale's file; put it into the folder if you have it"),
    ("sp-sip.jar", "normal: a locale's file of the 7941 and later"),
    ("*.loads", "not in the firmware folder: copy the whole package of this load there"),
    ("*.sb2", "not in the firmware folder: copy the whole package of this load there"),
    ("*.sbn", "not in the firmware folder: copy the whole package of this load there"),
    ("*.bin", "not in the firmware folder: copy the whole package of this load there"),
)
"""Patterns as docs/reference/phones.md writes names, compared without regard to case; the first that fits."""

NO_SUCH_FILE = "no file of this name, neither among the phones' settings nor in a folder"


def reason_for(name: str) -> str:
    """Why there is no file of this name (given without its folder)."""
    spelt = name.upper()
    found = _MAC_IN_NAME.match(spelt)
    if not found:
        return _reason_for_pattern(spelt)
    mac = found[1]
    return _reason_for_pattern(spelt.replace(mac, "<MAC>", 1)).replace("<MAC>", mac)


@lru_cache(maxsize=256)  # a fleet asks for a few dozen names once the MAC is out of them
def _reason_for_pattern(spelt: str) -> str:
    fitting = (reason for pattern, reason in REASONS if fnmatchcase(spelt, pattern.upper()))
    return next(fitting, NO_SUCH_FILE)
