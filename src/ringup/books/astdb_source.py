"""Read an address book from Asterisk's own database, over its manager interface.

Asterisk's dial plan looks up callers' names there, by default in the family ``cidname``.
"""

import asyncio

from ringup.asterisk.control import Manager
from ringup.books.reading import BookReading, BookUnreadable, named_in_short
from ringup.directory.astdb_entries import read_astdb
from ringup.errors import OutsideError
from ringup.site.directory_record import DirectorySource
from ringup.site.model import Pbx


def read(source: DirectorySource, _tag: str, pbx: Pbx) -> BookReading:
    """Return the names of a family; raises BookUnreadable."""
    tried, family = f"reading {source.url}", source.url.partition(":")[2]
    if not pbx.manager_user:
        cure = "ringup site set pbx.manager_user=USER pbx.manager_secret=-"
        raise BookUnreadable(tried, "the site names no user of Asterisk's manager interface.", cure)
    try:
        printed = asyncio.run(_shown(pbx, family))
    except OutsideError as error:
        raise BookUnreadable(tried, f"{error.tried}: {error.answer}", error.cure) from error
    entries, problems = read_astdb(printed, family, source.name)
    return BookReading(entries, left_out=named_in_short(problems))


async def _shown(pbx: Pbx, family: str) -> str:
    manager = Manager(pbx.manager_host, pbx.manager_port, pbx.manager_user, pbx.manager_secret)
    try:
        await manager.connect()
        return await manager.command(f"database show {family}")
    finally:
        await manager.close()
