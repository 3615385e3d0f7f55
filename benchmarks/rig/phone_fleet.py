"""Run many software phones in one process, all on one interface.

It waits for a line on standard input, boots all phones, prints the result of each as JSON, and stays until
standard input ends. Strategy: the phones are those of the emulator, unchanged. They share the socket for
DHCP. Each phone binds the address that it gets, which the namespace has made local before.
"""

import argparse
import asyncio
import contextlib
import gc
import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from benchmarks.rig.fleet import FIRST_MAC

from ringup.emulator.firmware import loader_version_of
from ringup.emulator.flash import Flash
from ringup.emulator.frame_socket import FrameSocket
from ringup.emulator.network_host import NetworkHost
from ringup.emulator.phone import EmulatedPhone
from ringup.emulator.report import Report

APPLICATION, LOADER = "P0S3-8-12-00", "P003-8-12-00"


@dataclass(slots=True)
class Watched:
    """The reports of one phone, with times in seconds since the power came on for all phones."""

    power_on: float
    dhcp_repeated: int = 0
    files_repeated: int = 0
    address_at: float = 0.0
    files_at: float = 0.0
    registered_at: float = 0.0
    """The time of the registration; 0 if the phone did not register."""
    troubles: Counter[str] = field(default_factory=Counter)


TROUBLES = {
    "file-timeout", "ignored", "loader-stuck", "reboot", "refused", "setting-rejected", "unresolved",
    "unsent",
}  # fmt: skip


class Fleet:
    """The phones of one run."""

    def __init__(self, interface: str, phones: int, window: float, speed: float) -> None:
        dice = random.Random(7960)  # noqa: S311 - no secret
        self._frames = FrameSocket(interface)
        self._watched = [Watched(dice.uniform(0, window)) for _ in range(phones)]
        self._phones = [self._phone(interface, number, speed) for number in range(phones)]
        self._running: list[asyncio.Task[None]] = []
        self._missing = phones
        self._all_registered = asyncio.Event()
        self._began = 0.0

    def _phone(self, interface: str, number: int, speed: float) -> EmulatedPhone:
        mac = f"{FIRST_MAC + number:012X}"
        flash = Flash(mac, "7960", APPLICATION, LOADER, loader_version_of(LOADER))
        host = NetworkHost(interface, mac, shared=self._frames)
        watched = self._watched[number]
        return EmulatedPhone(
            flash, host, on_report=lambda report: self._heard(watched, report), speed=speed, browses=False
        )

    async def boot(self, cap: float) -> dict[str, Any]:
        """Switch all phones on, and wait until all have registered, but at most `cap` seconds."""
        self._began = time.monotonic()
        pairs = zip(self._phones, self._watched, strict=True)
        self._running = [asyncio.create_task(_live(phone, watched.power_on)) for phone, watched in pairs]
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._all_registered.wait(), cap)
        return self._result()

    async def power_off(self) -> None:
        """Switch all phones off."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _heard(self, watched: Watched, report: Report) -> None:
        now = time.monotonic() - self._began
        if report.kind == "address":
            watched.dhcp_repeated += int(str(report.detail["repeated"]))
            watched.address_at = now
        elif report.kind in ("file-received", "file-error"):
            watched.files_at = now
            watched.files_repeated += int(str(report.detail["attempts"])) - 1
        elif report.kind == "line":
            self._line(watched, str(report.detail["state"]), now)
        elif report.kind in TROUBLES:
            watched.troubles[report.kind] += 1

    def _line(self, watched: Watched, state: str, now: float) -> None:
        if state == "registered" and not watched.registered_at:
            watched.registered_at = now
            self._missing -= 1
            if not self._missing:
                self._all_registered.set()
        elif state in ("refused", "unregistered"):
            watched.troubles[f"line {state}"] += 1

    def _result(self) -> dict[str, Any]:
        registered = [each for each in self._watched if each.registered_at]
        troubles: Counter[str] = sum((each.troubles for each in self._watched), Counter())
        died = [task for task in self._running if task.done()]
        return {
            "phones": len(self._watched),
            "registered": len(registered),
            "each": sorted(each.registered_at - each.power_on for each in registered),
            "last_address": max(each.address_at for each in self._watched),
            "last_file": max(each.files_at for each in self._watched),
            "last_registration": max((each.registered_at for each in registered), default=0.0),
            "dhcp_repeated": sum(each.dhcp_repeated for each in self._watched),
            "files_repeated": sum(each.files_repeated for each in self._watched),
            "troubles": dict(troubles) | ({"died": repr(died[0].exception())} if died else {}),
        }


async def _live(phone: EmulatedPhone, after: float) -> None:
    await asyncio.sleep(after)
    await phone.run()


async def _run(options: argparse.Namespace) -> None:
    fleet = Fleet(options.interface, options.phones, options.window, options.speed)
    gc.freeze()
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    print(json.dumps(await fleet.boot(options.cap)), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await fleet.power_off()


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--interface", required=True)
    parser.add_argument("--phones", type=int, required=True)
    parser.add_argument("--window", type=float, default=0.0, help="seconds over which power returns")
    parser.add_argument("--speed", type=float, default=1.0, help="how much faster they flash and boot")
    parser.add_argument("--cap", type=float, default=180.0, help="seconds until the storm is broken off")
    asyncio.run(_run(parser.parse_args()))


if __name__ == "__main__":
    main()
