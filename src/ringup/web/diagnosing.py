"""The doctor's answer about one phone, for its page and the API."""

import time

from ringup.doctor.evidence import Evidence
from ringup.doctor.verdict import Diagnosis
from ringup.fleet.glance import read_fleet
from ringup.fleet.judging import judged, pbx_answers
from ringup.site.model import Site
from ringup.store.revisions import read_site
from ringup.web.context import Web


def diagnosed(web: Web, mac: str, *, site: Site | None = None) -> tuple[Evidence, Diagnosis]:
    """Return the evidence about a phone and its diagnosis; Asterisk is asked about its lines."""
    site = site or read_site(web.engine)
    fleet = read_fleet(web.engine, time.time())
    pbx = {mac: pbx_answers(site, [mac])}
    ((evidence, diagnosis),) = judged(web.engine, site, fleet, web.options.firmware, [mac], pbx)
    return evidence, diagnosis
