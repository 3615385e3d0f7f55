"""Every object is within the limits of a 7940 and 7960, whatever values it is made from."""

from collections.abc import Callable

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from ringup.pages.objects.labels import label, latin
from ringup.pages.objects.paging import MORE, menu_page
from ringup.pages.objects.values import (
    Directory,
    DirectoryEntry,
    GraphicMenu,
    Image,
    Input,
    InputItem,
    InputKind,
    Menu,
    MenuItem,
    Page,
    Text,
)
from ringup.pages.objects.xml import xml
from tests.pages.objects.schema import check

URL = "http://10.0.0.1/phone/services"
_text = st.text(max_size=100)
_items = st.builds(MenuItem, _text, st.just(URL))
_entries = st.builds(DirectoryEntry, _text, st.from_regex(r"[0-9*#+]{1,32}", fullmatch=True))
_rows = st.integers(1, 9).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 3), min_size=width, max_size=width), min_size=1, max_size=5
    )
)
_place = st.tuples(st.integers(-1, 132), st.integers(-1, 64))
pages: st.SearchStrategy[Page] = st.one_of(
    st.builds(Text, st.text(max_size=5000), _text, _text),
    st.builds(Menu, st.lists(_items, max_size=32), _text, _text),
    st.builds(
        Directory,
        st.lists(_entries, max_size=32),
        _text,
        _text,
    ),
    st.builds(
        Input,
        st.just(URL),
        st.lists(
            st.builds(InputItem, _text, st.just("who"), st.sampled_from(InputKind), _text, st.booleans()),
            min_size=1,
            max_size=5,
        ),
        _text,
        _text,
    ),
    st.builds(Image, _rows, _text, _text, _place),
    st.builds(GraphicMenu, _rows, st.lists(_items, max_size=12), _text, _text, _place),
)  # fmt: skip


@given(pages, st.sampled_from(["ISO-8859-1", "UTF-8"]))
def test_every_object_is_valid(page: Page, charset: str) -> None:
    check(xml(page, charset))


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: Menu([MenuItem("a", URL)] * 33), "32 entries, not 33"),
        (lambda: Directory([DirectoryEntry("a", "1")] * 33), "32 entries, not 33"),
        (lambda: Input(URL, [InputItem("a", "a")] * 6), "5 entries, not 6"),
        (lambda: Input(URL, []), "1 to 5 entries"),
        (lambda: MenuItem("a", "x" * 257), "256 characters, not 257"),
        (lambda: MenuItem("a", "http://ü/"), "visible ASCII"),
        (lambda: DirectoryEntry("a", "none"), "digits"),
        (lambda: DirectoryEntry("a", "1" * 33), "32 digits"),
        (lambda: InputItem("a", "a b"), "letters, digits"),
        (lambda: Image([[0] * 134]), "133 × 65"),
        (lambda: Image([[0]] * 66), "133 × 65"),
        (lambda: Image([[0, 0], [0]]), "one length"),
        (lambda: Image([[4]]), "0 to 3"),
        (lambda: Image([[0]], place=(133, 0)), "outside the pane"),
        (lambda: GraphicMenu([[0]], [MenuItem("a", URL)] * 13), "12 entries, not 13"),
    ],
)  # fmt: skip
def test_what_cannot_be_mended_is_refused(make: Callable[[], Page], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        make()


def test_the_five_characters_are_escaped_and_arrive_as_they_were() -> None:
    page = Text("& < > \" '", "a & b")
    document = xml(page)
    assert b"&amp; &lt; &gt; &quot; &apos;" in document
    assert fromstring(document).findtext("Text") == page.text


def test_a_picture_has_its_leftmost_pixel_in_the_lowest_bits() -> None:
    assert b"<Width>4</Width><Height>1</Height><Depth>2</Depth><Data>2D</Data>" in xml(Image([[1, 3, 2, 0]]))


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("Zoë  Müller", "Zoë Müller"),
        ("Łukasz Żak", "Lukasz Zak"),
        ("“A” – B…", '"A" - B...'),
        ("日本", "??"),
        ("a\x00b\u200bc", "abc"),
        ("x" * 33, "x" * 30 + ".."),
    ],
)
def test_a_text_becomes_what_a_phone_can_show(given_text: str, shown: str) -> None:
    assert label(given_text, 32) == shown


@given(st.text())
def test_every_text_becomes_iso_8859_1(text: str) -> None:
    assert latin(latin(text).encode("latin-1").decode("latin-1")) == latin(text)


@given(st.integers(0, 200))
def test_the_pages_of_a_list_show_each_entry_once(count: int) -> None:
    items = [MenuItem(str(number), f"{URL}/{number}") for number in range(count)]
    seen: list[str] = []
    start: int | None = 0
    while start is not None:
        page = menu_page(items, lambda following: f"{URL}?start={following}", start)
        last = page.items[-1] if page.items else None
        start = int(last.url.split("=")[1]) if last and last.name == MORE else None
        seen += [item.name for item in page.items if item.name != MORE]
    assert seen == [item.name for item in items]
