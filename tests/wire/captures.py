"""Packets from captures."""

CDP_FRAME = bytes.fromhex(
    "01000ccccccc" "001646c0ffee" "007c" "aaaa0300000c2000" "02b40000"
    "0001" "0013" "534950303031363436433046464545"
    "0002" "0011" "00000001" "0101cc0004" "0a00000b"
    "0003" "000a" "506f72742031"
    "0004" "0008" "00000010"
    "0005" "0010" "503030332d30382d322d3030"
    "0006" "0017" "436973636f2049502050686f6e652037393630"
    "000f" "0008" "20020001"
    "000b" "0005" "01"
    "0010" "0006" "189c"
)  # fmt: skip
"""The announcement of a SIP 7960 (P-CDP-1, P-CDP-2)."""

CDP_QUERY = CDP_FRAME[:24] + bytes.fromhex("f3f1") + bytes.fromhex(
    CDP_FRAME[26:].hex().replace(b"001646C0FFEE".hex(), b"001122334455".hex()).replace("0a00000b", "c0a80121")
)  # fmt: skip
"""The payload of a real SIP 7960's query, with the checksum in a public capture; the MAC is that of
`CDP_FRAME`.
"""


def vlan_tagged(packet: bytes) -> bytes:
    """Return the Ethernet frame with one more tag, of VLAN 10."""
    return packet[:12] + bytes.fromhex("8100000a") + packet[12:]
