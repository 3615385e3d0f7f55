"""Dial a number on the site's dial template, for the dial plan's page and the API."""

from typing import NamedTuple

from ringup.dial.dialling import Dialling, dial
from ringup.dial.template_file import read
from ringup.render.dialplan_xml import dial_template
from ringup.store.revisions import read_site
from ringup.web.context import Web


class DialledNumber(NamedTuple):
    """What a phone does with typed keys."""

    keys: str
    dialled: str
    """What is sent to Asterisk; empty: nothing."""
    rule: str
    """The MATCH of the rule that fired; empty: none."""
    seconds: float
    """Seconds from the last key."""
    steps: Dialling


def dialled_number(web: Web, keys: str, line: int = 1) -> DialledNumber:
    """Return what a phone of the site dials after these keys; spaces and commas are left out."""
    template = read(dial_template(read_site(web.engine)).encode("latin-1", "replace"))
    typed = "".join(key for key in keys if key not in ", ")
    done = dial(template.used, typed, line)
    rule = "" if done.rule is None else template.used[done.rule].match
    return DialledNumber(typed, done.request if done.number else "", rule, float(done.seconds), done)
