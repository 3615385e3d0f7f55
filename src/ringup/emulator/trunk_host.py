"""The real environment of a phone that asks for a voice VLAN and uses it."""

from ringup.emulator.boot.cdp import CdpClient, VlanDecision
from ringup.emulator.frame_socket import FrameSocket
from ringup.emulator.frames import DhcpFrames
from ringup.emulator.interface import PhoneInterface
from ringup.emulator.network_host import EVERY_ADDRESS, NetworkHost
from ringup.emulator.tagged_link import TaggedLink
from ringup.wire.cdp import UNTAGGED


class TrunkHost(NetworkHost):
    """A `NetworkHost` on a network port where a switch may announce a voice VLAN."""

    def __init__(self, interface: str, mac: str) -> None:
        super().__init__(interface, mac)
        self._port = interface
        self._link = TaggedLink(interface, self.now)

    async def plug_in(self) -> None:
        """Prepare the interface, and begin to listen to CDP; raises BindError."""
        await super().plug_in()
        self._link.open()

    async def ask(self, client: CdpClient) -> VlanDecision:
        """Carry the client's CDP until it has decided, and use the VLAN; raises BindError."""
        await self._use(self._port)
        self._link.untag()
        await self._link.decided(client)
        decision = client.decision or VlanDecision(UNTAGGED, "none")
        if decision.vlan != UNTAGGED:
            await self._use(self._link.tag(decision.vlan))
        return decision

    async def close(self) -> None:
        """Close every socket, and remove the address and the TAP device."""
        await super().close()
        self._link.close()

    async def _use(self, interface: str) -> None:
        """Use an interface from now on, and forget the address that the phone had on another interface."""
        if interface == self._interface.name:
            return
        self._frames.close()
        await self._interface.clear()
        self._address = EVERY_ADDRESS
        self._interface = PhoneInterface(interface)
        self._frames = DhcpFrames(self._mac, self.now, FrameSocket(interface))
        await self._interface.prepare(self._mac)
        self._frames.open()
