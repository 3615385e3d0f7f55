"""Refuse characters outside of Latin-1 in texts that are written into the phones' files."""

from collections.abc import Callable, Iterator

from ringup.errors import Problem
from ringup.phone.latin_letters import nearest_spelling, not_shown
from ringup.site.rows import Path, Plain

_OF_LISTS = {
    "phones": ("label",),
    "rings": ("name", "file"),
    "dial_rules": ("match", "rewrite", "route", "tone"),
    "network": ("domain",),
}
_OF_LINES = ("short_name", "display_name", "auth_name")


def unshown_texts(data: Plain, where: Callable[[Path], str]) -> Iterator[Problem]:
    """Yield a problem for each text in these rows that a phone would show with question marks."""
    for path, label, text in _texts(data):
        if signs := not_shown(text):
            spelling = nearest_spelling(text)
            cure = (
                f"Write it in another way, for example {spelling!r}."
                if not not_shown(spelling)
                else "Use letters of Western European languages."
            )
            yield Problem(
                where(path), f"{label} {text!r} has signs that the phone cannot show: {signs}.", cure
            )


def _texts(data: Plain) -> Iterator[tuple[Path, str, str]]:
    for part, fields in _OF_LISTS.items():
        for index, record in enumerate(data[part]):
            for field in fields:
                yield (part, index, field), field, str(record.get(field, ""))
    for part, field in (("pbx", "address"), ("site", "ntp_server")):
        yield (part, field), field, str(data[part].get(field, ""))
    for index, phone in enumerate(data["phones"]):
        for key, line in enumerate(phone["lines"]):
            for field in _shown_fields(phone, line, is_first=key == 0):
                path: Path = ("phones", index, "lines", key, field)
                yield path, f"line {key + 1}'s {field}", str(line.get(field, ""))


def _shown_fields(phone: Plain, line: Plain, *, is_first: bool) -> tuple[str, ...]:
    """Return the fields that a phone shows.

    A line's name is shown if the line has no display name, or if the first line stands for the phone's
    missing label.
    """
    is_name_shown = not line.get("display_name") or (is_first and not phone.get("label"))
    return (*_OF_LINES, "name") if is_name_shown else _OF_LINES
