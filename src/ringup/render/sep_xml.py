"""SEP<MAC>.cnf.xml for a phone whose load is not the site's: XMLDefault.cnf.xml can name only one for all.

Without it the loader takes the site's load while the SIP application is told the phone's own: it may loop
(P-PATH-15). The loader asks for this file before all others that name a load, and goes on with the two
.cnf files once it runs SIP (P-BOOT-8, P-SEP-3: a few lines are enough).
"""

from xml.sax.saxutils import escape

from ringup.phone.firmware import protocol_of
from ringup.site.model import Phone, Site


def has_own_load(site: Site, phone: Phone) -> bool:
    """Whether this phone needs the file: others get none, and so are not told twice."""
    return site.load_of(phone) != site.load


def sep_xml(site: Site, phone: Phone) -> str:
    """The load of one phone."""
    load = site.load_of(phone)
    return (
        "<device>\n"
        f"  <deviceProtocol>{protocol_of(load) or 'SIP'}</deviceProtocol>\n"
        f"  <loadInformation>{escape(load)}</loadInformation>\n"
        "</device>\n"
    )
