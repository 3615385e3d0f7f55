"""Rules for phones that have their files but do not register."""

from collections.abc import Iterator

from ringup.doctor.evidence import LISTENING_PORT, Evidence
from ringup.doctor.lines import (
    WAITING,
    LineEvents,
    answers,
    challenges,
    extensions,
    is_behind_nat,
    is_waiting,
    lines,
    own_file_sent,
    pbx_line,
    port_of,
    requests,
    seen_sip,
    stopped_at_its_file,
)
from ringup.doctor.rule import CauseRule, Sign
from ringup.doctor.spans import of_kind, since_service
from ringup.doctor.verdict import CERTAIN, LIKELY, POSSIBLE, Confidence
from ringup.events import RegistrationRefused, SipSeen
from ringup.journey.overdue import duration
from ringup.rule import Unknown, known

LONGEST_SECRET = 31
"""Maximum length of a secret, in characters, that the phone accepts (P-CNF-11)."""
LEAST_REFUSALS = 2
"""Minimum number of successive refusals that indicate a problem; a phone tries again, and one refusal may be
a challenge that came too late.
"""
LEAST_SPAN = 20.0
"""Minimum seconds between the first refusal and the last: retransmissions of one attempt come within a few
seconds.
"""
LEAST_WAIT = 5.0
"""Seconds after its own file within which a phone registers (P-BOOT-8); only after them is a wrong setting
reported.
"""
LEAST_REQUESTS = 2
"""Minimum number of unanswered REGISTERs that indicate a problem."""

_WRONG_PORT_OPTIONS = {"endpoint.ForceRport": "force_rport=no", "peer.SIP-Forcerport": "nat=no"}
"""For each option of the PBX that causes wrong ports, the setting that switches it off (P-AST-1, P-AST-3)."""


def _refused(evidence: Evidence) -> Iterator[tuple[LineEvents, tuple[RegistrationRefused, ...]]]:
    """Yield the lines that the PBX refuses, with the refusals.

    In ringup's own events, one refusal does not count, because later attempts are still to come. A log of
    another program may end at any time, so one refusal at its end counts.
    """
    for line in lines(evidence):
        refusals = line.refusals()
        if refusals and (_is_repeated(refusals) or evidence.source.kind != "ours"):
            yield line, refusals


def _is_repeated(refusals: tuple[RegistrationRefused, ...]) -> bool:
    return len(refusals) >= LEAST_REFUSALS and refusals[-1].at - refusals[0].at >= LEAST_SPAN


def _length(evidence: Evidence, extension: str) -> int:
    if isinstance(evidence.expected, Unknown):
        return 0
    lengths = (line.secret_length for line in evidence.expected.lines if line.extension == extension)
    return next(lengths, 0)


def _too_long(evidence: Evidence) -> Iterator[Sign]:
    for line in lines(evidence):
        length, refusals = _length(evidence, line.extension), line.refusals()
        if length > LONGEST_SECRET and refusals:
            yield Sign(CERTAIN, refusals, {"extension": line.extension, "length": length})


def _wrong_secret(evidence: Evidence) -> Iterator[Sign]:
    for line, refusals in _refused(evidence):
        if refusals[-1].reason == "wrong password":
            times = f", {len(refusals)} times in a row" if len(refusals) > 1 else ""
            yield Sign(LIKELY, refusals, {"extension": line.extension, "times": times})


def _unknown_account(evidence: Evidence) -> Iterator[Sign]:
    for line, refusals in _refused(evidence):
        if refusals[-1].reason.startswith("unknown account"):
            sure: Confidence = CERTAIN if _is_repeated(refusals) else LIKELY
            yield Sign(sure, refusals, {"extension": line.extension})


def _other_refusal(evidence: Evidence) -> Iterator[Sign]:
    for line, refusals in _refused(evidence):
        reason = refusals[-1].reason
        if reason != "wrong password" and not reason.startswith("unknown account"):
            yield Sign(LIKELY, refusals, {"extension": line.extension, "reason": reason})


