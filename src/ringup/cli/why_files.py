"""`ringup why FILE…`: read logs and captures, and report why each phone in them does not come up."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta, timezone, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from ringup.cli.printing import print_json, print_table
from ringup.cli.why_ladder import AnswerForm, show_ladder
from ringup.errors import OutsideError
from ringup.wire.mac import parse as parse_mac

if TYPE_CHECKING:
    from typing import BinaryIO

    from ringup.doctor.foreign import PhoneReport
    from ringup.evidence.reading import FileReading, Reading

STANDARD_INPUT = "-"
_ENDINGS = (".log", ".txt", ".pcap", ".pcapng", ".cap", ".gz", ".bz2", ".xz")
MOST_DETAILS = 20
"""Maximum number of phones that are shown in detail below the table; the others are only named."""
MOST_OTHERS = 12
"""Maximum number of other devices that are named."""
_IN_TROUBLE = ("stuck", "too_early")
"""The states of phones that are shown in detail."""
_UNTIMED = "—"
"""In place of a time, where the files have none."""


class LocalZone(tzinfo):
    """This computer's zone, with the summer time of each date: a log may be half a year old."""

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        """Return the offset from UTC at this local time."""
        return moment.replace(tzinfo=None).astimezone().utcoffset() if moment else None

    def dst(self, _moment: datetime | None) -> timedelta:
        """Return zero: the offset holds everything."""
        return timedelta(0)

    def tzname(self, _moment: datetime | None) -> str:
        """Return the word for it."""
        return "local"


def is_file(argument: str) -> bool:
    """Return whether an argument of `ringup why` is a file to read; a number is an extension."""
    return argument == STANDARD_INPUT or (not argument.isdigit() and Path(argument).is_file())


def looks_like_a_file(argument: str) -> bool:
    """Return whether an argument that is not a file was meant as one: it has a folder or a log's ending."""
    return "/" in argument or argument.lower().endswith(_ENDINGS)


def read_files(arguments: Sequence[str]) -> "Reading":
    """Read all files together; raises OutsideError for one that cannot be opened."""
    from ringup.evidence.read import read
    from ringup.evidence.source import InputFile

    with ExitStack() as stack:
        sources = []
        for name in arguments:
            stream, written = _opened(name, stack)
            sources.append(InputFile("standard input" if name == STANDARD_INPUT else name, stream, written))
        return read(sources, LocalZone())


def _opened(name: str, stack: ExitStack) -> "tuple[BinaryIO, float]":
    if name == STANDARD_INPUT:
        return cast("BinaryIO", sys.stdin.buffer), datetime.now().timestamp()
    path = Path(name)
    try:
        return stack.enter_context(path.open("rb")), path.stat().st_mtime
    except OSError as error:
        raise OutsideError(f"reading {name}", error.strerror or str(error), "Name a file.") from error


def print_files(arguments: Sequence[str], phone: str, form: AnswerForm) -> bool:
    """Diagnose all phones of the files, or one, and print the result; return whether a phone is in trouble.

    `phone` is a MAC in any spelling or an address; empty: all. Raises ClickException if the files do not
    mention it, and for a diagram of several phones.
    """
    from ringup.doctor.foreign import phone_reports

    reading = read_files(arguments)
    found = list(phone_reports(reading, _keys(reading, phone)))
    if form.as_ladder:
        _draw(reading, found, form)
    elif form.as_json:
        print_json(_record(reading, found))
    else:
        _print(reading, found, in_detail=bool(phone))
    return any(report.diagnosis.state in _IN_TROUBLE for report in found)


def _draw(reading: "Reading", found: "Sequence[PhoneReport]", form: AnswerForm) -> None:
    from ringup.ladder.ladder import ladder

    if len(found) != 1:
        names = ", ".join(report.key for report in found[:MOST_OTHERS]) or "no phone"
        raise click.UsageError(f"Name one phone to draw. These files mention {names}.")
    (report,) = found
    title, events = _row(report, reading)[0], reading.by_phone[report.key]
    show_ladder(
        ladder(title, events, report.diagnosis, reading.last_at), lambda at: when(reading, at), form.picture
    )


def _keys(reading: "Reading", phone: str) -> tuple[str, ...]:
    """Return the keys of the phones in the command."""
    if not phone:
        return reading.phones
    try:
        named = parse_mac(phone)
    except ValueError:
        named = phone
    by_address = [
        event.mac for event in reading.events if getattr(event, "address", "") == phone and event.mac
    ]
    for key in (named, *by_address[-1:]):
        if key in reading.by_phone:
            return (key,)
    known = ", ".join(reading.phones[:MOST_OTHERS]) or "none"
    raise click.ClickException(f"These files do not mention {phone}. Name one of their phones: {known}")


