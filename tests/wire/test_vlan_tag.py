"""Tags of IEEE 802.1Q in Ethernet frames."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.wire.ethernet import UdpFrame, build_udp_frame
from ringup.wire.vlan_tag import VlanTag, precedence, tag_of, tagged, untagged
from tests.wire.captures import CDP_FRAME, vlan_tagged

UDP = build_udp_frame(UdpFrame("001646C0FFEE", "F" * 12, "0.0.0.0", "255.255.255.255", 68, 67, b"x"))
TAGS = st.builds(VlanTag, st.integers(0, 4095), st.integers(0, 7))


def test_a_tag_stands_after_the_macs() -> None:
    assert tagged(UDP, VlanTag(10)) == vlan_tagged(UDP)
    assert tagged(UDP, VlanTag(110, 5))[12:16] == bytes.fromhex("8100a06e")


@given(st.binary(min_size=14, max_size=80), TAGS)
def test_a_tag_is_read_as_it_was_written(frame: bytes, tag: VlanTag) -> None:
    assert untagged(tagged(frame, tag)) == (tag, frame)


@pytest.mark.parametrize("frame", [b"", UDP, UDP[:12], CDP_FRAME, UDP[:12] + b"\x81\x00\x00"])
def test_a_frame_without_a_tag_stays_as_it_is(frame: bytes) -> None:
    assert untagged(frame) == (None, frame)


def test_the_kernels_control_field_is_a_tag() -> None:
    assert tag_of(0xA06E) == VlanTag(110, 5)
    assert tag_of(0x1000 | 7) == VlanTag(7)


@pytest.mark.parametrize(("service", "priority"), [(0x00, 0), (0x60, 3), (0xA0, 5), (0xFF, 7)])
def test_the_priority_of_a_packet_is_its_precedence(service: int, priority: int) -> None:
    assert precedence(UDP[:15] + bytes([service]) + UDP[16:]) == priority
    assert precedence(CDP_FRAME) == 0
    assert precedence(UDP[:15]) == 0
