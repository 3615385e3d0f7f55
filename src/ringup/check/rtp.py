"""The UDP ports for sound, on Asterisk's side and on the phones' side."""

import re
from dataclasses import dataclass

from ringup.phone.forced_keys import bare_values
from ringup.phone.parameters import PARAMETERS
from ringup.site.model import Phone, Site

_LOWEST, _HIGHEST = 1024, 65_535
_VALUE = re.compile(r"(rtpstart|rtpend)\s*=>?\s*(\d+)")
_BLOCK_COMMENT = re.compile(r";--(?!-).*?--;", re.DOTALL)


@dataclass(frozen=True, slots=True)
class RtpPorts:
    """A range of UDP ports, both ends included."""

    first: int
    last: int

    def __contains__(self, port: int) -> bool:
        return self.first <= port <= self.last

    def every(self) -> range:
        """Return all ports."""
        return range(self.first, self.last + 1)

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"


ASTERISK_WITHOUT_FILE = RtpPorts(5_000, 31_000)
"""DEFAULT_RTP_START and DEFAULT_RTP_END of Asterisk's res_rtp_asterisk.c."""


def asterisk_ports(text: str) -> RtpPorts:
    """Return the range that an ``rtp.conf`` sets in [general]; for an invalid range, return the default."""
    section = ""
    values = {"rtpstart": ASTERISK_WITHOUT_FILE.first, "rtpend": ASTERISK_WITHOUT_FILE.last}
    for line in _BLOCK_COMMENT.sub("", text).splitlines():
        row = line.partition(";")[0].strip()
        if row.startswith("["):
            section = row[1:].partition("]")[0]
        elif section == "general" and (found := _VALUE.fullmatch(row)):
            values[found[1]] = min(max(int(found[2]), _LOWEST), _HIGHEST)
    first, last = values["rtpstart"], values["rtpend"]
    return RtpPorts(first, last) if first < last else ASTERISK_WITHOUT_FILE


def phone_ports(site: Site, phone: Phone | None = None) -> RtpPorts:
    """Return the range of one phone, or of a phone without settings of its own."""
    values = _values(site, phone)
    return RtpPorts(_number(values, "start_media_port"), _number(values, "end_media_port"))


def sip_port(site: Site, phone: Phone) -> int:
    """Return the UDP port on which a phone listens for SIP."""
    return _number(_values(site, phone), "voip_control_port")


def all_phone_ports(site: Site) -> RtpPorts:
    """Return the smallest range that holds those of all phones."""
    ranges = [phone_ports(site, phone) for phone in site.phones] or [phone_ports(site)]
    return RtpPorts(min(each.first for each in ranges), max(each.last for each in ranges))


def _values(site: Site, phone: Phone | None) -> dict[str, str]:
    if phone is None:
        return bare_values(site.settings)
    group = site.group(phone.group)
    return bare_values(site.settings, group.settings if group else {}, phone.settings)


def _number(values: dict[str, str], name: str) -> int:
    text = values.get(name, "")
    return int(text if text.isascii() and text.isdecimal() else PARAMETERS[name].default or 0)
