"""The VLAN tag of an Ethernet frame (IEEE 802.1Q)."""

from typing import NamedTuple

ETHERTYPE = 0x8100
_ADDRESSES = 12
"""Bytes of the two MACs before the tag."""
_ETHERTYPE_IPV4 = b"\x08\x00"
_LARGEST_VLAN = 0x0FFF


class VlanTag(NamedTuple):
    """The contents of a tag."""

    vlan: int
    """The number of the VLAN; 0: the tag has only a priority."""
    priority: int = 0
    """The priority, 0 to 7."""


def tagged(frame: bytes, tag: VlanTag) -> bytes:
    """Return the frame with a tag."""
    control = (tag.priority << 13 | tag.vlan).to_bytes(2, "big")
    return frame[:_ADDRESSES] + ETHERTYPE.to_bytes(2, "big") + control + frame[_ADDRESSES:]


def untagged(frame: bytes) -> tuple[VlanTag | None, bytes]:
    """Return the outer tag of a frame, None without one, and the frame without that tag."""
    if frame[_ADDRESSES : _ADDRESSES + 2] != ETHERTYPE.to_bytes(2, "big") or len(frame) < _ADDRESSES + 4:
        return None, frame
    return tag_of(int.from_bytes(frame[14:16], "big")), frame[:_ADDRESSES] + frame[16:]


def tag_of(control: int) -> VlanTag:
    """Return the tag with this control field, the 16 bits that the kernel reports, too."""
    return VlanTag(control & _LARGEST_VLAN, control >> 13)


def precedence(frame: bytes) -> int:
    """Return the IP precedence of an untagged IPv4 frame (RFC 791), 0 to 7; 0 for other frames."""
    is_ipv4 = frame[_ADDRESSES:14] == _ETHERTYPE_IPV4 and len(frame) > 15
    return frame[15] >> 5 if is_ipv4 else 0
