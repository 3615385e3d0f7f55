"""Rules for phones that do not get their files."""

from collections.abc import Iterator, Sequence

from ringup.doctor.evidence import Evidence
from ringup.doctor.rule import CauseRule, Sign
from ringup.doctor.spans import (
    Run,
    about,
    file_events,
    kind_of,
    of_kind,
    repeats,
    repetitions,
    runs,
    since_arrival,
    since_lease,
    since_service,
)
from ringup.doctor.stalls import stalled_transfers
from ringup.doctor.verdict import CERTAIN, LIKELY, POSSIBLE, Confidence
from ringup.events import (
    AddressLeased,
    Event,
    FileEvent,
    FileNotFound,
    FileRefused,
    FileRequested,
    FileSent,
    LineUnreachable,
    TransferFailed,
)
from ringup.journey.overdue import duration, longest_seconds
from ringup.journey.stages import BOOTING
from ringup.rule import known

LEAST_REPEATS = 4
"""Minimum number of successive requests for one file that indicate a problem; a path that loses every tenth
packet causes three.
"""
LEAST_AFTER_A_FILE = 9
"""Minimum number of requests for one file that indicate a problem, if another file arrived in the same boot:
even a path that loses every second datagram delivers some files.
"""
PROVING_REPEATS = 24
"""Number of requests for one file, without any block received, that packet loss cannot explain: two searches
of 8.12 (P-TFTP-7).
"""
LEAST_GAPS = 2
"""Minimum number of gaps between requests that are needed to judge whether the gaps are regular."""
UNPROVISIONED_SECONDS = (26.0, 40.0)
"""Seconds between two requests of an unprovisioned phone: about 31 (P-BOOT-18)."""
LEAST_SEARCHES = 3
"""Minimum number of searches that begin with CTLSEP. A phone without a CallManager repeats its file search as
well (P-BOOT-26), but requests its font in each search.
"""
LEAST_ABSENT = 2
"""Minimum number of different missing files. A phone that has its firmware also requests files that do not
exist.
"""
MOST_NAMED = 3
"""Maximum number of missing files that a sentence names."""
_OPTIONAL = ("first", "trust_list", "other_phone", "sccp_file", "mgcp_file", "sync", "")
"""Kinds of file that a SIP phone does not need."""
_NEEDED = ("default_xml", "sip_default", "own_file", "load_list", "mgcp_file")
"""Kinds of file whose absence shows that the phone's file search came to its end."""


def _gaps(run: Run) -> str:
    """Return the times of the repetitions as text, like `` (+4 s, +8 s)``; empty if the log has no times."""
    times = repetitions(run)
    if times[-1] - times[0] < 1:
        return ""
    return f" ({', '.join(f'+{at - times[0]:.0f} s' for at in times[1:4])})"


def _answers_lost(evidence: Evidence) -> Iterator[Sign]:
    found = since_arrival(runs(since_service(evidence)))
    for run in [run for run in found if repeats(run) >= LEAST_REPEATS][-1:]:
        total = sum(each.count for each in found if each.name == run.name)
        if total < LEAST_AFTER_A_FILE and of_kind(since_lease(evidence), FileSent):
            continue
        sure: Confidence = CERTAIN if total >= PROVING_REPEATS else LIKELY
        ports = f" from port {run.ports[0]}" if len(run.ports) == 1 else ""
        words = {"name": run.name, "count": repeats(run), "gaps": _gaps(run), "ports": ports}
        yield Sign(sure, tuple(run.events), words)


def _no_request(evidence: Evidence) -> Iterator[Sign]:
    is_booting = evidence.journey.stage in BOOTING or _has_restarted(evidence)
    if not is_booting or not evidence.source.proves_silence("TFTP"):
        return
    last_file = max(_signs_of_life(evidence), default=0.0)
    leases = [event for event in evidence.events if isinstance(event, AddressLeased)]
    leased = [event for event in leases if event.at > last_file][:1]
    if leased and evidence.now - leased[0].at > longest_seconds("address"):
        words = {"address": leased[0].address, "lasts": duration(evidence.now - leased[0].at)}
        yield Sign(LIKELY, tuple(leased), words)


