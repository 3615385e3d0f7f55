"""ringup's files for Asterisk: one row per file, with the operator's file that includes it."""

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
    """One file of ringup, and the operator's file that includes it."""

    name: str
    included_by: str
    render: Callable[[Site], str]
    channel: Channel | None = None
    """Only for this channel driver; none: for all."""
    sections: tuple[str, ...] = ()
    """The sections that the operator's file must have, in their order."""
    before: str = ""
    """The section of the operator's file that the including line precedes; empty: the line is the last."""

    def is_used(self, site: Site) -> bool:
        """Return whether this site needs the file."""
        return self.channel is None or self.channel in site.channels()


SKINNY_SECTIONS = ("general", "lines", "devices")
"""chan_skinny reads what follows `lines` as lines up to `devices`, and what follows that as devices."""

PBX_FILES: tuple[PbxFile, ...] = (
    PbxFile("ringup_pjsip.conf", "pjsip.conf", pjsip_conf, "pjsip"),
    PbxFile("ringup_sip.conf", "sip.conf", sip_conf, "chan_sip"),
    PbxFile("ringup_skinny_lines.conf", "skinny.conf", skinny_lines, "skinny", SKINNY_SECTIONS, "devices"),
    PbxFile("ringup_skinny_devices.conf", "skinny.conf", skinny_devices, "skinny", SKINNY_SECTIONS),
    PbxFile("ringup_voicemail.conf", "voicemail.conf", voicemail_conf),
    PbxFile("ringup_extensions.conf", "extensions.conf", extensions_conf),
)

REALTIME = PbxFile("realtime", "", realtime_text, "pjsip")
"""The rows of Asterisk's realtime tables, as one text: a part of a plan, and not a file."""

PBX_TEXTS = (*PBX_FILES, REALTIME)
"""All that a change may change on Asterisk's side."""


def changed_channels(before: Site, after: Site) -> tuple[Channel, ...]:
    """Return the drivers that must read their files after a change; chan_skinny only if its own files change.

    To reload chan_skinny ends the registration of every phone that speaks SCCP (P-SCCP-35).
    """
    own = [file.render for file in PBX_FILES if file.channel == "skinny"]
    spared = all(render(before) == render(after) for render in own)
    return tuple(channel for channel in after.channels() if channel != "skinny" or not spared)


def wanted(site: Site) -> tuple[PbxFile, ...]:
    """Return the files that the site needs: of its SIP driver, and of chan_skinny if phones speak SCCP."""
    return tuple(file for file in PBX_FILES if file.is_used(site))
