"""Read a dial template's file as the phone does (P-DIAL-1 to P-DIAL-5, P-DIAL-23; Cisco's dialplan.c).

Strategy: the phone has no XML parser. It cuts the text into tokens, looks for TEMPLATE between the tags of
DIALTEMPLATE, and goes through the tokens of each entry. A token that does not fit counts as one error, and
the phone continues with the next token.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

LARGEST_FILE = 8192
"""Size in bytes below which the phone reads a dial template."""
LONGEST_VALUE = 63
"""Maximum number of characters of a value: the phone reads each value into a 64-byte buffer, and drops the
rest.
"""
MOST_TONES = 3
DEFAULT_TIMEOUT = 10.0
"""Seconds: the TIMEOUT of a rule without one, and the wait while no rule is complete."""

_TONES = frozenset(
    f"bellcore-{name}"
    for name in (
        "inside", "outside", "busy", "alerting", "busyverify", "stutter", "msgwaiting", "reorder",
        "callwaiting", "cw2", "cw3", "cw4", "hold", "confirmation", "permanent", "reminder", "none",
    )
) | {"cisco-zipzip", "cisco-zip", "cisco-beepbonk", ""}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TemplateEntry:
    """One TEMPLATE entry, which is one dial rule."""

    match: str
    timeout: float = DEFAULT_TIMEOUT
    """Seconds from the last digit until the phone dials."""
    line: int = 0
    """The number of the line to which the rule applies; 0: every line."""
    user: str = ""
    """The ``user`` parameter of the dialled URI: `phone`, `ip` or empty."""
    rewrite: str = ""
    route: str = "default"


@dataclass(frozen=True, slots=True)
class DialPlan:
    """The rules that the phone understood, and the number of entries that it did not."""

    rules: tuple[TemplateEntry, ...] = ()
    errors: int = 0


def read(data: bytes) -> DialPlan:
    """Read a dial template; a file that is too large is one error."""
    if len(data) >= LARGEST_FILE:
        return DialPlan(errors=1)
    reader = _Reader(_tokens(data.partition(b"\0")[0].decode("latin-1")))
    reader.read()
    return DialPlan(tuple(reader.rules), reader.errors)


# --- tokens -----------------------------------------------------------------------------------------------

# A comment ends at the first ">" in it, a value at the next quotation mark; there are no entities.
_TOKEN = re.compile(
    r"""
    (?P<nothing> [ \t\n\v\f\r]+ | <![^>]*>? )
    | (?P<leaves> </ ) | (?P<enters> < ) | (?P<closes> /> ) | (?P<ends> > ) | (?P<equals> = )
    | "(?P<value> [^"]* )" | (?P<unfinished> ".* )
    | (?P<word> [A-Za-z0-9{][A-Za-z0-9\-}]* )
    | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_Token = tuple[str, str]


def _tokens(text: str) -> Iterator[_Token]:
    """Yield kind and text of each token; an unterminated value ends the file."""
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or ""
        if kind == "unfinished":
            return
        if kind != "nothing":
            yield kind, found[kind]


# --- entries ----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Reader:
    tokens: Iterator[_Token]
    rules: list[TemplateEntry] = field(default_factory=list)
    errors: int = 0

    def read(self) -> None:
        """Follow the tags; only TEMPLATE must be in upper case."""
        is_inside, is_leaving, is_in_tag = False, False, False
        for kind, text in self.tokens:
            word = text.lower() if kind == "word" else ""
            if is_leaving:
                is_inside = is_inside and word != "dialtemplate"
                is_leaving = kind != "ends"
            elif kind == "enters":
                is_in_tag = True
            elif kind == "leaves":
                is_leaving = True
            elif is_in_tag and word == "dialtemplate":
                is_inside = True
            elif is_in_tag and text == "TEMPLATE":
                self.errors += not (is_inside and self._take_entry())
            elif is_in_tag and word == "versionstamp":
                self.errors += not (is_inside and self._skip_stamp())
            else:
                is_in_tag = False

    def _take_entry(self) -> bool:
        """Take one rule; return whether it was understood."""
        values: dict[str, str] = {}
        state, name, tones = "between", "", 0
        for kind, text in self.tokens:
            if kind == "closes":
                # The rule is kept even if it ends too early; that only counts as an error.
                self.rules.append(_rule(values))
                return state == "between"
            before, state = state, _ENTRY.get((state, kind), "lost")
            if state == "named":
                name = text.lower()
            elif before == "valued":
                values[name] = text[:LONGEST_VALUE]
                tones += name == "tone"
            if not _is_in_order(before, state, text, values) or tones > MOST_TONES:
                return False
            if state == "done":
                self.rules.append(_rule(values))
                return True
        return False

    def _skip_stamp(self) -> bool:
        """Skip a versionStamp; return whether it was understood."""
        state, stamp = "start", ""
        for kind, text in self.tokens:
            before, state = state, _STAMP.get((state, kind), "lost")
            if (before, kind) == ("open", "word"):
                stamp = text
            if state == "lost" or (before == "leaving" and text.lower() != "versionstamp"):
                return False
            if state == "done":
                return len(stamp) > 2
        return False


_ENTRY = {
    ("between", "word"): "named",
    ("named", "equals"): "valued",
    ("valued", "value"): "between",
    ("between", "ends"): "open",
    ("open", "leaves"): "leaving",
    ("leaving", "word"): "left",
    ("left", "ends"): "done",
}
"""For each token of ``<TEMPLATE name="value" ...></TEMPLATE>`` after the word TEMPLATE, the tokens that may
follow.
"""

_STAMP = {
    ("start", "word"): "start",
    ("start", "ends"): "open",
    ("open", "word"): "open",
    ("open", "leaves"): "leaving",
    ("leaving", "word"): "left",
    ("left", "word"): "left",
    ("left", "ends"): "done",
}


def _is_in_order(before: str, state: str, text: str, values: dict[str, str]) -> bool:
    """Return whether the phone continues with an entry after this token."""
    if state == "lost":
        return False
    if state == "named":
        return text.lower() in _CHECKS
    if state == "left":
        return text.lower() == "template"
    return before != "valued" or all(_CHECKS[name](value) for name, value in values.items())


def _rule(values: dict[str, str]) -> TemplateEntry:
    return TemplateEntry(
        match=values.get("match", ""),
        timeout=float(_number(values["timeout"])) if "timeout" in values else DEFAULT_TIMEOUT,
        line=_number(values.get("line", "")) % 256,  # the phone stores it in one byte
        user=values.get("user", "").lower(),
        rewrite=values.get("rewrite", ""),
        route=values.get("route", "default").lower(),
    )


def _number(text: str) -> int:
    """Return a number as C's atoi does: the leading digits, or 0 without any."""
    digits = re.match(r"[ \t\n\v\f\r]*([+-]?[0-9]+)", text)
    return int(digits[1]) if digits else 0


def _one_of(*choice: str) -> Callable[[str], bool]:
    return lambda value: value.lower() in choice


_CHECKS: dict[str, Callable[[str], bool]] = {
    "match": lambda _: True,
    "line": lambda _: True,
    "timeout": lambda value: _number(value) >= 0,
    "user": _one_of("phone", "ip"),
    "rewrite": lambda _: True,
    "route": _one_of("default", "emergency", "fqdn"),
    "tone": _one_of(*_TONES),
}