def _print(reading: "Reading", found: "Sequence[PhoneReport]", *, in_detail: bool) -> None:
    for file in reading.files:
        click.echo(_file_line(file))
    if not found:
        click.echo("These files do not mention a phone.")
        return
    click.echo()
    if not in_detail:
        headers = ("phone", "attempts", "first seen", "stage reached", "verdict")
        print_table(headers, [_row(report, reading) for report in found])
        for line in _notes(reading):
            click.echo(line)
    shown = found if in_detail else [each for each in found if each.diagnosis.state in _IN_TROUBLE]
    if shown and not in_detail:
        click.echo()
    _print_details(shown, reading)


def _record(reading: "Reading", found: "Sequence[PhoneReport]") -> dict[str, Any]:
    from ringup.doctor.record import diagnosis_record

    return {
        "files": [
            {
                "name": file.name,
                "kind": file.kind,
                "lines": file.lines,
                "unread": file.unread,
                "forms": dict(file.forms),
                "problem": file.problem,
            }
            for file in reading.files
        ],
        "is_timed": reading.is_timed,
        "omitted": reading.omitted,
        "phones": [
            {
                **diagnosis_record(report.diagnosis),
                "address": report.journey.address,
                "attempts": report.attempts,
                "first_at": report.first_at,
            }
            for report in found
        ],
        "others": list(reading.others),
    }


def _file_line(file: "FileReading") -> str:
    unit = "packets" if "capture" in file.kind else "lines"
    if file.problem:
        return f"{file.name}: nothing was read: {file.problem}."
    forms = ", ".join(f"{form} ({count:,})" for form, count in file.forms.items()) or "nothing about phones"
    unread = f"; {file.unread:,} not understood, like: {file.examples[0]}" if file.unread else ""
    return f"{file.name}: {file.lines:,} {unit}: {forms}{unread}"


def _row(report: "PhoneReport", reading: "Reading") -> tuple[str, ...]:
    address = f" ({report.journey.address})" if report.journey.address not in ("", report.key) else ""
    diagnosis = report.diagnosis
    return (
        f"{report.key}{address}",
        str(report.attempts),
        when(reading, report.first_at),
        diagnosis.stage.title,
        diagnosis.summary,
    )


def when(reading: "Reading", at: float) -> str:
    """Return a time as the files have it: in their zone, else the local one; the date if they span days."""
    if not reading.is_timed:
        return _UNTIMED
    zone = None if reading.offset is None else timezone(timedelta(seconds=reading.offset))
    first = datetime.fromtimestamp(reading.events[0].at, zone).date()
    moment = datetime.fromtimestamp(at, zone)
    is_one_day = first == datetime.fromtimestamp(reading.last_at, zone).date()
    return moment.strftime("%H:%M:%S" if is_one_day else "%m-%d %H:%M:%S")


def _notes(reading: "Reading") -> Iterator[str]:
    if not reading.is_timed:
        yield "The files have no times: only the order of the lines counts."
    if silent := [each for each in ("DHCP", "TFTP", "SIP") if not _covers(reading, each)]:
        names = " and ".join(silent)
        yield f"The files contain nothing about {names}: a phone may have got further than the table shows."
    if reading.omitted:
        yield f"{reading.omitted:,} events were left out: the oldest of the phones with the most events."
    if others := reading.others:
        named = ", ".join(others[:MOST_OTHERS]) + (", …" if len(others) > MOST_OTHERS else "")
        yield f"{len(others)} other devices, perhaps not phones: {named}"


def _covers(reading: "Reading", protocol: str) -> bool:
    """Return whether a protocol was looked at; a PBX's reports about its lines are as good as SIP."""
    return protocol in reading.protocols or (protocol == "SIP" and "PBX" in reading.protocols)


def _print_details(phone_reports: "Sequence[PhoneReport]", reading: "Reading") -> None:
    from ringup.doctor.text import diagnosis_lines

    def clock(at: float) -> str:
        return when(reading, at)

    for number, report in enumerate(phone_reports[:MOST_DETAILS]):
        click.echo("\n" if number else "", nl=False)
        title = _row(report, reading)[0]
        for line in diagnosis_lines(report.diagnosis, title, reading.last_at, clock):
            click.echo(line)
    if left := phone_reports[MOST_DETAILS:]:
        click.echo(f"\n{len(left)} more in trouble: {', '.join(report.key for report in left)}")
