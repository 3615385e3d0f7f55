"""On a network that loses, repeats and delays datagrams, two phones never use the same address.

The phones are simple models of real ones. They believe only the reply to their last request, count their
lease from the time of that request, and answer ARP for an address that they use.
"""

from dataclasses import dataclass, field, replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ringup.engine.dhcp.replies import DhcpReply
from ringup.engine.dhcp.route import Arrival
from ringup.engine.dhcp.server import DhcpServer
from ringup.wire.dhcp import Message, MessageType, build, parse
from tests.engine.dhcp.clients import BROADCAST, DAY, NOW, SERVER, SETTINGS, TO_US, Client, packed

MACS = ("0C0000000001", "0C0000000002", "0C0000000003", "0C0000000004")
SQUATTER = "0C00000000FF"
LONGEST_JOURNEY = 120.0
"""Maximum seconds that a datagram may travel (the limit in RFC 791)."""


@dataclass
class Phone:
    """What one phone believes."""

    mac: str
    number: int = 0
    """The number of the phone's last exchange; a reply to an older exchange is not for it."""
    waits_for: frozenset[MessageType] = frozenset()
    asked_at: float = 0.0
    wanted: str = ""
    address: str = ""
    until: float = 0.0

    def uses(self, now: float) -> str:
        return self.address if self.until > now else ""


@dataclass
class Datagram:
    """A datagram on its way."""

    sent_at: float
    mac: str
    data: bytes
    arrival: Arrival = field(default=BROADCAST)


