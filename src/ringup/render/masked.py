"""Mask the secrets in rendered files of every format that ringup writes."""

import re

from ringup.phone.forced_keys import HIDDEN_ENDING
from ringup.site.mask import MASK

_KEY = rf"[\w.-]*{HIDDEN_ENDING}"

# Patterns of lines that may contain a secret; all other lines are shown unchanged.
_SECRETS = (
    re.compile(rf'(?m)^({_KEY}: ")([^"\n]+)(")'),
    re.compile(rf'(?m)^({_KEY}: )([^"\n].*)()$'),
    re.compile(r"(?m)^((?:password|secret) = )(.+)()$"),
    re.compile(r"(/phone/~[0-9A-F]{12}-)([a-z2-7]+)()"),  # a token of site/page_tokens.py
    re.compile(r"(?m)^((?!exten )\S+ => )(\d+)(,)"),
)

_WORDS = ("pass", "secret", " => ", "pwd", "community", "psk", "pin", "/~")
"""Words in lower case; every text that one of the patterns finds contains one of them."""


def masked(text: str) -> str:
    """Return a file, or a row of it, in which asterisks replace every password and PIN."""
    small = text.lower()
    if not any(word in small for word in _WORDS):
        return text  # a large plan has a million lines, and few of them contain a secret
    for pattern in _SECRETS:
        text = pattern.sub(rf"\g<1>{MASK}\g<3>", text)
    return text
