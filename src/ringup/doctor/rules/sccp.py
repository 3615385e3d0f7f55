"""Rules for SCCP phones that do not register, and for phones that run the firmware of the other protocol."""

from collections.abc import Iterator

from ringup.doctor.evidence import Evidence, SkinnyAnswers
from ringup.doctor.lines import WAITING, is_waiting, own_file_sent
from ringup.doctor.rule import CauseRule, Sign
from ringup.doctor.spans import LONGEST_PAUSE, Run, kind_of, late, of_kind, runs, since_service
from ringup.doctor.verdict import CERTAIN, LIKELY, POSSIBLE, Confidence
from ringup.events import FileEvent, RegistrationRefused
from ringup.rule import Unknown, known

SEARCHING = ("wants_address", "address", "hunt", "sccp_start")
"""Boot stages of a phone that repeats its file search, because it cannot connect to a CallManager
(P-BOOT-26).
"""
LEAST_STARTS = 2
"""Minimum number of starts that prove a failure: a single start may be the only one in a log."""
NO_DEVICE, STILL_THERE = "no authority", "already registered"
"""Lower-case words in chan_skinny's RegisterReject, by reason."""
MANY_STARTS = 3
"""Number of starts in a row that cannot be explained by a person who restarts the phone."""


def _starts(evidence: Evidence) -> tuple[FileEvent, ...]:
    """Return the last event of each start of the SCCP application, in the latest series of failed starts.

    On a 7940 or 7960, only this application requests a font, and only after it has its own file; the TCP
    connection comes next. If the connection fails, the phone repeats everything after 45 to 70 s (P-BOOT-5).
    """
    series: list[FileEvent] = []
    for run in runs(since_service(evidence)):
        if kind_of(run.name, evidence.mac) == "font":
            series = [*series, run.last] if _follows(series, run) else [run.last]
    return tuple(series)


def _follows(series: list[FileEvent], run: Run) -> bool:
    return bool(series) and run.asked_at[0] - series[-1].at <= LONGEST_PAUSE


def _failed_starts(evidence: Evidence) -> tuple[FileEvent, ...]:
    """Return the failed starts if the application has not registered since; empty if it may still
    register.
    """
    starts = _starts(evidence) if evidence.journey.stage in SEARCHING else ()
    is_late = evidence.journey.stage == "sccp_start" and late(evidence) is not None
    return starts if len(starts) >= LEAST_STARTS or is_late else ()


def _skinny(evidence: Evidence) -> tuple[tuple[FileEvent, ...], SkinnyAnswers]:
    """Return the failed starts of a phone that should use SCCP, and the state of chan_skinny.

    Raises NotKnown if the site or Asterisk was not asked.
    """
    is_sccp = known(evidence.expected).speaks == "sccp"
    return _failed_starts(evidence) if is_sccp else (), known(known(evidence.pbx).skinny)


def _not_loaded(evidence: Evidence) -> Iterator[Sign]:
    starts, skinny = _skinny(evidence)
    if starts and not skinny.is_loaded:
        yield Sign(CERTAIN, starts)


def _rejects(evidence: Evidence, words: str) -> tuple[RegistrationRefused, ...]:
    """Return the RegisterRejects of a capture with these words (P-SCCP-3, P-SCCP-26)."""
    refused = of_kind(since_service(evidence), RegistrationRefused)
    ours = [each for each in refused if each.extension == f"SEP{evidence.mac}"]
    return tuple(each for each in ours if words in each.reason.lower())


def _device_unknown(evidence: Evidence) -> Iterator[Sign]:
    if rejects := _rejects(evidence, NO_DEVICE):
        yield Sign(CERTAIN, rejects)
        return
    starts, skinny = _skinny(evidence)
    if starts and skinny.is_loaded and f"SEP{evidence.mac}" not in skinny.devices:
        yield Sign(CERTAIN, starts)


def _still_registered(evidence: Evidence) -> Iterator[Sign]:
    if rejects := _rejects(evidence, STILL_THERE):
        yield Sign(LIKELY, rejects, {"address": "another connection"})
        return
    starts, skinny = _skinny(evidence)
    address = skinny.devices.get(f"SEP{evidence.mac}", "")
    if starts and address:
        yield Sign(LIKELY, starts, {"address": address})


def _runs_sccp(evidence: Evidence) -> Iterator[Sign]:
    starts = _failed_starts(evidence)
    expected = known(evidence.expected)
    if starts and expected.is_known and expected.speaks == "sip":
        yield Sign(CERTAIN, starts, {"load": expected.load})


def _runs_sip(evidence: Evidence) -> Iterator[Sign]:
    """Yield a sign for a phone that should use SCCP, but requested the file of a SIP phone."""
    expected, sent = known(evidence.expected), own_file_sent(evidence)
    if expected.speaks != "sccp" or not sent or evidence.journey.stage not in WAITING:
        return
    if is_waiting(evidence) or of_kind(since_service(evidence), RegistrationRefused):
        yield Sign(CERTAIN, sent, {"load": expected.load})


