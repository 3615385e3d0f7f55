"""Carry out the plan of `ringup init`: firmware, the settings file, then records with Asterisk's files.

Strategy: the records are committed as one revision, whose first steps write Asterisk's files and make
Asterisk read them. If a step fails, all files and the revision are put back. Only firmware that was added
before stays, because a load that no record names changes nothing.
"""

from collections.abc import Sequence
from pathlib import Path

from ringup.asterisk.file_change import FileChange
from ringup.asterisk.install import install, remove
from ringup.asterisk.preparation import Preparation, make_effective, refuse_during_calls
from ringup.change.carry_out import Step, carry_out
from ringup.change.pbx_steps import may_write, reload_channels
from ringup.change.site import change_site
from ringup.change.stored_site import stored_site
from ringup.errors import InstallError, by_system
from ringup.firmware.filing import install_package
from ringup.first_run.setup_plan import SetupPlan
from ringup.site.model import Site

SUMMARY = "ringup init"


def carried_out(plan: SetupPlan, database: str, firmware: Path) -> list[str]:
    """Make all changes of a plan; return a sentence per change.

    Raises OutsideError before the first change if Asterisk must restart and a call is up.
    """
    refuse_during_calls(plan.asterisk)
    said = []
    if plan.firmware and plan.firmware.added:
        install_package(plan.firmware.files, firmware, plan.firmware.filing)
        said.append(f"Added {len(plan.firmware.added)} files of {plan.firmware.load} to {firmware}.")
    if plan.settings:
        _write(plan.settings)
        said.append(f"Wrote {plan.settings.path}.")
    try:
        return said + _records(plan, database)
    except BaseException:
        if plan.settings:
            plan.settings.undo()
        raise


def _records(plan: SetupPlan, database: str) -> list[str]:
    steps = _Preparing(plan.etc, plan.asterisk).steps() if plan.etc and plan.asterisk_changes else ()
    if plan.records:
        done = change_site(database, plan.alter, SUMMARY, lambda _plan: None, first_steps=lambda _plan: steps)
        return [*done.done, f"Revision {done.revision.id}."]
    if not steps:
        return []
    site = stored_site(database)
    return list(carry_out(steps, site, site))


class _Preparing:
    """Writes what Asterisk needs once; each step puts everything back when it is called a second time."""

    def __init__(self, etc: Path, preparation: Preparation) -> None:
        self._etc = etc
        self._preparation = preparation
        self._has_written = self._is_effective = False

    def steps(self) -> Sequence[Step]:
        return (
            Step("writing Asterisk's files", self._write),
            Step("making Asterisk read its files", self._make_effective),
        )

    def _write(self, site: Site) -> str:
        if self._has_written:
            self._put_back(site)
            return ""
        self._has_written = True
        changed = install(site, self._etc, self._preparation.changes)
        return f"Wrote {len(changed)} files in {self._etc}: {', '.join(changed)}." if changed else ""

    def _put_back(self, site: Site) -> None:
        if may_write(site.pbx):
            install(site, self._etc)
        else:
            remove(self._etc)
        for change in self._preparation.changes:
            change.undo()

    def _make_effective(self, site: Site) -> str:
        make_effective(self._preparation)
        if self._is_effective:
            return ""
        self._is_effective = True
        return reload_channels(site.channels(), site)


def _write(change: FileChange) -> None:
    try:
        change.make()
    except OSError as error:
        answer, cure = by_system(error, change.path, "Run this as root.")
        raise InstallError(f"writing {change.path}", answer, cure) from error
