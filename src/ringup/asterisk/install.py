"""Write ringup's files into a folder inside Asterisk's, and include each of them from an operator's file.

All texts are rendered before the first file is changed. If a change fails, all changes are undone. The first
change of an operator's file keeps a copy of it as ``<name>.before-ringup``. Root installs once. From then on,
the server's user writes only ringup's files, and needs no right to read or write the operator's files.
"""

import errno
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from ringup.asterisk.drift import BY_HAND, WRITTEN, Digests, digest, digests, is_by_hand, list_change
from ringup.asterisk.file_change import BACKUP, PREVIOUS, FileChange
from ringup.asterisk.freepbx import refuse_freepbx
from ringup.asterisk.include_lines import including, is_empty, needs_the_file, without
from ringup.asterisk.manager_account import removed_account
from ringup.asterisk.operators_file import read_file, real_file
from ringup.asterisk.own_folder import alone_in, make_own_folder, own_folder
from ringup.asterisk.voicemail_modules import MODULES_FILE, with_rivals
from ringup.errors import InstallError, SiteErrors, by_system, for_root
from ringup.render.pbx_files import PBX_FILES, REALTIME, PbxFile, wanted
from ringup.site.model import Site


def contents(site: Site) -> dict[str, str]:
    """Return every file of ringup by its name; raises InstallError if Asterisk's files cannot hold a
    record.
    """
    with _as_install_error():
        return {file.name: file.render(site) for file in wanted(site)}


@contextmanager
def _as_install_error() -> Iterator[None]:
    try:
        yield
    except (SiteErrors, ValueError) as error:
        raise InstallError("making Asterisk's files", str(error), "Nothing was changed.") from error


def fingerprint(site: Site) -> bytes:
    """Return a digest of ringup's files and realtime rows; while it is unchanged, no reload is needed.

    Raises InstallError as `contents` does.
    """
    digest = sha256()
    with _as_install_error():
        rows = REALTIME.render(site)
    for name, text in (*contents(site).items(), (REALTIME.name, rows)):
        digest.update(f"{name}\0{len(text)}\0{text}".encode())
    return digest.digest()


def install(
    site: Site,
    etc: Path,
    also: Sequence[FileChange] = (),
    last: Callable[[], None] = lambda: None,
    *,
    overwrite: bool = False,
) -> list[str]:
    """Write the files that differ, and the changes in `also`.

    Returns the changed files, relative to `etc`, in the order of their changes. `last` is called when all
    files are written; if it raises, all changes are undone. A file that was changed by hand is overwritten
    only if the site has a new text for it, or with `overwrite`. A copy of the overwritten file is kept as
    ``<name>.by-hand``.
    """
    if not etc.is_dir():
        raise InstallError(
            f"writing Asterisk's files to {etc}",
            "there is no such folder.",
            "Set pbx.etc to Asterisk's folder.",
        )
    refuse_freepbx(etc)
    texts = contents(site)
    return _carried_out(lambda: (*_changes(texts, etc, overwrite=overwrite), *also), etc, last)


def to_write(site: Site, etc: Path, *, overwrite: bool = False) -> list[str]:
    """Return the files that `install` would write now, relative to `etc`.

    Raises InstallError as `install` does.
    """
    return [_name_in(etc, change.path) for change in planned_files(site, etc, overwrite=overwrite)]


def planned_files(site: Site, etc: Path, *, overwrite: bool = False) -> list[FileChange]:
    """Return the changes that `install` would make now, ringup's own files first.

    Raises InstallError as `install` does.
    """
    refuse_freepbx(etc)
    changes = _changes(contents(site), etc, overwrite=overwrite)
    return [change for change in changes if change.path.name != WRITTEN]


def remove(etc: Path) -> list[str]:
    """Remove ringup's files and every line that includes them; return the changed files, relative to `etc`.

    A file that contained only ringup's line is deleted. A copy that is equal to the operator's present file
    is deleted too.
    """
    folder = own_folder(etc)
    changed = _carried_out(lambda: _removal(etc), etc)
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
    return changed


def _removal(etc: Path) -> Sequence[FileChange]:
    undone = (*_changes({}, etc, overwrite=True), *removed_account(etc), *with_rivals(etc))
    changes = {change.path: replace(change, previous=False) for change in undone}
    for path in (real_file(etc / name) for name in (*(file.included_by for file in PBX_FILES), MODULES_FILE)):
        copy = _backup_of(path)
        kept, left = read_file(copy), changes[path].after if path in changes else read_file(path)
        if kept is None or left not in (kept, kept + b"\n"):
            continue
        if path in changes:
            changes[path] = replace(changes[path], after=kept)
        changes[copy] = FileChange(copy, kept, None)
    for file in PBX_FILES:
        for ending in (PREVIOUS, BY_HAND):
            copy = own_folder(etc) / f"{file.name}{ending}"
            changes.pop(copy, None)
            if (kept := read_file(copy)) is not None:
                changes[copy] = FileChange(copy, kept, None)
    return tuple(changes.values())


