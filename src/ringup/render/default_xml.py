"""XMLDefault.cnf.xml: which load a phone without any other file is to run; this converts SCCP phones.

The number in ``loadInformationN`` selects the model, its text is decoration. It names the application, not
the loader: the phone finds that by itself through the ``.loads`` file. Source: P-BOOT-16, P-SEP-1, P-LOAD-22.
"""

from xml.sax.saxutils import escape

from ringup.phone.models import MODELS
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
    """XMLDefault.cnf.xml with the site's load for every model."""
    pbx = escape(site.pbx.address or server)
    loads = "".join(
        f'  <loadInformation{model.load_number} model="IP Phone {model.name}">{escape(site.load)}'
        f"</loadInformation{model.load_number}>\n"
        for model in sorted(MODELS.values(), key=lambda model: model.load_number)
    )
    urls = "".join(f"  <{name}></{name}>\n" for name in _EMPTY_URLS)
    return f"<Default>\n{_call_manager(pbx)}{loads}{urls}</Default>\n"


def _call_manager(address: str) -> str:
    """Where a phone that stays SCCP would register; the ports are CallManager's."""
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
