"""The configuration of the phone's SIP user agent, read from the stored settings (P-PARAM)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ringup.emulator.behaviour import HashKey, UrgentCounts

LINES = 6
"""Number of line buttons of a 7960."""


class OutgoingDatagram(NamedTuple):
    """A datagram to send: from the media port if `media`, from the SIP sending port otherwise."""

    data: bytes
    destination: tuple[str, int]
    media: bool = False


@dataclass(frozen=True, slots=True)
class SipLine:
    """One line button: an account at a proxy."""

    index: int
    """The number of the line button, 1 to 6."""
    name: str
    auth_name: str
    password: str
    proxy_address: str
    display_name: str = ""
    proxy_port: int = 5060


@dataclass(frozen=True, slots=True)
class SipConfig:
    """All settings of the SIP user agent; the defaults are the phone's own (P-PARAM)."""

    address: str
    mac: str
    """The phone's MAC, as twelve upper-case hexadecimal digits."""
    lines: tuple[SipLine, ...]
    user_agent: str = "Cisco-CP7960G/8.0"
    """The User-Agent header of SIP 8.12 (captures of 2009, 2013 and 2020)."""
    model_number: int = 7
    user_info: str = "phone"
    """The ``user`` parameter in Contact: `none`, `phone` or `ip`. Captures of 7960s show `;user=phone`, so
    that is the default here, although the manual gives `none`; a stored user_info takes precedence.
    """
    proxy_register: bool = True
    register_expires: int = 3600
    """The registration time that the phone requests, in seconds."""
    register_delta: int = 5
    """Seconds before expiry at which the phone registers again."""
    register_retry: float = 30.0
    """Seconds until a failed registration is tried again; not documented, a guess."""
    voip_control_port: int = 5060
    nat_enable: bool = False
    nat_address: str = ""
    timer_t1: float = 0.5
    """SIP timer T1 in seconds (RFC 3261 §17.1.1.1)."""
    timer_t2: float = 4.0
    sip_retx: int = 10
    sip_invite_retx: int = 6
    timer_invite_expires: int = 180
    """Maximum seconds for which a call rings."""
    outbound_proxy: str = ""
    outbound_proxy_port: int = 5060
    proxy_emergency: str = ""
    proxy_emergency_port: int = 5060
    dial_template: bytes = b""
    hash_key: HashKey = HashKey.DIALS
    urgent_counts: UrgentCounts = UrgentCounts.READS
    messages_uri: str = ""
    preferred_codec: str = "g711ulaw"
    dtmf_outofband: str = "avt"
    """How the phone sends digits: `none` (in the sound), `avt` (RFC 4733, if the far end offers it) or
    `avt_always`.
    """
    dtmf_avt_payload: int = 101
    start_media_port: int = 16384
    end_media_port: int = 32766
    auto_answer: frozenset[int] = frozenset()
    """Numbers of the lines that answer calls automatically."""
    listen_for: tuple[int, ...] = (350, 400, 425, 440, 480, 500, 600, 620, 700, 800, 1000, 1200, 1400, 1600)
    """Tones that this phone can detect, in Hz."""

    @property
    def public_address(self) -> str:
        """Return the address for Via, Contact and SDP: nat_address if nat_enable is 1, else the phone's own
        (P-PARAM-43).
        """
        return self.nat_address if self.nat_enable and self.nat_address else self.address


_NUMBERS = {
    "timer_register_expires": "register_expires",
    "timer_register_delta": "register_delta",
    **{
        name: name
        for name in (
            "voip_control_port", "sip_retx", "sip_invite_retx", "timer_invite_expires", "outbound_proxy_port",
            "proxy_emergency_port", "dtmf_avt_payload", "start_media_port", "end_media_port",
        )
    },
}  # fmt: skip
_MILLISECONDS = ("timer_t1", "timer_t2")
_WORDS = ("user_info", "preferred_codec", "dtmf_outofband")
_TEXTS = ("nat_address", "outbound_proxy", "proxy_emergency", "messages_uri")
UNPROVISIONED = "UNPROVISIONED"


def from_settings(
    settings: Mapping[str, str], *, address: str, mac: str, dial_template: bytes = b""
) -> SipConfig:
    """Make the configuration of the SIP user agent from the settings in flash: parameter names to their text.

    Values were checked when they were stored; a text that is not a number counts as missing.
    """
    known = {name: value for name, value in settings.items() if value not in ("", UNPROVISIONED)}
    numbers = {name: int(value) for name, value in known.items() if value.isascii() and value.isdecimal()}
    values: dict[str, Any] = {"proxy_register": numbers.get("proxy_register", 0) != 0}  # P-PARAM-5: default 0
    values |= {name: numbers[key] for key, name in _NUMBERS.items() if key in numbers}
    values |= {name: numbers[name] / 1000 for name in _MILLISECONDS if name in numbers}
    values |= {name: known[name].lower() for name in _WORDS if name in known}
    values |= {name: known[name] for name in _TEXTS if name in known}
    mask = numbers.get("auto_answer", 0)
    return SipConfig(
        address=address,
        mac=mac,
        lines=tuple(line for index in range(1, LINES + 1) if (line := _line(known, numbers, index))),
        dial_template=dial_template,
        nat_enable=numbers.get("nat_enable", 0) != 0,
        auto_answer=frozenset(index for index in range(1, LINES + 1) if mask >> (index - 1) & 1),
        **values,
    )


def _line(known: Mapping[str, str], numbers: Mapping[str, int], index: int) -> SipLine | None:
    """Return a line that has a name and a proxy; lines 2-6 inherit line 1's account and proxy
    (P-PARAM-12).
    """
    name = known.get(f"line{index}_name", "")
    proxy = known.get(f"proxy{index}_address", known.get("proxy1_address", ""))
    if not name or not proxy:
        return None
    own_proxy = f"proxy{index}_address" in known
    return SipLine(
        index=index,
        name=name,
        auth_name=known.get(f"line{index}_authname", known.get("line1_authname", name)),
        password=known.get(f"line{index}_password", known.get("line1_password", "")),
        proxy_address=proxy,
        display_name=known.get(f"line{index}_displayname", ""),
        proxy_port=numbers.get(f"proxy{index if own_proxy else 1}_port", 5060),
    )
