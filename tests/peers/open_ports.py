"""Wait for a program's TCP port."""

import asyncio
from contextlib import suppress


async def until_open(address: str, port: int) -> None:
    """Wait until the port accepts connections; raises TimeoutError after 30 s."""
    async with asyncio.timeout(30):
        while True:
            with suppress(OSError):
                _reader, writer = await asyncio.open_connection(address, port)
                writer.close()
                return
            await asyncio.sleep(0.1)
