"""After a reload, compare the changed lines as Asterisk has loaded them with the site.

chan_sip reports the end of a reload a moment before it has read its files. So if there is a difference, the
comparison is repeated for a while.
"""

import asyncio
from collections.abc import Collection, Sequence

from ringup.asterisk.verification import verified
from ringup.asterisk.verify import ABOUT_PHONES
from ringup.errors import AmiRefused, OutsideError
from ringup.finding import NOTE, Finding
from ringup.site.model import Phone, Site

PAUSES = (0.0, 1.0, 1.5)
"""Seconds before each comparison.

Each comparison logs in with the secrets, and a wrong secret counts as a failed login. Three comparisons cause
fewer failed logins than a fail2ban jail allows.
"""

MOST_PHONES = 50
"""Maximum number of phones that are compared, because the operator waits."""

MOST_SHOWN = 5
"""Maximum number of differences that are shown."""


def said(site: Site, macs: Collection[str]) -> str:
    """Return a sentence that says whether Asterisk has loaded the lines of these phones as the site defines
    them.

    Empty if Asterisk does not answer, because the reload has already reported that.
    """
    phones = [phone for phone in site.phones if phone.mac in macs and phone.lines]
    some = phones[:MOST_PHONES]
    if not some:
        return ""
    try:
        found = asyncio.run(_differences(site, some))
    except AmiRefused as error:
        return f"Asterisk was not compared with the site: {error}"
    except OutsideError:
        return ""
    return _differ(found) if found else _agree(some, len(phones))


async def _differences(site: Site, phones: Sequence[Phone]) -> list[Finding]:
    """Return the differences that the last comparison found, without those about phones and their
    registrations.
    """
    found: list[Finding] = []
    for pause in PAUSES:
        await asyncio.sleep(pause)
        seen = await verified(site, phones, {})
        found = [each for each in seen if each.severity is not NOTE and each.code not in ABOUT_PHONES]
        if not found:
            break
    return found


def _differ(found: Sequence[Finding]) -> str:
    lines = ["Asterisk differs from the site:", *(f"  {each.problem}" for each in found[:MOST_SHOWN])]
    if len(found) > MOST_SHOWN:
        lines.append(f"  and {len(found) - MOST_SHOWN} more: ringup pbx verify")
    return "\n".join(lines)


def _agree(looked_at: Sequence[Phone], phones: int) -> str:
    lines = sum(len(phone.lines) for phone in looked_at)
    same = f"Asterisk has {lines} changed line{'' if lines == 1 else 's'} as the site defines them"
    left = phones - len(looked_at)
    more = f"{left} more phone{'' if left == 1 else 's'} changed; compare them all: ringup pbx verify"
    return f"{same}. {more}" if left else f"{same}."
