"""A file of the operator's: found without following another user's link, and read."""

from pathlib import Path

from ringup.errors import InstallError, for_root


def real_file(path: Path) -> Path:
    """Return the operator's file itself where this is their link to it.

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


def read_file(path: Path) -> bytes | None:
    """Return what a file holds, none if it is not there; raises InstallError where it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        cure = f"As root, once: {for_root('ringup pbx install')}"
        raise InstallError(f"reading {path}", f"{error.strerror}.", cure) from error
