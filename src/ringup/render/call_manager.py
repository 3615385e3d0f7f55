"""The server of phones that speak SCCP, as SEP<MAC>.cnf.xml and XMLDefault.cnf.xml name it.

The ports are CallManager's own; chan_skinny listens on the first one (P-SCCP-1).
"""

from textwrap import indent
from xml.sax.saxutils import escape

_CALL_MANAGER = """\
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


def call_manager(address: str, margin: str) -> str:
    """Return the element with this host name or address, each line after `margin`."""
    return indent(_CALL_MANAGER.format(address=escape(address)), margin)
