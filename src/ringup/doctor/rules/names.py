"""Rules for servers that do not find files that they have, because they look for another name."""

from collections.abc import Iterator

from ringup.doctor.evidence import Evidence
from ringup.doctor.rule import CauseRule, Sign
from ringup.doctor.spans import file_events, kind_of, of_kind, since_service
from ringup.doctor.verdict import CERTAIN
from ringup.events import FileNotFound, FileSent
from ringup.evidence.tftp_words import looked_for
from ringup.wire.file_names import base_name

TITLE = "The server looks for another name"
"""The heading of the page beside this module."""

_OPTIONAL = ("first", "trust_list", "mgcp_file", "sync")
"""Kinds of file that a phone does not need."""


def _rewritten(evidence: Evidence) -> Iterator[Sign]:
    """Yield a sign for the files that the server looked for under another name and did not find."""
    events = file_events(since_service(evidence))
    sent = {event.name for event in of_kind(events, FileSent)}
    found = tuple(event for event in of_kind(events, FileNotFound) if _other_name(event))
    needed = [event for event in found if event.name not in sent and _is_needed(event, evidence.mac)]
    if needed:
        yield Sign(CERTAIN, found, {"name": needed[-1].name, "other": _other_name(needed[-1])})


def _other_name(event: FileNotFound) -> str:
    """Return the name for which the server looked; empty if it differs only in case or folder."""
    name = base_name(looked_for(event.reason))
    return "" if name.lower() == base_name(event.name).lower() else name


def _is_needed(event: FileNotFound, mac: str) -> bool:
    return kind_of(event.name, mac) not in _OPTIONAL


RULES = (
    CauseRule(
        "file-name-rewritten",
        "It requests {name}, but the server looks for {other}.",
        "the server looks for other names than they request.",
        "A rule of the TFTP server rewrites the names of requests, and cuts or changes this one.",
        "Remove the rule (in.tftpd: from the file of -m), or make its pattern match complete names only. "
        "Then fetch the file yourself:",
        ("tftp SERVER -c get {name}",),
        _rewritten,
        "tftpd-hpa's log of rewritten names",
        after=("nat-between", "two-devices"),
    ),
)
