"""ringup's files for Asterisk: one row per file, with the name of the operator's file that includes it."""

from collections.abc import Callable
from dataclasses import dataclass

from ringup.render.extensions_conf import extensions_conf
from ringup.render.pjsip_conf import pjsip_conf
from ringup.render.realtime_rows import realtime_text
from ringup.render.sip_conf import sip_conf
from ringup.render.skinny_conf import skinny_devices, skinny_lines
from ringup.render.voicemail_conf import voicemail_conf
from ringup.site.model import Channel, Site


@dataclass(frozen=True, slots=True)
class PbxFile:
    """One file of ringup, and the name of the operator's file that includes it."""

    name: str
    included_by: str
    render: Callable[[Site], str]
    channel: Channel | None = None
    """The channel driver for which the file is written; None for all drivers."""
    sections: tuple[str, ...] = ()
    """The sections that the operator's file must have, in order."""
    before: str = ""
    """The section of the operator's file before which ringup's file is included; empty for the end of the
    file.
    """

    def is_used(self, site: Site) -> bool:
        """Return whether this site needs the file."""
        return self.channel is None or self.channel in site.channels()


SKINNY_SECTIONS = ("general", "lines", "devices")
"""The sections of skinny.conf, in the order in which chan_skinny reads them.

Sections between `lines` and `devices` are lines, and those after `devices` are devices.
"""

PBX_FILES: tuple[PbxFile, ...] = (
    PbxFile("ringup_pjsip.conf", "pjsip.conf", pjsip_conf, "pjsip"),
    PbxFile("ringup_sip.conf", "sip.conf", sip_conf, "chan_sip"),
    PbxFile("ringup_skinny_lines.conf", "skinny.conf", skinny_lines, "skinny", SKINNY_SECTIONS, "devices"),
    PbxFile("ringup_skinny_devices.conf", "skinny.conf", skinny_devices, "skinny", SKINNY_SECTIONS),
    PbxFile("ringup_voicemail.conf", "voicemail.conf", voicemail_conf),
    PbxFile("ringup_extensions.conf", "extensions.conf", extensions_conf),
)

REALTIME = PbxFile("realtime", "", realtime_text, "pjsip")
"""The rows of Asterisk's realtime tables as one text; it is a part of a plan, and not written as a file."""

PBX_TEXTS = (*PBX_FILES, REALTIME)
"""All texts on Asterisk's side that a change of the site may change."""


def changed_channels(before: Site, after: Site) -> tuple[Channel, ...]:
    """Return the drivers that must read their files after a change; chan_skinny only if its own files change.

    A reload of chan_skinny ends the registration of every SCCP phone (P-SCCP-35).
    """
    own = [file.render for file in PBX_FILES if file.channel == "skinny"]
    spared = all(render(before) == render(after) for render in own)
    return tuple(channel for channel in after.channels() if channel != "skinny" or not spared)


def wanted(site: Site) -> tuple[PbxFile, ...]:
    """Return the files that the site needs: for its SIP driver, and for chan_skinny if there are SCCP
    phones.
    """
    return tuple(file for file in PBX_FILES if file.is_used(site))
