"""A private network with a switch, a PBX, the server, and phones as they leave the factory."""

import asyncio
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from ringup.asterisk import sandbox
from ringup.demo import network
from ringup.demo.faults import FAULTS
from ringup.demo.logo import FILE, logo
from ringup.demo.plan import LOAD, MANAGER_USER, NETWORK, PBX, SERVER, DemoPlan, site_of
from ringup.demo.processes import DemoFailed, HostProcess, SoftwarePhone
from ringup.emulator.firmware import make_sccp_package, make_sip_package, write_package
from ringup.events import Event, PbxReloaded, ServerStarted
from ringup.fleet.reading import Fleet
from ringup.site.secret import generate
from ringup.store.database import open_database
from ringup.store.revisions import commit

LOOK_SECONDS = 0.1
"""Seconds between two reads of new events from the database."""


class Lab:
    """The network and its programs for one plan; they start on entry to the context and stop on exit."""

    def __init__(self, plan: DemoPlan, on_progress: Callable[[str], None] = lambda _text: None) -> None:
        self.plan = plan
        self.fault = FAULTS[plan.fault] if plan.fault else None
        self.events: list[Event] = []
        self._on_progress = on_progress
        plan.state.mkdir(parents=True, exist_ok=True)
        self._database = open_database(str(plan.database))
        self.fleet = Fleet(self._database)
        self.pbx = HostProcess("Asterisk", self._pbx_command(), plan.state / "pbx.log")
        self.server = HostProcess("ringup serve", self._server_command(), plan.state / "server.log")
        self.phones = [
            SoftwarePhone(
                owner.host,
                owner.mac,
                owner.extension,
                speed=plan.speed,
                seed=plan.seed,
                state=plan.state,
                flags=plan.phone_flags,
            )
            for owner in plan.owners
        ]
        self._capture = HostProcess("the capture", self._capture_command(), plan.state / "capture.log")

    def _pbx_command(self) -> list[str]:
        command = sandbox.start_command(self.plan.sandbox, self.plan.state / "pbx")
        return network.inside("pbx", command)

    def _capture_command(self) -> list[str]:
        return ["dumpcap", "-q", "-P", "-i", network.SWITCH, "-w", str(self.plan.capture)]

    def _server_command(self) -> list[str]:
        interface, database, firmware = network.INTERFACE, str(self.plan.database), str(self.plan.firmware)
        if self.fault:
            command = ["ringup.demo.tampered_server", self.plan.fault, interface, database, firmware]
        else:
            flags = ["--interface", interface, "--database", database, "--firmware", firmware]
            flags += ["--files", str(self.plan.files), "--no-web"]
            command = ["ringup", "serve", *flags]
        return network.inside("server", [sys.executable, "-m", *command])

    async def __aenter__(self) -> Self:
        self._on_progress("plugging a switch, a server, a PBX and two phones together")
        self._plug_in()
        if self.plan.capture:
            await self._capture.start()
        self._on_progress("writing synthetic firmware and the site")
        self._write_firmware()
        self.plan.files.mkdir(parents=True, exist_ok=True)
        (self.plan.files / FILE).write_bytes(logo())
        self._write_site()
        self._on_progress(f"starting Asterisk {self.plan.asterisk} ({self.plan.driver})")
        await self.pbx.start()
        await self.start_server()
        await self.wait_for("Asterisk has ringup's files", 30, lambda event: isinstance(event, PbxReloaded))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        stops = [phone.power_off() for phone in self.phones]
        await asyncio.gather(*stops, self.server.stop(), self.pbx.stop())
        await self._capture.stop()
        self.collect()
        self._database.dispose()

    def _plug_in(self) -> None:
        network.make_switch()
        network.add_host("server", address=f"{SERVER}/{NETWORK.prefixlen}")
        network.add_host("pbx", address=f"{PBX}/{NETWORK.prefixlen}")
        for phone in self.phones:
            network.add_host(phone.host, mac=phone.mac_with_colons)

    def _write_firmware(self) -> None:
        loads = {self.plan.load_of(owner.mac) for owner in self.plan.owners}
        for load in loads:
            package = make_sip_package(load) if load == LOAD else make_sccp_package(load)
            write_package(self.plan.firmware, package)
        if self.fault and self.fault.missing_files:
            for path in self.plan.firmware.glob(f"*{self.fault.missing_files}"):
                path.unlink()

    def _write_site(self) -> None:
        secrets = [generate() for _ in self.plan.owners]
        manager_secret = generate()
        sandbox.prepare(
            self.plan.state / "pbx",
            address=str(PBX),
            manager_user=MANAGER_USER,
            manager_secret=manager_secret,
            driver=self.plan.driver,
            has_sccp=self.plan.protocol != "sip",
        )
        options = dict(self.fault.pbx_options) if self.fault else {}
        site = site_of(self.plan, secrets, manager_secret, options)
        if self.fault:  # its server has no folder of files
            site = site.model_copy(update={"logo": ""})
        if self.fault and self.fault.unknown_phones:
            site = site.model_copy(update={"phones": ()})
        commit(self._database, site, author="demo", summary="two phones out of the box", at=time.time())

    async def start_server(self) -> None:
        """Start `ringup serve` and wait until it answers."""
        seen = len(self.events)
        self._on_progress("starting ringup serve")
        await self.server.start()
        await self.wait_for("ringup serve", 20, lambda event: isinstance(event, ServerStarted), since=seen)

    def collect(self) -> list[Event]:
        """Return the events that were added to the database since the last call."""
        new = list(self.fleet.read())
        self.events += new
        return new

    async def wait_for(
        self, step: str, timeout: float, proves: Callable[[Event], bool], *, since: int = 0
    ) -> Event:
        """Return the first event, from index `since` on, that proves the step; raises DemoFailed if none
        comes in time.
        """
        deadline = asyncio.get_running_loop().time() + timeout
        while True:
            self.collect()
            for event in self.events[since:]:
                if proves(event):
                    return event
            for program in (self.pbx, self.server):
                if program.died:
                    raise DemoFailed(step, f"{program.name} ended:\n{program.last_words()}")
            if asyncio.get_running_loop().time() > deadline:
                raise DemoFailed(step, f"not seen within {timeout:.0f} s")
            await asyncio.sleep(LOOK_SECONDS)
