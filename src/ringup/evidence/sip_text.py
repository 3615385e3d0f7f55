"""Read SIP messages in text: from ``sip set debug``, ``pjsip set logger``, ngrep, sngrep, tcpdump or
FreeSWITCH.

A message begins with its request or status line, anywhere in a line of text. It ends at an empty line or at a
line that is not a header. The line before it names the sender or the recipient. Escaped line ends (rsyslog's
``#012``) are read as line ends.
"""

import re

from ringup.evidence.observation import ADDRESS, Context, Observations
from ringup.evidence.sip_messages import seen
from ringup.wire import sip

MOST_HEADERS = 100
"""Maximum number of lines of a message; a longer text is not taken for a message."""

_METHODS = "REGISTER|INVITE|ACK|BYE|CANCEL|OPTIONS|NOTIFY|SUBSCRIBE|REFER|INFO|PRACK|UPDATE|MESSAGE|PUBLISH"
_START = re.compile(
    rf"(?:(?<![A-Za-z])(?P<method>{_METHODS}) (?P<uri>sips?:\S+) SIP/2\.0"
    r"|(?<!Via: )SIP/2\.0 (?P<status>[1-6]\d\d)(?: (?P<reason>[^\r]*?))?)(?P<dot>\.?)\s*$",
    re.ASCII,
)
_HEADER = re.compile(r"^(?P<name>[A-Za-z][A-Za-z-]*)[ \t]*:[ \t]*(?P<value>.*)$", re.ASCII)
_PREFIXED = re.compile(
    r"[\s:\]>](?P<name>Via|From|To|Call-ID|CSeq|Contact|User-Agent|Server|(?:Proxy-)?Authorization"
    r"|WWW-Authenticate|Expires|Max-Forwards|Content-Length|Content-Type|Allow|Supported)"
    r"[ \t]*:[ \t]*(?P<value>.*)$"
)
_BODY = re.compile(r"^\s*[a-z]=")
_PORT = r"\]?:(\d{1,5})"
_RECEIVED = re.compile(
    r"\b(?:SIP read|Received SIP \w+ \(\d+ bytes\)|recv \d+ bytes|received (?:packet|message)) from\W*"
    rf"(?:(?:UDP|TCP|TLS)[:/])?\W*{ADDRESS}{_PORT}",
    re.IGNORECASE,
)
_SENT = re.compile(
    r"\b(?:Transmitting|Retransmitting|send \d+ bytes|sending)\b[^<]*? to\W*"
    rf"(?:(?:UDP|TCP|TLS)[:/])?\W*{ADDRESS}{_PORT}",
    re.IGNORECASE,
)
_BOTH = re.compile(rf"\b{ADDRESS}[.:](\d{{1,5}})\s*(?:->|>|→)\s*{ADDRESS}[.:](\d{{1,5}})")
_WORDS = ("sip read", "received sip", "received message", "received packet", "recv ", "transmitting", "send ",
          "sending ", " > ", "->", "→")  # fmt: skip
"""Lower-case words, one of which a line with a message's addresses contains."""
_NEAR = 4
"""Maximum number of lines from the line with the addresses to the first line of the message."""


class SipText:
    """Collects the messages in the lines of one file."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._peers = ("", "")
        self._peers_age = _NEAR + 1
        self._start: re.Match[str] | None = None
        self._at = 0.0
        self._indent = 0
        self._headers: list[tuple[str, str]] = []

    @property
    def is_open(self) -> bool:
        """Return whether a message has begun but not ended."""
        return self._start is not None

    def peers(self, line: str, lower: str) -> bool:
        """Remember the addresses in a line for the next message; return whether the line has any."""
        self._peers_age += 1
        peers = _peers(line, lower)
        if peers is None:
            return False
        self._peers, self._peers_age = peers, 0
        return True

    def begins(self, line: str) -> bool:
        """Return whether a message begins in this line; if so, start to collect it."""
        found = _START.search(line)
        if found is None:
            return False
        self._start, self._headers, self._at = found, [], self._context.at
        before = line[: found.start()]
        self._indent = len(before) if not before.strip() else 0
        return True

    def takes(self, line: str) -> bool:
        """Return whether the line belongs to the current message; a line that does not belong to it
        ends it.
        """
        text = line[self._indent :] if line[: self._indent].isspace() else line
        if self._start is not None and self._start["dot"] and text.endswith("."):
            text = text[:-1]
        if _BODY.match(text):
            return True
        header = _HEADER.match(text) or _PREFIXED.search(text)
        if header and not text.startswith("<--") and len(self._headers) < MOST_HEADERS:
            self._headers.append((header["name"], header["value"].strip()))
            return True
        if text[:1] in (" ", "\t") and text.strip() and self._headers:
            name, value = self._headers[-1]
            self._headers[-1] = (name, f"{value} {text.strip()}")
            return True
        return False

    def end(self) -> Observations:
        """Return the observations in the current message, and forget the message."""
        start, self._start = self._start, None
        if start is None:
            return []
        source, destination = self._peers if self._peers_age <= _NEAR else ("", "")
        message = _message(start, tuple(self._headers))
        now, self._context.at = self._context.at, self._at
        try:
            return seen(self._context, message, source, destination)
        finally:
            self._context.at = now


def _peers(line: str, lower: str) -> tuple[str, str] | None:
    """Return the source and destination that a line names; an empty text stands for the PBX that writes the
    log.
    """
    for word in _WORDS:
        if word in lower:
            break
    else:
        return None
    if found := _RECEIVED.search(line):
        return f"{found[1]}:{found[2]}", ""
    if found := _SENT.search(line):
        return "", f"{found[1]}:{found[2]}"
    if found := _BOTH.search(line):
        return f"{found[1]}:{found[2]}", f"{found[3]}:{found[4]}"
    return None


def _message(start: re.Match[str], headers: sip.Headers) -> sip.Message:
    if start["status"]:
        return sip.Response(int(start["status"]), start["reason"] or "", headers)
    return sip.SipRequest(start["method"], start["uri"], headers)