def _answered_at_wrong_port(evidence: Evidence) -> Iterator[Sign]:
    """Yield a sign for answers that go to a port on which the phone does not listen."""
    seen = seen_sip(evidence)
    wrong = tuple(each for each in answers(seen) if _goes_wrong(each, requests(seen)))
    if wrong and not any(each.authorized for each in requests(seen)):
        last = wrong[-1]
        ports = _contact_ports(requests(seen)) or {LISTENING_PORT}
        port = last.destination.rpartition(":")[2]
        words = {
            "port": port,
            "listens": min(ports),
            "extension": last.extension,
            "settings": _setting_of(evidence),
        }
        yield Sign(CERTAIN, (*requests(seen)[:1], *wrong[:2]), words)


def _contact_ports(registers: tuple[SipSeen, ...]) -> set[int]:
    return {port_of(each.contact) or LISTENING_PORT for each in registers if each.contact}


def _goes_wrong(answer: SipSeen, registers: tuple[SipSeen, ...]) -> bool:
    """Return whether an answer goes to a wrong port: not the phone's, or, behind NAT, not the router's."""
    port = port_of(answer.destination)
    if any(is_behind_nat(each) for each in registers):
        return False
    return bool(port) and bool(registers) and port not in (_contact_ports(registers) or {LISTENING_PORT})


def _forces_rport(evidence: Evidence) -> Iterator[Sign]:
    """Yield a sign if the PBX answers to the sending port, and the phone has had enough time to register."""
    waits = evidence.journey.stage in WAITING and evidence.now - evidence.journey.since >= LEAST_WAIT
    if not waits or not own_file_sent(evidence):
        return
    sure: Confidence = CERTAIN if is_waiting(evidence) else LIKELY
    known(evidence.pbx)
    for extension in extensions(evidence):
        line = pbx_line(evidence, extension)
        for option, setting in _WRONG_PORT_OPTIONS.items():
            if line and line.options.get(option, "").lower()[:1] in ("y", "t"):
                words = {
                    "extension": extension,
                    "settings": setting,
                    "listens": LISTENING_PORT,
                }
                yield Sign(sure, own_file_sent(evidence), words)


def _not_at_pbx(evidence: Evidence) -> Iterator[Sign]:
    if not is_waiting(evidence):
        return
    state = known(evidence.pbx)
    for extension in extensions(evidence):
        if extension not in state.lines:
            yield Sign(CERTAIN, own_file_sent(evidence), {"extension": extension})


def _unanswered(evidence: Evidence) -> Iterator[Sign]:
    seen = seen_sip(evidence)
    registers = requests(seen)
    if len(registers) >= LEAST_REQUESTS and not answers(seen):
        words = {
            "count": len(registers),
            "destination": registers[-1].destination,
            "extension": registers[-1].extension,
        }
        yield Sign(LIKELY if evidence.source.kind == "capture" else POSSIBLE, registers, words)


def _challenge_again(evidence: Evidence) -> Iterator[Sign]:
    """Yield a sign for a phone whose answers to challenges are all challenged again, with 401."""
    seen = seen_sip(evidence)
    tried = [each for each in requests(seen) if each.authorized]
    if len(tried) < LEAST_REFUSALS or answers(seen, 200):
        return
    last = answers(seen)[-1:]
    if last and last[0].status in (401, 407, 403):
        words = {"extension": tried[-1].extension, "count": len(tried), "status": last[0].status}
        yield Sign(LIKELY, (*tried[-1:], *last), words)


_STATUS_CAUSES = {
    404: ("has no such account", "Compare the line's name in the phone's file with the PBX's accounts."),
    423: (
        "requires a longer registration time than the phone requests",
        "Set minimum_expiration of the AoR to at most timer_register_expires of the phone.",
    ),
}


def _status(evidence: Evidence) -> Iterator[Sign]:
    for each in answers(seen_sip(evidence), *_STATUS_CAUSES)[-1:]:
        fact, cure = _STATUS_CAUSES[each.status]
        words = {"extension": each.extension, "status": each.status, "fact": fact, "cure": cure}
        yield Sign(CERTAIN, (each,), words)


def _challenge_unanswered(evidence: Evidence) -> Iterator[Sign]:
    """Yield a sign for a challenge of the PBX that the phone did not answer."""
    if is_waiting(evidence):
        for event in challenges(evidence)[-1:]:
            words = {"extension": event.extension, "setting": _setting(evidence)}
            yield Sign(LIKELY, challenges(evidence), words)


