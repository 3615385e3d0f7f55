"""Keep Asterisk up to date with the site: write ringup's files, reload Asterisk, and follow its events."""

import asyncio
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from ringup.asterisk.asker import PbxAsker
from ringup.asterisk.challenges import OpenChallenges
from ringup.asterisk.control import Manager
from ringup.asterisk.drift import drift
from ringup.asterisk.follow import happenings
from ringup.asterisk.install import fingerprint, install
from ringup.asterisk.realtime import MOST_NAMED, drifted_rows, write_rows
from ringup.asterisk.registrations import missed, registrations
from ringup.asterisk.skinny import Skinny, changed_channels, is_loaded, read_skinny, registrations_of
from ringup.change.guest_calls import GuestCalls
from ringup.errors import AmiRefused, OutsideError
from ringup.events import Event, PbxConnected, PbxLost, PbxReloaded, ServerFault
from ringup.site.guests import Guest
from ringup.site.held import HeldSecret, with_held
from ringup.site.model import Channel, Pbx, Site

FIRST_RETRY = 1.0
LONGEST_RETRY = 30.0
"""Seconds between attempts to reach the manager interface."""


class PbxLink:
    """The link to one Asterisk: its configuration folder and its manager interface."""

    def __init__(
        self,
        site: Site,
        emit: Callable[[Event], None],
        mac_of: Callable[[str], str] = lambda _address: "",
        held: Callable[[], Sequence[HeldSecret]] = tuple,
        registered: Callable[[Collection[str]], Collection[str]] = lambda _macs: (),
    ) -> None:
        """`held` returns the secrets that Asterisk keeps until their phones have the new ones.

        `registered` returns the extensions of these phones that are registered, as far as ringup knows.
        """
        self._emit = emit
        self._challenges = OpenChallenges(emit, lambda *call: asyncio.get_running_loop().call_later(*call))
        self._mac_of = mac_of
        self._held = held
        self._registered = registered
        self.guest_calls = GuestCalls()
        """The codes that guests dial."""
        self._guests: Mapping[str, str] = {}
        """The phone's MAC for each account of a guest."""
        self.asker = PbxAsker(lambda: self._site.pbx)
        """Queries this Asterisk for the services of the phones' menu."""
        self._changed = asyncio.Event()
        self._installed = b""
        """The fingerprint of the files that were last written."""
        self._loaded = b""
        """The fingerprint of the files that this program last made Asterisk read; empty: none yet."""
        self._drift: Sequence[str] = ()
        self._fault = ""
        """The reason why the last installation failed; logged once, although each further attempt may fail,
        too.
        """
        self._said = ""
        """The last reason why the manager interface is unreachable; logged once, not at every attempt."""
        self.site_changed(site)

    def site_changed(self, site: Site) -> None:
        """Schedule an installation of the files and a reload, because the site has changed."""
        self._site = site
        self._own()
        self._changed.set()

    def guests_changed(self, guests: Iterable[Guest]) -> None:
        """Follow the calls of these guests from now on; Asterisk has their accounts already."""
        self._guests = {guest.account: guest.mac for guest in guests}
        self._own()

    def _own(self) -> None:
        own = {line.extension: phone.mac for phone, line in self._site.lines()}
        self._owners = {**own, **self._guests}

    def secrets_changed(self) -> None:
        """Schedule an installation and a reload, because phones have fetched their new secrets."""
        self._changed.set()

    async def run(self) -> None:
        """Install the files, connect, reload, follow Asterisk's events; repeat this until cancelled."""
        retry = FIRST_RETRY
        while True:
            await self._install()
            if not self._site.pbx.manager_user:
                await self._wait_for_change()
                continue
            if await self._connected():
                retry = FIRST_RETRY
            await asyncio.sleep(retry)
            retry = min(retry * 2, LONGEST_RETRY)

    async def _connected(self) -> bool:
        """Use one connection until it ends; return whether it could be made."""
        manager = manager_of(self._site.pbx)
        version = ""
        try:
            version = await manager.connect()
            self._said = ""
            self._emit(PbxConnected(time.time(), "", version))
            with self.asker.connected(manager):
                await self._follow(manager)
        except (OutsideError, OSError, EOFError) as error:
            if str(error) != self._said:
                self._emit(PbxLost(time.time(), "", str(error)))
            self._said = str(error)
        finally:
            await manager.close()
        return bool(version)

    async def _install(self) -> list[str]:
        """Write the files; return the files that Asterisk has not read yet.

        Another program may have written them: the command that changed the site may have been killed before
        the reload.
        """
        self._changed.clear()
        site = self._site
        if not (site.pbx.etc or site.pbx.realtime):
            return []
        try:
            site = with_held(site, await asyncio.to_thread(self._held))
            self._report_drift(await asyncio.to_thread(_drift, site.pbx))
            written = await asyncio.to_thread(_write, site)
            self._fault = ""
            wanted = await asyncio.to_thread(fingerprint, site)
            is_loaded, self._installed = wanted == self._loaded, wanted
            return written or ([] if is_loaded else ["everything"])
        except (OutsideError, OSError) as error:
            if str(error) != self._fault:
                self._emit(ServerFault(time.time(), "", f"writing Asterisk's files: {error}"))
            self._fault = str(error)
            return []

    async def _wait_for_change(self) -> None:
        """Wait until the site changes; after a failed installation, only until it is tried again."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_RETRY if self._fault else None):
                await self._changed.wait()

    def _report_drift(self, found: Sequence[str]) -> None:
        """Report files and realtime rows that were changed by hand, once for each set of them."""
        if found != self._drift and found:
            more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
            names = ", ".join(found[:MOST_NAMED]) + more
            what = f"{names} was changed by hand; it stays so until the site has a change for it."
            cure = "See the lines: ringup pbx verify"
            self._emit(ServerFault(time.time(), "", f"Asterisk's files: {what} {cure}"))
        self._drift = found

    async def _follow(self, manager: Manager) -> None:
        """Reload Asterisk now and after each change of the site, and receive events at the same time.

        An Asterisk of FreePBX is not reloaded.
        """
        await self._fetch_registrations(manager)  # a reload makes chan_sip forget which phones answered
        if not self._site.pbx.freepbx:  # FreePBX writes and reloads its files itself
            await self._reload(manager, ["everything"], await self._channels(manager))
        reloading = asyncio.create_task(self._reload_on_change(manager, self._site.pbx))
        try:
            async for event in manager.events():
                for happening in happenings(event, self._owners, time.time(), mac_of=self._mac_of):
                    self.guest_calls.take(happening)
                    self._challenges.take(happening)
        finally:
            reloading.cancel()
        raise EOFError(manager.lost)

    async def _fetch_registrations(self, manager: Manager) -> None:
        """Emit events for registrations that changed while there was no connection.

        Asterisk's later events wait in the manager's queue meanwhile.
        """
        found = await registrations(manager, self._site.pbx.driver)
        if found is None:
            return
        if skinny := await self._skinny(manager):
            found |= registrations_of(self._site, skinny)
        believed = await asyncio.to_thread(self._registered, frozenset(self._owners.values()))
        for event in missed(found, believed, self._owners, time.time()):
            self._emit(event)

    async def _reload_on_change(self, manager: Manager, connected_to: Pbx) -> None:
        while True:
            await self._wait_for_change()
            files = await self._install()
            if _login(self._site.pbx) != _login(connected_to):
                await manager.close()
                return
            if files:
                await self._reload(manager, files, changed_channels(self._site, files))

    async def _skinny(self, manager: Manager) -> Skinny | None:
        """Return what chan_skinny has loaded; None if the site does not need it, or Asterisk lacks it."""
        return await read_skinny(manager) if "skinny" in self._site.channels() else None

    async def _channels(self, manager: Manager) -> Sequence[Channel]:
        """Return the drivers that must read their files: chan_skinny only if phones or lines are missing."""
        skinny = await self._skinny(manager)
        spared = skinny is not None and is_loaded(self._site, skinny)
        return [each for each in self._site.channels() if each != "skinny" or not spared]

    async def _reload(self, manager: Manager, files: list[str], channels: Sequence[Channel]) -> None:
        try:
            await manager.reload(*channels)
            self._loaded = self._installed
            self._emit(PbxReloaded(time.time(), "", " ".join(files)))
        except AmiRefused as error:
            self._emit(ServerFault(time.time(), "", str(error)))


def _drift(pbx: Pbx) -> tuple[str, ...]:
    """Return the files and realtime rows that were changed by hand."""
    files = [each.name for each in drift(Path(pbx.etc))] if pbx.etc else []
    rows = [f"{each.table} {each.id}" for each in drifted_rows(pbx)] if pbx.realtime else []
    return *files, *rows


def _write(site: Site) -> list[str]:
    """Write the realtime rows and the files; return the names of those that changed."""
    rows = ["realtime"] if site.pbx.realtime and write_rows(site) else []
    return [*rows, *(install(site, Path(site.pbx.etc)) if site.pbx.etc else ())]


def _login(pbx: Pbx) -> tuple[str, int, str, str]:
    return pbx.manager_host, pbx.manager_port, pbx.manager_user, pbx.manager_secret


def manager_of(pbx: Pbx) -> Manager:
    """Return the manager interface that is set in the site's records."""
    return Manager(*_login(pbx))
