"""What should have come next: the answer to the last message, or the next stage's first message."""

from collections.abc import Mapping, Sequence

from ringup.ladder.arrows import DHCP, PBX, PHONE, TFTP, Step
from ringup.ladder.rows import Arrow, Note, Tone

ANSWERS: Mapping[str, Step] = {
    "DISCOVER": Step(DHCP, PHONE, "OFFER"),
    "OFFER": Step(PHONE, DHCP, "REQUEST"),
    "RRQ": Step(TFTP, PHONE, "DATA"),
    "REGISTER": Step(PBX, PHONE, "200 OK, or 401 to its port 5060"),
    "401": Step(PHONE, PBX, "REGISTER with password"),
    "OPTIONS": Step(PHONE, PBX, "200 OK"),
}
"""What follows a message, by its first word."""

INSTEAD: Mapping[str, Step] = {
    "NAK": Step(DHCP, PHONE, "ACK"),
    "not": Step(TFTP, PHONE, "DATA {name}"),
    "refused": Step(TFTP, PHONE, "DATA {name}"),
    "DATA": Step(TFTP, PHONE, "DATA, the rest"),
    "refused:": Step(PBX, PHONE, "200 OK"),
}
"""What should have come instead of a wrong message, by its first word."""

STARTS: Mapping[str, Step] = {
    "new": Step(PHONE, DHCP, "DISCOVER"),
    "on_the_wire": Step(PHONE, DHCP, "DISCOVER"),
    "wants_address": Step(DHCP, PHONE, "OFFER"),
    "address": Step(PHONE, TFTP, "RRQ CTLSEP{mac}.tlv"),
    "hunt": Step(PHONE, TFTP, "RRQ its load, or SIPDefault.cnf"),
    "loader": Step(PHONE, TFTP, "RRQ the application, after a restart"),
    "application": Step(PHONE, TFTP, "RRQ SIPDefault.cnf"),
    "sip_default": Step(PHONE, TFTP, "RRQ SIP{mac}.cnf"),
    "own_file": Step(PHONE, PBX, "REGISTER"),
    "dial_plan": Step(PHONE, PBX, "REGISTER"),
}
"""The message with which the stage after this one begins."""


def expected_step(rows: Sequence[Arrow | Note], stage: str) -> Step | None:
    """Return the message that is due after these rows, of a phone in this stage; None if none is."""
    last = next((row for row in reversed(rows) if isinstance(row, Arrow)), None)
    if last is None:
        return STARTS.get(stage)
    word, name = last.words.partition(" ")[0], getattr(last.event, "name", "")
    instead = INSTEAD.get(word) if last.tone is Tone.WRONG else None
    if instead is not None:
        return instead._replace(words=instead.words.replace("{name}", name))
    return ANSWERS.get(word) or STARTS.get(stage)
