"""The changes that an Asterisk needs only once, besides ringup's files.

They are an account for ringup on the manager interface, and lines that leave only one voicemail module.
"""

from dataclasses import dataclass
from pathlib import Path

from ringup.asterisk import console
from ringup.asterisk.file_change import FileChange
from ringup.asterisk.manager_account import MANAGER_FILE, account_change
from ringup.asterisk.voicemail_modules import MODULES_FILE, difference, without_rivals
from ringup.errors import InstallError, OutsideError
from ringup.site.model import Pbx

RESTART = "asterisk -rx 'core restart gracefully'"


@dataclass(frozen=True, slots=True)
class Preparation:
    """The files to write once, and the reasons why some of them cannot be written."""

    account: FileChange | None = None
    modules: FileChange | None = None
    obstacles: tuple[OutsideError, ...] = ()
    """The reasons why the account or the modules cannot be changed; ringup's own files can be written
    nevertheless.
    """

    @property
    def changes(self) -> tuple[FileChange, ...]:
        """Return the files to write."""
        return tuple(change for change in (self.account, self.modules) if change is not None)


def prepared(pbx: Pbx, etc: Path, *, fix_modules: bool | None = None) -> Preparation:
    """Return the changes that this Asterisk needs.

    `fix_modules` decides whether modules.conf gets its lines. If it is None, they are added only if
    Asterisk's console shows that they are needed.
    """
    obstacles: list[OutsideError] = []
    account = modules = None
    try:
        account = account_change(pbx, etc)
    except OutsideError as error:
        obstacles.append(error)
    try:
        modules = _modules(etc, fix_modules)
    except OutsideError as error:
        obstacles.append(error)
    return Preparation(account, modules, tuple(obstacles))


def sentences(preparation: Preparation) -> list[str]:
    """Return sentences about the changes; the operator reads them before the changes are made."""
    said = []
    if preparation.account is not None:
        said.append(
            f"{preparation.account.path} gets an account for ringup in Asterisk's manager interface, usable "
            "only on this machine. The site stores its password."
        )
    if preparation.modules is not None:
        said += [
            "Asterisk loads several voicemail modules, of which only the first can work. The others are "
            "switched off:",
            difference(preparation.modules),
            "Then Asterisk restarts, if no call is up.",
        ]
    elif preparation.account is not None:
        said.append("Then Asterisk reloads its files, without a restart.")
    return said


def refuse_during_calls(preparation: Preparation) -> None:
    """Raise OutsideError if Asterisk has to be restarted and a call is in progress."""
    if preparation.modules is not None:
        console.refuse_during_calls()


def make_effective(preparation: Preparation) -> None:
    """Make Asterisk read the written files; if its modules change, Asterisk restarts. Raises OutsideError."""
    if preparation.modules is not None:
        console.restart()
    elif preparation.account is not None:
        console.reload_manager()


def _modules(etc: Path, fix: bool | None) -> FileChange | None:
    if fix is False or (fix is None and not (_runs_here(etc) and console.lacks_voicemail())):
        return None
    change = without_rivals(etc)
    if change is None and fix is None:
        raise InstallError(
            "switching off further voicemail modules",
            f"{etc / MODULES_FILE} does so already.",
            f"Restart it: {RESTART}",
        )
    return change


def _runs_here(etc: Path) -> bool:
    """Return whether this is the complete folder of an Asterisk on this machine, whose console should
    answer.
    """
    return (etc / MODULES_FILE).exists() and (etc / MANAGER_FILE).exists()
