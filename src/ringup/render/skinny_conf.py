"""ringup_skinny_lines.conf and ringup_skinny_devices.conf: the SCCP phones for chan_skinny (Asterisk up to
20).

There are two files, because skinny.conf must have all lines between its sections ``lines`` and ``devices``.
The section of a phone has the name of its device, ``SEP<MAC>``, so that ``Skinny/201@SEP001646C0FFEE`` dials
it. ``keepalive`` is added to the operator's ``[general]``, because a phone that lost its power is refused for
three keep-alives after its return (P-SCCP-26). Source: P-SCCP-28; Asterisk 16's skinny.conf.
"""

from collections.abc import Collection, Iterator

from ringup.phone.models import MODELS
from ringup.render.asterisk_text import HEADER, caller_id, one_field, section, section_name
from ringup.site.model import Line, Pbx, Phone, Site, SpeedDial

KEEP_ALIVE = 30
"""Seconds between two KeepAlive messages of a phone."""

LONGEST_VERSION = 15
"""Maximum number of characters of a load's name that chan_skinny can store (P-SCCP-28)."""


def skinny_lines(site: Site) -> str:
    """Return the file that skinny.conf includes at the end of its lines."""
    lines = "".join(_line(site.pbx, line) for phone in site.sccp_phones() for line in phone.lines)
    return f"{HEADER}\n[general](+)\nkeepalive = {KEEP_ALIVE}\n{lines}"


def skinny_devices(site: Site) -> str:
    """Return the file that skinny.conf includes at the end of its devices."""
    own = frozenset(line.extension for _phone, line in site.lines())
    return HEADER + "".join(_device(site, phone, own) for phone in site.sccp_phones())


def device_name(phone: Phone) -> str:
    """Return the name of a phone's section, which is also the name with which the phone registers."""
    return f"SEP{phone.mac}"


def _line(pbx: Pbx, line: Line) -> str:
    name = line.extension
    return section(
        name,
        {
            "callerid": caller_id(line.name, name),
            "linelabel": line.short_name or name,
            "context": pbx.context,
            "mailbox": f"{name}@{pbx.context}" if line.voicemail else "",
            "vmexten": pbx.messages,
        },
    )


def _device(site: Site, phone: Phone, own: Collection[str]) -> str:
    return section(device_name(phone), list(_options(site, phone, own)))


def _options(site: Site, phone: Phone, own: Collection[str]) -> Iterator[tuple[str, str]]:
    yield "device", device_name(phone)
    yield "version", site.load_of(phone)[:LONGEST_VERSION]
    for line in phone.lines:
        yield "line", section_name(line.extension)
    for dial in phone.speed_dials[: MODELS[phone.model].lines - len(phone.lines)]:
        yield "speeddial", _speed_dial(site.pbx, dial, own)


def _speed_dial(pbx: Pbx, dial: SpeedDial, own: Collection[str]) -> str:
    """Return the number and the name of a speed dial.

    If the number has the context after it, the button shows whether the number is in use (P-SCCP-33).
    """
    shown = f"@{pbx.context}" if dial.hint and dial.number in own else ""
    return f"{dial.number}{shown},{one_field(dial.name or dial.number)}"
