"""Find ringup's files in Asterisk's folder that were changed by hand.

A list in the same folder holds digests: for each file, of the text that ringup wrote last and of the one
before. ringup writes the list before the files. So if it is killed in between, no file looks as if it was
changed by hand. Without the list, which earlier versions did not write, no change is reported.
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
"""The file name of the list."""

BY_HAND = ".by-hand"
"""Suffix of the copy of a file that was changed by hand and then overwritten."""

KEPT = 2
"""Number of digests per file: of the latest text, and of the text before it."""

Digests = Mapping[str, tuple[str, ...]]
"""The digests of each file, by the file's name; the digest of the latest text comes last."""


@dataclass(frozen=True, slots=True)
class Drift:
    """One file of ringup whose contents are not what ringup wrote."""

    name: str
    text: str
    """The contents of the file, which may include secrets."""

    def __repr__(self) -> str:
        return f"Drift({self.name!r})"


def drift(etc: Path) -> tuple[Drift, ...]:
    """Return the files that were changed by hand; raises InstallError if one cannot be read."""
    folder = own_folder(etc)
    known = digests(folder)
    found = {name: read_file(folder / name) for name in known}
    return tuple(
        Drift(name, data.decode(errors="replace"))
        for name, data in found.items()
        if data is not None and is_by_hand(known, name, data)
    )


def is_by_hand(known: Digests, name: str, data: bytes) -> bool:
    """Return whether ringup wrote a file of this name, but not with these contents."""
    return name in known and digest(data) not in known[name]


def digests(folder: Path) -> Digests:
    """Return the digests of the texts that ringup wrote; empty if the list is missing or cannot be read."""
    try:
        listed = json.loads(read_file(folder / WRITTEN) or b"{}")
        own = {file.name for file in PBX_FILES}
        return {name: tuple(map(str, kept)) for name, kept in listed.items() if name in own}
    except (ValueError, AttributeError, TypeError):
        return {}


def list_change(folder: Path, texts: Mapping[str, str], left: frozenset[str]) -> FileChange:
    """Return the change of the list for these texts; the files in `left` are not written and keep their
    digests.
    """
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
    """Return the digest of a text."""
    return sha256(data).hexdigest()
