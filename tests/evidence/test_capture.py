"""A capture with DHCP, TFTP, SIP and CDP of one phone, with every link type and file format."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.events import (
    AddressLeased,
    AddressOffered,
    AddressRefused,
    CdpSeen,
    DiscoverReceived,
    FileNotFound,
    FileRequested,
    FileSent,
    LineRegistered,
    SipSeen,
    TransferFailed,
)
from ringup.wire import dhcp, sip, tftp
from ringup.wire.ethernet import BROADCAST_MAC, UdpFrame, build_udp_frame
from ringup.wire.ipv4 import packed
from tests.evidence.logs import MAC, PHONE, events, kinds, pcap, reading
from tests.wire.captures import CDP_FRAME, vlan_tagged

SERVER, PBX_MAC = "10.0.0.1", "020000000001"
T = 1_795_777_542.0


def frame(source: tuple[str, int], destination: tuple[str, int], payload: bytes) -> bytes:
    macs = (MAC, PBX_MAC) if source[0] in (PHONE, "0.0.0.0") else (PBX_MAC, MAC)
    return build_udp_frame(UdpFrame(*macs, source[0], destination[0], source[1], destination[1], payload))


def from_phone(packet: tftp.Packet, port: int = 50_123, to: int = 40_000) -> bytes:
    return frame((PHONE, port), (SERVER, to), tftp.build(packet))


def to_phone(packet: tftp.Packet, port: int = 50_123) -> bytes:
    return frame((SERVER, 40_000), (PHONE, port), tftp.build(packet))


def dhcp_frame(kind: dhcp.MessageType, *options: tuple[int, bytes], offered: str = dhcp.NO_ADDRESS) -> bytes:
    op = dhcp.REQUEST_OP if kind in (dhcp.MessageType.DISCOVER, dhcp.MessageType.REQUEST) else dhcp.REPLY_OP
    message = dhcp.Message(
        op,
        1,
        your_address=offered,
        hardware_address=bytes.fromhex(MAC),
        options=((53, bytes([kind])), *options),
    )
    ends = (("0.0.0.0", 68), ("255.255.255.255", 67))
    source, destination = ends if op == dhcp.REQUEST_OP else ((SERVER, 67), ("255.255.255.255", 68))
    return frame(source, destination, dhcp.build(message))


REQUEST = from_phone(tftp.ReadRequest(f"SIP{MAC}.cnf"), to=69)
TRANSFER = (
    REQUEST,
    to_phone(tftp.Data(1, b"a" * 512)),
    to_phone(tftp.Data(1, b"a" * 512)),
    from_phone(tftp.Ack(1)),
    to_phone(tftp.Data(2, b"b" * 100)),
    from_phone(tftp.Ack(2)),
)


def timed(*packets: bytes) -> list[tuple[float, bytes]]:
    return [(T + number / 4, packet) for number, packet in enumerate(packets)]


def capture(*packets: bytes) -> bytes:
    return pcap(timed(*packets))


def test_a_lease_is_told_with_vendor_class_and_tftp_server() -> None:
    vendor = (60, b"Cisco Systems, Inc. IP Phone CP-7960G\0")
    told = events(
        capture(
            dhcp_frame(dhcp.MessageType.DISCOVER, vendor),
            dhcp_frame(dhcp.MessageType.OFFER, (150, packed("10.0.0.2")), offered=PHONE),
            dhcp_frame(dhcp.MessageType.REQUEST, vendor),
            dhcp_frame(dhcp.MessageType.ACK, (51, (3600).to_bytes(4, "big")), offered=PHONE),
        )
    )
    assert told == [
        DiscoverReceived(T, MAC, "Cisco Systems, Inc. IP Phone CP-7960G"),
        AddressOffered(T + 0.25, MAC, PHONE, "10.0.0.2"),
        AddressLeased(T + 0.75, MAC, PHONE, 3600),
    ]


def test_an_offer_without_a_tftp_server_has_none() -> None:
    (offered,) = events(capture(dhcp_frame(dhcp.MessageType.OFFER, offered=PHONE)))
    assert offered == AddressOffered(T, MAC, PHONE, "")


def test_a_nak_is_told_with_its_words() -> None:
    assert events(capture(dhcp_frame(dhcp.MessageType.NAK, (56, b"wrong network")))) == [
        AddressRefused(T, MAC, "", "wrong network")
    ]


def test_a_transfer_is_sent_when_the_last_block_is_acknowledged() -> None:
    assert events(capture(*TRANSFER)) == [
        FileRequested(T, MAC, f"SIP{MAC}.cnf", PHONE, 50_123),
        FileSent(T + 1.25, MAC, f"SIP{MAC}.cnf", PHONE, 612, 1.25, 1),
    ]


def test_a_transfer_whose_last_ack_is_missing_is_not_sent() -> None:
    assert kinds(capture(*TRANSFER[:-1])) == ["FileRequested"]


def test_agreed_blocks_are_longer() -> None:
    agreed = (REQUEST, to_phone(tftp.OptionAck({"blksize": "1024"})), from_phone(tftp.Ack(0)))
    blocks = (to_phone(tftp.Data(1, b"a" * 1024)), from_phone(tftp.Ack(1)))
    last = (to_phone(tftp.Data(2, b"")), from_phone(tftp.Ack(2)))
    assert kinds(capture(*agreed, *blocks)) == ["FileRequested"]
    assert kinds(capture(*agreed, *blocks, *last)) == ["FileRequested", "FileSent"]


def test_errors_of_either_side_are_told() -> None:
    assert events(capture(REQUEST, to_phone(tftp.Error(1, "File not found"))))[1] == FileNotFound(
        T + 0.25, MAC, f"SIP{MAC}.cnf", PHONE, "File not found"
    )
    assert kinds(capture(REQUEST, to_phone(tftp.Error(2, "no"))))[1] == "FileRefused"
    failed = events(capture(*TRANSFER[:4], from_phone(tftp.Error(3, "flash full"))))[1]
    assert failed == TransferFailed(T + 1, MAC, f"SIP{MAC}.cnf", PHONE, 512, 512, "flash full")


def test_a_registration_is_told_by_its_messages() -> None:
    headers = (("From", f"<sip:201@{SERVER}>;tag=1"), ("To", f"<sip:201@{SERVER}>"), ("Call-ID", "a"))
    contact = ("Contact", f"<sip:201@{PHONE}:5060>")
    register = sip.SipRequest("REGISTER", f"sip:{SERVER}", (*headers, ("CSeq", "101 REGISTER"), contact))
    ok = sip.Response(200, "OK", (*headers, ("CSeq", "101 REGISTER"), contact))
    told = events(
        capture(
            REQUEST,
            frame((PHONE, 51_098), (SERVER, 5060), sip.build(register)),
            frame((SERVER, 5060), (PHONE, 5060), sip.build(ok)),
        )
    )
    sent = SipSeen(
        T + 0.25,
        MAC,
        f"{PHONE}:51098",
        f"{SERVER}:5060",
        "REGISTER",
        0,
        "201",
        f"{PHONE}:5060",
        "",
        False,
        "a",
    )
    assert told[1] == sent
    assert [type(event) for event in told[2:]] == [SipSeen, LineRegistered]
    assert told[3].mac == MAC


def test_a_cdp_announcement_is_told_before_any_address() -> None:
    assert events(capture(CDP_FRAME)) == [
        CdpSeen(T, MAC, f"SIP{MAC}", "Cisco IP Phone 7960", "P003-08-2-00", "Port 1", -1, 6300)
    ]


def linux_cooked(packet: bytes) -> bytes:
    return bytes(6) + packet[6:12] + bytes(2) + packet[12:]


def linux_cooked_2(packet: bytes) -> bytes:
    return packet[12:14] + bytes(10) + packet[6:12] + bytes(2) + packet[14:]


@pytest.mark.parametrize(
    ("link", "changed"),
    [
        (1, lambda packet: packet),
        (1, vlan_tagged),
        (1, lambda packet: vlan_tagged(vlan_tagged(packet))),
        (101, lambda packet: packet[14:]),
        (0, lambda packet: b"\2\0\0\0" + packet[14:]),
        (113, linux_cooked),
        (276, linux_cooked_2),
    ],
)
def test_every_kind_of_link_is_read(link: int, changed: Callable[[bytes], bytes]) -> None:
    packets = [(at, changed(packet)) for at, packet in timed(*TRANSFER)]
    assert kinds(pcap(packets, link)) == ["FileRequested", "FileSent"]


def test_the_reading_counts_packets_and_protocols() -> None:
    (file,) = reading(capture(*TRANSFER, CDP_FRAME)).files
    assert (file.kind, file.lines) == ("capture", 7)
    assert dict(file.forms) == {"capture (pcap, pcapng): TFTP": 6, "capture (pcap, pcapng): CDP": 1}
    assert file.protocols == {"DHCP", "TFTP", "SIP", "CDP"}


def test_a_capture_that_was_cut_off_tells_its_whole_packets() -> None:
    data = capture(*TRANSFER)
    for end in range(0, len(data), 5):
        assert kinds(data[:end]) in ([], ["FileRequested"], ["FileRequested", "FileSent"])


@given(st.binary(max_size=300), st.sampled_from((1, 101, 113, 276, 0, 9)))
def test_no_packet_raises(data: bytes, link: int) -> None:
    events(pcap([(T, data)], link))


@given(st.data())
def test_no_broken_packet_of_a_transfer_raises(data: st.DataObject) -> None:
    def broken() -> Iterator[bytes]:
        for packet in (*TRANSFER, CDP_FRAME, dhcp_frame(dhcp.MessageType.DISCOVER)):
            place, byte = data.draw(st.integers(0, len(packet) - 1)), data.draw(st.integers(0, 255))
            yield packet[:place] + bytes([byte]) + packet[place + 1 :]

    events(capture(*broken()))


def test_a_broadcast_mac_is_nobodys() -> None:
    assert all(event.mac != BROADCAST_MAC for event in events(capture(*TRANSFER)))
