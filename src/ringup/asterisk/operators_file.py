"""Find and read an operator's file without following a link of another user."""

from pathlib import Path

from ringup.errors import InstallError, for_root


def real_file(path: Path) -> Path:
    """Return the path of the operator's file; a link is followed only if the link and the file have the same
    owner.

    Asterisk's user owns the folder and could make a link to a file of another user. Root would then write to
    that file, so such a link is not followed.
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
    """Return the bytes of a file, or None if it does not exist; raises InstallError if it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        cure = f"Run this once, as root: {for_root('ringup pbx install')}"
        raise InstallError(f"reading {path}", f"{error.strerror}.", cure) from error
