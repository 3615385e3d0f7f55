"""Durations as text, for the views of the fleet in a terminal and on the web page."""


def how_long(seconds: float) -> str:
    """Return a duration in its largest unit: ``12 s``, ``3 min``, ``5 h``, ``4 d``."""
    for unit, length, most in (("s", 1, 120), ("min", 60, 120), ("h", 3600, 48)):
        if seconds < most * length:
            return f"{max(0, int(seconds // length))} {unit}"
    return f"{int(seconds // 86400)} d"
