"""The operator's view of the fleet (filter, order, selection), and how each key changes it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ringup.fleet.rows import STATES, FleetRow

Mode = Literal["fleet", "filter", "phone", "help"]

_URGENCY = {state: rank for rank, state in enumerate(STATES)}

ORDERS: Mapping[str, Callable[[FleetRow], object]] = {
    "urgency": lambda row: _URGENCY[row.state],
    "extension": lambda row: 0,  # in the order of fleet_rows
    "name": lambda row: row.name.casefold(),
    "newest": lambda row: -row.journey.last_at,
}
"""The orders that `s` goes through, each with its key; equal rows stay in the order of extensions."""

KEYS = (
    ("↑ ↓ j k", "the phone above, below"),
    ("PgUp PgDn", "a page"),
    ("Home End", "the first, the last phone"),
    ("Enter", "this phone: its requests and last events; Esc goes back"),
    ("/", "only phones whose name, extension or MAC has this text; Esc ends it"),
    ("t", "only phones that have a trouble, and unknown phones"),
    ("s", f"another order: {', '.join(ORDERS)}"),
    ("q", "quit; so does Ctrl-C"),
)
"""The keys and their effects, shown by `?`."""

TROUBLED = ("trouble", "unknown")


@dataclass(slots=True)
class View:
    """The state of the screen."""

    mode: Mode = "fleet"
    order: str = "urgency"
    text: str = ""
    """The text of the filter; empty: no filter."""
    only_trouble: bool = False
    selected: int = 0
    """The place of the selected phone among those that are shown."""
    first: int = 0
    """The place of the phone in the screen's first row."""
    page: int = 1
    """The number of phones that the screen showed last."""
    is_over: bool = False

    def chosen(self, rows: Sequence[FleetRow]) -> list[FleetRow]:
        """Return the rows to show, in order; the selection stays inside them."""
        wanted = self.text.casefold()
        found = [row for row in rows if self._takes(row, wanted)]
        found.sort(key=ORDERS[self.order])  # type: ignore[arg-type]
        self.selected = max(0, min(self.selected, len(found) - 1))
        return found

    def _takes(self, row: FleetRow, wanted: str) -> bool:
        if self.only_trouble and row.state not in TROUBLED:
            return False
        bare = wanted.replace(":", "").replace(".", "").replace("-", "")
        return (
            not wanted
            or wanted in row.name.casefold()
            or any(wanted in extension for extension in row.extensions)
            or (bool(bare) and bare in row.mac.casefold())
        )

    def press(self, key: str) -> None:
        """Carry out a key in this mode; ignore keys without a meaning."""
        if self.mode == "filter":
            self._type(key)
        elif key == "q":
            self.is_over = True
        elif self.mode != "fleet":
            self.mode = "fleet" if key in ("escape", "enter", "backspace", "?") else self.mode
        elif key in _MODES:
            self.mode = _MODES[key]
        elif key in _MOVES:
            self.selected = max(0, self.selected + _MOVES[key](self.page))
        else:
            self._choose(key)

    def _type(self, key: str) -> None:
        self.selected = 0
        if key in ("enter", "escape"):
            self.mode, self.text = "fleet", "" if key == "escape" else self.text
        elif key == "backspace":
            self.text = self.text[:-1]
        elif len(key) == 1:
            self.text += key

    def _choose(self, key: str) -> None:
        names = [*ORDERS]
        if key == "s":
            self.order = names[(names.index(self.order) + 1) % len(names)]
        elif key == "t":
            self.only_trouble, self.selected = not self.only_trouble, 0
        elif key == "escape":
            self.text, self.only_trouble = "", False


_MODES: Mapping[str, Mode] = {"/": "filter", "enter": "phone", "?": "help"}
_FAR = 1_000_000
_MOVES: Mapping[str, Callable[[int], int]] = {
    "up": lambda _: -1, "k": lambda _: -1, "down": lambda _: 1, "j": lambda _: 1,
    "page up": lambda page: -page, "page down": lambda page: page,
    "home": lambda _: -_FAR, "end": lambda _: _FAR,
}  # fmt: skip
"""Number of rows by which a key moves the selection, depending on the number of phones on the screen."""
