"""syncinfo.xml: the value that a phone compares with its ``sync`` parameter after a NOTIFY check-sync.

If the two are equal, the phone only reads the dial plan again. If they differ, the phone restarts. So the
value here must always be the one that the ``.cnf`` files give a phone. Source: P-SYNC-3.
"""

from xml.sax.saxutils import quoteattr

from ringup.phone.forced_keys import bare_values
from ringup.site.model import Site


def syncinfo(site: Site) -> str:
    """Return the file with the site's sync value for every image; a ``sync`` among the site's settings takes
    precedence.
    """
    sync = quoteattr(bare_values(site.settings).get("sync", site.sync))
    return f'<SYNCINFO>\n  <IMAGE VERSION="*" SYNC={sync}/>\n</SYNCINFO>\n'