def _signs_of_life(evidence: Evidence) -> Iterator[float]:
    """Yield the times of the file events that prove that the phone was still sending.

    The end of a transfer that broke off proves nothing: the server gives up seconds after the phone's last
    packet, and the phone may have a new lease by then.
    """
    requested: dict[str, float] = {}
    for event in file_events(evidence.events):
        if isinstance(event, FileRequested):
            requested[event.name] = event.at
        yield requested.get(event.name, event.at) if isinstance(event, TransferFailed) else event.at


def _has_restarted(evidence: Evidence) -> bool:
    """Return whether a line in service stopped answering, and then the phone got a lease as it does at a
    boot.

    A phone that boots and still has a lease sends no DHCPDISCOVER (P-DHCP-13).
    """
    events = since_service(evidence)
    is_new = any(not event.renewed for event in of_kind(events, AddressLeased))
    return is_new and bool(of_kind(events, LineUnreachable))


def _own_file(evidence: Evidence) -> tuple[FileEvent, ...]:
    """Return the events of the phone's own file since the SIP application started; before that, it is normal
    that the file is missing.
    """
    events = since_service(evidence)
    starts = [n for n, event in enumerate(events) if _is(event, evidence.mac, "sip_default")]
    if not starts and evidence.source.kind == "ours":
        return ()
    after = events[starts[-1] :] if starts else events
    hunts = [n for n, event in enumerate(after) if _is(event, evidence.mac, "first")]
    return about(after[: hunts[0]] if hunts else after, evidence.mac, "own_file")


def _is(event: Event, mac: str, kind: str) -> bool:
    return isinstance(event, FileEvent) and kind_of(event.name, mac) == kind


def _unprovisioned(evidence: Evidence) -> Iterator[Sign]:
    absent = tuple(event for event in _own_file(evidence) if isinstance(event, FileNotFound))
    if absent and not any(isinstance(event, FileSent) for event in _own_file(evidence)):
        expected = evidence.expected
        is_new = evidence.source.kind == "ours" and not getattr(expected, "is_known", True)
        cause = (
            "No phone with this MAC is in the site." if is_new else f"The server says: {absent[-1].reason}"
        )
        yield Sign(CERTAIN, absent, {"name": absent[-1].name, "cause": cause.rstrip(".")})
        return
    last = [run for run in runs(_own_file(evidence)) if run.name][-1:]
    if last and not last[0].shows(FileSent) and _is_unprovisioned(last[0].gaps):
        words = {
            "name": last[0].name,
            "cause": "It requests the file every 31 s, which it does only while the file is missing",
        }
        yield Sign(CERTAIN, tuple(last[0].events), words)


def _is_unprovisioned(gaps: Sequence[float]) -> bool:
    least, most = UNPROVISIONED_SECONDS
    return len(gaps) >= LEAST_GAPS and all(least <= gap <= most for gap in gaps[-3:])


def _all_absent(evidence: Evidence) -> Iterator[Sign]:
    """Yield a sign if another program's log ends after a file search in which every file was missing.

    A phone that has its image in flash then starts it, and registers with the settings that it stored.
    """
    events = since_service(evidence)
    absent = of_kind(events, FileNotFound)
    needed = tuple(event for event in absent if kind_of(event.name, evidence.mac) in _NEEDED)
    names = tuple(dict.fromkeys(event.name for event in absent))
    ends_there = isinstance(next(reversed(file_events(events)), None), (FileNotFound, FileRequested))
    if evidence.source.kind == "ours" or not needed or len(names) < LEAST_ABSENT or not ends_there:
        return
    if not any(run.arrived for run in runs(events)):
        shown = tuple(dict.fromkeys(event.name for event in needed))[-MOST_NAMED:]
        yield Sign(LIKELY, absent, {"count": len(names), "names": ", ".join(shown)})


def _refused(evidence: Evidence) -> Iterator[Sign]:
    if evidence.source.kind != "ours":
        return
    events = about(since_service(evidence), evidence.mac, "own_file", "sccp_file")
    refused = tuple(event for event in events if isinstance(event, FileRefused))
    if refused and not any(isinstance(event, FileSent) and event.at > refused[-1].at for event in events):
        yield Sign(CERTAIN, refused, {"name": refused[-1].name, "reason": refused[-1].reason})