def _backup_of(path: Path) -> Path:
    return path.with_name(path.name + BACKUP)


def _carried_out(
    planned: Callable[[], Sequence[FileChange]], etc: Path, last: Callable[[], None] = lambda: None
) -> list[str]:
    """Make the changes that `planned` returns; a failure undoes all of them.

    A lock keeps other programs from writing at the same time.
    """
    folder = own_folder(etc)
    if not folder.is_dir() and not planned():
        return []
    done: list[FileChange] = []
    made = False
    try:
        made = make_own_folder(etc)
        with alone_in(folder):
            _remove_unfinished(folder)
            for change in planned():
                done.append(change)
                change.make()
            last()
    except BaseException as error:
        for change in reversed(done):
            change.undo()
        if made:
            folder.rmdir()
        if not isinstance(error, OSError):
            raise
        where = done[-1].path if done else folder
        answer, cure = by_system(error, etc, _cure(error))
        raise InstallError(f"writing {where}", answer, f"Nothing was changed. {cure}".rstrip()) from error
    return [_name_in(etc, change.path) for change in done if change.path.name != WRITTEN]


def _remove_unfinished(folder: Path) -> None:
    """Remove temporary files that a killed program left, because they may contain passwords."""
    for name in (*(file.name for file in PBX_FILES), WRITTEN):
        for path in folder.glob(f".{name}.*"):
            path.unlink()


def _name_in(etc: Path, path: Path) -> str:
    """Return the path relative to the folder.

    A link may lead to a file outside the folder; then only the file's name is returned.
    """
    return str(path.relative_to(etc)) if path.is_relative_to(etc) else path.name


def _cure(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return f"Run this once, as root: {for_root('ringup pbx install')}"
    if (
        error.errno == errno.EROFS
    ):  # systemd lets the service write only to paths that existed when the service started
        return f"If the folder is new, restart the service: {for_root('systemctl restart ringup')}"
    return ""


def _changes(texts: Mapping[str, str], etc: Path, *, overwrite: bool = False) -> list[FileChange]:
    """Return the changes in this order: ringup's files, the lines that include them, then files to delete.

    In this order, no line ever includes a missing file.
    """
    folder = own_folder(etc)
    known, left = digests(folder), set[str]()
    mine: list[FileChange] = []
    theirs: dict[Path, FileChange] = {}
    gone: list[FileChange] = []
    for file in PBX_FILES:
        text = texts.get(file.name)
        own = folder / file.name
        change = FileChange(own, read_file(own), None if text is None else text.encode(), previous=True)
        if not overwrite and _stays(known, file.name, change):
            left.add(file.name)
        else:
            gone_or_mine = gone if text is None else mine
            gone_or_mine += [*_copy_by_hand(known, file.name, change), change]
        is_there = change.before is not None
        if line := _line_change(file, etc, theirs, wanted=text is not None, is_there=is_there):
            theirs[line.path] = line
        earlier = etc / file.name
        gone.append(FileChange(earlier, read_file(earlier), None))
    changes = (list_change(folder, texts, frozenset(left)), *mine, *theirs.values(), *gone)
    return [change for change in changes if change.before != change.after]


def _stays(known: Digests, name: str, change: FileChange) -> bool:
    """Return whether a file was changed by hand and the site has no new text for it, so that the file
    stays.
    """
    if change.before is None or change.after is None or not is_by_hand(known, name, change.before):
        return False
    return change.before != change.after and known[name][-1:] == (digest(change.after),)


def _copy_by_hand(known: Digests, name: str, change: FileChange) -> list[FileChange]:
    """Return the change that keeps a copy of a file that was changed by hand, before the file is
    overwritten.
    """
    if change.before in (None, change.after) or not is_by_hand(known, name, change.before or b""):
        return []
    path = change.path.with_name(name + BY_HAND)
    return [FileChange(path, read_file(path), change.before)]


def _line_change(
    file: PbxFile, etc: Path, earlier: Mapping[Path, FileChange], *, wanted: bool, is_there: bool
) -> FileChange | None:
    """Return the change of the operator's file.

    None if the file needs no change, or if this user may not read it and root has already added the line.
    `earlier` are the changes of this installation so far, because one operator's file may include two of
    ringup's.
    """
    path = real_file(etc / file.included_by)
    try:
        disk = read_file(path)
    except InstallError:
        if is_there or not wanted:  # a #tryinclude line does no harm when its file is missing
            return None
        raise
    before = earlier[path].after if path in earlier else disk
    if wanted:
        return FileChange(
            path, disk, including(before or b"", file.name, file.sections, file.before), backup=True
        )
    if before is None or (not needs_the_file(before, file.name) and not os.access(path.parent, os.W_OK)):
        return earlier.get(path)
    after = without(before, file.name)
    made_by_us = is_empty(after, file.sections) and after != disk and not _backup_of(path).exists()
    return FileChange(path, disk, None if made_by_us else after)
