"""The element that names the server of SCCP phones, in SEP<MAC>.cnf.xml and XMLDefault.cnf.xml.

The ports are those of Cisco's CallManager; chan_skinny listens on the first one (P-SCCP-1).
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
    """Return the element with this host name or address; `margin` begins each line."""
    return indent(_CALL_MANAGER.format(address=escape(address)), margin)
