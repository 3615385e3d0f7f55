"""No message makes the server raise, send too much, or give one address to two clients."""

from dataclasses import dataclass, replace
from ipaddress import IPv4Address

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ringup.engine.dhcp.lease import LeaseState
from ringup.engine.dhcp.leases import QUARANTINE_SECONDS
from ringup.engine.dhcp.route import Arrival, Delivery
from ringup.engine.dhcp.server import DhcpServer
from ringup.engine.dhcp.settings import KnownPhone
from ringup.wire.dhcp import Message, MessageType, build
from ringup.wire.dhcp_options import OPTIONS
from tests.engine.dhcp.clients import (
    CISCO,
    DAY,
    KNOWN,
    NOW,
    SERVER,
    SETTINGS,
    VENDOR_CLASS,
    VOICE,
    Client,
    heard,
    kind_of,
)

NEAR = (
    "0.0.0.0",
    SERVER,
    *(f"10.0.0.{last}" for last in (0, 10, 11, 12, 50, 99, 255)),
    "10.9.0.254",
    "192.0.2.1",
)
near_addresses = st.sampled_from(NEAR)
packed_addresses = near_addresses.map(lambda address: IPv4Address(address).packed)

option_values = st.one_of(
    st.tuples(st.just(53), st.integers(0, 9).map(lambda kind: bytes((kind,)))),
    st.tuples(st.sampled_from((50, 54)), packed_addresses),
    st.tuples(st.just(60), st.just(VENDOR_CLASS)),
    st.tuples(st.sampled_from([code for code in OPTIONS if code != 52]), st.binary(max_size=12)),
    st.tuples(st.just(55), st.binary(max_size=40)),
)
messages = st.builds(
    Message,
    op=st.sampled_from((1, 1, 1, 2)),
    xid=st.integers(0, 0xFFFFFFFF),
    flags=st.sampled_from((0, 0x8000)),
    client_address=near_addresses,
    relay_address=st.sampled_from(("0.0.0.0", "0.0.0.0", "10.9.0.254", "192.0.2.1")),
    hardware_address=st.sampled_from(
        (bytes.fromhex(CISCO), bytes.fromhex(KNOWN), b"\x02" * 6, b"", b"\x01" * 16)
    ),
    options=st.lists(option_values, max_size=7).map(lambda pairs: tuple(dict(pairs).items())),
)
arrivals = st.builds(
    Arrival, st.just("eth0"), st.sampled_from(((SERVER,), (), ("192.0.2.1", "10.9.0.1"))), st.booleans()
)


@given(st.lists(st.tuples(messages, arrivals, st.floats(0, 3 * DAY)), max_size=8), st.booleans())
def test_no_message_raises_or_gets_more_than_one_reply(
    exchange: list[tuple[Message, Arrival, float]], serve_all: bool
) -> None:
    server = DhcpServer(replace(SETTINGS, serve_all=serve_all))
    for message, arrival, later in exchange:
        replies = server.receive(build(message), arrival, NOW + later)
        assert len(replies) <= 1
        for reply in map(heard, replies):
            assert reply.message.type in (MessageType.OFFER, MessageType.ACK, MessageType.NAK)
            assert (reply.route.delivery is Delivery.HARDWARE) == bool(reply.route.mac)


@given(st.binary(max_size=120))
def test_no_options_field_raises(options: bytes) -> None:
    header = build(Client(DhcpServer(SETTINGS)).message(MessageType.REQUEST))[:243]
    DhcpServer(SETTINGS).receive(header + options, Arrival("eth0", (SERVER,)), NOW)


@dataclass
class Held:
    """The lease that a phone believes it has, from the ACKs that it got."""

    address: str
    until: float


