"""The account with which a phone registers while its users have taken all of its lines to other phones.

Asterisk sends a check-sync to a registered line only. Without this account, nothing could restart the phone
when a line returns to it. The user can also dial with it, for example an emergency number.
"""

import re
from typing import Any

from ringup.phone.words import Language, say

_NO_LINE = "No line"
_NAME = re.compile(r"desk[0-9A-F]{12}")


def stand_in(mac: str, language: Language = "en") -> dict[str, Any]:
    """Return the line record of the account of the phone with this MAC, without a secret."""
    return {"extension": f"desk{mac}", "short_name": say(_NO_LINE, language), "voicemail": False}


def is_stand_in(extension: str) -> bool:
    """Return whether this is the name of such an account; no phone can dial it."""
    return bool(_NAME.fullmatch(extension))
