"""ringup_voicemail.conf: a mailbox for each line, in a context of ringup's own.

A second ``[default]`` in an included file would not be merged with the operator's, so the mailboxes have the
context name of the dial plan. Source: P-AST-9; Asterisk's app_voicemail.c.
"""

from ringup.render.asterisk_text import HEADER, one_field, section_name
from ringup.site.model import Site

NO_PIN = "-nopin"
"""A PIN of letters, which no keypad can send; the dash forbids changing the PIN from a phone."""


def voicemail_conf(site: Site) -> str:
    """Return the complete file."""
    boxes = "".join(
        f"{section_name(line.extension)} => {line.voicemail_pin or NO_PIN},{one_field(line.name)}\n"
        for _phone, line in site.lines()
        if line.voicemail
    )
    return f"{HEADER}\n[{section_name(site.pbx.context)}]\n{boxes}"
