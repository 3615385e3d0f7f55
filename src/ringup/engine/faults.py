"""Report internal faults while phones are served, at most one per second; the phone still gets a reply."""

from collections.abc import Callable

from ringup.engine.found import Absent, Found
from ringup.events import ServerFault


class Faults:
    """Reports at most one fault per second: an unplugged cable or a broken disk causes thousands."""

    def __init__(self, emit: Callable[[ServerFault], None], clock: Callable[[], float], by: str = "") -> None:
        """`by` names the protocol of the request in reports about finding a file; empty: it is not named."""
        self._emit = emit
        self._clock = clock
        self._by = by
        self._second = 0

    def report(self, what: str, mac: str = "") -> None:
        """Report a fault of one phone or of all, unless another fault was reported within this second."""
        now = self._clock()
        if int(now) != self._second:
            self._second = int(now)
            self._emit(ServerFault(now, mac, what))

    def find(self, find: Callable[[str, str], Found], name: str, address: str) -> Found:
        """Return the result of `find`; if `find` fails, return Absent.

        Any other answer would end a phone's hunt, the list of file names that it tries (P-TFTP-15).
        """
        try:
            return find(name, address)
        except Exception as error:  # Whatever fails in a renderer or a folder, the phone gets an answer.
            self.report(f"finding {name!r} for {address}{self._by}: {error!r}")
            return Absent("the server failed while it looked for the file; see the fault of the same second")
