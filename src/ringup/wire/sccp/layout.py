"""Read and write the fields of SCCP messages: fixed offsets, little-endian numbers, texts padded with NULs.

A message is a dataclass, and one of the functions below sets the format of each field. A body may be shorter
than its message, because older phones send fewer fields: a missing field keeps its default. Bytes after the
last field are ignored (P-SCCP-3).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from ipaddress import IPv4Address
from typing import Any, TypeVar

from ringup.errors import WireError

TEXT = "iso-8859-1"
Message = TypeVar("Message")


@dataclass(frozen=True, slots=True)
class FieldKind:
    """The format of one field, with the functions that read and write it."""

    size: int
    """Number of bytes."""
    read: Callable[[bytes], Any]
    write: Callable[[Any], bytes]
    may_be_cut: bool = False
    """True if the body may end inside the field: servers shorten a text at the end (P-SCCP-32)."""


@dataclass(frozen=True, slots=True)
class Items:
    """The format of a counted list, which is the last field of its message."""

    item: type
    capacity: int
    """Maximum number of items."""
    is_part: bool
    """True if an offset precedes the count and a total follows it, because the list may come in parts."""
    is_padded: bool
    """True if the list is always sent at full size, with zeros instead of missing items."""


def uint(size: int = 4, default: int = 0) -> Any:
    """Return a field for an unsigned little-endian number of `size` bytes."""
    kind = FieldKind(
        size, lambda data: int.from_bytes(data, "little"), lambda value: value.to_bytes(size, "little")
    )
    return field(default=default, metadata={"kind": kind})


def chars(size: int) -> Any:
    """Return a field of `size` bytes for a text that ends at the first NUL; a longer text is cut."""
    kind = FieldKind(
        size,
        lambda data: data.partition(b"\0")[0].decode(TEXT),
        lambda value: value.encode(TEXT, "replace")[: size - 1].ljust(size, b"\0"),
        may_be_cut=True,
    )
    return field(default="", metadata={"kind": kind})


def ipv4() -> Any:
    """Return a field for an IPv4 address in network order."""
    kind = FieldKind(4, lambda data: str(IPv4Address(data)), lambda value: IPv4Address(value).packed)
    return field(default="0.0.0.0", metadata={"kind": kind})


def raw(size: int) -> Any:
    """Return a field of bytes that ringup does not interpret."""
    return field(default=bytes(size), metadata={"kind": FieldKind(size, bytes, bytes)})


def items(item: type, capacity: int, *, is_part: bool = False, is_padded: bool = False) -> Any:
    """Return a field for a list of at most `capacity` items."""
    return field(default=(), metadata={"kind": Items(item, capacity, is_part, is_padded)})


def read(kind_of_message: type[Message], body: bytes) -> Message:
    """Return the message in this body; raises WireError for a body that ends inside a field."""
    values: dict[str, Any] = {}
    offset = 0
    for name, kind in _places(kind_of_message):
        if offset == len(body):
            break
        if isinstance(kind, Items):
            values[name] = tuple(_items(kind, body, offset))
            break
        size = min(kind.size, len(body) - offset) if kind.may_be_cut else kind.size
        values[name] = kind.read(_taken(body, offset, size, name))
        offset += size
    return kind_of_message(**values)


def write(message: object) -> bytes:
    """Return the body of this message; raises WireError for a list with too many items."""
    return b"".join(_written(kind, getattr(message, name)) for name, kind in _places(type(message)))


def _places(kind_of_message: Any) -> tuple[tuple[str, FieldKind | Items], ...]:
    return tuple((each.name, each.metadata["kind"]) for each in fields(kind_of_message))


def _size(item: Any) -> int:
    return sum(kind.size for _name, kind in _places(item) if isinstance(kind, FieldKind))


def _taken(body: bytes, offset: int, size: int, name: str) -> bytes:
    if offset + size > len(body):
        raise WireError(f"{name} needs {size} bytes, {len(body) - offset} are left", offset)
    return body[offset : offset + size]


def _items(kind: Items, body: bytes, offset: int) -> Iterator[Any]:
    """Yield the items of a list; the count is checked against the capacity before any item is read."""
    offset += 4 if kind.is_part else 0
    count = int.from_bytes(_taken(body, offset, 4, "the count"), "little")
    if count > kind.capacity:
        raise WireError(f"{count} items, where {kind.capacity} fit", offset)
    offset += 8 if kind.is_part else 4
    size = _size(kind.item)
    for number in range(count):
        yield read(kind.item, _taken(body, offset + number * size, size, kind.item.__name__))


def _written(kind: FieldKind | Items, value: Any) -> bytes:
    if isinstance(kind, FieldKind):
        return kind.write(value)
    if len(value) > kind.capacity:
        raise WireError(f"{len(value)} items, where {kind.capacity} fit", 0)
    count = len(value).to_bytes(4, "little")
    head = bytes(4) + count + count if kind.is_part else count
    body = b"".join(write(item) for item in value)
    padding = (kind.capacity - len(value)) * _size(kind.item) if kind.is_padded else 0
    return head + body + bytes(padding)
