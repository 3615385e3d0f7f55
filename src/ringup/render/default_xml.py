"""XMLDefault.cnf.xml: the load for every phone without a file of its own; this load converts SCCP phones.

The number in ``loadInformationN`` selects the model; the element's model name is not read. The file names the
application, not the loader: the phone finds the loader in the ``.loads`` file. Source: P-BOOT-16, P-SEP-1,
P-LOAD-22.
"""

from xml.sax.saxutils import escape

from ringup.phone.models import LOAD_NUMBERS, MODELS
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
    """Return XMLDefault.cnf.xml with the site's load for the 7940 and 7960, and the site's loads for other
    models.
    """
    pbx = escape(site.pbx.address or server)
    named = {model.load_number: site.load for model in MODELS.values()}
    named |= {int(number): load for number, load in site.other_loads.items()}
    loads = "".join(_load(number, load) for number, load in sorted(named.items()))
    urls = "".join(f"  <{name}></{name}>\n" for name in _EMPTY_URLS)
    return f"<Default>\n{_call_manager(pbx)}{loads}{urls}</Default>\n"


def _load(number: int, load: str) -> str:
    model = f' model="IP Phone {LOAD_NUMBERS[number]}"' if number in LOAD_NUMBERS else ""
    return f"  <loadInformation{number}{model}>{escape(load)}</loadInformation{number}>\n"


def _call_manager(address: str) -> str:
    """Return the server with which a phone that stays on SCCP would register; the ports are CallManager's."""
    return f"""\
  <callManagerGroup>
    <members>
      <member priority="0">
        <callManager>
          <ports>
            <ethernetPhonePort>2000</ethernetPhonePort>
            <mgcpPorts>
              <listen>2427</listen>
              <keepAlive>2428</keepAlive>
            </mgcpPorts>
          </ports>
          <processNodeName>{address}</processNodeName>
        </callManager>
      </member>
    </members>
  </callManagerGroup>
"""
