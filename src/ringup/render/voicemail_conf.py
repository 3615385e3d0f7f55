"""ringup_voicemail.conf: a mailbox per line, in a context of ringup's own.

Asterisk would not merge a second ``[default]`` in an included file with the operator's. So the context of the
mailboxes has the name of the dial plan's context. Source: P-AST-9; Asterisk's app_voicemail.c.
"""

from ringup.render.asterisk_text import HEADER, one_field, section_name
from ringup.site.model import Site

NO_PIN = "-nopin"
"""A PIN of letters, which cannot be typed on a keypad; the dash forbids changing the PIN from a phone."""


def voicemail_conf(site: Site) -> str:
    """Return the complete file."""
    boxes = "".join(
        f"{section_name(line.extension)} => {line.voicemail_pin or NO_PIN},{one_field(line.name)}\n"
        for _phone, line in site.lines()
        if line.voicemail
    )
    return f"{HEADER}\n[{section_name(site.pbx.context)}]\n{boxes}"
