"""ringup_extensions.conf: one context for calls between the lines, to voicemail and to outside numbers.

Only the digits of a dialled number are inserted into a dial string. A line's forward and its do-not-disturb
are in Asterisk's own database (AstDB), in the families ``CF`` and ``DND``. So a phone's user can change them
without a reload. If Asterisk lacks the module of a function, the function returns false, and the line rings.
Source: P-AST-9.
"""

from collections.abc import Iterator

from ringup.errors import Problem, SiteErrors
from ringup.render.asterisk_text import HEADER, guest_context, section_name, value
from ringup.render.dialplan_xml import ECHO_TEST
from ringup.render.skinny_conf import device_name
from ringup.site.guests import CODE_DIGITS
from ringup.site.model import Driver, Line, Pbx, Phone, Site

TECHNOLOGY: dict[Driver, str] = {"pjsip": "PJSIP", "chan_sip": "SIP"}

CF, DND = "CF", "DND"
"""The families of AstDB that contain the forwards and do-not-disturbs of lines, by extension.

FreePBX's dial plan uses the same families.
"""
OWN = "ringup-"
"""The beginning of the names of extensions that are steps of this dial plan and not numbers."""
FORWARD, RING = f"{OWN}forward", f"{OWN}ring"
MOST_FORWARDS = 5
"""Maximum number of forwards of one call, because two lines may be forwarded to each other."""
GUEST_SECONDS = 2
"""Seconds of a guest's call; the phone shows it, so that its user knows that the code was sent."""
_DIGITS = "0-9*#+"


def extensions_conf(site: Site) -> str:
    """Return the complete file; raises SiteErrors for extensions that Asterisk would read as patterns."""
    pbx = site.pbx
    numbers = [line.extension for _phone, line in site.lines()]
    problems = [
        Problem(f"line {number}", f"an extension that begins with {begins} {is_what}.", "Choose another.")
        for number in (*numbers, pbx.messages)
        for begins, is_what in (("_", "is a pattern"), (OWN, "is a step of ringup's dial plan"))
        if number.startswith(begins)
    ]
    if problems:
        raise SiteErrors(problems)
    blocks = [list(_messages(pbx)), list(_forward(pbx))]
    if ECHO_TEST not in (*numbers, pbx.messages):
        blocks.append(list(_echo_test()))
    if pbx.outside_dial:
        blocks.append(list(_outside(pbx)))
    if pbx.outside_ring:
        blocks.append(list(_ring(pbx)))
    sccp = frozenset(phone.mac for phone in site.sccp_phones())
    blocks += [
        list(_line(pbx, _device(pbx, phone, line, is_sccp=phone.mac in sccp), line, phone.mac in sccp))
        for phone, line in site.lines()
    ]
    if pbx.parking:
        blocks.insert(0, [f"include => {pbx.parking}"])
    body = "\n".join("".join(f"{row}\n" for row in block) for block in blocks)
    guests = "".join(f"{row}\n" for row in _guests(site))
    return f"{HEADER}\n[{section_name(pbx.context)}]\n{body}{guests}"


def _guests(site: Site) -> Iterator[str]:
    """Return the context of the guests, from which a call reaches nothing.

    ringup reads the dialled code from the events of the call, so Asterisk needs no further right for ringup's
    manager user. The call ends by itself.
    """
    if site.guests:
        yield ""
        yield f"[{section_name(guest_context(site.pbx))}]"
        yield f"exten => _{'X' * CODE_DIGITS},1,Answer()"
        yield f"same => n,Wait({GUEST_SECONDS})"
        yield "same => n,Hangup()"


def _messages(pbx: Pbx) -> Iterator[str]:
    """Return the extension of the Messages button, which opens the caller's own mailbox without a PIN."""
    yield f"exten => {section_name(pbx.messages)},1,Answer()"
    yield f"same => n,VoiceMailMain(${{CALLERID(num)}}@{pbx.context},s)"
    yield "same => n,Hangup()"


def _forward(pbx: Pbx) -> Iterator[str]:
    """Return the step that forwards a call to the number in ``DB_RESULT``, which DB_EXISTS has set for the
    line.

    A call is forwarded only to a number that this context contains, and at most MOST_FORWARDS times.
    """
    yield f"exten => {FORWARD},1,Set(forward=${{FILTER({_DIGITS},${{DB_RESULT}})}})"
    yield "same => n,Set(forwards=$[0${forwards} + 1])"
    yield f"same => n,GotoIf($[${{forwards}} > {MOST_FORWARDS}]?refused)"
    yield f"same => n,GotoIf($[0${{DIALPLAN_EXISTS({pbx.context},${{forward}},1)}} = 0]?refused)"
    yield f"same => n,Goto({pbx.context},${{forward}},1)"
    yield "same => n(refused),Hangup(17)"


