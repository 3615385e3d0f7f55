"""dialplan.xml: the rules by which a phone decides that a number is complete, and dials it.

A phone knows ``.`` (one digit), ``*`` (the rest), ``,`` (secondary dial tone) and literals. Asterisk's ``X``
and ``[2-9]`` would be literals for it. The rule with the most literals wins; if several have as many, the
first one wins. Source: P-DIAL-1 to P-DIAL-20.
"""

import re
from collections.abc import Collection, Iterable
from xml.sax.saxutils import quoteattr

from ringup.errors import Problem, SiteErrors
from ringup.site.guests import CODE_DIGITS
from ringup.site.model import DialRule, Pbx, Site

LARGEST_FILE = 8_191
"""Maximum number of bytes; a phone ignores a file that fills its buffer of 8,192 bytes."""

LONGEST_ATTRIBUTE = 63
"""Maximum number of characters of a value; a phone reads each value into a buffer of 64 bytes."""

ECHO_TEST = "600"
PATIENCE = 5
"""Seconds that the phone waits after the last digit if more digits could follow."""

_DIALLABLE = re.compile(r"[0-9*]+")
_ANY_DIGITS = str.maketrans({"*": r"\*", **dict.fromkeys("0123456789", ".")})


def dial_template(site: Site) -> str:
    """Return the file with the operator's rules, or with the rules computed from the site.

    Raises SiteErrors if there are more rules than a phone can read.
    """
    rules = site.dial_rules or computed_rules(site)
    text = "<DIALTEMPLATE>\n" + "".join(f"  {_template(rule)}\n" for rule in rules) + "</DIALTEMPLATE>\n"
    size = len(text.encode("latin-1", "replace"))
    if size > LARGEST_FILE:
        what = f"the dial plan has {size} bytes; the phone reads {LARGEST_FILE}."
        raise SiteErrors([Problem("dial_rules", what, "Remove or merge rules.")])
    return text


def guest_template(_site: Site) -> str:
    """Return the dial template of guests: a code is dialled at its last digit."""
    return dial_template(Site(dial_rules=(DialRule(match="." * CODE_DIGITS, timeout=0), DialRule(match="*"))))


def computed_rules(site: Site) -> tuple[DialRule, ...]:
    """Return the rules that `rules_for` computes from this site."""
    return rules_for(site.pbx, {line.extension for _phone, line in site.lines()})


def rules_for(pbx: Pbx, extensions: Collection[str]) -> tuple[DialRule, ...]:
    """Compute the rules from the extensions, the Messages button and the outside prefix.

    Extensions with the same first digit and length share one rule. The last rule matches all other numbers,
    and waits.
    """
    services = [pbx.messages, ECHO_TEST]
    outside = pbx.outside_prefix if pbx.outside_dial else None
    patterns = dict.fromkeys(
        [
            *(_literal(number) for number in services if _DIALLABLE.fullmatch(number)),
            *sorted(
                {_pattern(number, outside or "") for number in extensions if _DIALLABLE.fullmatch(number)}
            ),
        ]
    )
    way_out = [] if outside is None else [f"{outside},*" if outside else "*"]
    every = [*patterns, *way_out]
    # Without a prefix, any number may be the first part of an outside number.
    least = PATIENCE if outside == "" else 0
    rules = [DialRule(match=match, timeout=max(least, _timeout(match, every))) for match in patterns]
    return (*rules, *(DialRule(match=match, timeout=PATIENCE) for match in dict.fromkeys([*way_out, "*"])))


def _literal(number: str) -> str:
    """Return the number with its stars escaped; a star that is not escaped stands for the rest of the
    number.
    """
    return number.replace("*", r"\*")


def _pattern(number: str, outside: str) -> str:
    """Return the pattern of all numbers with the same beginning and the same length as this one.

    If the number begins with the outside prefix, the pattern contains one literal digit more than the prefix.
    So it has more literals than the prefix's own rule, and wins.
    """
    kept = len(outside) + 1 if outside and number.startswith(outside) else 1
    return _literal(number[:kept]) + number[kept:].translate(_ANY_DIGITS)


def _timeout(match: str, every: Iterable[str]) -> int:
    """Return the timeout of a rule; it is 0 (dial at once) only if no other rule could need a further
    digit.
    """
    return PATIENCE if any(_may_continue(match, other) for other in every if other != match) else 0


def _may_continue(match: str, other: str) -> bool:
    """Return whether a number that `match` matches may be the first part of a number that `other` matches.

    A rule that consists only of a star does not count.
    """
    shorter, longer = _tokens(match), _tokens(other)
    if longer == ["rest"]:
        return False
    if longer[-1] == "rest":
        longer = [*longer[:-1], *["."] * max(1, len(shorter) - len(longer) + 2)]
    if len(longer) <= len(shorter):
        return False
    return all(mine in (theirs, ".") or theirs == "." for mine, theirs in zip(shorter, longer, strict=False))


def _tokens(match: str) -> list[str]:
    """Split a MATCH into one item per digit; ``rest`` stands for a star, which accepts all further digits."""
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
