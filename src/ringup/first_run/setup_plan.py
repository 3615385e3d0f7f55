"""The plan of `ringup init`: records, Asterisk's files, firmware and settings, before anything is changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from ringup.asterisk.file_change import FileChange
from ringup.asterisk.install import planned_files
from ringup.asterisk.manager_account import USER, secret_in
from ringup.asterisk.preparation import Preparation, prepared
from ringup.change.plan import Plan
from ringup.change.site import planned_alteration
from ringup.errors import Problem, SiteErrors
from ringup.finding import ERROR
from ringup.firmware.filing import InstallPlan
from ringup.firmware.filing import plan as plan_filing
from ringup.firmware.package import read_packages
from ringup.firmware.source import read_source
from ringup.first_run.here import Here
from ringup.first_run.packages import newest_sip
from ringup.first_run.question import NO, YES, Answers
from ringup.first_run.records import Account, follow_answers
from ringup.first_run.settings_file import wanted_settings, with_settings
from ringup.site.rows import Plain


@dataclass(frozen=True, slots=True)
class NewFirmware:
    """The files of a package for the firmware folder."""

    load: str
    """The load for the site."""
    files: Mapping[str, bytes]
    filing: InstallPlan

    @property
    def added(self) -> tuple[str, ...]:
        """Return the names of the files that are written."""
        return (*self.filing.new, *self.filing.replaced)


@dataclass(frozen=True, slots=True)
class SetupPlan:
    """All that `ringup init` would change."""

    here: Here
    answers: Answers
    records: Plan
    asterisk: Preparation
    """What Asterisk needs once: the account, and lines of modules.conf."""
    files: Sequence[FileChange]
    """ringup's files in Asterisk's folder, and the lines that include them."""
    firmware: NewFirmware | None
    settings: FileChange | None
    """The settings file; None if it does not exist or does not change."""
    account: Account

    @property
    def load(self) -> str:
        """Return the load of the new package; empty if there is none."""
        return self.firmware.load if self.firmware else ""

    @property
    def asterisk_changes(self) -> tuple[FileChange, ...]:
        """Return every file of Asterisk's folder that changes."""
        return (*self.files, *self.asterisk.changes)

    @property
    def etc(self) -> Path | None:
        """Return the folder into which ringup writes Asterisk's files; None if it writes none."""
        freepbx = self.here.asterisk and self.here.asterisk.is_freepbx
        return Path(self.answers["etc"]) if self.answers["etc"] and not freepbx else None

    def alter(self, data: Plain) -> None:
        """Alter the plain form of the site as planned."""
        follow_answers(data, self.here, self.answers, self.load, self.account)

    def __bool__(self) -> bool:
        has_firmware = self.firmware is not None and bool(self.firmware.added)
        return bool(self.records or self.asterisk_changes or has_firmware or self.settings)


def setup_plan(
    here: Here, answers: Answers, database: str, firmware: Path, settings: Path | None
) -> SetupPlan:
    """Return the plan for these answers; `settings` is the settings file, if there is one.

    Raises SiteErrors with all mistakes of the records or the package, and InstallError if a file cannot be
    read.
    """
    package = _new_firmware(answers["package"], firmware) if answers["package"] else None
    asterisk = _preparation(here, answers)
    account = (USER, secret_in(asterisk.account)) if asterisk.account else None
    alter = partial(
        follow_answers, here=here, answers=answers, load=package.load if package else "", account=account
    )
    planned = planned_alteration(database, alter)
    etc = planned.after.pbx.etc
    return SetupPlan(
        here,
        answers,
        planned.plan,
        asterisk,
        planned_files(planned.after, Path(etc)) if etc else (),
        package,
        _settings_change(answers, settings),
        account,
    )


def _preparation(here: Here, answers: Answers) -> Preparation:
    """Return what Asterisk needs once; nothing for FreePBX, or for an Asterisk on another machine."""
    found = here.asterisk
    if not answers["etc"] or (found and found.is_freepbx):
        return Preparation()
    needed = prepared(
        here.site.pbx, Path(answers["etc"]), fix_modules=None if answers["fix_modules"] == YES else False
    )
    return Preparation(None, needed.modules) if answers["account"] == NO else needed


def _new_firmware(source: str, folder: Path) -> NewFirmware:
    files = read_source(Path(source).expanduser())
    contents = read_packages(files, source)
    if (package := newest_sip(contents.usable())) is None:
        refused = [each.problem for each in contents.all_findings() if each.severity is ERROR]
        nothing = Problem("--package", f"{source} holds no SIP firmware for the 7940 or 7960.",
                          "Name Cisco's zip, or the folder into which you unpacked it.")  # fmt: skip
        raise SiteErrors(refused or [nothing])
    own = {name: files[name] for each in contents.usable() for name, _ in each.files}
    try:
        return NewFirmware(package.load, own, plan_filing(own, folder, replace=False))
    except SiteErrors as error:
        replacing = f"Keep it, or replace it: ringup firmware add --replace {source}"
        raise SiteErrors(replace(each, cure=replacing) for each in error.problems) from error


def _settings_change(answers: Answers, path: Path | None) -> FileChange | None:
    if path is None:
        return None
    before = path.read_bytes()
    after = with_settings(before.decode(), wanted_settings(answers)).encode()
    return FileChange(path, before, after) if after != before else None
