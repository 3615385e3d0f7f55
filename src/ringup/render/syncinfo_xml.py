"""syncinfo.xml: the value that a phone compares with its ``sync`` parameter after a NOTIFY check-sync.

If both are equal, the phone only reads the dial plan again; otherwise it restarts. So the value in this file
must always be the one in the ``.cnf`` files. Source: P-SYNC-3.
"""

from xml.sax.saxutils import quoteattr

from ringup.phone.forced_keys import bare_values
from ringup.site.model import Site


def syncinfo(site: Site) -> str:
    """Return the file with the site's sync value for every image; a ``sync`` in the site's settings replaces
    that value.
    """
    sync = quoteattr(bare_values(site.settings).get("sync", site.sync))
    return f'<SYNCINFO>\n  <IMAGE VERSION="*" SYNC={sync}/>\n</SYNCINFO>\n'
