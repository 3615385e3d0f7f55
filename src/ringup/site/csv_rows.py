"""Merge the rows of a table into the site: each row changes or adds one phone, or one line of a phone.

A phone that the table does not name stays unchanged. For a phone that it names, each column sets a field. An
empty cell clears the field, but a password is kept, or generated. Fields without a column stay unchanged.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from ringup.errors import Problem
from ringup.phone.forced_keys import MARK, merged
from ringup.site.columns import LINE_FIELDS, LINE_NUMBER, MOST_LINES, VENDOR, Column, Columns
from ringup.site.forced_secrets import PASSWORD, SECRET
from ringup.site.model import Site
from ringup.site.rows import Path, Plain, Rows, by_record
from ringup.site.spreadsheet_habits import fault_of_cell, lost_zeros, meant, unguarded
from ringup.site.table import BLANKS, Table, TableRow
from ringup.site.write import to_plain
from ringup.wire.mac import parse as parse_mac

_MODEL = re.compile(r"(?:cisco)?\s*(?:(?:unified )?ip phone)?\s*(?:cp-)?(79[46]0)g?", re.IGNORECASE)
_WORDS = {
    "voicemail": {"novm": "no", "default": "yes", "enabled": "yes", "disabled": "no", "": "yes"},
}
"""Values of other systems, in lower case, with ringup's values."""
_KEPT = frozenset({SECRET, PASSWORD, MARK + SECRET, MARK + PASSWORD})
"""Fields that an empty cell leaves unchanged."""


@dataclass(frozen=True, slots=True)
class MergedSite:
    """The site after the rows of a table were merged into it; it is not checked yet."""

    rows: Rows
    lines: Mapping[str, tuple[int, ...]]
    """The line numbers in the table that are about each phone, by the phone's MAC."""
    left_out: tuple[int, ...]
    """The line numbers in the table that are about phones of other vendors."""


def merge(
    table: Table, columns: Columns, stored: Site, progress: Callable[[int], None] = lambda _: None
) -> MergedSite:
    """Merge the table's rows into the site; `progress` is called with the number of rows done."""
    merger = _Merger(table, columns, stored)
    for number, row in enumerate(table.rows, 1):
        merger.add(row)
        progress(number)
    return merger.merged()


@dataclass(slots=True)
class _Target:
    """A phone into which rows are merged."""

    record: Plain
    before: tuple[Plain, ...]
    """The phone's lines before the import."""
    lines: dict[int, Plain | None] = field(default_factory=dict)
    """The lines that the rows describe, by their number; None if a row says that the phone does not have the
    line.
    """
    places: dict[int, int] = field(default_factory=dict)
    """The line number in the table at which each line of the phone is described."""
    rows: list[TableRow] = field(default_factory=list)


