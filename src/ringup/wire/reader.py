"""A bounded cursor over bytes: every read stays inside its bounds, every error names its offset."""

from collections.abc import Iterator
from contextlib import contextmanager

from ringup.errors import WireError


class Reader:
    """Reads big-endian fields from the front of a buffer; raises WireError if the buffer ends early."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.offset = 0
        self._end = len(data)

    @property
    def remaining(self) -> int:
        """Return the number of bytes before the current bound."""
        return self._end - self.offset

    def take(self, count: int, what: str) -> bytes:
        """Return the next `count` bytes; `what` names the field in an error."""
        if not 0 <= count <= self.remaining:
            raise WireError(f"{what} needs {count} bytes, {self.remaining} are left", self.offset)
        start = self.offset
        self.offset += count
        return self._data[start : self.offset]

    def uint8(self, what: str) -> int:
        """Return one unsigned byte."""
        return self.take(1, what)[0]

    def uint16(self, what: str) -> int:
        """Return two bytes as a big-endian number."""
        return int.from_bytes(self.take(2, what), "big")

    def uint32(self, what: str) -> int:
        """Return four bytes as a big-endian number."""
        return int.from_bytes(self.take(4, what), "big")

    def rest(self) -> bytes:
        """Return all bytes up to the current bound."""
        return self.take(self.remaining, "the rest")

    def until_nul(self, what: str) -> bytes:
        """Return the bytes before the next NUL, and skip the NUL; a missing NUL is an error."""
        end = self._data.find(b"\0", self.offset, self._end)
        if end < 0:
            raise WireError(f"{what} has no NUL at its end", self.offset)
        text = self._data[self.offset : end]
        self.offset = end + 1
        return text

    @contextmanager
    def restricted_to(self, count: int, what: str) -> Iterator[None]:
        """Limit all reads to the next `count` bytes, which must be used up when the block ends."""
        if not 0 <= count <= self.remaining:
            raise WireError(f"{what} claims {count} bytes, {self.remaining} are left", self.offset)
        outer, self._end = self._end, self.offset + count
        try:
            yield
            if self.remaining:
                raise WireError(f"{what} has {self.remaining} bytes more than its fields", self.offset)
        finally:
            self._end = outer
