"""Holds the parts of a server that answer by the site's records, and renews them for each revision."""

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from ringup.engine.dhcp.lease import Lease
from ringup.engine.dhcp.server import DhcpServer
from ringup.engine.dhcp.settings import DhcpSettings
from ringup.errors import Problem
from ringup.events import Event, SiteChanged
from ringup.files.find import FileFinder, Found, Requester
from ringup.firmware.folder import FirmwareFolder
from ringup.serve.dhcp.settings import dhcp_settings
from ringup.serve.options import Options
from ringup.serve.readiness import in_short, lacking
from ringup.site.model import Site

if TYPE_CHECKING:
    from ringup.serve.pbx import PbxLink

LOOK_SECONDS = 0.25
"""Seconds until a newly copied file is found after a phone was sent "not found" for it."""


class SiteParts:
    """The files, the DHCP engine and the link to the PBX of one server; none of them opens a socket here."""

    def __init__(
        self,
        options: Options,
        addresses: tuple[str, ...],
        site: Site,
        leases: Iterable[Lease],
        emit: Callable[[Event], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`addresses` are the IPv4 addresses of the served interface."""
        self._options = options
        self._addresses = addresses
        self._site = site
        self._emit = emit
        self._clock = clock
        self.firmware = FirmwareFolder(options.firmware, LOOK_SECONDS)
        self.own_files = FirmwareFolder(options.files, LOOK_SECONDS) if options.files else None
        self._finder = self._new_finder()
        self.dhcp = DhcpServer(self._dhcp_settings(), leases)
        self.pbx = self._new_pbx()

    def site_changed(self, site: Site, revision: int) -> None:
        """Answer by a new revision from now on, and say what its phones still lack."""
        self._site = site
        self._finder = self._new_finder()
        self.dhcp.reconfigure(self._dhcp_settings())
        if self.pbx:
            self.pbx.site_changed(site)
        self._emit(SiteChanged(self._clock(), "", revision, in_short(self.lacking())))

    def find(self, name: str, address: str) -> Found:
        """Find the file for the phone whose files this address gets, or say why it gets none."""
        return self._finder.find(name, Requester(address, self.holder_of(address)))

    def holder_of(self, address: str) -> str:
        """Return the phone whose files an address gets: who holds a living lease of it."""
        return self.dhcp.holder_of(address, self._clock())

    def lacking(self) -> list[Problem]:
        """Return what keeps phones of this revision from coming up."""
        return lacking(self._site, self.firmware, self._addresses, dhcp=self._options.dhcp)

    def _new_finder(self) -> FileFinder:
        """Made anew for each revision; without our leases nobody's ownership can be checked."""
        server = str(self._site.server_address or self._addresses[0])
        return FileFinder(
            self._site, self.firmware, server, check_owner=self._options.dhcp, own_files=self.own_files
        )

    def _dhcp_settings(self) -> DhcpSettings:
        return dhcp_settings(
            self._site,
            self._addresses[0],
            self._addresses,
            serve_all=self._options.serve_all,
            allow_other_dhcp=self._options.allow_other_dhcp,
            probe=self._options.probe,
        )

    def _new_pbx(self) -> "PbxLink | None":
        if not self._options.pbx:
            return None
        from ringup.serve.pbx import PbxLink  # 0.8 MB with the owners of 20,000 lines

        return PbxLink(self._site, self._emit, self.dhcp.who_has)
