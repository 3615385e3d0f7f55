"""Read the POSIX rule of an IANA time zone from the footer of its TZif file (RFC 8536 §3.3)."""

import re
from difflib import get_close_matches
from functools import lru_cache
from importlib import resources
from pathlib import Path
from zoneinfo import TZPATH, available_timezones

from ringup.site.record_faults import FaultyRecord

TABLES = ("zone1970.tab", "zone.tab")
"""Files that list inhabited zones with their coordinates; every zone database contains one of these files."""

LONGEST_NAME = 64
"""Maximum number of characters; the longest zone name has 32, and a file system may refuse a very long
name.
"""
_NAME = re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2}")


@lru_cache
def posix_rule(iana: str) -> str:
    """Return the zone's present rule, like ``GMT0BST,M3.5.0/1,M10.5.0``; raises ValueError for an unknown
    zone.

    The rule holds for all years, until a newer zone database changes it. `ringup.site.clock_watch` finds the
    few zones whose file lists other changes for some years before.
    """
    data = zone_file(iana)
    # A TZif file of version 1 (RFC 8536 §3) has no footer. Zone databases since 2005 contain no such files.
    footer = data.rpartition(b"\n")[0].rpartition(b"\n")[2]
    if data[:4] != b"TZif" or not footer.isascii() or not footer:
        what = f"time zone {iana!r} has no rule for the future in its file."
        raise FaultyRecord(what, "Install a newer tzdata.")
    return footer.decode("ascii")


def zone_file(iana: str) -> bytes:
    """Return the zone's TZif file, from the system or the tzdata package; raises ValueError for an unknown
    zone.
    """
    is_name = len(iana) <= LONGEST_NAME and _NAME.fullmatch(iana)
    data = _system_file(iana) or _package_file(iana) if is_name else None
    if data is None:
        shown = iana if len(iana) <= LONGEST_NAME else f"{iana[:LONGEST_NAME]}…"
        raise FaultyRecord(f"time zone {shown!r} is unknown.", _suggestion(iana[:LONGEST_NAME]))
    return data


@lru_cache
def inhabited_zones() -> dict[str, str]:
    """Return every inhabited zone with its coordinates, as the table writes them (``+5130-00007``)."""
    for table in TABLES:
        for folder in (*map(Path, TZPATH), resources.files("tzdata").joinpath("zoneinfo")):
            place = folder.joinpath(table)
            if place.is_file():
                rows = (row.split("\t") for row in place.read_text("utf-8").splitlines() if row[:1] != "#")
                return {row[2]: row[1] for row in rows if len(row) > 2}
    return {}


def _system_file(iana: str) -> bytes | None:
    for folder in TZPATH:
        path = Path(folder) / iana
        if path.is_file() and (data := path.read_bytes()).startswith(b"TZif"):
            return data
    return None


def _package_file(iana: str) -> bytes | None:
    """Return a zone's file from the tzdata package, for systems without zone files."""
    try:
        path = resources.files("tzdata").joinpath("zoneinfo", *iana.split("/"))
        data = path.read_bytes()
    except (ModuleNotFoundError, OSError):
        return None
    return data if data.startswith(b"TZif") else None


def _suggestion(iana: str) -> str:
    known = sorted(available_timezones())
    by_city = {name.rpartition("/")[2].lower(): name for name in known}
    city = by_city.get(iana.rpartition("/")[2].lower().replace(" ", "_"))
    near = list(dict.fromkeys(([city] if city else []) + get_close_matches(iana, known, n=3, cutoff=0.7)))
    return f"Did you mean {' or '.join(near)}?" if near else "Write one like Europe/London."
