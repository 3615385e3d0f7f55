"""The moves of lines that run now, or ran since the server started, and the PINs that were wrong."""

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from ringup.change.restart import RestartOutcome, RestartResult
from ringup.errors import RingupError

MOST_TRIES, TRIES_SECONDS = 5, 600.0
"""Number of wrong PINs of one phone in this many seconds after which it may not try any more."""
RESTARTS, RESTARTED, FOLLOWS = "restarts", "restarted", "follows at its next start"
"""The words about the restart of a phone."""


@dataclass(slots=True)
class LineMove:
    """One move of a line, and what is known of it."""

    extension: str
    phones: tuple[str, ...]
    """MACs of the phones that restart."""
    began: float
    """Monotonic seconds."""
    results: dict[str, str] = field(default_factory=dict)
    """A word about the restart of each phone, by its MAC."""
    fault: str = ""
    is_over: bool = False


class Desks:
    """The moves since the server started, and the wrong PINs of each phone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._moves: dict[str, LineMove] = {}
        self._wrong: dict[str, list[float]] = defaultdict(list)

    def latest(self, extensions: set[str], mac: str) -> LineMove | None:
        """Return the last move of one of these lines, or of a line that left or reached the phone."""
        moves = [each for each in self._moves.values() if each.extension in extensions or mac in each.phones]
        return moves[-1] if moves else None

    def begin(self, move: LineMove, work: Callable[[Callable[[RestartResult], None]], object]) -> bool:
        """Start the work in a thread; return False if the same line moves already."""
        with self._lock:
            running = self._moves.get(move.extension)
            if running is not None and not running.is_over:
                return False
            self._moves.pop(move.extension, None)
            self._moves[move.extension] = move
        threading.Thread(target=self._run, args=(move, work), name="hot desk", daemon=True).start()
        return True

    def _run(self, move: LineMove, work: Callable[[Callable[[RestartResult], None]], object]) -> None:
        def told(result: RestartResult) -> None:
            has_booted = result.outcome is RestartOutcome.BOOTED
            move.results[result.target.mac] = RESTARTED if has_booted else FOLLOWS

        try:
            work(told)
        except (RingupError, OSError) as error:
            move.fault = str(error)
        finally:
            move.is_over = True

    def may_try(self, mac: str, now: float) -> bool:
        """Return whether a phone may try a PIN."""
        self._wrong[mac] = [at for at in self._wrong[mac] if now - at < TRIES_SECONDS]
        return len(self._wrong[mac]) < MOST_TRIES

    def note_wrong(self, mac: str, now: float) -> None:
        """Note a wrong PIN."""
        self._wrong[mac].append(now)
