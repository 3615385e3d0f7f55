"""The errors that ringup raises; each states where the error is, what is wrong, and what to do."""

import errno
import os
from collections.abc import Iterable
from dataclasses import dataclass


class RingupError(Exception):
    """The base class of ringup's errors; it is never raised itself."""


class WireError(RingupError):
    """Bytes that do not have the expected format."""

    def __init__(self, what: str, offset: int) -> None:
        super().__init__(f"{what} (at byte {offset})")
        self.what = what
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in the operator's input."""

    where: str
    """A file and line (``phones.csv:14``), a flag (``--load``) or a record (``phone 001646C0FFEE``)."""
    what: str
    cure: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what} {self.cure}".rstrip()


class SiteErrors(RingupError):
    """The operator's records have mistakes; all of them are reported at once, and nothing was changed."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UnsafeChange(RingupError):
    """An unsafe change was not approved; nothing was changed."""

    def __init__(self, reasons: Iterable[str], cure: str) -> None:
        self.reasons = tuple(reasons)
        self.cure = cure
        super().__init__(" ".join((*self.reasons, "Nothing was changed.", cure)).rstrip())


class OutsideError(RingupError):
    """The system or another program refused: what ringup tried, the reply, and the cure."""

    def __init__(self, tried: str, answer: str, cure: str) -> None:
        super().__init__(f"{tried}: {answer} {cure}".rstrip())
        self.tried = tried
        self.answer = answer
        self.cure = cure


class InstallError(OutsideError):
    """A file that belongs to the PBX, to a package or to a sandbox could not be installed."""


class AmiRefused(OutsideError):
    """Asterisk's manager interface refused a login or an action."""


class BindError(OutsideError):
    """A socket could not be opened on the requested address, port or interface."""


class StoreError(OutsideError):
    """The database could not be opened, migrated or written."""


class NoAccess(StoreError):
    """This user may not read or write the database. Members of `group` may, if `group` is not empty."""

    def __init__(self, tried: str, answer: str, group: str) -> None:
        super().__init__(tried, answer, "")
        self.group = group


class NoSiteYet(StoreError):
    """The database does not exist or is empty; the first change creates the site."""


class NoKeyYet(StoreError):
    """The key that encrypts a site's secrets does not exist yet, and this user may not create it."""


class ChangedMeanwhile(StoreError):
    """Another program committed a revision after this change was prepared; nothing was written."""


def disk_is_full(error: object) -> bool:
    """Return whether a write failed because the disk, or this user's quota, is full."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def no_space_left(path: str | os.PathLike[str]) -> tuple[str, str]:
    """Return the message and the cure for a full disk, with the folder where it is mounted."""
    place = os.path.realpath(path)
    while not os.path.ismount(place):
        place = os.path.dirname(place)  # noqa: PTH120
    return f"No space left on {place}.", f"Free space there: df -h {place}"


def by_system(error: OSError, path: str | os.PathLike[str], cure: str) -> tuple[str, str]:
    """Return the system's error text about a file, and a cure.

    The cure is the given one, unless the disk is full.
    """
    return no_space_left(path) if disk_is_full(error) else (f"{error.strerror or error}.", cure)


def for_root(command: str) -> str:
    """Return a command that needs root, as this user has to type it: unchanged, with `sudo`, or with `su`.

    `su -` sets root's PATH, which contains `sysctl` and `chroot`.
    """
    import shlex  # importing shutil takes 5 ms, and most commands do not need it
    import shutil

    if os.geteuid() == 0:
        return command
    return f"sudo {command}" if shutil.which("sudo") else f"su - -c {shlex.quote(command)}"
