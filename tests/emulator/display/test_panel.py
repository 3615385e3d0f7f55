"""The display and the keys: what a person sees and presses, without a network."""

from typing import TYPE_CHECKING

import pytest

from ringup.emulator.display.panel import KEYS, Panel
from ringup.emulator.display.shown import LineIcon
from ringup.emulator.display.terminal import text_of
from ringup.emulator.pages.objects import Page, PageEntry
from ringup.emulator.report import Report

if TYPE_CHECKING:
    from collections.abc import Callable

SETTINGS = {"phone_label": "Larry", "line1_name": "201", "line1_shortname": "201", "line2_name": "202"}
NAMES = ("Directory", "Messages", "Calls", "Forward calls", "Parked calls", "This phone")
MENU = Page("Menu", "Services", "201", entries=tuple(PageEntry(name, "http://x") for name in NAMES))
FORM = Page("Input", "Search", fields=("name_or_keys",), url="http://x")


class Phone:
    """A panel whose page the test chooses."""

    def __init__(self) -> None:
        self.page: Page | None = None
        self.panel = Panel(lambda: SETTINGS, lambda: self.page)
        self.say("line", line=1, state="registered")

    def say(self, kind: str, **detail: object) -> None:
        self.panel.take(Report(0.0, kind, detail))

    def open(self, page: Page) -> None:
        self.page = page
        self.say("page", kind_of_page=page.kind)


def test_the_boot_shows_its_words_and_no_keys() -> None:
    panel = Panel(dict, lambda: None)
    panel.take(Report(0.0, "screen", {"lines": ["Configuring IP"]}))
    shown = panel.shown()
    assert (shown.rows, shown.has_sip_mark, shown.soft_keys) == (("Configuring IP",), False, ("", "", "", ""))


def test_the_idle_phone_shows_its_lines_its_messages_and_its_lamp() -> None:
    phone = Phone()
    phone.say("line", line=2, state="refused")
    phone.say("lamp", on=True)
    phone.say("messages", line=1, new=2)
    shown = phone.panel.shown()
    assert [(line.text, line.icon) for line in shown.lines] == [
        ("201", LineIcon.MESSAGES), ("202", LineIcon.UNREGISTERED),
    ]  # fmt: skip
    assert (shown.label, shown.has_sip_mark, shown.has_lamp) == ("Larry", True, True)
    assert shown.prompt == "You have 2 new messages"


def test_the_navigation_scrolls_a_menu_and_the_first_soft_key_selects() -> None:
    phone = Phone()
    phone.open(MENU)
    for _ in range(4):
        phone.panel.press("NavDwn")
    shown = phone.panel.shown()
    assert shown.rows == ["2 Messages", "3 Calls", "4 Forward calls", "5 Parked calls"]
    assert shown.selected == 3
    assert phone.panel.press("Soft1") == [("select", {"entry": 5})]
    assert phone.panel.press("KeyPad2") == [("select", {"entry": 2})]
    assert phone.panel.press("KeyPad9") == []
    assert phone.panel.press("Soft3") == [("exit", {})]


def test_a_form_takes_digits_and_is_submitted() -> None:
    phone = Phone()
    phone.open(FORM)
    for key in ("KeyPad2", "KeyPad3", "KeyPad4", "Soft2"):
        assert phone.panel.press(key) == []
    assert phone.panel.shown().rows == ["Name or keys: 23_"]
    assert phone.panel.press("Soft1") == [("submit", {"text": "23", "further": []})]


def test_a_number_is_typed_after_a_form_was_left() -> None:
    phone = Phone()
    phone.open(FORM)
    phone.page = None
    phone.panel.press("KeyPad2")
    assert phone.panel.shown().rows == ["2_"]


def test_the_navigation_leads_from_field_to_field_of_a_form() -> None:
    phone = Phone()
    phone.open(Page("Input", "Hot desk", fields=("my_number", "pin"), url="http://x"))
    for key in ("KeyPad2", "KeyPad0", "NavDwn", "KeyPad4", "KeyPad7"):
        phone.panel.press(key)
    phone.panel.type("11")
    shown = phone.panel.shown()
    assert (shown.rows, shown.selected) == (["My number: 20_", "Pin: 4711_"], 1)
    assert phone.panel.press("Soft1") == [("submit", {"text": "20", "further": ["4711"]})]


def test_a_number_is_typed_dialled_and_redialled() -> None:
    phone = Phone()
    for key in ("Line1", "KeyPad2", "KeyPad0", "KeyPad2"):
        phone.panel.press(key)
    shown = phone.panel.shown()
    assert (shown.title, shown.rows, shown.soft_keys[0]) == ("Enter number", ["202_"], "Dial")
    assert phone.panel.press("KeyPadPound") == [("dial", {"digits": "202"})]
    assert phone.panel.press("Soft1") == [("dial", {"digits": "202"})]


def test_a_call_is_answered_by_its_line_key_and_takes_digits() -> None:
    phone = Phone()
    phone.say("call", state="ringing", name="Ada Lovelace", **{"with": "202"})
    shown = phone.panel.shown()
    assert (shown.title, shown.lines[0].icon) == ("From Ada Lovelace", LineIcon.RINGING)
    assert phone.panel.press("Line1") == phone.panel.press("Soft1") == [("answer", {})]
    phone.say("call", state="answered", **{"with": "202"})
    assert phone.panel.press("KeyPad5") == [("press", {"digits": "5"})]
    assert phone.panel.press("Soft1") == [("hangup", {})]
    phone.say("call", state="ended", **{"with": "202"})
    assert phone.panel.shown().title == ""


@pytest.mark.parametrize(
    ("key", "command"), [("Services", "services"), ("Directories", "directory"), ("Messages", "messages")]
)
def test_the_buttons_of_the_phone(key: str, command: str) -> None:
    assert Phone().panel.press(key) == [(command, {})]


def test_every_key_may_be_pressed_in_every_situation() -> None:
    ways: list[Callable[[Phone], None]] = [
        lambda phone: None,
        lambda phone: phone.open(MENU),
        lambda phone: phone.open(FORM),
        lambda phone: phone.open(Page("Text", text="word " * 60)),
        lambda phone: phone.say("call", state="ringing", **{"with": "202"}),
        lambda phone: phone.say("page-refused", shown="XML Error[4]"),
    ]
    for way in ways:
        for key in KEYS:
            phone = Phone()
            way(phone)
            phone.panel.press(key)
            assert len(phone.panel.shown().rows) <= 4
    with pytest.raises(ValueError, match="is not a key"):
        Phone().panel.press("Soft9")


def test_a_refused_page_leaves_its_words_at_the_prompt() -> None:
    phone = Phone()
    phone.say("page-refused", shown="Host not Found")
    assert phone.panel.shown().prompt == "Host not Found"


def test_a_terminal_shows_the_display_in_a_frame_of_one_width() -> None:
    phone = Phone()
    phone.open(MENU)
    rows = text_of(phone.panel.shown()).splitlines()
    assert len({len(row) for row in rows}) == 1
    assert any("▶ 1 Directory" in row and "☎ 201" not in row for row in rows)
    assert "Larry SIP" in rows[1]
