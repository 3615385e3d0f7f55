"""Find the line to which a channel belongs, by the channel's name.

Examples of names, recorded with Asterisk 16 and 22: ``PJSIP/201-0000002a``, ``SIP/201-0000002a``,
``Skinny/201@SEP001646C0FFEE-7``.
"""

import re

_CHANNEL = re.compile(r"(?:PJSIP|SIP)/(.+)-[0-9a-f]{8}|Skinny/(.+)@SEP[0-9A-F]{12}-[0-9]+")


def extension_of(channel: str) -> str:
    """Return the extension of a channel's line; empty if the channel does not belong to a line."""
    match = _CHANNEL.fullmatch(channel)
    return (match[1] or match[2]) if match else ""
