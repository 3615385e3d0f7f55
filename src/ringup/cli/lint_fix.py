"""`ringup lint --fix`: show the difference as a patch, and write the repaired files."""

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from difflib import unified_diff
from pathlib import Path

from ringup.errors import OutsideError, by_system
from ringup.lint.repair import Repaired
from ringup.phone.forced_keys import HIDDEN_ENDING
from ringup.site.mask import MASK

_SECRET = re.compile(rf'({HIDDEN_ENDING}\s*[:=]\s*"?)([^\r\n]*[^"\r\n;\s])')
"""Matches a secret to the end of its line, with any comment: a password may hold a quote or a semicolon."""


def difference(one: Repaired) -> str:
    """Return a unified diff with masked passwords; a new file name is shown as git shows it."""
    lines = list(_hunks(one))
    if one.is_renamed:
        lines = [f"rename from {one.before.path}\n", f"rename to {one.after.path}\n", *lines]
    return "".join(lines)


def _hunks(one: Repaired) -> Iterator[str]:
    before, after = (_shown(file.data) for file in (one.before, one.after))
    for line in unified_diff(before, after, one.before.path, one.after.path):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _shown(data: bytes) -> list[str]:
    """Return lines as a terminal can show them; a CR is ^M, because a CR may be the only difference."""
    text = _SECRET.sub(rf"\1{MASK}", data.decode("latin-1"))
    lines = text.replace("\r", "^M").split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def apply(planned: Iterable[Repaired]) -> None:
    """Write each file completely or not at all, then rename it."""
    for one in planned:
        try:
            if one.after.data != one.before.data:
                _write(Path(one.before.path), one.after.data)
            if one.is_renamed:
                _rename(Path(one.before.path), Path(one.after.path))
        except OSError as error:
            answer, cure = by_system(error, Path(one.before.path).parent, "")
            done = f"Files named before this one are repaired. {cure}".rstrip()
            raise OutsideError(f"repairing {one.before.path}", answer, done) from error


def _rename(old: Path, new: Path) -> None:
    if new.exists() and not new.samefile(old):
        raise OutsideError(f"renaming {old}", f"{new} has appeared meanwhile.", "Run it again.")
    old.rename(new)


def _write(path: Path, data: bytes) -> None:
    """Write a file and keep its owner and mode, so that a TFTP server can still read it."""
    path = path.resolve()
    status = path.stat()
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        with suppress(PermissionError):
            os.chown(name, status.st_uid, status.st_gid)
        Path(name).chmod(status.st_mode & 0o7777)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
