"""The texts of the SCCP display: the server sends codes for some words, and the phone replaces them
(P-SCCP-25).
"""

from collections.abc import Mapping

CODE = "\x80"

WORDS: Mapping[int, str] = {
    0x01: "Redial", 0x02: "NewCall", 0x03: "Hold", 0x04: "Transfer", 0x05: "CFwdALL", 0x09: "EndCall",
    0x0A: "Resume", 0x0B: "Answer", 0x0D: "Confrn", 0x13: "Your current options", 0x14: "Off Hook",
    0x16: "Ring out", 0x17: "From", 0x18: "Connected", 0x19: "Busy", 0x1B: "Call Waiting",
    0x20: "Enter number", 0x24: "You Have VoiceMail", 0x25: "Forwarded to",
}  # fmt: skip


def in_words(text: str) -> str:
    """Return a text with its codes replaced by words; an unknown code leaves a question mark."""
    first, *coded = text.split(CODE)
    return first + "".join(WORDS.get(ord(part[0]), "?") + part[1:] for part in coded if part)
