"""Read the file with the key of a site's secrets, or make a new one.

The file holds 32 bytes in base64.
"""

import grp
import os
import stat
import tempfile
from base64 import b64decode, b64encode
from contextlib import suppress
from pathlib import Path

from ringup.disk import sync_folder
from ringup.errors import NoAccess, NoKeyYet, StoreError, for_root
from ringup.store.encryption import KEY_BYTES, Cipher, new_key
from ringup.store.key_place import SITE_KEY
from ringup.store.place import GROUP

_SHARED = 0o640
_PRIVATE = 0o600


def read_key(path: Path, database: str) -> Cipher:
    """Return the cipher of this file's key; raises StoreError with the file and its purpose."""
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        raise StoreError(
            f"key {path}", f"there is no such file; it decrypts the passwords of {database}.", _BACK
        ) from None
    except PermissionError:
        raise _no_access(path, "read") from None
    except OSError as error:
        raise StoreError(f"key {path}", f"{error.strerror}.", _BACK) from error
    try:
        key = b64decode(text.strip(), validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise StoreError(f"key {path}", f"it does not hold a key for the passwords of {database}.", _BACK)
    return Cipher(key, path)


_BACK = (
    "Restore it from a backup, or set the right file with --key. If it is lost, start again from an earlier"
    " `ringup export --reveal`: ringup apply --new-key site.yaml"
)


def wrong_key(path: Path | str, database: str) -> StoreError:
    """Return the error for a key that did not encrypt the secrets of the database."""
    return StoreError(f"key {path}", f"it is not the key of the passwords of {database}.", _BACK)


def read_or_make_key(path: Path, database: str) -> Cipher:
    """Read the key, or make a new one if there is no file; raises StoreError.

    Several programs that make a key at the same time all get the same key.
    """
    if not _is_there(path):
        try:
            _make(path)
        except PermissionError:
            raise _no_access(path, "write") from None
        except OSError as error:
            raise StoreError(f"key {path}", f"{error.strerror}.", "Name another file with --key.") from error
    return read_key(path, database)


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            _share(handle, path)
            file.write(b64encode(new_key()) + b"\n")
            file.flush()
            os.fsync(handle)
        # This is like a rename, but a file that another program has made meanwhile stays.
        with suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        Path(temporary).unlink()
    sync_folder(path.parent)


def _share(handle: int, path: Path) -> None:
    """Let the group that shares the database read the key."""
    shared = bool(path.parent.stat().st_mode & stat.S_ISGID)
    if path == SITE_KEY and os.geteuid() == 0:
        with suppress(KeyError):
            os.fchown(handle, 0, grp.getgrnam(GROUP).gr_gid)
            shared = True
    os.fchmod(handle, _SHARED if shared else _PRIVATE)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except PermissionError:
        return True  # reading the key will report the error


def _no_access(path: Path, verb: str) -> StoreError:
    if verb == "write":
        cure = f"Make it: {for_root('ringup site show')}" if path == SITE_KEY else "Name another with --key."
        return NoKeyYet(f"key {path}", "this user may not make it, and there is none yet.", cure)
    group = ""
    with suppress(OSError, KeyError):
        group = grp.getgrgid(path.stat().st_gid).gr_name
    return NoAccess(f"key {path}", "this user may not read it.", GROUP if group == GROUP else "")
