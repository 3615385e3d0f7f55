"""ringup_voicemail.conf: a box for each line, in a context of our own.

A second ``[default]`` in an included file would not merge with the operator's, so the boxes have the dial
plan's context name. Source: P-AST-9; Asterisk's app_voicemail.c.
"""

from ringup.render.asterisk_text import HEADER, one_field, section_name
from ringup.site.model import Site

NO_PIN = "-nopin"
"""Letters that no keypad sends; the dash forbids changing it over the phone."""


def voicemail_conf(site: Site) -> str:
    """The whole file."""
    boxes = "".join(
        f"{section_name(line.extension)} => {line.voicemail_pin or NO_PIN},{one_field(line.name)}\n"
        for _phone, line in site.lines()
        if line.voicemail
    )
    return f"{HEADER}\n[{section_name(site.pbx.context)}]\n{boxes}"
