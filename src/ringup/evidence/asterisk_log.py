"""Read Asterisk's full log and security log, for chan_sip and PJSIP: notices, verbose lines, security events.

Asterisk logs the same refusal as a notice and as a security event; this reader returns one event for both.
"""

import re

from ringup.events import (
    LineAuthenticated,
    LineReachable,
    LineRegistered,
    LineUnreachable,
    LineUnregistered,
    RegistrationRefused,
)
from ringup.evidence.observation import ADDRESS, Context, Observation, Observations, remember
from ringup.evidence.rows import nothing, reader_of, row

_URI_USER = re.compile(r"sips?:([^@:;>\s]+)[@;>]")
_SECURITY = re.compile(r'(\w+)="([^"]*)"')
_REFUSALS = {
    "InvalidAccountID": "unknown account",
    "InvalidPassword": "wrong password",
    "ChallengeResponseFailed": "wrong password",
    "FailedACL": "refused by an access list (ACL)",
    "InvalidTransport": "transport not allowed",
    "RequestNotAllowed": "request not allowed",
    "RequestNotSupported": "request not supported",
}
"""The security events that mean a refused phone, with the reasons that events from AMI give."""
_LINE_REASONS = (
    ("wrong password", "wrong password"),
    ("no matching peer", "unknown account"),
    ("username/auth name mismatch", "the user name is not the account's name"),
    ("does not match acl", "refused by an access list (ACL)"),
    ("not a local domain", "not a local domain"),
    ("peer is not supposed to register", "the account is not allowed to register"),
    ("no matching endpoint", "unknown account"),
    ("failed to authenticate", "wrong password"),
    ("not match endpoint acl", "refused by an access list (ACL)"),
)
"""Lower-case words in notices, with the reasons that events from AMI give."""


def _user(text: str) -> str:
    found = _URI_USER.search(text)
    return found[1] if found else ""


def _host(text: str) -> str:
    found = re.search(ADDRESS, text)
    return found[1] if found else ""


def _reason(words: str) -> str:
    lower = words.lower()
    return next((reason for key, reason in _LINE_REASONS if key in lower), words.strip())


def _refused(found: re.Match[str], context: Context) -> Observations:
    uri, address, words = found.groups()
    return _refusal(context, _user(uri), address, _reason(words))


def _refused_request(found: re.Match[str], context: Context) -> Observations:
    """Return the refusal of a REGISTER. PJSIP names the method; refusals of other methods do not count."""
    method, uri, address, words = found.groups()
    if method not in ("REGISTER", ""):
        return []
    return _refusal(context, _user(uri), address, _reason(words))


def _refusal(context: Context, line: str, address: str, reason: str) -> Observations:
    """Return a refusal of a line, at most one per second. A refusal of ``<unknown>`` does not count: PJSIP
    writes this name for an account that does not exist.
    """
    key = ("Asterisk refused", line, address)
    if line == "<unknown>" or context.kept.get(key) == int(context.at):
        return []
    remember(context.kept, key, int(context.at))
    return [Observation(RegistrationRefused(context.at, "", line, reason), address)]


def _security(found: re.Match[str], context: Context) -> Observations:
    fields = dict(_SECURITY.findall(found[0]))
    if fields.get("Service") not in ("SIP", "PJSIP"):
        return []
    kind, line, address = (
        fields["SecurityEvent"],
        fields.get("AccountID", ""),
        _host(fields.get("RemoteAddress", "")),
    )
    line = _user(line) or line
    if kind == "SuccessfulAuth" and fields.get("UsingPassword", "1") != "0":
        return [Observation(LineAuthenticated(context.at, "", line, address), address)]
    return _refusal(context, line, address, _REFUSALS[kind]) if kind in _REFUSALS else []


def _registered(found: re.Match[str], context: Context) -> Observations:
    line, contact = found.groups()
    return [Observation(LineRegistered(context.at, "", line, contact), _host(contact))]


def _contact_added(found: re.Match[str], context: Context) -> Observations:
    contact, line = found.groups()
    return [Observation(LineRegistered(context.at, "", line, contact), _host(contact))]


def _unregistered(found: re.Match[str], context: Context) -> Observations:
    return [Observation(LineUnregistered(context.at, "", found[1]))]


def _contact_removed(found: re.Match[str], context: Context) -> Observations:
    contact, line, reason = found.groups()
    return [Observation(LineUnregistered(context.at, "", line, (reason or "").strip()), _host(contact))]


def _deleted(found: re.Match[str], context: Context) -> Observations:
    line, contact = found.groups()
    return [Observation(LineUnregistered(context.at, "", line, "its contact was deleted"), _host(contact))]


def _reachable(found: re.Match[str], context: Context) -> Observations:
    line, contact, word, milliseconds = found.groups()
    if word.lower() == "unreachable":
        return [Observation(LineUnreachable(context.at, "", line), _host(contact or ""))]
    return [Observation(LineReachable(context.at, "", line, float(milliseconds or 0)), _host(contact or ""))]


def _no_aor(found: re.Match[str], context: Context) -> Observations:
    """Return a refusal with 404, because the user in the REGISTER is not an address of record of the
    endpoint.
    """
    _, endpoint, address = found.groups()
    return _refusal(context, endpoint, address, "the endpoint has no AoR with the name of the extension")


_ROWS = (
    row(rf"\bAOR '(\w*)' not found for endpoint '([^']+)' \({ADDRESS}", _no_aor),
    row(rf"\bRegistration from '(.*?)' failed for '{ADDRESS}(?::\d+)?' - (.*)$", _refused),
    row(rf"\bRequest '?(\w*)'? from '(.*?)' failed for '{ADDRESS}(?::\d+)?' (?:\(callid: [^)]*\) )?- (.*)$",
        _refused_request),
    row(r'SecurityEvent="\w+".*', _security),
    row(r"\bRegistered SIP '([^']+)' at (\S+)", _registered),
    row(r"\bAdded contact '([^']+)' to AOR '([^']+)'", _contact_added),
    row(r"\bUnregistered SIP '([^']+)'", _unregistered),
    row(r"\bRemoved contact '([^']+)' from AOR '([^']+)'(?: due to (.*))?", _contact_removed),
    row(r"\bContact ([^/\s]+)/(\S+) is now (Reachable|Unreachable|NonQualified)\b(?:.*?RTT: ([\d.]+))?",
        _reachable),
    row(r"\bContact ([^/\s]+)/(\S+) has been deleted", _deleted),
    row(r"\bPeer '([^']+)' is now ()(UNREACHABLE|Unreachable|Reachable|REACHABLE|Lagged)\b(?:.*?\((\d+)ms)?",
        _reachable),
    row(r"\b(?:chan_sip\.c|res_pjsip|pjsip|res_security_log)|\bEndpoint \S+ is now ", nothing),
)  # fmt: skip

read = reader_of(_ROWS)
"""Read a line of Asterisk's log."""
