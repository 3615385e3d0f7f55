"""syncinfo.xml: what a phone compares its ``sync`` value with after a NOTIFY check-sync.

Equal: only the dial plan is read again. Different: the phone restarts. So it must always say the same as the
``.cnf`` files do once they have been read. Source: P-SYNC-3.
"""

from xml.sax.saxutils import quoteattr

from ringup.phone.forced_keys import bare_values
from ringup.site.model import Site


def syncinfo(site: Site) -> str:
    """The site's sync value for every image; a ``sync`` among the site's settings is the one that counts."""
    sync = quoteattr(bare_values(site.settings).get("sync", site.sync))
    return f'<SYNCINFO>\n  <IMAGE VERSION="*" SYNC={sync}/>\n</SYNCINFO>\n'
