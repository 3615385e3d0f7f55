"""What asking for a file comes to: the file, or why there is none for this requester."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class File:
    """A file to send."""

    name: str
    """Its true name; the requester may have spelt it otherwise."""
    data: bytes
    source: str
    """Where it comes from, and what was odd about the request, in the operator's words."""
    for_all: bool = False
    """Whether everybody who asks for it by this name is sent these bytes."""


@dataclass(frozen=True, slots=True)
class Absent:
    """There is no such file; most names of a phone's hunt are."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """There is such a file, but not for this requester."""

    reason: str


Found = File | Absent | Refused
