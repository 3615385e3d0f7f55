"""Check the URL of Asterisk's realtime database."""

from urllib.parse import unquote, urlsplit

from ringup.site.record_faults import FaultyRecord

FORM = "postgresql://USER@HOST/DATABASE"


def fault_of_realtime(url: str) -> FaultyRecord | None:
    """Return the fault of this URL, or None; an empty URL has none."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return FaultyRecord("realtime is not a URL.", f"Write it like {FORM}.")
    if parts.password is not None:
        return FaultyRecord(
            "realtime holds a password.", "Put it into realtime_password, and leave it out here."
        )
    if parts.scheme != "postgresql" or not parts.username or not unquote(parts.path).strip("/") or port == 0:
        return FaultyRecord(
            f"realtime is {url!r}, which is not a PostgreSQL database with its user.",
            f"Write it like {FORM}.",
        )
    return None
