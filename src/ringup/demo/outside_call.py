"""Let Asterisk call a line of the demo as if from outside.

Run as ``python -m ringup.demo.outside_call DATABASE NUMBER``. The caller is a Local channel, which belongs to
no line.
"""

import asyncio
import sys

from ringup.change.stored_site import stored_site
from ringup.serve.pbx import manager_of
from ringup.site.model import Pbx

CALLER = "0123456789"
RINGS_MS = "20000"


async def call(pbx: Pbx, extension: str) -> None:
    """Begin the call, and do not wait for its end; raises OutsideError."""
    manager = manager_of(pbx)
    await manager.connect()
    fields = {
        "Channel": f"Local/{extension}@{pbx.context}", "CallerID": CALLER, "Application": "Echo",
        "Async": "true", "Timeout": RINGS_MS,
    }  # fmt: skip
    try:
        await manager.action("Originate", fields.items())
    finally:
        await manager.close()


def main() -> None:
    """Call the line that the second argument names, in the site of the first."""
    database, extension = sys.argv[1:3]
    asyncio.run(call(stored_site(database).pbx, extension))


if __name__ == "__main__":
    main()
