"""The sources of the phones' pages in one server; imported when the first page is requested."""

from functools import partial

from sqlalchemy import Engine

from ringup.asterisk.asker import PbxAsker
from ringup.pages.services.sources import Sources
from ringup.serve.nodes.node import PBX, are_several
from ringup.serve.site_parts import SiteParts
from ringup.serve.site_watch import SiteWatch
from ringup.store.nodes import address_of_active


def page_sources(site: SiteParts, watch: SiteWatch, database: Engine, url: str) -> Sources:
    """Return the sources of ringup's own services; `url` is the URL or path of the database."""
    return Sources(
        site.pbx.asker if site.pbx else PbxAsker(lambda: watch.site.pbx),
        database,
        url,
        pbx_server=partial(_other_with_pbx, site, database),
        logo=lambda: _own_file(site, watch.site.logo),
    )


def _own_file(site: SiteParts, name: str) -> bytes:
    """Return a file that the operator added; empty: there is none of this name."""
    return site.own_files.read(name) or b"" if site.own_files and name else b""


def _other_with_pbx(site: SiteParts, database: Engine) -> str:
    """Return the address of another server that is connected to Asterisk; empty: there is none."""
    address = address_of_active(database, PBX) if are_several(database) else ""
    return "" if site.addresses.has(address) else address
