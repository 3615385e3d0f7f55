"""Rendered files without their secrets, in each of the dialects that we write."""

import re

from ringup.phone.forced_keys import HIDDEN_ENDING
from ringup.site.mask import MASK

_KEY = rf"[\w.-]*{HIDDEN_ENDING}"

# Lines that may hold a secret; all others are shown unchanged.
_SECRETS = (
    re.compile(rf'(?m)^({_KEY}: ")([^"\n]+)(")'),
    re.compile(rf'(?m)^({_KEY}: )([^"\n].*)()$'),
    re.compile(r"(?m)^((?:password|secret) = )(.+)()$"),
    re.compile(r"(?m)^((?!exten )\S+ => )(\d+)(,)"),
)

_WORDS = ("pass", "secret", " => ", "pwd", "community", "psk", "pin")
"""Every text that one of the patterns finds has one of these, in small letters."""


def masked(text: str) -> str:
    """Return a file, or a row of one, with every password and PIN replaced by asterisks."""
    small = text.lower()
    if not any(word in small for word in _WORDS):
        return text  # a large plan has a million lines, and few of them hold a secret
    for pattern in _SECRETS:
        text = pattern.sub(rf"\g<1>{MASK}\g<3>", text)
    return text