def _denied(evidence: Evidence) -> Iterator[Sign]:
    """Yield a sign for a file that another server refuses to send."""
    if evidence.source.kind == "ours":
        return
    events = file_events(since_service(evidence))
    for event in reversed(of_kind(events, FileRefused)):
        kind = kind_of(event.name, evidence.mac)
        came = any(isinstance(each, FileSent) and each.name == event.name for each in events)
        if kind not in _OPTIONAL and not came:
            every = tuple(each for each in of_kind(events, FileRefused) if each.name == event.name)
            sure: Confidence = CERTAIN if kind == "own_file" else LIKELY
            yield Sign(sure, every, {"name": event.name, "reason": event.reason})
            return


def _empty_file(evidence: Evidence) -> Iterator[Sign]:
    events = about(since_service(evidence), evidence.mac, "sccp_file", "own_file", "default_xml")
    empty = tuple(event for event in events if isinstance(event, FileSent) and event.size == 0)
    if empty:
        yield Sign(CERTAIN, empty, {"name": empty[-1].name})


def _other_case(evidence: Evidence) -> Iterator[Sign]:
    """Yield a sign for a file whose name differs only in upper and lower case; ringup's own server ignores
    case, so only other servers count.
    """
    if evidence.source.kind == "ours" or not known(evidence.expected).loads:
        return
    loads = {load.lower(): load for load in known(evidence.expected).loads}
    for event in of_kind(since_service(evidence), FileNotFound):
        stem = event.name.rpartition(".")[0]
        if stem.lower() in loads and loads[stem.lower()] != stem:
            yield Sign(CERTAIN, (event,), {"name": event.name, "right": loads[stem.lower()]})
            return


def _in_circles(evidence: Evidence) -> Iterator[Sign]:
    """Yield a sign for file searches that begin with CTLSEP again and again, although the server answers."""
    found = runs(since_service(evidence))
    starts = [n for n, run in enumerate(found) if kind_of(run.name, evidence.mac) == "first"]
    if len(starts) < LEAST_SEARCHES or any(repeats(run) >= LEAST_REPEATS for run in found):
        return
    after = found[starts[-LEAST_SEARCHES] :]
    kinds = {kind_of(run.name, evidence.mac) for run in after}
    if not kinds & {"load_list", "loader", "application", "sip_default", "font"}:
        events = tuple(event for run in after for event in run.events)
        xml = [run for run in after if kind_of(run.name, evidence.mac) == "default_xml"]
        absent = any(run.shows(FileNotFound) for run in xml)
        sent = any(run.shows(FileSent, FileRequested) for run in xml)
        state = "is missing" if absent else "names no load for it" if sent else "was not requested"
        yield Sign(LIKELY if xml else POSSIBLE, events, {"count": len(starts), "state": state})


TITLE = "No files"
"""The heading of the page beside this module."""


