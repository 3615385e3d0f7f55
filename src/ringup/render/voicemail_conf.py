"""ringup_voicemail.conf: a mailbox per line, in a context of ringup's own.

Asterisk would not merge a second ``[default]`` in an included file with the operator's. So the context of the
mailboxes has the name of the dial plan's context. The PIN of a record
is only the first one: Asterisk stores the PIN that a user sets by the phone in ``secret.conf`` of the
mailbox's folder, because ringup writes this file again at each change of the site. Source: P-AST-9, P-AST-28;
Asterisk's app_voicemail.c.
"""

from ringup.render.asterisk_text import HEADER, one_field, section_name
from ringup.site.model import Line, Site

NO_PIN = "-nopin"
"""A PIN of letters, which cannot be typed on a keypad; the dash forbids changing the PIN from a phone."""
_KEPT_IN_SPOOL = ",,,passwordlocation=spooldir"
"""The fields after the name: no e-mail and pager addresses, and the option that stores changed PINs in
another file.
"""


def voicemail_conf(site: Site) -> str:
    """Return the complete file."""
    boxes = "".join(_box(line) for _phone, line in site.lines() if line.voicemail)
    return f"{HEADER}\n[{section_name(site.pbx.context)}]\n{boxes}"


def _box(line: Line) -> str:
    """Return the row of a mailbox; without a PIN, the mailbox must not use an old PIN that Asterisk has
    stored.
    """
    number, name = section_name(line.extension), one_field(line.name)
    if line.voicemail_pin:
        return f"{number} => {line.voicemail_pin},{name}{_KEPT_IN_SPOOL}\n"
    return f"{number} => {NO_PIN},{name}\n"
