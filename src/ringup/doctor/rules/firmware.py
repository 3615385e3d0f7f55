"""Rules for phones that do not get, or do not keep, their firmware."""

from collections.abc import Iterator
from itertools import pairwise

from ringup.doctor.evidence import Evidence
from ringup.doctor.rule import CauseRule, Sign
from ringup.doctor.spans import about, file_events, kind_of, of_kind, runs, since_service
from ringup.doctor.verdict import CERTAIN, LIKELY, POSSIBLE
from ringup.events import CdpSeen, Event, FileNotFound, FileRequested, FileSent
from ringup.journey.file_kinds import FIRMWARE
from ringup.journey.overdue import longest_seconds
from ringup.phone.firmware import right_name
from ringup.rule import Unknown
from ringup.wire.file_names import base_name

STARTED = ("sip_default", "ring_list", "dial_plan")
"""Kinds of file that only a running SIP application requests."""
LEAST_TIMES = 2
"""Minimum number of complete transfers of one image, without a successful start between them."""
QUIET_IN_A_LOG = 180.0
"""Seconds for which the log of another program must continue after a phone's last request, before silence
counts.
"""
LEAST_SEARCHES = 3
"""Minimum number of searches that request the same image without success; packet loss causes two
(P-BOOT-22).
"""
_LOADER, _APPLICATION = "P003-", "P0S3-"
"""The beginning of a loader's name, and of the name of the SIP application of the same release (P-CDP-2)."""
LEAST_TURNS = 3
"""Minimum number of changes from one load's list to another load's list; a normal upgrade has one."""


def _search(evidence: Evidence) -> tuple[Event, ...]:
    """Return the events since the phone was in service, or since the SIP application last started, when it
    had its load.
    """
    events = since_service(evidence)
    starts = [n for n, event in enumerate(events) if _kind(event, evidence.mac) in STARTED]
    return events[starts[-1] + 1 :] if starts else events


def _kind(event: Event, mac: str) -> str:
    name = getattr(event, "name", "")
    return kind_of(name, mac) if name else ""


def _absent(evidence: Evidence) -> list[FileNotFound]:
    events = about(_search(evidence), evidence.mac, *FIRMWARE)
    return [event for event in events if isinstance(event, FileNotFound)]


def _misspelt(evidence: Evidence) -> Iterator[Sign]:
    for event in _absent(evidence)[-1:]:
        load, _, extension = base_name(event.name).rpartition(".")
        right = right_name(load)
        if right != load:
            yield Sign(CERTAIN, (event,), {"load": load, "right": right, "extension": extension})


def _load_absent(evidence: Evidence) -> Iterator[Sign]:
    for event in _absent(evidence)[-1:]:
        words = {"name": base_name(event.name), "reason": event.reason}
        yield Sign(CERTAIN, (event,), words)


def _image_again(evidence: Evidence) -> Iterator[Sign]:
    images = about(_search(evidence), evidence.mac, "loader", "application")
    sent = [event for event in images if isinstance(event, FileSent)]
    for name in dict.fromkeys(event.name for event in reversed(sent)):
        times = tuple(event for event in sent if event.name == name)
        if len(times) >= LEAST_TIMES:
            yield Sign(LIKELY, times, {"name": base_name(name), "count": len(times)})
            return


def _image_in_vain(evidence: Evidence) -> Iterator[Sign]:
    """Yield a sign for an image that was requested in several searches, if no event shows that a transfer
    went on.
    """
    by_name: dict[str, list[Event]] = {}
    is_new = True
    for event in file_events(_search(evidence)):
        kind = kind_of(event.name, evidence.mac)
        is_new = is_new or kind in ("first", "load_list")
        if kind == "application":  # The phone already has the right loader, so only the application counts.
            by_name = {name: events for name, events in by_name.items() if name == event.name}
        if kind in ("loader", "application") and isinstance(event, FileRequested) and is_new:
            by_name.setdefault(event.name, []).append(event)
            is_new = False
    for name, events in by_name.items():
        if len(events) >= LEAST_SEARCHES:
            yield Sign(LIKELY, tuple(events), {"name": base_name(name), "count": len(events)})


def _list_only(evidence: Evidence) -> Iterator[Sign]:
    """Yield a sign if the load's list was sent, and the silence since then is longer than that of a phone
    that has the load.
    """
    found = runs(_search(evidence))
    # A request for an image may come before the end of the list's transfer is reported.
    if (
        evidence.journey.stage != "hunt"
        or not found
        or kind_of(found[-1].name, evidence.mac) != "load_list"
        or not found[-1].shows(FileSent)
    ):
        return
    last = found[-1].last.at
    if evidence.events[-1].at > last:
        return  # The phone is active: for example, it requests an address again.
    is_ours = evidence.source.proves_silence("TFTP")
    if evidence.now - last > (longest_seconds("hunt") if is_ours else QUIET_IN_A_LOG):
        yield Sign(POSSIBLE, tuple(found[-1].events), {"name": found[-1].name})


def _two_loads(evidence: Evidence) -> Iterator[Sign]:
    lists = about(since_service(evidence), evidence.mac, "load_list")
    requests = [event for event in lists if isinstance(event, FileSent | FileRequested | FileNotFound)]
    turns = [(one, other) for one, other in pairwise(requests) if one.name != other.name]
    if len(turns) >= LEAST_TURNS:
        names = sorted({base_name(event.name).rpartition(".")[0] for event in requests})
        yield Sign(LIKELY, tuple(later for _, later in turns), {"names": " and ".join(names)})


