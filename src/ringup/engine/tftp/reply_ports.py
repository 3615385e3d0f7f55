"""The server's port for each client's transfers, chosen by a secret: a client's port reveals nothing about
another client's.

Strategy: a secret multiplier sends an address to one of 65,536 places (multiply-shift hashing of
Dietzfelbinger and others, 1997: two addresses meet with a probability of at most 2/65,536), and each place
has a random byte. So the ports of any addresses are as good as independent, whoever chose the addresses. C
does the same with one multiplication (`port_for` in `serve/tftp/fast/tftp_known.c`), so both
choose alike without asking each other.
"""

from ringup.wire.ipv4 import number_of

PLACES = 1 << 16
"""Number of places: addresses of one /16 network rarely meet, and 64 KB fit a processor's cache."""

_MULTIPLIER_BYTES = 8
_MODULUS = 1 << 64
_SHIFT = 48

SECRET_BYTES = _MULTIPLIER_BYTES + PLACES
"""Number of random bytes of one start."""


class ReplyPortChoice:
    """Chooses by the client's address alone, so a client learns one port, however many of its own it uses."""

    def __init__(self, secret: bytes) -> None:
        """`secret` is SECRET_BYTES long."""
        self.multiplier = int.from_bytes(secret[:_MULTIPLIER_BYTES], "big") | 1
        """An odd number of 64 bits."""
        self.choices = secret[_MULTIPLIER_BYTES:]
        """One byte for each place."""

    def among(self, count: int, address: str) -> int:
        """Return a number from 0 to `count` - 1 for this address, always the same."""
        return self.choices[self.multiplier * number_of(address) % _MODULUS >> _SHIFT] % count