class LossyNetwork(RuleBasedStateMachine):
    """Four phones, a pool of three addresses, and perhaps a host that uses one of them."""

    macs = st.sampled_from(MACS)
    which = st.integers(0, 7)

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.server = DhcpServer(replace(SETTINGS, serve_all=True, probe=True))
        self.phones = {mac: Phone(mac) for mac in MACS}
        self.to_server: list[Datagram] = []
        self.to_phones: list[Datagram] = []
        self.squatted = ""

    @initialize(squatted=st.sampled_from(("", "10.0.0.11")))
    def somebody_took_an_address_by_hand(self, squatted: str) -> None:
        self.squatted = squatted

    # --- phones ---------------------------------------------------------------------------------------

    @rule(mac=macs)
    def discovers(self, mac: str) -> None:
        phone = self.phones[mac]
        phone.address = ""
        self.ask(phone, MessageType.DISCOVER, waits_for={MessageType.OFFER})

    @rule(mac=macs)
    def renews(self, mac: str) -> None:
        phone = self.phones[mac]
        if phone.uses(self.now):
            phone.wanted = phone.address
            self.ask(
                phone, MessageType.REQUEST, waits_for={MessageType.ACK, MessageType.NAK},
                ciaddr=phone.address, arrival=TO_US,
            )  # fmt: skip

    @rule(mac=macs)
    def restarts_and_remembers_its_address(self, mac: str) -> None:
        phone = self.phones[mac]
        if phone.address:
            phone.wanted, phone.address = phone.address, ""
            self.ask(
                phone, MessageType.REQUEST, (50, packed(phone.wanted)),
                waits_for={MessageType.ACK, MessageType.NAK},
            )  # fmt: skip

    @rule(mac=macs)
    def gives_its_address_back(self, mac: str) -> None:
        phone = self.phones[mac]
        if phone.uses(self.now):
            address, phone.address = phone.address, ""
            self.ask(
                phone,
                MessageType.RELEASE,
                (54, packed(SERVER)),
                waits_for=set(),
                ciaddr=address,
                arrival=TO_US,
            )

    @rule(mac=macs)
    def refuses_its_address(self, mac: str) -> None:
        phone = self.phones[mac]
        if phone.uses(self.now):
            address, phone.address = phone.address, ""
            told = ((50, packed(address)), (54, packed(SERVER)))
            self.ask(phone, MessageType.DECLINE, *told, waits_for=set())

    def ask(
        self, phone: Phone, kind: MessageType, *told: tuple[int, bytes], waits_for: set[MessageType],
        ciaddr: str = "0.0.0.0", arrival: Arrival = BROADCAST, new: bool = True,
    ) -> None:  # fmt: skip
        phone.number += new
        phone.asked_at, phone.waits_for = self.now, frozenset(waits_for)
        message = Client(self.server, mac=phone.mac).message(kind, *told, ciaddr=ciaddr)
        data = build(replace(message, xid=phone.number))
        self.to_server.append(Datagram(self.now, phone.mac, data, arrival))

    def hear(self, phone: Phone, message: Message) -> None:
        if message.xid != phone.number or message.type not in phone.waits_for:
            return
        phone.waits_for = frozenset()
        if message.type is MessageType.OFFER:
            phone.wanted = message.your_address
            told = ((50, packed(phone.wanted)), (54, packed(SERVER)))
            waits_for = {MessageType.ACK, MessageType.NAK}
            self.ask(phone, MessageType.REQUEST, *told, waits_for=waits_for, new=False)
        elif message.type is MessageType.ACK and message.your_address == phone.wanted:
            seconds = int.from_bytes(message.option(51) or b"", "big")
            phone.address, phone.until = phone.wanted, phone.asked_at + seconds
        else:
            phone.address = ""

    # --- the network ------------------------------------------------------------------------------------

    @rule(which=which, stays=st.booleans())
    def the_server_hears(self, which: int, stays: bool) -> None:
        if which < len(self.to_server):
            datagram = self.to_server[which] if stays else self.to_server.pop(which)
            self.carry(self.server.receive(datagram.data, datagram.arrival, self.now))

    @rule(which=which, stays=st.booleans())
    def a_phone_hears(self, which: int, stays: bool) -> None:
        if which < len(self.to_phones):
            datagram = self.to_phones[which] if stays else self.to_phones.pop(which)
            self.hear(self.phones[datagram.mac], parse(datagram.data))

    @rule()
    def all_arrives(self) -> None:
        """Deliver everything, so that complete exchanges happen too."""
        for _ in range(4):
            self.time_passes(0.5)
            while self.to_server:
                self.the_server_hears(0, stays=False)
            while self.to_phones:
                self.a_phone_hears(0, stays=False)

    @rule(which=which)
    def a_datagram_is_lost(self, which: int) -> None:
        for under_way in (self.to_server, self.to_phones):
            if which < len(under_way):
                del under_way[which]

    @rule(seconds=st.sampled_from((0.25, 4.0, 61.0, 3600.0, DAY + 1.0)))
    def time_passes(self, seconds: float) -> None:
        until = self.now + seconds
        while self.server.wake_at is not None and self.server.wake_at <= until:
            self.now = max(self.now, self.server.wake_at)
            self.carry(self.server.wake(self.now))
        self.now = until
        for under_way in (self.to_server, self.to_phones):
            under_way[:] = [one for one in under_way if until - one.sent_at < LONGEST_JOURNEY]

    def carry(self, replies: list[DhcpReply]) -> None:
        """Send the replies and the probes; a host that uses a probed address answers."""
        while True:
            self.to_phones += [Datagram(self.now, reply.mac, reply.data) for reply in replies]
            probes = self.server.take_probes()
            if not probes:
                return
            replies = [
                answer
                for probe in probes
                for holder in self.holders(probe.address)
                for answer in self.server.found_in_use(probe.address, holder, self.now)
            ]

    def holders(self, address: str) -> list[str]:
        by_hand = [SQUATTER] if address == self.squatted else []
        return [phone.mac for phone in self.phones.values() if phone.uses(self.now) == address] + by_hand

    @invariant()
    def no_address_is_used_by_two(self) -> None:
        used = [phone.uses(self.now) for phone in self.phones.values() if phone.uses(self.now)]
        assert len(used) == len(set(used)), self.phones
        assert not self.squatted or self.squatted not in used


LossyNetwork.TestCase.settings = settings(
    max_examples=3 * settings().max_examples // 2, stateful_step_count=60
)
TestLossyNetwork = LossyNetwork.TestCase


def test_a_whole_exchange_happens_on_it() -> None:
    """Otherwise the property might hold only because no exchange ever completes."""
    network = LossyNetwork()
    network.squatted = "10.0.0.11"
    for mac in MACS[:3]:
        network.discovers(mac)
        network.all_arrives()
    assert [phone.uses(network.now) for phone in network.phones.values()] == [
        "10.0.0.10",
        "10.0.0.12",
        "",
        "",
    ]