class ManyPhones(RuleBasedStateMachine):
    """Five phones and a pool of three addresses with one reservation, in any order, over many days."""

    MACS = (CISCO, KNOWN, "0C0000000001", "0C0000000002", "0C0000000003")

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.server = DhcpServer(SETTINGS)
        self.held: dict[str, Held] = {}
        self.offered: dict[str, str] = {}
        self.quarantined: dict[str, float] = {}
        self.disk: dict[str, object] = {}

    macs = st.sampled_from(MACS)
    addresses = st.sampled_from(("10.0.0.10", "10.0.0.11", "10.0.0.12", "10.0.0.50", "10.0.0.99"))

    def client(self, mac: str) -> Client:
        return Client(self.server, mac=mac, now=self.now)

    def hear(self, mac: str, reply: object) -> None:
        """Accept an ACK, and forget the lease after a NAK; the lease must be among the changes of the same
        batch.
        """
        changes = {lease.address: lease for lease in self.server.take_lease_changes()}
        self.disk.update(changes)
        kind = kind_of(reply)  # type: ignore[arg-type]
        if kind is MessageType.NAK:
            self.held.pop(mac, None)
        if kind is MessageType.ACK:
            address = reply.message.your_address  # type: ignore[attr-defined]
            lease = changes[address]
            assert (lease.mac, lease.state) == (mac, LeaseState.LEASED)
            self.held[mac] = Held(address, lease.expires)

    @rule(mac=macs, requested=st.none() | addresses)
    def discovers(self, mac: str, requested: str | None) -> None:
        self.held.pop(mac, None)  # a phone that sends a DISCOVER has no address
        extra = ((50, IPv4Address(requested).packed),) if requested else ()
        reply = self.client(mac).discover(*extra)
        self.hear(mac, None)
        if reply:
            address = reply.message.your_address
            assert self.now >= self.quarantined.get(address, 0.0)
            self.offered[mac] = address

    @rule(mac=macs)
    def boots(self, mac: str) -> None:
        self.discovers(mac, None)
        self.takes_the_offer(mac)

    @rule(mac=macs)
    def finds_its_address_in_use(self, mac: str) -> None:
        if mac in self.held:
            self.gives_up(mac, self.held[mac].address, "decline")

    @rule(mac=macs)
    def takes_the_offer(self, mac: str) -> None:
        if mac in self.offered:
            self.hear(mac, self.client(mac).select(self.offered.pop(mac)))

    @rule(mac=macs, address=addresses)
    def takes_what_was_not_offered(self, mac: str, address: str) -> None:
        if mac in self.held:
            return
        self.hear(mac, self.client(mac).select(address))

    @rule(mac=macs)
    def takes_another_servers_offer(self, mac: str) -> None:
        self.held.pop(mac, None)
        self.client(mac).select("10.0.0.99", server="10.0.0.66")

    @rule(mac=macs, way=st.sampled_from(("renew", "rebind", "reboot")))
    def extends(self, mac: str, way: str) -> None:
        if mac in self.held:
            self.hear(mac, getattr(self.client(mac), way)(self.held[mac].address))

    @rule(mac=macs, address=addresses, way=st.sampled_from(("renew", "rebind", "reboot")))
    def extends_what_it_does_not_have(self, mac: str, address: str, way: str) -> None:
        if mac in self.held:
            return
        self.hear(mac, getattr(self.client(mac), way)(address))

    @rule(mac=macs, address=addresses, way=st.sampled_from(("release", "decline")))
    def gives_up(self, mac: str, address: str, way: str) -> None:
        mine = mac in self.held and self.held[mac].address == address
        getattr(self.client(mac), way)(address)
        if mine:
            del self.held[mac]
        record = next((lease for lease in self.server.leases() if lease.address == address), None)
        if way == "decline" and record and record.state is LeaseState.DECLINED and record.mac == mac:
            self.quarantined[address] = record.expires
            assert record.expires <= self.now + QUARANTINE_SECONDS
        self.hear(mac, None)

    @rule(seconds=st.sampled_from((0.5, 61.0, 3600.0, DAY / 2, DAY + 1.0)))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(reserved=macs, address=addresses)
    def the_site_changes(self, reserved: str, address: str) -> None:
        self.server.reconfigure(replace(SETTINGS, phones={reserved: KnownPhone("desk", address)}))

    @rule()
    def the_server_restarts(self) -> None:
        self.server = DhcpServer(SETTINGS, list(self.disk.values()))  # type: ignore[arg-type]
        self.offered.clear()

    @invariant()
    def no_address_is_held_by_two(self) -> None:
        live = [held.address for held in self.held.values() if held.until > self.now]
        assert len(live) == len(set(live)), self.held

    @invariant()
    def who_has_tells_every_holder(self) -> None:
        for mac, held in self.held.items():
            if held.until > self.now:
                assert self.server.who_has(held.address) == mac

    @invariant()
    def each_address_was_ours_to_give(self) -> None:
        pool = {str(IPv4Address(int(VOICE.first) + number)) for number in range(3)}
        reserved = {"10.0.0.50", "10.0.0.99"}
        assert {lease.address for lease in self.server.leases()} <= pool | reserved


ManyPhones.TestCase.settings = settings(stateful_step_count=40)
TestManyPhones = ManyPhones.TestCase
