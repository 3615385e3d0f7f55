"""The results of a request for a file: the file, or why this requester gets none."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class File:
    """A file to send."""

    name: str
    """The file's true name; the requester may have spelt it differently."""
    data: bytes
    source: str
    """Where the file came from, and what was unusual about the request, as a text for the operator."""
    for_all: bool = False
    """True if every requester of this name gets these bytes."""


@dataclass(frozen=True, slots=True)
class Absent:
    """The file does not exist, like most names of a phone's hunt."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The file exists, but not for this requester."""

    reason: str


Found = File | Absent | Refused
