"""The message that should come next: the reply to the last message, or the first message of the next boot
stage.
"""

from collections.abc import Mapping, Sequence

from ringup.ladder.arrows import DHCP, PBX, PHONE, TFTP, ArrowRow
from ringup.ladder.rows import Arrow, Note, Tone

ANSWERS: Mapping[str, ArrowRow] = {
    "DISCOVER": ArrowRow(DHCP, PHONE, "OFFER"),
    "OFFER": ArrowRow(PHONE, DHCP, "REQUEST"),
    "RRQ": ArrowRow(TFTP, PHONE, "DATA"),
    "REGISTER": ArrowRow(PBX, PHONE, "200 OK, or 401 to its port 5060"),
    "401": ArrowRow(PHONE, PBX, "REGISTER with password"),
    "OPTIONS": ArrowRow(PHONE, PBX, "200 OK"),
}
"""The reply to a message, by the first word on the message's arrow."""

INSTEAD: Mapping[str, ArrowRow] = {
    "NAK": ArrowRow(DHCP, PHONE, "ACK"),
    "not": ArrowRow(TFTP, PHONE, "DATA {name}"),
    "refused": ArrowRow(TFTP, PHONE, "DATA {name}"),
    "DATA": ArrowRow(TFTP, PHONE, "DATA, the rest"),
    "refused:": ArrowRow(PBX, PHONE, "200 OK"),
}
"""The message that should have come instead of a wrong one, by the first word on the wrong message's arrow.
"""

STARTS: Mapping[str, ArrowRow] = {
    "new": ArrowRow(PHONE, DHCP, "DISCOVER"),
    "on_the_wire": ArrowRow(PHONE, DHCP, "DISCOVER"),
    "wants_address": ArrowRow(DHCP, PHONE, "OFFER"),
    "address": ArrowRow(PHONE, TFTP, "RRQ CTLSEP{mac}.tlv"),
    "hunt": ArrowRow(PHONE, TFTP, "RRQ its load, or SIPDefault.cnf"),
    "loader": ArrowRow(PHONE, TFTP, "RRQ the application, after a restart"),
    "application": ArrowRow(PHONE, TFTP, "RRQ SIPDefault.cnf"),
    "sip_default": ArrowRow(PHONE, TFTP, "RRQ SIP{mac}.cnf"),
    "own_file": ArrowRow(PHONE, PBX, "REGISTER"),
    "dial_plan": ArrowRow(PHONE, PBX, "REGISTER"),
}
"""The message with which the next stage begins, by the stage before it."""


def expected_step(rows: Sequence[Arrow | Note], stage: str) -> ArrowRow | None:
    """Return the message that is due after these rows for a phone in this stage; None if no message is
    due.
    """
    last = next((row for row in reversed(rows) if isinstance(row, Arrow)), None)
    if last is None:
        return STARTS.get(stage)
    word, name = last.words.partition(" ")[0], getattr(last.event, "name", "")
    instead = INSTEAD.get(word) if last.tone is Tone.WRONG else None
    if instead is not None:
        return instead._replace(words=instead.words.replace("{name}", name))
    return ANSWERS.get(word) or STARTS.get(stage)
