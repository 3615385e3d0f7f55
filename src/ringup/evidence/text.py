"""Read text line by line: select the lines that may be evidence, detect their log format, and join wrapped
lines.
"""

import re
from collections import Counter

from ringup.evidence.clock import Clock
from ringup.evidence.forms import LINE_FORMS, SIP_MESSAGES
from ringup.evidence.observation import HARDWARE, Context, Observations, mac_of
from ringup.evidence.sip_text import SipText
from ringup.evidence.wrapping import unwrapped

HINTS = (
    "tftp", "dhcp", "sip", "rrq", ".cnf", ".loads", ".tlv", ".sb", "os79", "xmldefault", "ringlist",
    "dialplan.xml", "bootpd", "connection received", "for file", "blk", "acked", "sending nak", "serving ",
    "registration", "securityevent", "contact", "peer '", "ack sent", "offer sent", "nak sent", "lladdr",
    "ether", "arpa", "assigned", ") at ", "recv ", ",assign,", ",nack,", ",release,", "mac ", "mac:", "mac=",
    "request ", "timeout",
    "->", "→", "bytes to ", "transmitting", "renew,", "-ip ", ", length ", "not found",
    "lease ", " sep", "automatic", "dynamic", ",00:", "p0s3", "p003", ".bin", "not responding",
)  # fmt: skip
"""Lower-case texts, one of which every line of evidence contains. Lines without any are counted and
dropped.
"""

_MAC_HINT, _OF_NETFILTER = "mac=", " out="
"""Texts in a log line of the kernel's packet filter, which contains ``MAC=`` and is not evidence. A busy
machine logs thousands of such lines.
"""

_ESCAPED_LINE_END, _ESCAPED_RETURN = "#012", "#015"
"""How rsyslog writes the line ends inside a message."""

LONGEST_LINE = 4096
"""Maximum number of characters that are read per line."""
MOST_EXAMPLES = 5
"""Maximum number of examples of lines that match no log format."""
LONGEST_EXAMPLE = 200
"""Maximum number of characters of an example."""
_SPEAKS_OF_PHONES = ("tftp", "dhcp", "sip/2.0", "registration", "rrq", ".cnf", ".loads")
"""Words of lines about phones: a line with one of them that matches no log format is reported as not
understood.
"""
_LOOKS_STAMPED = re.compile(r"\d:\d\d:\d\d", re.ASCII)
_MENTIONED = re.compile(
    rf"\bmac\b.{{0,20}}?(?:{HARDWARE}|(?<!\w)([0-9A-F]{{12}})(?!\w))", re.IGNORECASE | re.ASCII
)
_READERS = tuple((form.name, form.keys or ("",), form.read) for form in LINE_FORMS if form.read)


class TextReader:
    """Reads the lines of one text file in order, and returns the observations in them."""

    def __init__(self, clock: Clock) -> None:
        self.context = Context()
        self.forms: Counter[str] = Counter()
        """The number of lines per log format."""
        self.lines = 0
        self.unread = 0
        """Number of lines about phones that match no log format."""
        self.examples: list[str] = []
        self.clock = clock
        self._sip = SipText(self.context)
        self._is_unknown = False
        """True if the line in `_wrapped` matched no log format."""
        self._wrapped = ""
        """A line with a timestamp that reported nothing; if the next line has no timestamp, it may be the
        rest of this one.
        """

    def read(self, line: str) -> Observations:
        """Return the observations in the next line."""
        self.lines += 1
        line = unwrapped(line)
        text = line[:LONGEST_LINE].rstrip("\r\n")
        if _ESCAPED_LINE_END in text:
            parts = line.rstrip().replace(_ESCAPED_RETURN, "").split(_ESCAPED_LINE_END)
            return [each for part in parts for each in self._line(part)]
        return self._line(text)

    def finish(self) -> Observations:
        """Return the observations that still wait at the end of the file."""
        self._drop_wrapped()
        observations = self._end_of_message()
        for form in LINE_FORMS:
            if form.finish:
                observations += form.finish(self.context)
        return observations

    def _line(self, text: str) -> Observations:
        observations: Observations = []
        if self._sip.is_open:
            if self._sip.takes(text):
                return observations
            observations = self._end_of_message()
        lower = text.lower()
        for hint in HINTS:
            if hint in lower and not (hint == _MAC_HINT and _OF_NETFILTER in lower):
                return [*observations, *self._hinted(text, lower)]
        if self._wrapped and text:
            if _LOOKS_STAMPED.search(text):
                self._drop_wrapped()
            else:
                observations = [*observations, *self._continued(text)]
        return observations

    def _end_of_message(self) -> Observations:
        if not self._sip.is_open:
            return []
        self.forms[SIP_MESSAGES.name] += 1
        return self._sip.end()

    def _hinted(self, text: str, lower: str) -> Observations:
        self.context.at, stamped = self.clock.read(text, self.lines)
        if self._wrapped and not stamped and (observations := self._continued(text)):
            return observations
        self._drop_wrapped()
        has_peers = self._sip.peers(text, lower)
        if "sip/2.0" in lower and self._sip.begins(text):
            return []
        known = self._by_form(text, lower)
        if stamped and not known and not has_peers:
            self._wrapped, self._is_unknown = text, known is None
        elif known is None and not has_peers:
            self._not_known(text, lower)
        return known or []

    def _by_form(self, text: str, lower: str) -> Observations | None:
        for form, keys, read in _READERS:
            for key in keys:
                if key in lower:
                    break
            else:
                continue
            observations = read(text, self.context)
            if observations is not None:
                self.forms[form] += 1
                return observations
        return None

    def _continued(self, text: str) -> Observations:
        """Read the previous line and this one as one wrapped line; return nothing if they are two lines."""
        before, self._wrapped = self._wrapped, ""
        joined = f"{before} {text.strip(' >')}"
        observations = self._by_form(joined, joined.lower())
        if not observations and self._is_unknown:
            self._not_known(before, before.lower())
        return observations or []

    def _drop_wrapped(self) -> None:
        if self._wrapped and self._is_unknown:
            self._not_known(self._wrapped, self._wrapped.lower())
        self._wrapped = ""

    def _not_known(self, text: str, lower: str) -> None:
        if (found := _MENTIONED.search(text)) and len(self.context.mentioned) < MOST_EXAMPLES:
            self.context.mentioned.add(mac_of(found[1] or found[2]))
        if not any(word in lower for word in _SPEAKS_OF_PHONES):
            return
        self.unread += 1
        if len(self.examples) < MOST_EXAMPLES:
            self.examples.append(text[:LONGEST_EXAMPLE])
