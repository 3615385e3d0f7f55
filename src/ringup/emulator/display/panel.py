"""The buttons and soft keys of the phone, and what its display shows: reports go in, commands come out.

The names of the keys are those of P-SCREEN-7. A key that has no effect at the moment gives no command.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ringup.emulator.display.shown import PANE_ROWS, DisplayState, LineIcon, LineLabel
from ringup.emulator.pages.objects import Page
from ringup.emulator.pages.pixels import pixels_in
from ringup.emulator.report import Report

KEYPAD: Mapping[str, str] = {
    **{f"KeyPad{digit}": str(digit) for digit in range(10)}, "KeyPadStar": "*", "KeyPadPound": "#",
}  # fmt: skip
KEYS = (
    *KEYPAD, *(f"Soft{n}" for n in range(1, 5)), *(f"Line{n}" for n in range(1, 7)), "NavUp", "NavDwn",
    "Info", "Messages", "Services", "Directories", "Settings", "VolUp", "VolDwn", "Headset", "Speaker",
    "Mute",
)  # fmt: skip
"""The name of every button and soft key."""

SOFT_KEYS: Mapping[str, tuple[str, str, str, str]] = {
    "idle": ("Redial", "NewCall", "", ""),
    "typing": ("Dial", "<<", "Cancel", ""),
    "ringing": ("Answer", "EndCall", "", ""),
    "calling": ("EndCall", "", "", ""),
    "talking": ("EndCall", "", "", ""),
    "Menu": ("Select", "", "Exit", "Update"),
    "GraphicMenu": ("Select", "", "Exit", "Update"),
    "Directory": ("Dial", "", "Exit", "Update"),
    "Text": ("Update", "", "Exit", ""),
    "Image": ("Update", "", "Exit", ""),
    "Input": ("Submit", "<<", "Exit", ""),
}
"""The labels of the soft keys in each situation. [R]"""
_STATES = {"ringing": "ringing", "dialling": "calling", "ringback": "calling", "answered": "talking"}
_WORDS = {"ringing": "From", "calling": "Calling", "talking": "Connected"}

PanelCommand = tuple[str, dict[str, Any]]
"""A command's name, as `EmulatedPhone.command` takes it, and its arguments."""


