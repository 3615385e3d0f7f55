"""Find and read a file of the operator, without following another user's link."""

from pathlib import Path

from ringup.errors import InstallError, for_root


def real_file(path: Path) -> Path:
    """Return the path of the operator's file; a link to it is followed only if both have the same owner.

    Asterisk's user owns the folder. Its links to another user's files are not followed, because root would
    then write to those files.
    """
    if not path.is_symlink():
        return path
    target = path.resolve()
    if not target.exists() or target.stat().st_uid != path.lstat().st_uid:
        raise InstallError(
            f"writing {path}",
            f"it is a link to {target}, which has another owner.",
            "Replace the link by a file.",
        )
    return target


def read_file(path: Path) -> bytes | None:
    """Return the bytes of a file, None if it does not exist; raises InstallError if it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        cure = f"Run this once, as root: {for_root('ringup pbx install')}"
        raise InstallError(f"reading {path}", f"{error.strerror}.", cure) from error