def _ring(pbx: Pbx) -> Iterator[str]:
    """Return the step that sets the ring of calls from outside; it runs on the called channel.

    Its argument is the name of the caller's channel, like ``PJSIP/201-00000001`` or
    ``Skinny/201@SEP001646C0FFEE-1``. The call comes from outside if this channel does not belong to a line
    with a hint. Source: P-RING-11, P-AST-27.
    """
    yield f"exten => {RING},1,Set(caller=${{CUT(ARG1,/,2-)}})"
    yield ('same => n,Set(caller=${IF($["${CUT(ARG1,/,1)}" = "Skinny"]?${CUT(caller,@,1)}:${caller:0:-9})})')
    yield f'same => n,GotoIf($["${{HINT(${{caller}}@{pbx.context})}}" != ""]?inside)'
    if pbx.driver == "pjsip":
        yield f"same => n,Set(PJSIP_HEADER(add,Alert-Info)={pbx.outside_ring})"
    else:
        yield f"same => n,SIPAddHeader(Alert-Info: {pbx.outside_ring})"
    yield "same => n(inside),Return()"


def _echo_test() -> Iterator[str]:
    yield f"exten => {ECHO_TEST},1,Answer()"
    yield "same => n,Echo()"
    yield "same => n,Hangup()"


def _outside(pbx: Pbx) -> Iterator[str]:
    """Return the extensions for outside calls, which use the operator's dial string; FILTER removes all but
    digits.
    """
    # The prefix alone is not an outside number. Without a prefix, an outside number has at least two digits.
    pattern = f"_{pbx.outside_prefix}." if pbx.outside_prefix else "_XX."
    # The expression compares lengths and not texts, because a dialled quote would end the expression's
    # quotes.
    yield f"exten => {pattern},1,Set(digits=${{FILTER(0-9*#+,${{EXTEN}})}})"
    yield "same => n,GotoIf($[${LEN(${digits})} != ${LEN(${EXTEN})}]?refused)"
    yield f"same => n,Dial({value(pbx.outside_dial)})"
    yield "same => n,Hangup(${HANGUPCAUSE})"
    yield "same => n(refused),Hangup(28)"


def device_of(site: Site, phone: Phone, line: Line) -> str:
    """Return the channel with which Dial rings a line: ``PJSIP/201`` or ``Skinny/201@SEP001646C0FFEE``."""
    return _device(site.pbx, phone, line, is_sccp=site.protocol_of(phone) == "sccp")


def _device(pbx: Pbx, phone: Phone, line: Line, *, is_sccp: bool) -> str:
    if is_sccp:
        return f"Skinny/{line.extension}@{device_name(phone)}"
    return f"{TECHNOLOGY[pbx.driver]}/{line.extension}"


def hint_of(device: str, extension: str) -> str:
    """Return the devices in a line's hint, which is busy while a forward or do-not-disturb is set."""
    return "&".join((device, *(f"Custom:{each}{extension}" for each in (DND, CF))))


def _line(pbx: Pbx, device: str, line: Line, is_sccp: bool) -> Iterator[str]:
    """Return the extension of a line: a forward, or the ringing phone, and then voicemail if the result
    allows.
    """
    number = section_name(line.extension)
    ring = f",b({pbx.context}^{RING}^1(${{CHANNEL(name)}}))" if pbx.outside_ring and not is_sccp else ""
    yield f"exten => {number},hint,{hint_of(device, number)}"
    yield f"exten => {number},1,GotoIf(${{DB_EXISTS({CF}/{number})}}?{FORWARD},1)"
    yield f"same => n,GotoIf(${{DB_EXISTS({DND}/{number})}}?busy)"
    yield f"same => n,Dial({device},{pbx.ring_seconds}{ring})"
    if not line.voicemail:
        yield "same => n,Hangup(${HANGUPCAUSE})"
        yield "same => n(busy),Hangup(17)"
        return
    box = f"{number}@{pbx.context}"
    yield 'same => n,GotoIf($["${DIALSTATUS}" = "BUSY"]?busy)'
    yield f"same => n,VoiceMail({box},u)"
    yield "same => n,Hangup()"
    yield f"same => n(busy),VoiceMail({box},b)"
    yield "same => n,Hangup()"
