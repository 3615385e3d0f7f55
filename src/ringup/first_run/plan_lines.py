"""Describe the plan of `ringup init` in lines: firmware, records, files with their diffs, then Asterisk."""

from collections.abc import Iterator
from difflib import unified_diff

from ringup.asterisk.file_change import FileChange
from ringup.asterisk.voicemail_modules import MODULES_FILE
from ringup.change.plan_text import file_line
from ringup.first_run.asterisk_questions import voicemail_lines
from ringup.first_run.setup_plan import SetupPlan
from ringup.render.masked import masked


def outside_lines(plan: SetupPlan) -> Iterator[str]:
    """Yield the changes outside the records: firmware, Asterisk's files, the operator's files with diffs."""
    if plan.firmware and plan.firmware.added:
        yield f"firmware: {plan.firmware.load}, {len(plan.firmware.added)} files are added"
    for change in plan.asterisk_changes:
        yield from _file(change)
    if plan.settings:
        yield from _file(plan.settings)
    if plan.asterisk.modules:
        yield from _MODULES
    elif plan.here.asterisk and plan.here.asterisk.lacks_voicemail and plan.etc:
        yield from voicemail_lines()
        yield "To let ringup write them and restart Asterisk, add --fix-modules."
    if plan.asterisk.account and not plan.asterisk.modules:
        yield "Then Asterisk reloads its files, without a restart."
    for obstacle in plan.asterisk.obstacles:
        yield f"Left out: {obstacle}"


_MODULES = (
    f"{MODULES_FILE} is a file of Asterisk's package (a conffile): at an upgrade, the package manager asks "
    "whether to keep your version. Keep it.",
    "Then Asterisk restarts, if no call is up.",
)


def generated_lines(plan: SetupPlan) -> Iterator[str]:
    """Yield a line per generated file for phones that changes; `outside_lines` yields those for Asterisk."""
    return (file_line(file) for file in plan.records.files if file.side == "phone")


def _file(change: FileChange) -> Iterator[str]:
    """Yield the diff of an operator's file; one line for a file of ringup, whose text the records decide.

    Only the diff of modules.conf has lines of the operator beside it, because others may contain secrets.
    """
    if change.previous or (change.after is None and not change.backup):
        yield f"{change.path}: {'written' if change.after is not None else 'removed'}"
        return
    before, after = (_lines(text) for text in (change.before, change.after))
    name = str(change.path)
    context = int(change.path.name == MODULES_FILE)
    yield from unified_diff(before, after, name if before else "/dev/null", name, n=context, lineterm="")


def _lines(text: bytes | None) -> list[str]:
    return [masked(line) for line in (text or b"").decode(errors="replace").splitlines()]
