"""The times in the answers of `ringup why` and `ringup report`."""


class TimeFormat:
    """Shows a time of today without its date."""

    def __init__(self, now: float) -> None:
        self._today = _day(now)

    def __call__(self, at: float) -> str:
        """Return a time in the local zone."""
        from ringup.cli.printing import local_time

        return local_time(at).removeprefix(f"{self._today} ")


def _day(now: float) -> str:
    from ringup.cli.printing import local_time

    return local_time(now).partition(" ")[0]