def _unreached(evidence: Evidence) -> Iterator[Sign]:
    starts = _failed_starts(evidence)
    if starts:
        is_proven = len(starts) >= MANY_STARTS or evidence.source.proves_silence("PBX")
        sure: Confidence = LIKELY if is_proven else POSSIBLE
        times = f"{len(starts)} times" if len(starts) > 1 else "once"
        yield Sign(sure, starts, {"times": times, "server": _server(evidence)})


def _server(evidence: Evidence) -> str:
    """Return the server in the phone's configuration file, if it is known."""
    ours = evidence.source.kind == "ours" and not isinstance(evidence.expected, Unknown)
    return (known(evidence.expected).proxy if ours else "") or "the processNodeName of its file"


TITLE = "SCCP: files, but no registration"
"""The heading of the page beside this module."""

RULES: tuple[CauseRule, ...] = (
    CauseRule(
        "skinny-not-loaded",
        "It speaks SCCP, but Asterisk has not loaded chan_skinny.",
        "they speak SCCP, but Asterisk has not loaded chan_skinny.",
        "Without this module, Asterisk does not listen on TCP port 2000. Asterisk 21 and later do not have "
        "it.",
        "Load it: asterisk -rx 'module load chan_skinny.so'. If Asterisk has no such module, convert the "
        "phone to SIP. Then compare Asterisk with the site:",
        ("ringup pbx verify",),
        _not_loaded,
        "P-SCCP-2; Asterisk's answer to skinny show devices",
    ),
    CauseRule(
        "skinny-device-unknown",
        "chan_skinny has no device SEP{mac}, so it rejects the phone.",
        "chan_skinny does not have their devices, so it rejects the phones.",
        "The phone is in the site, but skinny.conf does not have it: it does not include ringup's files, or "
        "was not reloaded.",
        "Write the PBX's files and reload it:",
        ("ringup pbx install --reload",),
        _device_unknown,
        "P-SCCP-3; Asterisk's answer to skinny show devices",
    ),
    CauseRule(
        "skinny-still-registered",
        "chan_skinny has the phone as registered from {address}, and refuses it on a new connection.",
        "chan_skinny has them as registered on an old connection, and refuses them on a new one.",
        "The phone lost its power or its network without a goodbye. chan_skinny forgets the old connection "
        "after three keep-alives without an answer. Or another device uses this MAC.",
        "Set keepalive=30 in skinny.conf, which ringup writes, and wait for 90 s. Then compare:",
        ("ringup pbx verify",),
        _still_registered,
        "P-SCCP-26; Asterisk's answer to skinny show devices",
        apart="If the address is not the phone's own, another device uses its MAC.",
    ),
    CauseRule(
        "runs-sccp",
        "It runs SCCP firmware, but its protocol in the site is sip.",
        "they run SCCP firmware, but their protocol in the site is sip.",
        "It has requested the font of the SCCP application. So no file that it read made it take {load}.",
        "If the phone is to stay on SCCP: ringup phone set {mac} --protocol sccp. Otherwise restart it, and "
        "check the package of {load}:",
        ("ringup firmware check",),
        _runs_sccp,
        "P-BOOT-5, P-BOOT-6",
    ),
    CauseRule(
        "runs-sip",
        "It runs SIP firmware, but its protocol in the site is sccp.",
        "they run SIP firmware, but their protocol in the site is sccp.",
        "It has taken the file of a SIP phone, and the PBX has no SIP account for it. So it did not take "
        "{load}: the package is missing, or its release cannot take this load directly.",
        "If the phone is to stay on SIP: ringup phone set {mac} --protocol sip. Otherwise restart it, and "
        "check the package of {load}:",
        ("ringup firmware check",),
        _runs_sip,
        "P-BOOT-8, P-SEP-3",
    ),
    CauseRule(
        "callmanager-unreached",
        "It started its SCCP application {times}, and did not register with {server}.",
        "they start their SCCP application, and do not register.",
        "It has its files, but no connection to TCP port 2000 of that address: a firewall drops it, "
        "skinny.conf has another bindaddr, or the address is not the PBX's.",
        "Check the address of the PBX, bindaddr and bindport=2000 in skinny.conf, and the firewall:",
        ("ringup check", "ringup pbx verify"),
        _unreached,
        "P-BOOT-5, P-BOOT-26, P-SCCP-1",
        apart="Capture TCP port 2000 on the PBX: a connection that arrives there was not lost on the way.",
        after=("skinny-not-loaded", "skinny-device-unknown", "skinny-still-registered", "runs-sccp",
               "machine-drops"),
    ),
)  # fmt: skip
"""The rules in the order in which a diagnosis lists them."""