def _silent(evidence: Evidence) -> Iterator[Sign]:
    """Yield a sign for a phone that has its file but does not send its REGISTER in time, while the PBX
    reports nothing.
    """
    if not is_waiting(evidence) or not evidence.source.proves_silence("PBX"):
        return
    if of_kind(since_service(evidence), RegistrationRefused) or not own_file_sent(evidence):
        return
    words = {"lasts": duration(evidence.now - evidence.journey.since), "setting": _setting(evidence)}
    yield Sign(POSSIBLE if stopped_at_its_file(evidence) else LIKELY, own_file_sent(evidence), words)


def _setting_of(evidence: Evidence) -> str:
    """Return the setting that makes the PBX answer to the port in the Via; both drivers' settings if the
    driver is unknown.
    """
    if isinstance(evidence.expected, Unknown):
        return "force_rport=no (chan_sip: nat=no)"
    return "nat=no" if evidence.expected.driver == "chan_sip" else "force_rport=no"


def _setting(evidence: Evidence) -> str:
    is_chan_sip = not isinstance(evidence.expected, Unknown) and evidence.expected.driver == "chan_sip"
    return "nat=no in its peer" if is_chan_sip else "force_rport=no in its endpoint"


TITLE = "Files, but no registration"
"""The heading of the page beside this module."""