class _Merger:
    def __init__(self, table: Table, columns: Columns, stored: Site) -> None:
        self._table = table
        self._of_phone = [c for c in columns.used if c.field not in (*LINE_FIELDS, LINE_NUMBER, VENDOR)]
        self._of_line = [c for c in columns.used if c.field in LINE_FIELDS]
        self._special = {c.field: c for c in columns.used if c.field in (LINE_NUMBER, VENDOR, "mac")}
        self._numbers = sorted({column.line for column in self._of_line})
        self._data = _plain(stored)
        self._known: dict[str, Plain] = {phone["mac"]: phone for phone in self._data["phones"]}
        self._holders = {
            line["extension"]: (phone["mac"], number)
            for phone in self._data["phones"]
            for number, line in enumerate(phone["lines"], 1)
        }
        self._lines = {line["extension"]: line for phone in self._data["phones"] for line in phone["lines"]}
        self._zeros = {extension for extension in self._holders if extension.startswith("0")}
        self._targets: dict[str, _Target] = {}
        self._problems: list[Problem] = list(table.problems)
        self._left_out: list[int] = []

    def add(self, row: TableRow) -> None:
        vendor = self._special.get(VENDOR)
        if vendor and (named := row.cells[vendor.index]) and "cisco" not in named.lower():
            self._left_out.append(row.line)
            return
        faulty = {column for column in (*self._of_phone, *self._of_line) if self._is_faulty(row, column)}
        mac, number = self._addressed(row, faulty)
        target = self._targets.get(mac) or self._new_target(mac)
        first, is_first = (target.rows or [row])[0], not target.rows
        target.rows.append(row)
        for column in self._of_phone:
            if column.field == "mac" or column in faulty:
                continue
            if is_first:
                _put(target.record, column, _value(row, column))
            elif row.cells[column.index] != first.cells[column.index]:
                what = f"{column.header} differs from {self._table.place(first.line)}, the same phone."
                self._complain(row, what, "Write the same in all rows of a phone.")
        self._put_lines(target, row, number, faulty)

    def _is_faulty(self, row: TableRow, column: Column) -> bool:
        if fault := fault_of_cell(column.field.removeprefix(MARK), row.cells[column.index]):
            self._complain(row, f"{column.header} {fault[0]}", fault[1])
        return fault is not None

    def _addressed(self, row: TableRow, faulty: set[Column]) -> tuple[str, int]:
        """Return the MAC of the row's phone, and the number of the line that the row describes; 0 stands for
        the next line.
        """
        # A row without a valid MAC gets a separate phone, so that the row's other mistakes are found too.
        nowhere = f"\0{row.line}"
        column = self._special.get("mac")
        if column is None:
            return self._holder(row) or (nowhere, 0)
        cell = _value(row, column)
        if column in faulty:
            return nowhere, self._line_number(row)
        if not cell:
            self._complain(row, "the MAC is missing.", "Write the twelve digits on the back of the phone.")
            return nowhere, self._line_number(row)
        try:
            return parse_mac(cell), self._line_number(row)
        except ValueError as error:
            self._complain(row, str(error), "Write it like 00:16:46:c0:ff:ee.")
            return nowhere, self._line_number(row)

    def _holder(self, row: TableRow) -> tuple[str, int] | None:
        """Return the phone and the line that have the row's extension; this is for a table without MACs."""
        column = next(column for column in self._of_line if column.field == "extension")
        extension = _value(row, column)
        if extension not in self._holders:
            zeros = lost_zeros(extension, self._zeros)
            what = f"no phone of the site has extension {extension or '(empty)'}, and the file has no MAC."
            cure = f"Write {zeros}." if zeros else "Add a column mac with the phone's MAC."
            self._complain(row, what, cure)
        return self._holders.get(extension)

    def _line_number(self, row: TableRow) -> int:
        column = self._special.get(LINE_NUMBER)
        text = row.cells[column.index] if column else ""
        if not text or (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_LINES):
            return int(text or 0)
        self._complain(row, f"{text} is not the number of a line.", f"Write 1 to {MOST_LINES}.")
        return 0

    def _new_target(self, mac: str) -> _Target:
        record = self._known.get(mac)
        if record is None:
            record = {"mac": mac, "lines": []}
            self._data["phones"].append(record)
        target = self._targets[mac] = _Target(record, tuple(record["lines"]))
        return target

    def _put_lines(self, target: _Target, row: TableRow, number: int, faulty: set[Column]) -> None:
        if len(target.rows) > 1 and self._numbers[-1:] > [0]:
            what = f"the row is the same phone as {self._table.place(target.rows[0].line)}."
            self._complain(row, what, "Remove one of the two.")
            return
        for group in self._numbers:
            columns = [column for column in self._of_line if column.line == group]
            at = group or number or (len(target.rows) if 0 in self._numbers else 1)
            line = self._line(target, row, columns, at, faulty)
            if at in target.places:
                what = f"line {at} is written in {self._table.place(target.places[at])} already."
                self._complain(row, what, "Give each row of a phone its own line number.")
            target.lines[at] = line
            target.places[at] = row.line

    def _line(
        self, target: _Target, row: TableRow, columns: list[Column], at: int, faulty: set[Column]
    ) -> Plain | None:
        """Return the line that the row describes; it begins as the stored line with the same extension."""
        named = next((column for column in columns if column.field == "extension"), None)
        stored = target.before[at - 1] if at <= len(target.before) else None
        if named:
            extension = _value(row, named)
            self._look_for_zeros(target, row, extension)
            new = {"extension": extension} if extension else None
            stored = self._lines.get(extension, new)
        line = dict(stored) if stored else None
        for column in columns:
            cell = _value(row, column)
            if line is None and cell and column not in faulty:
                what = f"{column.header} is given, and line {at} has no extension."
                self._complain(row, what, "Write its extension, or clear the cell.")
            elif line is not None and column.field != "extension" and column not in faulty:
                _put(line, column, cell)
        return line

    def _look_for_zeros(self, target: _Target, row: TableRow, extension: str) -> None:
        own = {line["extension"] for line in target.before}
        if was := lost_zeros(extension, own):
            what = f"extension {extension} was {was}: a spreadsheet drops leading zeros."
            cure = (
                f"Write '{was}. To change it: ringup phone set {target.record['mac']} --extension {extension}"
            )
            self._complain(row, what, cure)

    def _complain(self, row: TableRow, what: str, cure: str) -> None:
        self._problems.append(Problem(self._table.place(row.line), what, cure))

    def merged(self) -> MergedSite:
        """Return the merged site, and the place of each part that came from the table."""
        places: dict[Path, int] = {}
        indexes = {id(phone): index for index, phone in enumerate(self._data["phones"])}
        for target in self._targets.values():
            path: Path = ("phones", indexes[id(target.record)])
            places[path] = target.rows[0].line
            numbers = sorted({*range(1, len(target.before) + 1), *target.lines})
            lines: list[Plain] = []
            for number in numbers:
                line = target.lines.get(number, _line_before(target, number))
                if line is not None:
                    if number in target.places:
                        places[(*path, "lines", len(lines))] = target.places[number]
                    lines.append(line)
            target.record["lines"] = lines
        for number, phone in enumerate(self._data["phones"]):
            if phone["mac"].startswith("\0"):
                phone["mac"] = f"{number:012X}"  # a MAC that no phone has; the problem was already reported
        lines_of = {
            target.record["mac"]: tuple(row.line for row in target.rows) for target in self._targets.values()
        }
        rows = Rows(self._data, self._where(places), tuple(self._problems))
        return MergedSite(rows, lines_of, tuple(self._left_out))

    def _where(self, places: Mapping[Path, int]) -> Callable[[Path], str]:
        elsewhere = by_record(self._data)

        def where(path: Path) -> str:
            for length in range(len(path), 1, -1):
                if path[:length] in places:
                    return self._table.place(places[path[:length]])
            return elsewhere(path)

        return where


