"""The range of UDP ports that Asterisk takes for sound."""

from pathlib import Path

from ringup.check.rtp import ASTERISK_WITHOUT_FILE, RtpPorts, asterisk_ports
from ringup.rule import Unknown
from ringup.site.model import Site

NAME = "rtp.conf"


def ports(site: Site) -> RtpPorts | Unknown:
    """Return the range in ``rtp.conf`` in the folder of `pbx.etc`; without that file, Asterisk's default."""
    if not site.pbx.etc:
        return Unknown("Asterisk's folder is not known (pbx.etc is not set)")
    path = Path(site.pbx.etc) / NAME
    try:
        return asterisk_ports(path.read_text(errors="replace"))
    except FileNotFoundError:
        return ASTERISK_WITHOUT_FILE
    except OSError as error:
        return Unknown(f"{path} cannot be read: {error.strerror}")