RULES: tuple[CauseRule, ...] = (
    CauseRule(
        "secret-too-long",
        "The PBX refuses {extension}: its secret has {length} characters; the phone accepts at most 31.",
        "a secret has more than 31 characters.",
        "The phone ignores a longer secret, and answers the challenge with an old one, or without one.",
        "Give the line a secret of at most 31 characters, and restart the phone:",
        ("ringup phone set {extension} --secret SECRET", "ringup restart {extension}"),
        _too_long,
        "P-CNF-11, P-PROB-4; the demo's fault long-secret",
    ),
    CauseRule(
        "account-unknown",
        "The PBX has no account {extension}.",
        "the PBX has no account for their line.",
        "The line is in the phone's file, but not in the PBX, or has another name there.",
        "Write the PBX's files and reload it:",
        ("ringup pbx install --reload",),
        _unknown_account,
        "P-AST-13; Asterisk's event InvalidAccountID",
        after=("runs-sip",),
    ),
    CauseRule(
        "secret-differs",
        "The PBX refuses {extension}{times}: wrong password.",
        "the PBX refuses their line: wrong password.",
        "The secret was changed on one side only: the phone still has its old file, or the PBX was not "
        "reloaded. Or the secret in its file has more than 31 characters, which the phone rejects.",
        "Write the PBX's files, reload it, and restart the phone so that it reads its new file:",
        ("ringup pbx install --reload", "ringup restart {extension}"),
        _wrong_secret,
        "P-AST-22; the street's fault other-secret",
        apart="If ringup pbx verify shows that the PBX has the site's secret, the phone's secret is old.",
        after=("secret-too-long",),
    ),
    CauseRule(
        "registration-refused",
        "The PBX refuses {extension}: {reason}.",
        "the PBX refuses their line: {reason}.",
        "The PBX reports this reason.",
        "Compare the PBX with the site:",
        ("ringup pbx verify {extension}",),
        _other_refusal,
        "Asterisk's event PeerStatus",
        after=(
            "register-status", "register-challenged-again",
            "skinny-device-unknown", "skinny-still-registered",
        ),
    ),
    CauseRule(
        "answer-to-wrong-port",
        "The PBX sends its answers for {extension} to port {port}, but the phone listens on {listens}.",
        "the PBX sends its answers to a port on which they do not listen.",
        "The phone sends from one port and listens on another, which its Via names. The PBX answers to the "
        "source port of the request.",
        "Set {settings} for the line. ringup does so with:",
        ("ringup pbx install --reload",),
        _answered_at_wrong_port,
        "P-SIP-1, P-AST-1, P-AST-3, P-AST-16; the demo's faults force-rport and nat-comedia",
    ),
    CauseRule(
        "pbx-forces-rport",
        "The PBX sends its answers for {extension} to the source port, on which the phone does not listen.",
        "the PBX sends its answers to the source port, on which they do not listen.",
        "The phone sends from one port and listens on {listens}. The PBX's account forces rport, so every "
        "challenge is lost.",
        "Set {settings} for the line. ringup does so with:",
        ("ringup pbx install --reload",),
        _forces_rport,
        "P-AST-1, P-AST-3; Asterisk's answers to PJSIPShowEndpoint and SIPshowpeer",
        after=("answer-to-wrong-port", "runs-sip"),
    ),
    CauseRule(
        "account-missing",
        "The PBX has no account {extension}.",
        "the PBX has no account for their line.",
        "The PBX answered that it does not have this line.",
        "Write the PBX's files and reload it:",
        ("ringup pbx install --reload",),
        _not_at_pbx,
        "Asterisk's answers to PJSIPShowEndpoint and SIPshowpeer",
        after=("account-unknown", "runs-sip"),
    ),
    CauseRule(
        "register-status",
        "The PBX answers {extension} with {status}: it {fact}.",
        "the PBX answers with {status}: it {fact}.",
        "The status gives the reason.",
        "{cure}",
        (),
        _status,
        "RFC 3261 §21.4; P-AST-18",
    ),
    CauseRule(
        "register-challenged-again",
        "The PBX challenges {extension} again and again ({status} after {count} answers).",
        "the PBX challenges their line again and again.",
        "The phone answers the challenge with a secret, a user name or a realm that the PBX does not accept.",
        "Compare the secrets of both sides; the phone accepts at most 31 characters.",
        ("ringup pbx verify {extension}",),
        _challenge_again,
        "P-PROB-4, P-AST-22",
        after=("secret-too-long", "secret-differs", "answer-to-wrong-port"),
    ),
    CauseRule(
        "register-unanswered",
        "{count} REGISTERs of {extension} to {destination} got no answer.",
        "their REGISTERs got no answer.",
        "Nothing answers at that address and port: the PBX does not run or does not listen there, or a "
        "firewall drops the requests or the answers.",
        "Check the address and port of the PBX in the phone's file, its transport, and the firewall:",
        ("ringup check",),
        _unanswered,
        "P-AST-21; the street's faults pbx-dead and sip-filtered",
        apart="Capture on the PBX: a REGISTER that arrives there was not lost on the way.",
    ),
    CauseRule(
        "challenge-unanswered",
        "The PBX challenged the REGISTER of {extension}, and the phone did not answer the challenge.",
        "the PBX challenges their REGISTERs, and the phones do not answer the challenge.",
        "The challenge does not reach the phone. Nearly always, the PBX sends it to the source port of the "
        "REGISTER, on which the phone does not listen. Otherwise a firewall drops it.",
        "Set {setting}; ringup does so. Then compare the PBX with the site:",
        ("ringup pbx install --reload", "ringup pbx verify {extension}", "ringup check"),
        _challenge_unanswered,
        "P-SIP-1, P-AST-1, P-AST-3; Asterisk's event ChallengeSent; the street's fault force-rport",
        apart="`pjsip set logger on`: if the 401 goes to a port other than 5060, the setting is the cause.",
        after=("answer-to-wrong-port", "pbx-forces-rport", "nat-before-pbx", "nat-between", "secret-differs",
               "secret-too-long", "register-challenged-again"),
    ),
    CauseRule(
        "register-silent",
        "It has had its file for {lasts}, but the PBX reports no REGISTER from it.",
        "they have their file, but the PBX reports no REGISTER.",
        "Its REGISTERs do not reach the PBX: a firewall drops UDP port 5060, or the PBX listens elsewhere. "
        "Or the PBX answers to the phone's source port, and ringup does not see its challenges, because "
        "ringup's manager account lacks the class security.",
        "Allow UDP port 5060, and set {setting}, which ringup writes. Then compare the PBX with the site:",
        ("ringup check", "ringup pbx install --reload", "ringup pbx verify"),
        _silent,
        "P-SIP-1, P-AST-1, P-AST-3; the street's fault sip-filtered",
        apart="`pjsip set logger on`: if no REGISTER is shown, it is a firewall or another address.",
        after=("answer-to-wrong-port", "pbx-forces-rport", "account-missing", "register-unanswered",
               "register-status", "register-challenged-again", "pbx-lost", "challenge-unanswered",
               "nat-before-pbx", "runs-sip"),
    ),
)  # fmt: skip
"""The rules in the order in which a diagnosis lists them."""
