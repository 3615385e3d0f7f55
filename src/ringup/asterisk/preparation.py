"""What Asterisk needs once besides our files: an account for ringup, and one voicemail module alone."""

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
    """What is to be written once, and what is in the way of it."""

    account: FileChange | None = None
    modules: FileChange | None = None
    obstacles: tuple[OutsideError, ...] = ()
    """Why the one or the other cannot be done; our own files do not depend on it."""

    @property
    def changes(self) -> tuple[FileChange, ...]:
        """Return the files to write."""
        return tuple(change for change in (self.account, self.modules) if change is not None)


def prepared(pbx: Pbx, etc: Path, *, fix_modules: bool | None = None) -> Preparation:
    """Return what this Asterisk lacks.

    `fix_modules` says whether modules.conf gets its lines; none: if Asterisk, asked on its console, needs
    them.
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
    """Return what will be done, for the operator to read before it is done."""
    said = []
    if preparation.account is not None:
        said.append(
            f"An account for ringup in Asterisk's manager interface, for this machine alone, goes into "
            f"{preparation.account.path}; its password goes into the site."
        )
    if preparation.modules is not None:
        said += [
            "Asterisk loads several voicemail modules, of which only the first can work; the others go:",
            difference(preparation.modules),
            "Then Asterisk is restarted, if no call is up.",
        ]
    elif preparation.account is not None:
        said.append("Then Asterisk reads its files; nothing is restarted.")
    return said


def refuse_during_calls(preparation: Preparation) -> None:
    """Raise OutsideError if Asterisk has to be restarted while a call is up."""
    if preparation.modules is not None:
        console.refuse_during_calls()


def make_effective(preparation: Preparation) -> None:
    """Make Asterisk read what was written: by a restart if its modules change. Raises OutsideError."""
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
            "leaving one voicemail module", f"{etc / MODULES_FILE} does so already.", f"Restart it: {RESTART}"
        )
    return change


def _runs_here(etc: Path) -> bool:
    """Return whether this is a whole folder of Asterisk's, so that its console is worth asking."""
    return (etc / MODULES_FILE).exists() and (etc / MANAGER_FILE).exists()
