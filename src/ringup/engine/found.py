"""The results of a request for a file: the file, or why this requester gets none."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class File:
    """A file to send."""

    name: str
    """Its true name; the requester may have spelt it otherwise."""
    data: bytes
    source: str
    """The file's source, and what was odd about the request, in the operator's words."""
    for_all: bool = False
    """True if every requester of this name is sent these bytes."""


@dataclass(frozen=True, slots=True)
class Absent:
    """There is no such file; most names of a phone's hunt are."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """There is such a file, but not for this requester."""

    reason: str


Found = File | Absent | Refused
