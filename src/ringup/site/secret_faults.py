"""Find passwords that phones cannot use: the reason, and the command that sets another password."""

import re

from ringup.phone.fault import FaultCode, ValueFault

LONGEST_SECRET = 31
"""Maximum number of characters; the phone's buffer has 32 bytes, and a longer secret is ignored (SIPCC
prot_configmgr.h).
"""

_USABLE = re.compile(rf"[\x21\x23-\x7e]{{0,{LONGEST_SECRET}}}")
"""Matches nearly every valid password, so that only the others have to be examined."""

_UNUSABLE_IN_SECRETS = {
    "a double quote": re.compile('"'),
    "a control character": re.compile(r"[\x00-\x1f\x7f-\x9f]"),
    "a space": re.compile(" "),
    "a letter outside ASCII": re.compile(r"[^\x00-\x9f]"),
}


def fault_of_secret(secret: str) -> ValueFault | None:
    """Return why phones cannot use this password, or may read it differently than the PBX, with the cure; or
    None.
    """
    if _USABLE.fullmatch(secret):
        return None
    if found := [what for what, signs in _UNUSABLE_IN_SECRETS.items() if signs.search(secret)]:
        cure = "Use letters, digits and punctuation; no spaces, no double quotes."
        fact = f"is not valid: it holds {' and '.join(found)}."
        return ValueFault(FaultCode.UNUSABLE_SECRET, "password", fact, cure)
    if len(secret) > LONGEST_SECRET:
        fact = f"has {len(secret)} characters; 7940/7960 firmware takes {LONGEST_SECRET}."
        return ValueFault(FaultCode.TOO_LONG, "password", fact, "Shorten it.")
    return None


def command_to_set(mac: str, line: int = 0) -> str:
    """Return the command that sets another password for a line, counted from 1; 0 stands for the phone's own
    password.
    """
    return (
        f"ringup phone set {mac} --line {line} --secret NEW"
        if line
        else f"ringup phone set {mac} --password NEW"
    )