def _pointer_again(evidence: Evidence) -> Iterator[Sign]:
    """Yield a sign of old firmware: the phone requests only OS79XX.TXT, or then the same missing image again
    and again.
    """
    events = [
        event for event in since_service(evidence) if getattr(event, "name", "").upper() == "OS79XX.TXT"
    ]
    absent = of_kind(events, FileNotFound)
    if len(absent) >= LEAST_TIMES:
        words = {"count": len(absent), "present": _present(evidence), "wanted": _wanted(evidence)}
        yield Sign(LIKELY, absent, words)


def _present(evidence: Evidence) -> str:
    """Return the SIP load in flash, from the loader in the phone's last CDP announcement; FROM if there is
    none.
    """
    seen = [event for event in evidence.events if isinstance(event, CdpSeen)][-1:]
    is_sip = bool(seen) and seen[0].device_id.startswith("SIP") and seen[0].version.startswith(_LOADER)
    return f"{_APPLICATION}{seen[0].version.removeprefix(_LOADER)}" if is_sip else "FROM"


def _wanted(evidence: Evidence) -> str:
    return "TO" if isinstance(evidence.expected, Unknown) else evidence.expected.load or "TO"


def _default_term(evidence: Evidence) -> Iterator[Sign]:
    events = of_kind(since_service(evidence), FileNotFound)
    absent = tuple(event for event in events if base_name(event.name).lower().endswith(".default.loads"))
    if len(absent) >= LEAST_TIMES:
        yield Sign(CERTAIN, absent, {"name": absent[-1].name, "count": len(absent)})


TITLE = "Firmware that does not arrive, or that the phone does not keep"
"""The heading of the page beside this module."""

RULES: tuple[CauseRule, ...] = (
    CauseRule(
        "load-of-a-later-model",
        "It requested {name} {count} times: a factory-reset 7941 or later, whose firmware is missing.",
        "they request {name}: the firmware of a later model is missing.",
        "After a factory reset, these phones request only this file, which names their load.",
        "Put the complete package of this model into the folder, with its term*.default.loads.",
        (),
        _default_term,
        "P-BOOT-13, P-LOAD-8",
    ),
    CauseRule(
        "load-misspelt",
        "The load {load} does not exist; its right name is {right}.",
        "the load {load} does not exist; its right name is {right}.",
        "Some release names have a zero before the number, and others do not. The phone requests the name in "
        "its files.",
        "Use the load's name as in its package:",
        ("ringup site set load={right}",),
        _misspelt,
        "P-LOAD-6, P-PATH-19",
        after=("load-of-a-later-model",),
    ),
    CauseRule(
        "load-absent",
        "{name} is missing: {reason}.",
        "{name} is missing.",
        "The phone's files name a load, but some or all files of this load are not in the folder.",
        "Add the complete package, and list the missing files:",
        ("ringup firmware add ZIP", "ringup firmware check"),
        _load_absent,
        "P-LOAD-11, P-PROB-14; the demo's fault missing-application",
        after=("file-name-rewritten", "load-misspelt", "load-of-a-later-model"),
    ),
    CauseRule(
        "image-again",
        "It received {name} completely {count} times, but does not keep it.",
        "they received {name} completely more than once, but do not keep it.",
        "The phone refuses the image after the transfer, or cannot write it: the file is damaged or renamed, "
        "the phone's release does not accept it, or its flash fails.",
        "Check the package. If it has no fault, follow the upgrade path between the two releases:",
        ("ringup firmware check", "ringup firmware path FROM TO"),
        _image_again,
        "P-BOOT-22, P-LOAD-16, P-PATH-18; the street's fault flash-fails",
        apart="If other phones keep the same file, it is this phone's flash or its old release.",
    ),
    CauseRule(
        "image-in-vain",
        "It requested {name} in {count} boots, and none of these boots continued after it.",
        "they request {name} in one boot after another, and no boot continues after it.",
        "The image does not arrive completely, because the path to the phone loses packets, or the phone "
        "does not keep it.",
        "Connect the phone near the server, with another cable. If that changes nothing, check the package:",
        ("ringup firmware check",),
        _image_in_vain,
        "P-BOOT-22, P-TFTP-8, P-PATH-21",
        apart="The server's log: if transfers time out, it is the path; if they complete, the file or flash.",
        after=("image-again", "load-absent", "tftp-answers-lost", "tftp-stalls"),
    ),
    CauseRule(
        "list-only",
        "It received {name}, and requested nothing after it.",
        "they received {name}, and requested nothing after it.",
        "The list names a file that the phone does not accept, or the phone lost its power or network then. "
        "A phone with the right load continues with SIPDefault.cnf within 24 s.",
        "Check that every file of the list is in the same folder, in the same upper and lower case:",
        ("ringup firmware check",),
        _list_only,
        "P-PROB-14, P-BOOT-8",
        apart="The phone's screen: if it is dark, the power is off; otherwise the phone refused a file.",
    ),
    CauseRule(
        "two-loads",
        "Its files name {names} in turn, so it changes its firmware at every boot.",
        "their files name {names} in turn.",
        "XMLDefault.cnf.xml and image_version in the .cnf files name different loads.",
        "Name one load everywhere:",
        ("ringup site set load=LOAD",),
        _two_loads,
        "P-LOAD-21, P-PATH-20",
    ),
    CauseRule(
        "pointer-absent",
        "It requested OS79XX.TXT {count} times, but the file is missing: its firmware is older than 7.x.",
        "they request OS79XX.TXT, but the file is missing.",
        "Firmware older than 7.x first requests this file, which names the image to install.",
        "Serve OS79XX.TXT with one line, without a space at its end, and the .bin. Follow the path:",
        ("ringup firmware path {present} {wanted}",),
        _pointer_again,
        "P-BOOT-4, P-PATH-17",
    ),
)
"""The rules in the order in which a diagnosis lists them."""
