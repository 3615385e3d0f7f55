"""Puts our files beside the operator's: ours whole, theirs with one ``#include`` line each.

All texts are rendered before the first file is touched; a failure half-way puts back what was changed. The
operator's file is kept once as ``<name>.before-ringup``.
"""

import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ringup.errors import InstallError, SiteErrors
from ringup.render.extensions_conf import extensions_conf
from ringup.render.pjsip_conf import pjsip_conf
from ringup.render.sip_conf import sip_conf
from ringup.render.voicemail_conf import voicemail_conf
from ringup.site.model import Driver, Site

MODE = 0o640
"""Our files hold secrets: for their owner and the group of the folder, which is Asterisk's."""

BACKUP = ".before-ringup"


@dataclass(frozen=True, slots=True)
class PbxFile:
    """One file of ours and the operator's file that includes it."""

    name: str
    included_by: str
    render: Callable[[Site], str]
    driver: Driver | None = None
    """Only for this driver; none: for both."""


PBX_FILES: tuple[PbxFile, ...] = (
    PbxFile("ringup_pjsip.conf", "pjsip.conf", pjsip_conf, "pjsip"),
    PbxFile("ringup_sip.conf", "sip.conf", sip_conf, "chan_sip"),
    PbxFile("ringup_voicemail.conf", "voicemail.conf", voicemail_conf),
    PbxFile("ringup_extensions.conf", "extensions.conf", extensions_conf),
)


def wanted(site: Site) -> tuple[PbxFile, ...]:
    """The files of the site's driver."""
    return tuple(file for file in PBX_FILES if file.driver in (None, site.pbx.driver))


def contents(site: Site) -> dict[str, str]:
    """Every file of ours by its name; raises InstallError for records that Asterisk's files cannot hold."""
    try:
        return {file.name: file.render(site) for file in wanted(site)}
    except (SiteErrors, ValueError) as error:
        raise InstallError("making Asterisk's files", str(error), "Nothing was changed.") from error


def install(site: Site, etc: Path) -> list[str]:
    """Write what differs; returns the names of the files changed, in the order they were written."""
    if not etc.is_dir():
        raise InstallError(
            f"writing Asterisk's files to {etc}", "there is no such folder.", "Set pbx.etc to Asterisk's own."
        )
    changes = _changes(site, etc)
    done: list[_FileChange] = []
    try:
        for change in changes:
            done.append(change)
            change.make()
    except OSError as error:
        for change in reversed(done):
            change.undo()
        raise InstallError(
            f"writing {changes[len(done) - 1].path}", f"{error.strerror}.", _cure(error, etc)
        ) from error
    return [change.path.name for change in changes]


def _cure(error: OSError, etc: Path) -> str:
    if isinstance(error, PermissionError):
        return f"Run as root, or as a user that may write to {etc}. Nothing was changed."
    return "Nothing was changed."


@dataclass(frozen=True, slots=True)
class _FileChange:
    """One file as it is and as it will be; none: it is not there."""

    path: Path
    before: bytes | None
    after: bytes | None
    backup: bool = False

    def make(self) -> None:
        """Keep the operator's file the first time, then put the new one in its place."""
        kept = self.path.with_name(self.path.name + BACKUP)
        if self.backup and self.before is not None and not kept.exists():
            _put(kept, self.before, like=self.path)
        self._set(self.after)

    def undo(self) -> None:
        """Put it back, as far as the disk allows."""
        try:
            self._set(self.before)
        except OSError:
            # The error that led here is the one to report.
            return

    def _set(self, data: bytes | None) -> None:
        if data is None:
            self.path.unlink(missing_ok=True)
        else:
            _put(self.path, data, like=self.path)


def _changes(site: Site, etc: Path) -> list[_FileChange]:
    """Ours before the line that includes them: Asterisk refuses a whole file whose include is missing."""
    mine: list[_FileChange] = []
    theirs: list[_FileChange] = []
    gone: list[_FileChange] = []
    texts = contents(site)
    for file in PBX_FILES:
        text = texts.get(file.name)
        own = etc / file.name
        change = _FileChange(own, _read(own), None if text is None else text.encode())
        (gone if text is None else mine).append(change)
        operators = _real(etc / file.included_by)
        before = _read(operators)
        after = _including(before or b"", file.name, wanted=text is not None)
        theirs.append(
            _FileChange(operators, before, after if before is not None or after else None, backup=True)
        )
    return [change for change in (*mine, *theirs, *gone) if change.before != change.after]


def _real(path: Path) -> Path:
    """The operator's file itself where this is their link to it.

    Asterisk's user owns the folder: a link of its own to somebody else's file is not followed, as root would
    write there on its behalf.
    """
    if not path.is_symlink():
        return path
    target = path.resolve()
    if not target.exists() or target.stat().st_uid != path.lstat().st_uid:
        raise InstallError(
            f"writing {path}", f"it is a link to {target}, which has another owner.", "Make it a file."
        )
    return target


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InstallError(
            f"reading {path}", f"{error.strerror}.", "Run as root or as Asterisk's user."
        ) from error


def _including(text: bytes, name: str, *, wanted: bool) -> bytes:
    """The operator's file with our line once, or without it; every other byte stays."""
    line = f'#include "{name}"'.encode()
    lines = text.splitlines(keepends=True)
    present = [row for row in lines if row.strip() == line]
    if bool(present) == wanted:
        return text
    if not wanted:
        return b"".join(row for row in lines if row.strip() != line)
    gap = b"" if not text or text.endswith(b"\n") else b"\n"
    return text + gap + line + b"\n"


_INCLUDE = re.compile(r'\s*#(?:try)?include\s+["<]?([^">;]+?)[">]?\s*(?:;.*)?')
_BLOCK_COMMENT = re.compile(r";--(?!-).*?--;", re.DOTALL)


def included_names(text: bytes) -> list[str]:
    """Return what the active ``#include`` and ``#tryinclude`` lines of a file name."""
    active = _BLOCK_COMMENT.sub("", text.decode(errors="replace"))
    return [match[1] for line in active.splitlines() if (match := _INCLUDE.fullmatch(line))]


def _put(path: Path, data: bytes, like: Path) -> None:
    """Replace a file in one step, on disk when it returns; owner and mode stay, or follow the folder."""
    model = like.stat(follow_symlinks=False) if like.is_file() and not like.is_symlink() else None
    folder = path.parent.stat()
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(handle, MODE if model is None else model.st_mode & 0o7777)
            _give(
                handle, *((folder.st_uid, folder.st_gid) if model is None else (model.st_uid, model.st_gid))
            )
            os.fsync(handle)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _give(handle: int, owner: int, group: int) -> None:
    """Root gives it to Asterisk's user; others may only choose among their own groups."""
    now = os.fstat(handle)
    if (now.st_uid, now.st_gid) == (owner, group):
        return
    try:
        os.fchown(handle, owner if os.geteuid() == 0 else -1, group)
    except OSError:
        # We may write to the folder without being in its group, or its owner is not in our user namespace.
        return


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
