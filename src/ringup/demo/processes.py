"""The programs of the private network; each runs on its own host, and is stopped by its process id."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ringup.demo.network import INTERFACE, inside
from ringup.emulator.signers import ACCEPT_TEST_SIGNER
from ringup.wire.mac import with_colons

STOP_SECONDS = 5.0
"""Seconds within which a program must end after SIGTERM; then it is killed."""

Report = dict[str, Any]
"""One JSON line from `ringup emulate`, with `at`, `kind` and the details of that kind."""


class DemoFailed(Exception):
    """A step of the demo was not reached in time."""

    def __init__(self, step: str, what: str) -> None:
        super().__init__(f"{step}: {what}")
        self.step = step
        self.what = what


class HostProcess:
    """A program on one host of the network; its standard error goes to a log file."""

    def __init__(self, name: str, command: Sequence[str], log: Path) -> None:
        self.name = name
        self.log = log
        self._command = command
        self._process: asyncio.subprocess.Process | None = None

    @property
    def died(self) -> bool:
        """Return whether the program was started and has ended without being stopped."""
        return self._process is not None and self._process.returncode is not None

    @property
    def running(self) -> bool:
        """Return whether the program was started and has not ended."""
        return self._process is not None and self._process.returncode is None

    async def start(self, *, conversing: bool = False) -> asyncio.subprocess.Process:
        """Start the program; with `conversing`, its standard input and output are pipes."""
        pipe = asyncio.subprocess.PIPE
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=pipe if conversing else asyncio.subprocess.DEVNULL,
                stdout=pipe if conversing else log,
                stderr=log,
                start_new_session=True,
                env={**os.environ, ACCEPT_TEST_SIGNER: "1"},
                limit=2**20,
            )
        return self._process

    async def kill(self) -> None:
        """Kill the program at once."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def stop(self) -> int:
        """Send SIGTERM, then kill the program if it does not end; returns its exit status."""
        if self._process is None:
            return 0
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
            except TimeoutError:
                await self.kill()
        return self._process.returncode or 0

    def last_words(self, lines: int = 15) -> str:
        """Return the last lines of the program's log, for an error message."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


class SoftwarePhone:
    """One `ringup emulate` on its own host, its reports, and the commands to it."""

    def __init__(
        self,
        host: str,
        mac: str,
        extension: str,
        *,
        speed: float,
        state: Path,
        seed: int | None = None,
        flags: Sequence[str] = (),
    ) -> None:
        """`flags` are further options of `ringup emulate`."""
        self.host = host
        self.mac = mac
        self.extension = extension
        self.reports: list[Report] = []
        self.flash = state / f"{host}.flash.json"
        arguments = ["--interface", INTERFACE, "--mac", mac, "--model", "7960", "--json"]
        arguments += ["--flash", str(self.flash), "--speed", str(speed)]
        arguments += [] if seed is None else ["--seed", str(seed)]
        command = [sys.executable, "-m", "ringup", "emulate", *arguments, *flags]
        self._process = HostProcess(host, inside(host, command), state / f"{host}.log")
        self._keys: asyncio.StreamWriter | None = None
        self._reader: asyncio.Task[None] | None = None
        self._changed = asyncio.Condition()
        self.on_report: Callable[[SoftwarePhone, Report], None] = lambda _phone, _report: None

    @property
    def mac_with_colons(self) -> str:
        """Return the MAC with colons, for the network interface."""
        return with_colons(self.mac)

    async def power_on(self) -> None:
        """Start the phone."""
        process = await self._process.start(conversing=True)
        self._keys = process.stdin
        if process.stdout is not None:
            self._reader = asyncio.create_task(self._read(process.stdout))

    async def power_off(self) -> None:
        """Kill the phone, as if its plug were pulled."""
        await self._process.stop()
        if self._reader is not None:
            await self._reader

    async def _read(self, lines: asyncio.StreamReader) -> None:
        async for line in lines:
            report: Report = json.loads(line)
            self.reports.append(report)
            self.on_report(self, report)
            async with self._changed:
                self._changed.notify_all()
        async with self._changed:
            self._changed.notify_all()

    async def press(self, do: str, **arguments: Any) -> None:
        """Send the phone a command: `dial`, `answer`, `hangup`, `press`, `messages` or `play`."""
        if self._keys is None:
            raise DemoFailed(do, f"phone {self.extension} has no power")
        self._keys.write(json.dumps({"do": do, **arguments}).encode() + b"\n")
        await self._keys.drain()

    async def wait(self, step: str, kind: str, timeout: float, *, since: int = 0, **details: Any) -> Report:
        """Return the first report of this kind with these details, from index `since` on.

        Raises DemoFailed if there is none in time.
        """

        def found() -> Report | None:
            for report in self.reports[since:]:
                if report["kind"] == kind and all(report.get(key) == value for key, value in details.items()):
                    return report
            return None

        def over() -> bool:
            return found() is not None or (self._reader is not None and self._reader.done())

        async with self._changed:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait_for(over), timeout)
        report = found()
        if report is None:
            raise DemoFailed(step, self._why_not(kind, details, timeout))
        return report

    def _why_not(self, kind: str, details: dict[str, Any], timeout: float) -> str:
        if not self._process.running:
            return f"the phone {self.extension} ended: {self._process.last_words()}"
        wanted = " ".join(f"{key}={value}" for key, value in details.items())
        last = self.reports[-1] if self.reports else {}
        return f"phone {self.extension} did not report {kind} {wanted} within {timeout:.0f} s; last: {last}"

    def of(self, kind: str, *, since: int = 0) -> list[Report]:
        """Return the phone's reports of one kind."""
        return [report for report in self.reports[since:] if report["kind"] == kind]