class Panel:
    """The display and the keys of one phone."""

    def __init__(self, settings: Callable[[], Mapping[str, str]], page: Callable[[], Page | None]) -> None:
        """`settings` returns the phone's settings; `page` returns the page on the screen."""
        self._settings = settings
        self._page = page
        self._boot: tuple[str, ...] = ()
        self._lines: dict[int, bool] = {}
        self._state = "idle"
        self._call = ""
        self._typed: str | None = None
        """The digits dialled so far, or the text typed into a form; None: the person has not begun to type.
        """
        self._form: list[str] = []
        """The text in each field of a form."""
        self._last = ""
        self._selected = 0
        self._words = ""
        """The error text that the screen shows for a page that the phone did not accept."""
        self._has_lamp = False
        self._messages: dict[int, int] = {}
        self._logo: tuple[tuple[int, ...], ...] = ()

    # --- the reports ----------------------------------------------------------------------------------------

    def take(self, report: Report) -> None:
        """Update the display from a report of the phone."""
        follow = {
            "line": self._line, "call": self._call_state, "lamp": self._lamp, "page": self._new_page,
            "page-refused": self._refused, "messages": self._counts, "screen": self._screen,
        }.get(report.kind)  # fmt: skip
        if follow:
            follow(report.detail)

    def show_logo(self, rows: tuple[tuple[int, ...], ...]) -> None:
        """Show a logo while the phone is idle."""
        self._logo = rows

    def _line(self, detail: Mapping[str, Any]) -> None:
        self._lines[int(detail["line"])] = detail["state"] == "registered"

    def _call_state(self, detail: Mapping[str, Any]) -> None:
        self._state = _STATES.get(detail["state"], "idle")
        self._call = str(detail.get("name") or detail.get("with", ""))
        self._typed = None

    def _lamp(self, detail: Mapping[str, Any]) -> None:
        self._has_lamp = bool(detail["on"])

    def _counts(self, detail: Mapping[str, Any]) -> None:
        self._messages[int(detail["line"])] = int(detail["new"])

    def _new_page(self, _detail: Mapping[str, Any]) -> None:
        self._selected, self._words, self._typed = 0, "", None
        page = self._page()
        self._form = [""] * len(page.fields) if page else []

    def _refused(self, detail: Mapping[str, Any]) -> None:
        self._words = str(detail["shown"])

    def _screen(self, detail: Mapping[str, Any]) -> None:
        self._boot = tuple(map(str, detail["lines"]))

    # --- the keys -------------------------------------------------------------------------------------------

    def press(self, key: str) -> list[PanelCommand]:
        """Return the commands that pressing a key causes; raises ValueError for a key that the phone does not
        have.
        """
        if key not in KEYS:
            raise ValueError(f"{key!r} is not a key: {', '.join(KEYS)}")
        if key in KEYPAD:
            return self._digit(KEYPAD[key])
        if key.startswith("Soft"):
            return self._soft(self._soft_keys()[int(key[-1]) - 1])
        if key.startswith("Line"):
            return self._line_key(int(key[-1]))
        if key in ("NavUp", "NavDwn"):
            self._move(-1 if key == "NavUp" else 1)
            return []
        buttons: Mapping[str, list[PanelCommand]] = {
            "Services": [("services", {})],
            "Directories": [("directory", {})],
            "Messages": [("messages", {})],
        }
        return buttons.get(key, [])

    def type(self, text: str) -> None:
        """Type a text into the selected field of a form, as if the letters were on keys."""
        if self._form and self._page() is not None:
            self._form[self._selected] += text
        else:
            self._typed = (self._typed or "") + text

    def _digit(self, digit: str) -> list[PanelCommand]:
        page = self._page()
        if self._state == "talking":
            return [("press", {"digits": digit})]
        if page is not None and page.entries:
            number = int(digit) if digit.isdigit() else 0
            return self._select(number - 1) if 1 <= number <= len(page.entries) else []
        if digit == "#" and self._typed and page is None:
            return self._soft("Dial")
        if page is None or page.fields:
            self.type(digit)
        return []

    def _line_key(self, number: int) -> list[PanelCommand]:
        if self._state == "ringing":
            return [("answer", {})]
        if number in self._lines and self._state == "idle":
            self._typed = self._typed or ""
        return []

    def _move(self, by: int) -> None:
        page = self._page()
        count = len(_rows_of(page)) if page else 0
        self._selected = min(max(self._selected + by, 0), max(count - 1, 0))

    def _soft(self, name: str) -> list[PanelCommand]:
        typed = self._typed or ""
        if name == "<<" and self._page() is not None and self._form:
            self._form[self._selected] = self._form[self._selected][:-1]
            return []
        if name in ("<<", "NewCall", "Cancel"):
            self._typed = typed[:-1] if name == "<<" else ("" if name == "NewCall" else None)
            return []
        if name == "Redial" or (name == "Dial" and self._page() is None):
            self._last = typed or self._last
            self._typed = None
            return [("dial", {"digits": self._last})] if self._last else []
        if name in ("Select", "Dial"):
            return self._select(self._selected)
        plain = {"Answer": "answer", "EndCall": "hangup", "Update": "update", "Exit": "exit"}
        if name == "Submit":
            return [("submit", {"text": self._form[0], "further": self._form[1:]})] if self._form else []
        return [(plain[name], {})] if name in plain else []

    def _select(self, index: int) -> list[PanelCommand]:
        return [("select", {"entry": index + 1})]

    # --- the display ----------------------------------------------------------------------------------------

    def _situation(self) -> str:
        page = self._page()
        if self._state == "idle" and page is not None:
            return page.kind
        return "typing" if self._state == "idle" and self._typed is not None else self._state

    @property
    def is_off_hook(self) -> bool:
        """Return whether the user is about to dial, and has dialled no digit."""
        return self._situation() == "typing" and not self._typed

    def _soft_keys(self) -> tuple[str, str, str, str]:
        return SOFT_KEYS[self._situation()] if self._lines else ("", "", "", "")

    def shown(self) -> DisplayState:
        """Return what the display shows now."""
        settings = self._settings()
        if not self._lines:
            return DisplayState(rows=self._boot, title="")
        title, rows, selected, prompt = self._texts()
        return DisplayState(
            label=settings.get("phone_label", ""),
            has_sip_mark=True,
            lines=[self._label(settings, number) for number in sorted(self._lines)],
            title=title,
            rows=rows,
            selected=selected,
            picture=self._picture(),
            prompt=prompt,
            soft_keys=self._soft_keys(),
            has_lamp=self._has_lamp,
        )

    def _texts(self) -> tuple[str, list[str], int | None, str]:
        page, situation = self._page(), self._situation()
        if page is not None and situation == page.kind:
            rows = _rows_of(page)
            if page.fields:
                rows = [f"{row}: {text}_" for row, text in zip(rows, self._form, strict=True)]
            first = max(self._selected - PANE_ROWS + 1, 0)
            selected = self._selected - first if page.entries or len(page.fields) > 1 else None
            return page.title, rows[first : first + PANE_ROWS], selected, page.prompt
        if situation == "typing":
            return "Enter number", [f"{self._typed}_"], None, ""
        if situation in _WORDS:
            return f"{_WORDS[situation]} {self._call}", [], None, ""
        new = sum(self._messages.values())
        words = f"You have {new} new message{'' if new == 1 else 's'}" if new else ""
        return "", [], None, self._words or words

    def _picture(self) -> tuple[tuple[int, ...], ...]:
        page, situation = self._page(), self._situation()
        if page is not None and situation == page.kind:
            return pixels_in(page.data, *page.size) if page.data else ()
        return self._logo if situation == "idle" else ()

    def _label(self, settings: Mapping[str, str], number: int) -> LineLabel:
        text = settings.get(f"line{number}_shortname", "") or settings.get(f"line{number}_name", "")
        if not self._lines[number]:
            return LineLabel(text, LineIcon.UNREGISTERED)
        icon = {"ringing": LineIcon.RINGING, "idle": LineIcon.IDLE}.get(self._state, LineIcon.BUSY)
        if icon is LineIcon.IDLE and self._messages.get(number):
            icon = LineIcon.MESSAGES
        return LineLabel(text, icon)


def _rows_of(page: Page) -> list[str]:
    """Return the rows of a page: its entries with their numbers, its fields, or its text in columns."""
    if page.entries:
        return [f"{number} {each.name}" for number, each in enumerate(page.entries, 1)]
    if page.fields:
        return [name.replace("_", " ").capitalize() for name in page.fields]
    rows = []
    for line in page.text.splitlines():
        while len(line) > TEXT_COLUMNS:
            cut = line.rfind(" ", 0, TEXT_COLUMNS + 1)
            rows.append(line[: cut if cut > 0 else TEXT_COLUMNS])
            line = line[cut if cut > 0 else TEXT_COLUMNS :].lstrip()
        rows.append(line)
    return rows


TEXT_COLUMNS = 22
"""Characters of a row of text in the pane."""