RULES: tuple[CauseRule, ...] = (
    CauseRule(
        "file-refused",
        "The server refuses {name} to it: {reason}.",
        "the server refuses their own file to them.",
        "A phone's own file holds its passwords, so it goes only to the address that the phone is bound to.",
        "If this is the right phone, remove its binding:",
        ("ringup phone pins", "ringup phone unpin {mac}"),
        _refused,
        "ringup's own events",
        after=("nat-between", "two-devices"),
    ),
    CauseRule(
        "file-denied",
        "The server refuses {name} to it: {reason}.",
        "the server refuses a file to them.",
        "The server has the file, but may not read it, or its rules do not let this phone have it.",
        "Let the TFTP server's user read the file and its folder. Then fetch the file yourself:",
        ("chmod a+r {name}", "tftp SERVER -c get {name}"),
        _denied,
        "RFC 1350, error 2; P-PROB-1",
        after=("nat-between", "two-devices"),
    ),
    CauseRule(
        "file-unprovisioned",
        "It does not get {name}: Phone Unprovisioned.",
        "they do not get their own file: Phone Unprovisioned.",
        "{cause}.",
        "Add the phone. On another server, put the file into the root folder, with exactly this name:",
        ("ringup phone add {mac}",),
        _unprovisioned,
        "P-BOOT-18, P-PROB-1; the demo's fault missing-phone-file",
        after=("file-name-rewritten", "file-refused", "file-denied", "nat-between", "two-devices"),
    ),
    CauseRule(
        "files-absent",
        "The server has none of the {count} files that it requested, like {names}.",
        "the server has none of the files that they requested.",
        "The server's root folder is empty, is not the folder with the phones' files, or its names differ in "
        "upper and lower case. The phone only has what its flash memory holds.",
        "Put XMLDefault.cnf.xml, SIPDefault.cnf, the phone's own file and its firmware into the folder that "
        "is the TFTP server's root, and let the server read them. Then check the folder:",
        ("ringup lint FOLDER",),
        _all_absent,
        "P-BOOT-6, P-BOOT-18, P-PROB-1, P-TFTP-13",
        apart="Fetch one of the files yourself: tftp SERVER -c get SIPDefault.cnf",
        after=(
            "file-name-rewritten",
            "file-refused",
            "file-denied",
            "file-unprovisioned",
            "load-not-named",
            "tftp-answers-lost",
            "pointer-absent",
            "load-misspelt",
            "load-absent",
            "load-of-a-later-model",
        ),
    ),
    CauseRule(
        "file-empty",
        "{name} is empty.",
        "a file that they receive is empty.",
        "After an empty file, unlike a missing one, the loader stops and shows Protocol Application Invalid.",
        "Delete the file, or write its contents.",
        (),
        _empty_file,
        "P-TFTP-16, P-PATH-15",
    ),
    CauseRule(
        "file-name-case",
        "It requests {name}, but the folder has {right}, which differs in upper and lower case.",
        "a name differs in upper and lower case from that in the folder: {right}.",
        "TFTP servers on Unix distinguish upper and lower case.",
        "Write the name in the phone's files exactly as the folder has it: {right}.",
        (),
        _other_case,
        "P-TFTP-13, P-PROB-25",
    ),
    CauseRule(
        "tftp-answers-lost",
        "It requested {name} {count} times{ports}{gaps}: the answers do not reach it.",
        "the TFTP answers do not reach them.",
        "A phone repeats a request that gets no answer. The server answers from another port, above 1023: a "
        "firewall that allows only port 69, or NAT in between, drops these answers.",
        "Allow UDP from the server's ports to the phones, or enable the firewall's TFTP helper:",
        ("ringup check",),
        _answers_lost,
        "P-TFTP-5 to P-TFTP-7, P-PATH-14; the street's fault blocks-filtered",
        apart="Compare the address of the requests with its lease. They differ: NAT. They agree: a firewall.",
    ),
    CauseRule(
        "tftp-stalls",
        "The transfer of {name} broke off{how}.",
        "the transfer of a file broke off again and again.",
        "Packets are lost: by a bad cable, a duplex mismatch at the switch's port, or a slow connection.",
        "Check the error counters of the phone's switch port, and replace the cable.",
        (),
        stalled_transfers,
        "P-TFTP-8, P-PATH-21; the street's fault heavy-loss",
        apart="If all phones of a building have this fault, the path has it. Otherwise its cable or port.",
        after=("tftp-answers-lost",),
    ),
    CauseRule(
        "tftp-silent",
        "It has had {address} for {lasts}, but has requested no file here.",
        "they have an address but request no file here.",
        "Its requests do not arrive, or go to another server: a firewall on this machine drops UDP port 69, "
        "or the phone's own menu names another server (Alternate TFTP: YES).",
        "Allow UDP port 69. On the phone, set Alternate TFTP to NO in Settings, Network Configuration:",
        ("ringup check",),
        _no_request,
        "P-DHCP-11, P-PROB-7; the street's fault requests-filtered",
        apart="Run tcpdump for UDP port 69 here: without any request, the phone uses another server.",
        after=("dhcp-lease-loop",),
    ),
    CauseRule(
        "load-not-named",
        "In {count} searches, each from CTLSEP on, it found no load: XMLDefault.cnf.xml {state}.",
        "they find no load: XMLDefault.cnf.xml {state}.",
        "Answers arrive, so the network works; but no file names a load for the phone.",
        "Name the load for the phone's model, and serve XMLDefault.cnf.xml:",
        ("ringup site set load=P0S3-8-12-00",),
        _in_circles,
        "P-PROB-13, P-BOOT-6, P-BOOT-26",
        after=("file-empty", "tftp-answers-lost", "file-unprovisioned", "file-refused"),
    ),
)
"""The rules in the order in which a diagnosis lists them."""
