"""The packets of a capture as observations: DHCP, TFTP, SIP, SCCP, CDP, decoded with ringup's own codecs."""

from collections import Counter
from collections.abc import Callable, Mapping

from ringup.errors import WireError
from ringup.events import CdpSeen
from ringup.evidence import dhcp_words, sccp_messages, sip_messages
from ringup.evidence.observation import Context, Observation, Observations, remember
from ringup.evidence.transfers import Transfers
from ringup.evidence.voice_vlans import VoiceVlans
from ringup.wire import cdp, dhcp, dhcp_options, pcap, sip
from ringup.wire.captured import CapturedArp, CapturedCdp, CapturedTcp, CapturedUdp, captured
from ringup.wire.mac import from_bytes

_METHODS = (
    "REGISTER", "INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "NOTIFY", "SUBSCRIBE", "REFER", "INFO", "UPDATE",
    "MESSAGE", "PRACK", "PUBLISH",
)  # fmt: skip
_SIP_STARTS = (b"SIP/2.0 ", *(f"{method} ".encode() for method in _METHODS))
_DHCP_PORTS = (dhcp.SERVER_PORT, dhcp.CLIENT_PORT)


class CaptureReader:
    """Reads the packets of one capture in order, and returns the observations in them."""

    def __init__(self) -> None:
        self.context = Context()
        self.forms: Counter[str] = Counter()
        """The number of packets of each protocol."""
        self.packets = 0
        self._transfers = Transfers(self.context)
        self._vlans = VoiceVlans()

    def read(self, packet: pcap.CapturedPacket) -> Observations:
        """Return the observations in the next packet."""
        self.packets += 1
        self.context.at = packet.at
        content = captured(packet.link, packet.data)
        if content is None:
            return []
        if isinstance(content, CapturedTcp):
            return self._tcp(content)
        return self._udp(content) if isinstance(content, CapturedUdp) else self._without_ip(content)

    def _tcp(self, segment: CapturedTcp) -> Observations:
        if not sccp_messages.is_sccp(segment):
            return []
        self.forms["SCCP"] += 1
        return sccp_messages.seen(self.context, segment)

    def _without_ip(self, content: CapturedCdp | CapturedArp) -> Observations:
        if isinstance(content, CapturedArp):
            remember(self.context.holders, content.address, content.mac)
            return []
        try:
            announced = cdp.parse(content.data)
        except WireError:
            return []
        self.forms["CDP"] += 1
        if not announced.is_of_a_phone:
            return [Observation(event) for event in self._vlans.answers(self.context.at, announced)]
        self._vlans.note_query(self.context.at, content.mac, announced)
        fields = (
            announced.device,
            announced.platform,
            announced.software,
            announced.port,
            announced.voice_vlan,
            announced.milliwatts,
        )
        return [Observation(CdpSeen(self.context.at, content.mac, *fields))]

    def _udp(self, datagram: CapturedUdp) -> Observations:
        if datagram.source_port in _DHCP_PORTS and datagram.destination_port in _DHCP_PORTS:
            return self._counted("DHCP", self._dhcp(datagram))
        if datagram.payload.startswith(_SIP_STARTS):
            return self._counted("SIP", self._sip(datagram))
        return self._counted("TFTP", self._transfers.read(datagram))

    def _counted(self, protocol: str, observations: Observations | None) -> Observations:
        if observations is None:
            return []
        self.forms[protocol] += 1
        return observations

    def _sip(self, datagram: CapturedUdp) -> Observations | None:
        try:
            message = sip.parse(datagram.payload)
        except WireError:
            return None
        source = f"{datagram.source}:{datagram.source_port}"
        return sip_messages.seen(
            self.context, message, source, f"{datagram.destination}:{datagram.destination_port}"
        )

    def _dhcp(self, datagram: CapturedUdp) -> Observations | None:
        try:
            message = dhcp.parse(datagram.payload)
        except WireError:
            return None
        mac = from_bytes(message.hardware_address)
        self._note_vlan(datagram, mac, message)
        handle = _DHCP.get(message.type) if message.type and mac else None
        return handle(self.context, mac, message) if handle else None

    def _note_vlan(self, datagram: CapturedUdp, mac: str, message: dhcp.Message) -> None:
        if message.type is dhcp.MessageType.DISCOVER:
            remember(self.context.dhcp_clients, mac, datagram.vlan)
        elif message.type in _OF_A_SERVER:
            remember(self.context.dhcp_servers, datagram.vlan, datagram.source)


_OF_A_SERVER = (dhcp.MessageType.OFFER, dhcp.MessageType.ACK, dhcp.MessageType.NAK)


def _text(message: dhcp.Message, code: int) -> str:
    return dhcp_options.text(message.option(code) or b"")


def _option_address(message: dhcp.Message, code: int) -> str:
    value = message.option(code) or b""
    return dhcp_options.address(value[:4]) if len(value) >= 4 else ""


def _tftp_server(message: dhcp.Message) -> str:
    """Return the TFTP server that a phone takes from a message: option 150, else 66, else siaddr
    (P-DHCP-4).
    """
    siaddr = "" if message.next_server == dhcp.NO_ADDRESS else message.next_server
    named = _option_address(message, dhcp_options.TFTP_ADDRESSES) or _text(message, dhcp_options.TFTP_NAME)
    return named or siaddr


def _discover(context: Context, mac: str, message: dhcp.Message) -> Observations:
    dhcp_words.named(context, mac, _text(message, dhcp_options.HOST_NAME))
    return dhcp_words.discover(context, mac, vendor_class=_text(message, dhcp_options.VENDOR_CLASS))


def _request(context: Context, mac: str, message: dhcp.Message) -> Observations:
    dhcp_words.named(context, mac, _text(message, dhcp_options.VENDOR_CLASS))
    return []


def _offer(context: Context, mac: str, message: dhcp.Message) -> Observations:
    return dhcp_words.offer(context, mac, message.your_address, _tftp_server(message))


def _ack(context: Context, mac: str, message: dhcp.Message) -> Observations:
    seconds = int.from_bytes((message.option(dhcp_options.LEASE_SECONDS) or b"")[:4], "big")
    if message.your_address == dhcp.NO_ADDRESS:
        return []
    return dhcp_words.ack(context, mac, message.your_address, seconds)


def _nak(context: Context, mac: str, message: dhcp.Message) -> Observations:
    return dhcp_words.nak(context, mac, "", _text(message, dhcp_options.REASON))


def _decline(context: Context, mac: str, message: dhcp.Message) -> Observations:
    return dhcp_words.decline(context, mac, _option_address(message, dhcp_options.REQUESTED_ADDRESS))


def _release(context: Context, mac: str, message: dhcp.Message) -> Observations:
    return dhcp_words.release(context, mac, message.client_address)


def _inform(context: Context, mac: str, message: dhcp.Message) -> Observations:
    return dhcp_words.inform(context, mac, message.client_address)


_DHCP: Mapping[dhcp.MessageType, Callable[[Context, str, dhcp.Message], Observations]] = {
    dhcp.MessageType.DISCOVER: _discover,
    dhcp.MessageType.REQUEST: _request,
    dhcp.MessageType.OFFER: _offer,
    dhcp.MessageType.ACK: _ack,
    dhcp.MessageType.NAK: _nak,
    dhcp.MessageType.DECLINE: _decline,
    dhcp.MessageType.RELEASE: _release,
    dhcp.MessageType.INFORM: _inform,
}
