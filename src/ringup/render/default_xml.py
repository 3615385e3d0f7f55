"""XMLDefault.cnf.xml: the load for phones that have no file of their own; this load converts SCCP phones.

The number in ``loadInformationN`` selects the model; phones do not read the element's model name. The file
names the application, not the loader, because the phone finds the loader in the ``.loads`` file. Source:
P-BOOT-16, P-SEP-1, P-LOAD-22.
"""

from xml.sax.saxutils import escape

from ringup.phone.models import LOAD_NUMBERS, MODELS
from ringup.render.call_manager import call_manager
from ringup.site.model import Site

_EMPTY_URLS = (
    "authenticationURL",
    "directoryURL",
    "idleURL",
    "informationURL",
    "messagesURL",
    "proxyServerURL",
    "servicesURL",
)


def default_xml(site: Site, server: str) -> str:
    """Return XMLDefault.cnf.xml with the site's loads for the 7940 and 7960 and for other models."""
    pbx = site.pbx.address or server
    load = site.sccp_load if site.protocol == "sccp" else site.load
    named = {model.load_number: load for model in MODELS.values()}
    named |= {int(number): load for number, load in site.other_loads.items()}
    loads = "".join(_load(number, load) for number, load in sorted(named.items()))
    urls = "".join(f"  <{name}></{name}>\n" for name in _EMPTY_URLS)
    return f"<Default>\n{call_manager(pbx, '  ')}{loads}{urls}</Default>\n"


def _load(number: int, load: str) -> str:
    model = f' model="IP Phone {LOAD_NUMBERS[number]}"' if number in LOAD_NUMBERS else ""
    return f"  <loadInformation{number}{model}>{escape(load)}</loadInformation{number}>\n"
