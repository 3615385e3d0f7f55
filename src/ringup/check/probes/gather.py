"""Run all probes and combine their results."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ringup.check.facts import Facts, ManagerRefusal, OtherDhcp, PbxState, SntpReply
from ringup.check.probes import pbx, ports, sntp, urls
from ringup.check.probes.kea import kea
from ringup.check.probes.loads import loads
from ringup.check.probes.quick import Places, quick
from ringup.check.url_rules import urls_of
from ringup.firmware.folder import FirmwareFolder
from ringup.rule import NotKnown, Unknown
from ringup.site.model import Site
from ringup.store.books import BookState


def everything(
    site: Site,
    places: Places,
    interface: str,
    *,
    dhcp: bool,
    other_dhcp: OtherDhcp | Unknown | None,
    addresses: Mapping[str, str],
    books: Sequence[BookState],
) -> Facts:
    """Return all facts; the caller has the sockets to detect another DHCP server, and passes the result.

    `addresses` are the phones' leases, by MAC; `books` are the address books as they were last read.
    """
    facts = quick(site, places, interface, dhcp=dhcp)
    state = pbx.state(site)
    return replace(
        facts,
        listeners=ports.listeners(places.database),
        other_dhcp=other_dhcp,
        loads=loads(site, FirmwareFolder(places.firmware)),
        pbx_files=pbx.files(site),
        freepbx=pbx.freepbx(site),
        pbx=state if isinstance(state, PbxState | Unknown) else Unknown("first: Asterisk's manager"),
        verified=pbx.verification(site, state, addresses),
        refusal=state if isinstance(state, ManagerRefusal) else None,
        books=tuple(books),
        urls=urls.answers(urls_of(site)),
        kea=kea(site),
        sntp=_sntp(facts),
    )


def _sntp(facts: Facts) -> SntpReply | Unknown:
    """Send an NTP request to the server that phones use: the site's NTP server, otherwise this machine."""
    try:
        return sntp.ask(facts.site.ntp_server or facts.server())
    except NotKnown as error:
        return Unknown(str(error))
