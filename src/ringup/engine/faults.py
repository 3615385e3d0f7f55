"""Faults of our own while phones are served: told of, one a second, and never the phone's loss."""

from collections.abc import Callable

from ringup.engine.found import Absent, Found
from ringup.events import ServerFault


class Faults:
    """Tells one a second: a cable that is out, or a broken disk, makes thousands."""

    def __init__(self, tell: Callable[[ServerFault], None], clock: Callable[[], float], by: str = "") -> None:
        """`by`: how phones asked, where it needs to be said."""
        self._tell = tell
        self._clock = clock
        self._by = by
        self._second = 0

    def tell(self, what: str) -> None:
        """Tell of it, if nothing was told of in this second."""
        now = self._clock()
        if int(now) != self._second:
            self._second = int(now)
            self._tell(ServerFault(now, "", what))

    def find(self, find: Callable[[str, str], Found], name: str, address: str) -> Found:
        """Return what `find` returns; "absent" if it fails: another answer ends a hunt (P-TFTP-15)."""
        try:
            return find(name, address)
        except Exception as error:  # whatever a renderer or a folder does, the phone gets an answer
            self.tell(f"finding {name!r} for {address}{self._by}: {error!r}")
            return Absent("the server itself failed while it looked for the file; see the fault beside this")
