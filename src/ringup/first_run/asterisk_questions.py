"""The questions about Asterisk: where it is, its driver and transport, and what `ringup` may change there."""

from collections.abc import Iterator

from ringup.asterisk.voicemail_modules import MODULES_FILE, RIVALS
from ringup.check.facts import Transport
from ringup.first_run.here import AsteriskHere, Here
from ringup.first_run.question import NO, YES, Answers, Question
from ringup.first_run.record_check import checked_record
from ringup.render.pjsip_conf import OWN_TRANSPORT
from ringup.site.pbx_record import Pbx
from ringup.site.record_faults import FaultyRecord

SIP_PORT = 5060


def _etc(here: Here, _answers: Answers) -> str:
    """Return Asterisk's folder of the site, or the one on this machine; empty: Asterisk is elsewhere."""
    pbx = here.site.pbx
    if here.is_set_up:
        return pbx.etc or pbx.freepbx
    return here.asterisk.etc if here.asterisk else ""


def asterisk_at(here: Here, answers: Answers) -> AsteriskHere | None:
    """Return the Asterisk of this machine, if the answers name its folder."""
    found = here.asterisk
    return found if found and answers["etc"] == found.etc else None


def _address(here: Here, answers: Answers) -> str:
    if here.site.pbx.address:
        return here.site.pbx.address
    interface = here.interface(answers["interface"])
    return str(interface.addresses[0].ip) if interface and interface.addresses else ""


def _checked_address(text: str, _here: Here, _answers: Answers) -> str:
    return checked_record(Pbx, {"address": text}).address


def _driver(here: Here, answers: Answers) -> str:
    """Return the site's driver, or the one that has a UDP port for phones now."""
    found = asterisk_at(here, answers)
    if here.is_set_up or found is None:
        return here.site.pbx.driver
    has_chan_sip = "chan_sip.so" in found.modules
    if has_chan_sip and (found.sip_port == SIP_PORT or "chan_pjsip.so" not in found.modules):
        return "chan_sip"
    return "pjsip"


def _checked_driver(text: str, here: Here, answers: Answers) -> str:
    if text not in ("pjsip", "chan_sip"):
        raise FaultyRecord(f"{text!r} is not a driver.", "Write pjsip or chan_sip.")
    if here.is_set_up and text == here.site.pbx.driver:
        return text  # the checks report a driver that is not loaded
    found = asterisk_at(here, answers)
    module = "chan_pjsip.so" if text == "pjsip" else "chan_sip.so"
    if found and found.modules and module not in found.modules:
        cure = f"Load it: asterisk -rx 'module load {module}'. Or choose the other driver."
        raise FaultyRecord(f"Asterisk {found.version} has not loaded {module}.", cure)
    return text


def own_udp_transports(found: AsteriskHere) -> list[Transport]:
    """Return the operator's UDP transports, those on SIP's port first."""
    udp = [each for each in found.transports if each.protocol == "udp" and each.name != OWN_TRANSPORT]
    return sorted(udp, key=lambda each: port_of(each.bind) != SIP_PORT)


def _transport(here: Here, answers: Answers) -> str:
    found = asterisk_at(here, answers)
    if here.is_set_up or found is None or answers["driver"] != "pjsip" or found.is_freepbx:
        return here.site.pbx.transport
    own = own_udp_transports(found)
    return own[0].name if own else ""


def _port(here: Here, answers: Answers) -> str:
    found = asterisk_at(here, answers)
    if here.is_set_up or found is None:
        return str(here.site.pbx.port)
    if answers["driver"] == "chan_sip":
        return str(found.sip_port or SIP_PORT)
    own = own_udp_transports(found)
    chosen = own if found.is_freepbx else [each for each in own if each.name == answers["transport"]]
    return str(port_of(chosen[0].bind) if chosen else SIP_PORT)


def port_of(bind: str) -> int:
    """Return the port in a text like ``0.0.0.0:5160``; without one, SIP's own port."""
    number = bind.rpartition(":")[2] if ":" in bind else ""
    return int(number) if number.isdecimal() else SIP_PORT


def _checked_port(text: str, _here: Here, _answers: Answers) -> str:
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 65_536):
        raise FaultyRecord(f"{text!r} is not a UDP port.", "Write a number from 1 to 65535.")
    return str(int(text))


def _is_written(here: Here, answers: Answers) -> bool:
    """Return whether ringup writes files for an Asterisk on this machine."""
    found = asterisk_at(here, answers)
    return bool(answers["etc"]) and not (found and found.is_freepbx)


def _lacks_voicemail(here: Here, answers: Answers) -> bool:
    found = asterisk_at(here, answers)
    return bool(found and found.lacks_voicemail and not found.is_freepbx)


def voicemail_lines() -> Iterator[str]:
    """Yield the lines of modules.conf that let one voicemail module answer."""
    yield "Asterisk loads several voicemail modules, so none of them answers, and a call to voicemail"
    yield f"ends at once. {MODULES_FILE}, a file of Asterisk's package, needs below [modules]:"
    yield from (f"    noload => {name}" for name in RIVALS)


QUESTIONS = (
    Question("etc", "Asterisk's folder here (none: Asterisk is elsewhere)", _etc),
    Question("pbx_address", "Address at which the phones register", _address, _checked_address),
    Question("driver", "Asterisk's SIP driver", _driver, _checked_driver),
    Question(
        "transport", "Its UDP transport for phones (none: ringup adds one)", _transport,
        is_asked=lambda here, answers: answers["driver"] == "pjsip" and _has_transports(here, answers),
    ),
    Question("pbx_port", "UDP port at which the phones register", _port, _checked_port),
    Question(
        "account", "Add an account for ringup to Asterisk's manager interface?",
        lambda here, answers: YES if _is_written(here, answers) else NO,
        is_asked=lambda here, answers: _is_written(here, answers) and not here.site.pbx.manager_user,
        is_yes_or_no=True,
    ),
    Question(
        "fix_modules", "Let ringup write these lines, and restart Asterisk?",
        lambda _here, _answers: NO, is_asked=_lacks_voicemail, is_yes_or_no=True,
        why="\n".join(voicemail_lines()),
    ),
)  # fmt: skip


def _has_transports(here: Here, answers: Answers) -> bool:
    found = asterisk_at(here, answers)
    return bool(found and own_udp_transports(found))
