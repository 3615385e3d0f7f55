"""Change the lines of a phone, for `ringup phone set`."""

from typing import Any

from ringup.errors import Problem, SiteErrors

LINE_FIELDS = {
    "extension": "extension",
    "name": "name",
    "secret": "secret",
    "pin": "voicemail_pin",
    "auth_name": "auth_name",
    "short_name": "short_name",
    "display_name": "display_name",
    "voicemail": "voicemail",
}
"""The options that set a line's fields, and the fields' names in the record."""


def change_lines(
    record: dict[str, Any], given: dict[str, Any], line: int, add_line: str | None, remove_line: str | None
) -> None:
    """Remove and add a line; change the added line, else the line with the given number."""
    if remove_line is not None:
        _remove_line(record, remove_line)
    if add_line is not None:
        record["lines"].append({"extension": add_line})
    if for_line := {LINE_FIELDS[name]: given[name] for name in LINE_FIELDS if name in given}:
        _line(record, len(record["lines"]) if add_line is not None else line).update(for_line)


def line_changes(add_line: str | None, remove_line: str | None) -> list[str]:
    """Return the text of the revision's summary about added and removed lines."""
    edited = {"remove line": remove_line, "add line": add_line}
    return [f"{verb} {extension}" for verb, extension in edited.items() if extension is not None]


def _line(record: dict[str, Any], number: int) -> dict[str, Any]:
    lines: list[dict[str, Any]] = record["lines"]
    if number > len(lines):
        what = f"has {len(lines)} {'line' if len(lines) == 1 else 'lines'}, not {number}."
        raise SiteErrors([Problem(f"phone {record['mac']}", what, "Add one: `--add-line EXTENSION`.")])
    return lines[number - 1]


def _remove_line(record: dict[str, Any], extension: str) -> None:
    kept = [line for line in record["lines"] if line["extension"] != extension]
    if len(kept) == len(record["lines"]):
        has = ", ".join(line["extension"] for line in record["lines"]) or "none"
        what = f"has no line {extension}."
        raise SiteErrors([Problem(f"phone {record['mac']}", what, f"Its lines: {has}.")])
    record["lines"] = kept
