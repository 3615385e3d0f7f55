"""Find files of ringup in Asterisk's folder that were changed by hand.

A list beside the files holds the digests of what ringup wrote last and before. It is written before the
files, so that a program that is killed half-way leaves no file that looks changed by hand. Without the list,
which earlier versions did not write, nothing is known, and nothing is reported.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ringup.asterisk.file_change import FileChange
from ringup.asterisk.operators_file import read_file
from ringup.asterisk.own_folder import own_folder
from ringup.render.pbx_files import PBX_FILES

WRITTEN = "written.json"
"""The name of the list."""

BY_HAND = ".by-hand"
"""Ends the name of the copy of a file that was changed by hand and then overwritten."""

KEPT = 2
"""Number of digests per file: of the latest text, and of the one before."""

Digests = Mapping[str, tuple[str, ...]]
"""By file, the latest last."""


@dataclass(frozen=True, slots=True)
class Drift:
    """One file of ringup that holds something else than what ringup wrote."""

    name: str
    text: str
    """The contents of the file, which may include secrets."""

    def __repr__(self) -> str:
        return f"Drift({self.name!r})"


def drift(etc: Path) -> tuple[Drift, ...]:
    """Return the files that were changed by hand; raises InstallError where they cannot be read."""
    folder = own_folder(etc)
    known = digests(folder)
    found = {name: read_file(folder / name) for name in known}
    return tuple(
        Drift(name, data.decode(errors="replace"))
        for name, data in found.items()
        if data is not None and is_by_hand(known, name, data)
    )


def is_by_hand(known: Digests, name: str, data: bytes) -> bool:
    """Return whether ringup wrote this file, but not these bytes."""
    return name in known and digest(data) not in known[name]


def digests(folder: Path) -> Digests:
    """Return the digests of what ringup wrote; empty if the list is missing or cannot be read."""
    try:
        listed = json.loads(read_file(folder / WRITTEN) or b"{}")
        own = {file.name for file in PBX_FILES}
        return {name: tuple(map(str, kept)) for name, kept in listed.items() if name in own}
    except (ValueError, AttributeError, TypeError):
        return {}


def list_change(folder: Path, texts: Mapping[str, str], left: frozenset[str]) -> FileChange:
    """Return the change of the list for these texts; files that are `left` as they are keep their digests."""
    known = digests(folder)
    listed = {name: list(known[name]) for name in left if name in known}
    for name, text in texts.items():
        if name not in left:
            new = digest(text.encode())
            listed[name] = [*(each for each in known.get(name, ()) if each != new), new][-KEPT:]
    path = folder / WRITTEN
    after = json.dumps(listed, sort_keys=True).encode() if listed else None
    return FileChange(path, read_file(path), after)


def digest(data: bytes) -> str:
    """Return the digest by which a text is known."""
    return sha256(data).hexdigest()
