"""Read the site's fields for automatic onboarding: the range of extensions, and the end."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from ringup.site.record_faults import FaultyRecord

MOST_EXTENSIONS = 1000
"""Maximum number of extensions in the range; a longer range is a slip of the keyboard."""


def extensions_in(text: str) -> Sequence[str]:
    """Return the extensions of a range like ``301-320``; none for an empty text.

    Raises FaultyRecord.
    """
    if not text:
        return ()
    first, _, last = text.partition("-")
    is_range = all(end.isascii() and end.isdecimal() for end in (first, last)) and len(first) == len(last)
    if not is_range or not 0 <= int(last) - int(first) < MOST_EXTENSIONS:
        what = f"auto_extensions {text!r} is not a range of at most {MOST_EXTENSIONS:,} extensions."
        raise FaultyRecord(what, "Write the first and the last, with the same number of digits: 301-320")
    return [f"{number:0{len(first)}}" for number in range(int(first), int(last) + 1)]


def end_of(text: str, zone: str) -> float:
    """Return the end in Unix seconds; a text without an offset is a time in the zone. Raises FaultyRecord."""
    try:
        end = datetime.fromisoformat(text)
        return (end if end.tzinfo else end.replace(tzinfo=ZoneInfo(zone))).timestamp()
    except (ValueError, KeyError, OverflowError, OSError) as error:
        raise FaultyRecord(f"auto_until {text!r} is not a time.", "Write it like 2026-12-01T18:00") from error


def refuse_faulty_auto(extensions: str, until: str, zone: str) -> None:
    """Raise FaultyRecord if these fields do not fit together."""
    if until:
        end_of(until, zone)
    if extensions_in(extensions) and not until:
        raise FaultyRecord(
            "auto_extensions is set without auto_until.",
            "Set the end as well, because every unknown phone gets an account until then: "
            "auto_until=2026-12-01T18:00",
        )
