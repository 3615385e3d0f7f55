"""dialplan.xml: when the phone stops collecting digits and dials.

Only ``.`` (one digit), ``*`` (the rest), ``,`` (secondary dial tone) and literals mean anything to the
phone; Asterisk's ``X`` and ``[2-9]`` are literals there. The rule with most literals wins, then the first.
Source: P-DIAL-1 to P-DIAL-20.
"""

import re
from collections.abc import Iterable
from xml.sax.saxutils import quoteattr

from ringup.errors import Problem, SiteErrors
from ringup.site.model import DialRule, Site

LARGEST_FILE = 8_191
"""Bytes; the phone ignores a file that fills its buffer of 8,192."""

LONGEST_ATTRIBUTE = 63
"""Characters; each value is read through a buffer of 64 bytes."""

ECHO_TEST = "600"
PATIENCE = 5
"""Seconds after the last digit, where more digits could follow."""

_DIALLABLE = re.compile(r"[0-9*]+")


def dial_template(site: Site) -> str:
    """The operator's rules, or those that follow from the site; SiteErrors for more than a phone reads."""
    rules = site.dial_rules or computed_rules(site)
    text = "<DIALTEMPLATE>\n" + "".join(f"  {_template(rule)}\n" for rule in rules) + "</DIALTEMPLATE>\n"
    size = len(text.encode("latin-1", "replace"))
    if size > LARGEST_FILE:
        what = f"the dial plan has {size} bytes; the phone reads {LARGEST_FILE}."
        raise SiteErrors([Problem("dial_rules", what, "Remove or merge rules.")])
    return text


def computed_rules(site: Site) -> tuple[DialRule, ...]:
    """Extensions by first digits and length, the messages key, the way out; all else after a pause."""
    services = [site.pbx.messages, ECHO_TEST]
    extensions = {line.extension for _phone, line in site.lines()}
    outside = site.pbx.outside_prefix if site.pbx.outside_dial else None
    patterns = dict.fromkeys(
        [
            *(_literal(number) for number in services if _DIALLABLE.fullmatch(number)),
            *sorted(_pattern(number, outside or "") for number in extensions if _DIALLABLE.fullmatch(number)),
        ]
    )
    way_out = [] if outside is None else [f"{outside},*" if outside else "*"]
    every = [*patterns, *way_out]
    # Without a prefix any number may go on to be one outside.
    least = PATIENCE if outside == "" else 0
    rules = [DialRule(match=match, timeout=max(least, _timeout(match, every))) for match in patterns]
    return (*rules, *(DialRule(match=match, timeout=PATIENCE) for match in dict.fromkeys([*way_out, "*"])))


def _literal(number: str) -> str:
    """A star that is dialled, not the rest of the number."""
    return number.replace("*", r"\*")


def _pattern(number: str, outside: str) -> str:
    """All numbers that begin like this one and are as long.

    One more digit than the outside prefix is kept where they begin alike: it then has more literals than the
    way out, which wins.
    """
    kept = len(outside) + 1 if outside and number.startswith(outside) else 1
    return _literal(number[:kept]) + "".join("." if digit != "*" else r"\*" for digit in number[kept:])


def _timeout(match: str, every: Iterable[str]) -> int:
    """0 dials at once: only where no other rule could want one more digit."""
    return PATIENCE if any(_may_continue(match, other) for other in every if other != match) else 0


def _may_continue(match: str, other: str) -> bool:
    """Whether what fills `match` may be the beginning of what `other` takes; a lone star never claims it."""
    shorter, longer = _tokens(match), _tokens(other)
    if longer == ["rest"]:
        return False
    if longer[-1] == "rest":
        longer = [*longer[:-1], *["."] * max(1, len(shorter) - len(longer) + 2)]
    if len(longer) <= len(shorter):
        return False
    return all(mine in (theirs, ".") or theirs == "." for mine, theirs in zip(shorter, longer, strict=False))


def _tokens(match: str) -> list[str]:
    """One item a digit; ``rest`` for a star that takes all that follows."""
    names = {"*": "rest", r"\*": "*"}
    return [names.get(token, token) for token in re.findall(r"\\.|[^,]", match)]


def _template(rule: DialRule) -> str:
    attributes = {
        "MATCH": rule.match,
        "TIMEOUT": str(rule.timeout),
        "USER": rule.user,
        "REWRITE": rule.rewrite,
        "ROUTE": rule.route,
        "TONE": rule.tone,
    }
    for name, value in attributes.items():
        if len(value) > LONGEST_ATTRIBUTE:
            what = f"{name} has {len(value)} characters; the phone reads {LONGEST_ATTRIBUTE}."
            raise SiteErrors([Problem(f"dial rule {rule.match}", what, "Shorten it.")])
    written = (f"{name}={quoteattr(value)}" for name, value in attributes.items() if value)
    return f"<TEMPLATE {' '.join(written)}/>"
