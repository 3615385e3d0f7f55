"""ringup's account for Asterisk's manager interface.

It is a file in the folder `manager.d`, which manager.conf has to include.
"""

import re
import secrets
from pathlib import Path

from ringup.asterisk.file_change import FileChange
from ringup.asterisk.include_lines import included_names
from ringup.asterisk.operators_file import read_file
from ringup.errors import InstallError, for_root
from ringup.site.model import Pbx

MANAGER_FILE = "manager.conf"
ACCOUNT_FILE = "manager.d/ringup.conf"
USER = "ringup"
RIGHTS = "system,call,command,config,reporting,security,user"
FIRST_LINE = "; Written by `ringup pbx install`; `ringup pbx remove` removes it.\n"
SECRET_BYTES = 24

_BY_HAND = "ringup site set pbx.manager_user=ringup pbx.manager_secret=-"
LOCAL_HOSTS = ("127.0.0.1", "localhost")
_ENABLED = re.compile(rb"(?mi)^\s*enabled\s*=>?\s*(yes|true|y|t|1|on)\b")
_SECTION = re.compile(rf"(?m)^\s*\[{USER}\]".encode())


def new_secret() -> str:
    """Return a password for the account: 32 letters, digits, ``-`` and ``_``."""
    return secrets.token_urlsafe(SECRET_BYTES)


def account_text(secret: str) -> str:
    """Return the text of the file with the account; only programs on this machine can use the account."""
    return (
        f"{FIRST_LINE}[{USER}]\nsecret = {secret}\ndeny = 0.0.0.0/0.0.0.0\n"
        f"permit = 127.0.0.1/255.255.255.255\n"
        f"read = {RIGHTS}\nwrite = {RIGHTS}\n"
    )


def account_change(pbx: Pbx, etc: Path) -> FileChange | None:
    """Return the file to write.

    None if the site already has an account, or if Asterisk runs on another machine. Raises InstallError if
    manager.conf does not include the file or switches the manager interface off. Raises it too if the
    operator has an account of the same name.
    """
    manager = read_file(etc / MANAGER_FILE)
    if manager is None or pbx.manager_user not in ("", USER) or pbx.manager_host not in LOCAL_HOSTS:
        return None
    path = etc / ACCOUNT_FILE
    before = read_file(path)
    if _has_operators_account(etc, manager):
        if pbx.manager_user:
            return None
        raise _refused(
            etc, f"the operator has an account [{USER}].", f"Store its secret in the site: {_BY_HAND}"
        )
    _check_manager_file(etc, manager)
    after = account_text(pbx.manager_secret or new_secret()).encode()
    if pbx.manager_user and before == after:
        return None
    return FileChange(path, before, after, owners=etc / MANAGER_FILE)


def secret_in(change: FileChange) -> str:
    """Return the password in a file that `account_change` made."""
    return str(re.findall(r"(?m)^secret = (\S+)$", (change.after or b"").decode())[0])


def removed_account(etc: Path) -> list[FileChange]:
    """Return the removal of ringup's file; empty if the file does not exist, or if ringup did not write
    it.
    """
    before = read_file(etc / ACCOUNT_FILE)
    return [FileChange(etc / ACCOUNT_FILE, before, None)] if _is_ours(before) else []


def _has_operators_account(etc: Path, manager: bytes) -> bool:
    texts = [manager]
    for path in (etc / ACCOUNT_FILE).parent.glob("*.conf"):
        text = read_file(path) or b""
        texts += [] if path == etc / ACCOUNT_FILE and _is_ours(text) else [text]
    return any(_SECTION.search(text) for text in texts)


def _is_ours(text: bytes | None) -> bool:
    return text is not None and text.startswith(FIRST_LINE.encode())


def _check_manager_file(etc: Path, manager: bytes) -> None:
    folder = (etc / ACCOUNT_FILE).parent
    if folder.is_symlink() or not folder.is_dir():
        raise _refused(etc, f"{folder} is not a folder.", f"Create it: {for_root(f'mkdir {folder}')}")
    if f"{folder.name}/*.conf" not in included_names(manager):
        raise _refused(
            etc,
            f"it does not include {folder.name}.",
            f'Add this line to it: #include "{folder.name}/*.conf"',
        )
    if not _ENABLED.search(manager):
        raise _refused(etc, "the interface is off.", "Write enabled = yes below [general].")


def _refused(etc: Path, answer: str, cure: str) -> InstallError:
    return InstallError(f"adding a manager account to {etc}", answer, cure)
