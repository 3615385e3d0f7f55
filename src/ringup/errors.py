"""The errors that ringup raises: each says where, what, and what to do."""

import errno
import os
from collections.abc import Iterable
from dataclasses import dataclass


class RingupError(Exception):
    """The root of all our errors; never raised itself."""


class WireError(RingupError):
    """Bytes that are not what they claim to be."""

    def __init__(self, what: str, offset: int) -> None:
        super().__init__(f"{what} (at byte {offset})")
        self.what = what
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in what the operator gave us."""

    where: str
    """A file and line (``phones.csv:14``), a flag (``--load``) or a record (``phone 001646C0FFEE``)."""
    what: str
    cure: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what} {self.cure}".rstrip()


class SiteErrors(RingupError):
    """The operator's records have mistakes; all of them are named at once and nothing was changed."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UnsafeChange(RingupError):
    """A change that asks first was not approved; nothing was changed."""

    def __init__(self, reasons: Iterable[str], cure: str) -> None:
        self.reasons = tuple(reasons)
        self.cure = cure
        super().__init__(" ".join((*self.reasons, "Nothing was changed.", cure)).rstrip())


class OutsideError(RingupError):
    """The world outside said no: what was tried, what it said, and what to do next."""

    def __init__(self, tried: str, answer: str, cure: str) -> None:
        super().__init__(f"{tried}: {answer} {cure}".rstrip())
        self.tried = tried
        self.answer = answer
        self.cure = cure


class InstallError(OutsideError):
    """A file of the PBX, a package or a sandbox could not be put in place."""


class AmiRefused(OutsideError):
    """Asterisk's manager interface refused a login or an action."""


class BindError(OutsideError):
    """A socket could not be opened on the address, port or interface asked for."""


class StoreError(OutsideError):
    """The database could not be opened, migrated or written."""


class NoAccess(StoreError):
    """This user may not read or write the database; `group` is the one whose members may, or empty."""

    def __init__(self, tried: str, answer: str, group: str) -> None:
        super().__init__(tried, answer, "")
        self.group = group


class NoSiteYet(StoreError):
    """There is no database, or an empty one; the first change makes the site."""


class NoKeyYet(StoreError):
    """The key that encrypts a site's secrets is not made yet, and this user may not make it."""


class ChangedMeanwhile(StoreError):
    """Another program committed a revision after this change was prepared; nothing was written."""


def disk_is_full(error: object) -> bool:
    """Whether the system refused to write because the disk, or this user's share of it, is full."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def no_space_left(path: str | os.PathLike[str]) -> tuple[str, str]:
    """Return the answer and the cure for a full disk, by the folder that it is mounted at."""
    place = os.path.realpath(path)
    while not os.path.ismount(place):
        place = os.path.dirname(place)  # noqa: PTH120
    return f"No space left on {place}.", f"Free some: df -h {place}"


def by_system(error: OSError, path: str | os.PathLike[str], cure: str) -> tuple[str, str]:
    """Return what the system said about a file, and the cure: this one, unless the disk is full."""
    return no_space_left(path) if disk_is_full(error) else (f"{error.strerror or error}.", cure)


def for_root(command: str) -> str:
    """Return a command that needs root as this user can type it: as it is, after sudo, or for `su`.

    `su -` has root's PATH, where `sysctl` and `chroot` are.
    """
    import shlex  # with shutil, 5 ms that most commands do without
    import shutil

    if os.geteuid() == 0:
        return command
    return f"sudo {command}" if shutil.which("sudo") else f"su - -c {shlex.quote(command)}"
