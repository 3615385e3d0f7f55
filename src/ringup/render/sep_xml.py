"""SEP<MAC>.cnf.xml: names the load of a phone whose load differs from the site's, and the server of an SCCP
phone.

Without this file, the loader would take the site's load, but SIP<MAC>.cnf would name the phone's own load,
and the phone might reboot endlessly (P-PATH-15). The loader requests this file before all other files that
name a load. A phone that then runs SIP continues with the two .cnf files (P-BOOT-8; P-SEP-3: a few lines are
enough). An SCCP phone has no other file of its own, and registers with the server that this file names.
"""

from xml.sax.saxutils import escape

from ringup.phone.firmware import protocol_of
from ringup.render.call_manager import call_manager
from ringup.render.page_urls import urls_of
from ringup.site.model import Phone, Site

_ELEMENTS = {"directory_url": "directoryURL", "services_url": "servicesURL"}
"""The element of each URL."""


def has_own_file(site: Site, phone: Phone) -> bool:
    """Return whether this phone needs the file; other phones read their load from one file only."""
    return site.load_of(phone) != site.load or site.protocol_of(phone) == "sccp"


def sep_xml(site: Site, phone: Phone, server: str) -> str:
    """Return the file of one phone; `server` is this server's address, which is used if the PBX runs on
    it.
    """
    load = site.load_of(phone)
    is_sccp = site.protocol_of(phone) == "sccp"
    return (
        "<device>\n"
        f"  <deviceProtocol>{protocol_of(load) or 'SIP'}</deviceProtocol>\n"
        f"  <loadInformation>{escape(load)}</loadInformation>\n"
        f"{_registration(site, server) if is_sccp else ''}"
        f"{_buttons(site, phone, server) if is_sccp else ''}"
        "</device>\n"
    )


def _buttons(site: Site, phone: Phone, server: str) -> str:
    """Return the URLs of the phone's Directory and Services buttons (P-SEP-7).

    Asterisk answers the Messages button.
    """
    named = ((_ELEMENTS[name], url) for name, url in urls_of(site, phone, server).items() if url)
    return "".join(f"  <{element}>{escape(url)}</{element}>\n" for element, url in sorted(named))


def _registration(site: Site, server: str) -> str:
    """Return the elements with which an SCCP phone registers; the server then sends it its clock and lines
    (P-SCCP-5).
    """
    return f"  <devicePool>\n{call_manager(site.pbx.address or server, '    ')}  </devicePool>\n"
