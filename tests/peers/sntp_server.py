"""The SNTP part of `ringup serve` on eth0, while the kernel's clock is not synchronised."""

import asyncio

from ringup.check.probes.kernel_clock import KernelClock
from ringup.serve.sntp import SntpService
from tests.peers.namespaces import INTERFACE


async def _serve() -> None:
    service = SntpService(
        INTERFACE, lambda _to: True, print, kernel_clock=lambda: KernelClock(False, 0, 16.0)
    )
    service.open()
    service.start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())
