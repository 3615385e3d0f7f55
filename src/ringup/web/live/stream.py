"""The changes for one viewer, for as long as its browser listens."""

import asyncio
from collections.abc import AsyncGenerator

from ringup.web.live.follower import FleetChange, FleetFollower

HEARTBEAT = 15.0
"""Seconds without news after which an empty message shows that the connection lives."""


async def changes(follower: FleetFollower) -> AsyncGenerator[FleetChange | None, None]:
    """Yield each change; None is a heartbeat. It ends when the server stops or the viewer is too slow."""
    queue = follower.subscribe()
    try:
        while True:
            try:
                change = await asyncio.wait_for(queue.get(), HEARTBEAT)
            except TimeoutError:
                yield None
                continue
            if change is None:
                return
            yield change
    finally:
        follower.unsubscribe(queue)