def _value(row: TableRow, column: Column) -> str:
    return unguarded(row.cells[column.index]).strip(BLANKS)


def _line_before(target: _Target, number: int) -> Plain | None:
    """Return the stored line with a number that no row describes; None if a row gave its extension to another
    line.
    """
    if number > len(target.before):
        return None
    line = target.before[number - 1]
    given = {given["extension"] for given in target.lines.values() if given}
    return None if line["extension"] in given else line


def _plain(stored: Site) -> Plain:
    data = to_plain(stored, secrets=True)
    for part in ("site", "pbx"):
        data.setdefault(part, {})
    for part in ("network", "groups", "phones"):
        data.setdefault(part, [])
    return data


def _put(record: Plain, column: Column, value: str) -> None:
    """Write the value of a cell into the record of a phone or a line."""
    name = column.field
    if column.is_setting:
        _put_setting(record, name, value)
    elif name in _KEPT:
        _put_secret(record, name, value)
    else:
        word = value.lower()
        value = dict(column.words).get(word, _WORDS.get(name, {}).get(word, value))
        if name == "model" and (model := _MODEL.fullmatch(value)):
            value = model[1]
        if value == "":
            if not _is_only_blanks(record.get(name)):
                record.pop(name, None)
        elif str(record.get(name, "")).strip(BLANKS) != value:
            record[name] = value


def _put_secret(record: Plain, name: str, value: str) -> None:
    """Set a password, unless the cell is empty or equal to the stored one; only a phone's password may be set
    to empty.
    """
    bare_name = name.removeprefix(MARK)
    if not value:
        return
    if bare_name == PASSWORD:
        value = meant(value)
    stored = record.get(bare_name)
    if stored is None or str(stored).strip(BLANKS) != value:
        record.pop(bare_name, None)
        record[name] = value


def _put_setting(record: Plain, name: str, value: str) -> None:
    settings: dict[str, str] = dict(record.get("settings", {}))
    if not value:
        if not _is_only_blanks(settings.get(name)):
            settings.pop(name, None)
    elif name not in settings or settings[name].strip(BLANKS) != meant(value):
        settings = merged((settings, {name: meant(value)}))
    record["settings"] = settings


def _is_only_blanks(stored: object) -> bool:
    """Return whether a value consists only of spaces; in a table, such a value looks like an empty cell."""
    return isinstance(stored, str) and bool(stored) and not stored.strip(BLANKS)


def notes(merged: MergedSite, columns: Columns, table: Table) -> Iterator[str]:
    """Yield remarks for the operator about how the table was read."""
    if columns.layout not in ("", "ringup"):
        guess = ", by column names that were not tried with a running system" if columns.is_guess else ""
        yield f"{table.name} is read as {columns.layout}{guess}."
    if columns.unused:
        yield f"{len(columns.unused)} columns are not used: {', '.join(columns.unused[:8])}" + (
            f" and {len(columns.unused) - 8} more." if len(columns.unused) > 8 else "."
        )
    yield from _short_extensions(merged, table)
    if merged.left_out:
        first = ", ".join(table.place(line) for line in merged.left_out[:3])
        yield f"{len(merged.left_out)} rows of other vendors are left out: {first}."


def _short_extensions(merged: MergedSite, table: Table) -> Iterator[str]:
    """Yield a note if some extensions begin with a zero and others may have lost one."""
    phones = {phone["mac"]: phone["lines"] for phone in merged.rows.data["phones"]}
    every = [line["extension"] for lines in phones.values() for line in lines]
    zeros = [extension for extension in every if re.fullmatch("0[0-9]+", extension)]
    lengths = {len(extension) for extension in every if extension.isdigit()} - {len(e) for e in zeros}
    shorter = [
        f"{line['extension']} ({table.place(rows[0])})"
        for mac, rows in merged.lines.items()
        for line in phones.get(mac, ())
        if len(line["extension"]) in lengths and any(len(line["extension"]) < len(e) for e in zeros[:1])
    ]
    if shorter:
        named = ", ".join(shorter[:3]) + (f" and {len(shorter) - 3} more" if len(shorter) > 3 else "")
        yield f"Extensions shorter than {zeros[0]}, if a spreadsheet dropped their zeros: {named}."
