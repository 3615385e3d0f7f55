"""Turn a SIP message into observations: the message itself, and what it means for the registration.

In a REGISTER, the sender of the request is the phone. A 200 to a REGISTER with a Contact is a registration. A
401 or 407 is a refusal if it answers credentials for the second time in a row, because the first may only
renew the nonce.
"""

import re

from ringup.errors import WireError
from ringup.events import LineRegistered, LineUnregistered, RegistrationRefused, SipSeen
from ringup.evidence.observation import Context, Observation, Observations, remember
from ringup.wire import sip

_REASONS = {403: "403 Forbidden", 404: "404 Not Found", 423: "423 Interval Too Brief"}
_CHALLENGES = (401, 407)
_USER = re.compile(r"sips?:([^@;>\s:]+)(?::[^@]*)?@", re.IGNORECASE)
_HOST_PORT = re.compile(r"sips?:(?:[^@>\s]*@)?(\[[^\]]*\]|[^;:>\s?]+)(?::(\d{1,5}))?", re.IGNORECASE)
_PHONE_TAG = re.compile(r";\s*tag=([0-9A-Fa-f]{12})[0-9A-Fa-f]{4}", re.ASCII)
_ASKED, _REFUSED, _PHONES = "SIP asked", "SIP refused", "SIP phone"
_OF_A_CLIENT = ("REGISTER", "SUBSCRIBE", "PUBLISH")


def user_of(value: str) -> str:
    """Return the user part of the URI in a header; empty if it has none."""
    found = _USER.search(value)
    return found[1] if found else ""


def host_port(value: str) -> str:
    """Return ``host:port`` of the URI in a header, with 5060 if it names no port; empty without a URI."""
    found = _HOST_PORT.search(value)
    return f"{found[1]}:{found[2] or 5060}" if found else ""


def seen(context: Context, message: sip.Message, source: str, destination: str) -> Observations:
    """Return the message, and the events that follow from it; an address that is not known is an empty
    text.
    """
    event = sip_seen(context.at, message, source, destination)
    address = _phone(context, event, message)
    if "cisco" in event.user_agent.lower() and address and not event.status:
        remember(context.kept, (_PHONES, address), True)
    return [Observation(each, address) for each in (event, *_registration(context, event, message))]


def sip_seen(at: float, message: sip.Message, source: str, destination: str) -> SipSeen:
    """Return the message as an event; its MAC is the one in the message's tags, if they contain one."""
    try:
        _, method = sip.parse_cseq(message)
    except WireError:
        method = ""
    status = message.status if isinstance(message, sip.Response) else 0
    if isinstance(message, sip.SipRequest):
        method = message.method
    side = "from" if not status and method != "REGISTER" and _is_a_phones(message) else "to"
    return SipSeen(
        at,
        _mac_in_tags(message),
        source,
        destination,
        method,
        status,
        user_of(sip.first(message, side)),
        host_port(sip.first(message, "contact")),
        sip.first(message, "user-agent") or sip.first(message, "server"),
        bool(sip.first(message, "authorization") or sip.first(message, "proxy-authorization")),
        sip.first(message, "call-id"),
    )


def _is_a_phones(message: sip.Message) -> bool:
    return "cisco" in sip.first(message, "user-agent").lower()


def _mac_in_tags(message: sip.Message) -> str:
    """Return the MAC at the beginning of the tags of a 7940 or 7960 (P-SIP-3, P-SIP-5); empty if there is
    none.
    """
    for name in ("from", "to"):
        if found := _PHONE_TAG.search(sip.first(message, name)):
            call = sip.first(message, "call-id").replace("-", "")[:12].upper()
            mac = found[1].upper()
            if call == mac or _is_a_phones(message):
                return mac
    return ""


def _phone(context: Context, event: SipSeen, message: sip.Message) -> str:
    """Return the address of the phone: the sender or the recipient of the message."""
    source, destination = (side.rpartition(":")[0] for side in (event.source, event.destination))
    if not source or not destination:
        return source or destination
    sender, receiver = (destination, source) if event.status else (source, destination)
    if event.method in _OF_A_CLIENT:
        return sender
    known = [side for side in (sender, receiver) if (_PHONES, side) in context.kept]
    return known[0] if known else receiver if event.method in ("NOTIFY", "OPTIONS") else sender


def _registration(
    context: Context, event: SipSeen, message: sip.Message
) -> list[LineRegistered | LineUnregistered | RegistrationRefused]:
    if event.method != "REGISTER":
        return []
    key = (_ASKED, event.call_id, sip.first(message, "cseq"))
    if not event.status:
        remember(context.kept, key, event)
        return []
    request = context.kept.get(key)
    line = (event.at, event.mac, event.extension)
    refusals = (_REFUSED, event.extension, event.call_id)
    if event.status // 100 == 2:
        context.kept.pop(refusals, None)
        contact = event.contact or (request.contact if request else "")
        return [LineRegistered(*line, contact)] if contact else []
    if event.status in _CHALLENGES:
        if request is None or not request.authorized:
            return []
        remember(context.kept, refusals, context.kept.get(refusals, 0) + 1)
        return [RegistrationRefused(*line, "wrong password")] if context.kept[refusals] > 1 else []
    return [RegistrationRefused(*line, _REASONS[event.status])] if event.status in _REASONS else []
