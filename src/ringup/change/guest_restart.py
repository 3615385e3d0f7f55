"""Restart a guest by a check-sync on its account, so that it fetches its new file."""

import asyncio

from ringup.asterisk.check_sync import check_sync
from ringup.asterisk.control import Manager
from ringup.errors import OutsideError
from ringup.site.guests import Guest
from ringup.site.model import Pbx

SERVED_SECONDS = 1.0
"""Seconds until `ringup serve` serves a new revision for certain; it looks four times a second."""


def restarted(pbx: Pbx, guest: Guest) -> str:
    """Send a guest a check-sync, so that it fetches its new file; return what else is to be done, or an empty
    text.
    """
    try:
        asyncio.run(_check_sync(pbx, guest.account))
    except OutsideError as error:
        return f"The phone was not restarted ({error.answer.rstrip('.')}). Unplug it, and plug it in again."
    return ""


async def _check_sync(pbx: Pbx, account: str) -> None:
    await asyncio.sleep(SERVED_SECONDS)
    manager = Manager(pbx.manager_host, pbx.manager_port, pbx.manager_user, pbx.manager_secret)
    try:
        await manager.connect()
        await check_sync(manager, pbx.driver, account)
    finally:
        await manager.close()
