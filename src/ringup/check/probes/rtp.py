"""The range of UDP ports that Asterisk takes for sound."""

from pathlib import Path

from ringup.check.rtp import ASTERISK_WITHOUT_FILE, RtpPorts, asterisk_ports
from ringup.rule import Unknown
from ringup.site.model import Site

NAME = "rtp.conf"
FREEPBX_NAME = "rtp_additional.conf"
"""The generated file that FreePBX's ``rtp.conf`` includes (modules core 16.0.68 and sipsettings
16.0.27)."""


def ports(site: Site) -> RtpPorts | Unknown:
    """Return the range in ``rtp.conf`` in Asterisk's folder; without that file, Asterisk's default.

    FreePBX's file has the range in one that it includes.
    """
    if not (site.pbx.etc or site.pbx.freepbx):
        return Unknown("Asterisk's folder is not known (pbx.etc is not set)")
    path = Path(site.pbx.etc or site.pbx.freepbx) / (FREEPBX_NAME if site.pbx.freepbx else NAME)
    try:
        return asterisk_ports(path.read_text(errors="replace"))
    except FileNotFoundError:
        return ASTERISK_WITHOUT_FILE
    except OSError as error:
        return Unknown(f"{path} cannot be read: {error.strerror}")
