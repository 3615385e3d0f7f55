"""Choose each client's reply port by a secret, so that a client's port reveals nothing about another's.

Strategy: a secret multiplier maps an address to one of 65,536 places (multiply-shift hashing of
Dietzfelbinger and others, 1997: two addresses meet with a probability of at most 2/65,536), and each place
has a random byte. So the ports of any addresses are practically independent, whoever chose the addresses. C
does the same with one multiplication (`port_for` in `serve/tftp/fast/tftp_known.c`), so both choose the same
port.
"""

from ringup.wire.ipv4 import number_of

PLACES = 1 << 16
"""Number of places: addresses of one /16 network rarely meet, and 64 KB fit a processor's cache."""

_MULTIPLIER_BYTES = 8
_MODULUS = 1 << 64
_SHIFT = 48

SECRET_BYTES = _MULTIPLIER_BYTES + PLACES
"""Number of random bytes that a server needs at its start."""


class ReplyPortChoice:
    """Chooses by the client's address alone, so a client learns one port, whatever ports it sends from."""

    def __init__(self, secret: bytes) -> None:
        """`secret` is SECRET_BYTES long."""
        self.multiplier = int.from_bytes(secret[:_MULTIPLIER_BYTES], "big") | 1
        """The secret multiplier, an odd number of 64 bits."""
        self.choices = secret[_MULTIPLIER_BYTES:]
        """One random byte for each place."""

    def among(self, count: int, address: str) -> int:
        """Return a number from 0 to `count` - 1 for this address, always the same."""
        return self.choices[self.multiplier * number_of(address) % _MODULUS >> _SHIFT] % count
