"""SEP<MAC>.cnf.xml for a phone whose load differs from the site's, because XMLDefault.cnf.xml can name only
one load.

Without this file, the loader would take the site's load, while SIP<MAC>.cnf names the phone's own load: the
phone may reboot endlessly (P-PATH-15). The loader requests this file before all other files that name a load.
Once the phone runs SIP, it continues with the two .cnf files (P-BOOT-8, P-SEP-3: a few lines are enough).
"""

from xml.sax.saxutils import escape

from ringup.phone.firmware import protocol_of
from ringup.site.model import Phone, Site


def has_own_load(site: Site, phone: Phone) -> bool:
    """Return whether this phone needs the file; the other phones get their load from one file only."""
    return site.load_of(phone) != site.load


def sep_xml(site: Site, phone: Phone) -> str:
    """Return the file that names the load of one phone."""
    load = site.load_of(phone)
    return (
        "<device>\n"
        f"  <deviceProtocol>{protocol_of(load) or 'SIP'}</deviceProtocol>\n"
        f"  <loadInformation>{escape(load)}</loadInformation>\n"
        "</device>\n"
    )
