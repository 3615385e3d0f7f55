"""ringup's files for Asterisk: one row per file, with the operator's file that includes it."""

from collections.abc import Callable
from dataclasses import dataclass

from ringup.render.extensions_conf import extensions_conf
from ringup.render.pjsip_conf import pjsip_conf
from ringup.render.realtime_rows import realtime_text
from ringup.render.sip_conf import sip_conf
from ringup.render.voicemail_conf import voicemail_conf
from ringup.site.model import Driver, Site


@dataclass(frozen=True, slots=True)
class PbxFile:
    """One file of ringup, and the operator's file that includes it."""

    name: str
    included_by: str
    render: Callable[[Site], str]
    driver: Driver | None = None
    """Only for this driver; none: for both."""


PBX_FILES: tuple[PbxFile, ...] = (
    PbxFile("ringup_pjsip.conf", "pjsip.conf", pjsip_conf, "pjsip"),
    PbxFile("ringup_sip.conf", "sip.conf", sip_conf, "chan_sip"),
    PbxFile("ringup_voicemail.conf", "voicemail.conf", voicemail_conf),
    PbxFile("ringup_extensions.conf", "extensions.conf", extensions_conf),
)

REALTIME = PbxFile("realtime", "", realtime_text, "pjsip")
"""The rows of Asterisk's realtime tables, as one text: a part of a plan, and not a file."""

PBX_TEXTS = (*PBX_FILES, REALTIME)
"""All that a change may change on Asterisk's side."""


def wanted(site: Site) -> tuple[PbxFile, ...]:
    """Return the files of the site's driver."""
    return tuple(file for file in PBX_FILES if file.driver in (None, site.pbx.driver))
