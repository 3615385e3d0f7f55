"""The structure of what `--json` prints about firmware and findings."""

from typing import Literal

from pydantic import Field

from ringup.cli.json_form import ObjectForm, Printed
from ringup.finding import Severity

# --- firmware ---------------------------------------------------------------------------------------------


class FirmwareFinding(ObjectForm):
    """One finding about a package."""

    fault: str
    """Its code."""
    where: str
    what: str
    cure: str


class FirmwareFile(ObjectForm):
    """One file of a package."""

    name: str
    size: int
    """Bytes."""


class RequiredByRecord(ObjectForm):
    """The records that require a load."""

    site: bool
    groups: list[str]
    phones: list[str]
    """MACs."""


class PackageRecord(ObjectForm):
    """One package of the folder."""

    load: str
    protocol: str
    version: str
    """The version of the firmware, like `8.12`."""
    models: list[str]
    loader: str
    loader_version: str
    files: list[FirmwareFile]
    size: int
    """Bytes."""
    usable: bool
    signature: str
    findings: list[FirmwareFinding]
    wanted_by: RequiredByRecord


class FirmwareList(Printed):
    """`ringup firmware list --json`"""

    folder: str
    packages: list[PackageRecord]
    missing: list[str]
    """Required loads that are not in the folder."""


class FirmwareChecked(Printed):
    """`ringup firmware check --json`"""

    folder: str
    checked: list[str]
    """Loads."""
    findings: list[FirmwareFinding]


class ReleaseRecord(ObjectForm):
    """One release: its protocol and version, and the name of its load."""

    release: str
    load: str


class NamedIn(ObjectForm):
    """A file that must name the next load."""

    file: str
    text: str


class HopRecord(ObjectForm):
    """One hop of an upgrade path."""

    start: ReleaseRecord = Field(alias="from")
    end: ReleaseRecord = Field(alias="to")
    named_in: list[NamedIn]
    fetched: list[str]
    reason: str
    source: str


class UpgradePath(Printed):
    """`ringup firmware path FROM TO --json`"""

    start: ReleaseRecord = Field(alias="from")
    end: ReleaseRecord = Field(alias="to")
    exists: bool
    reason: str
    source: str
    hops: list[HopRecord]


# --- findings ---------------------------------------------------------------------------------------------


class LintFinding(ObjectForm):
    """One fault in a file."""

    code: str
    severity: Severity
    file: str
    line: int | None
    message: str
    cure: str
    repairable: bool
    """True if `--fix` repairs the finding."""


class Unreadable(ObjectForm):
    """A file that could not be read."""

    file: str
    reason: str


class Lint(Printed):
    """`ringup lint --json`"""

    files: int
    """Files that were read."""
    findings: list[LintFinding]
    unreadable: list[Unreadable]


class LintRule(ObjectForm):
    """One rule of `ringup lint`."""

    code: str
    severity: Severity
    title: str
    repairable: bool


class LintRules(Printed):
    """`ringup lint --rules --json`"""

    rules: list[LintRule]


class DialFinding(ObjectForm):
    """One fault in a dial template."""

    file: str
    severity: Severity
    title: str
    code: str
    line: int
    """The line's number; 0: the finding concerns the complete file."""
    what: str
    cure: str


class DialLint(Printed):
    """`ringup dial lint --json`"""

    findings: list[DialFinding]


class DialStep(ObjectForm):
    """The phone's decision after these digits."""

    keys: str
    """The digits so far."""
    rule: int | None
    """The best rule, counted from 1."""
    match: str | None
    complete: bool
    score: int
    seconds: int
    """Seconds that the phone waits for the next digit."""
    tone: str


class DialTest(Printed):
    """`ringup dial test NUMBER --json`"""

    template: str
    line: int
    keys: str
    steps: list[DialStep]
    dialled: str
    request: str
    """The user part that the phone sends in its INVITE."""
    reason: str
    rule: int | None
    match: str | None
    seconds: int
    unused: str
    """Digits that were dialled after the phone had sent the INVITE."""
    route: str


class CheckFinding(ObjectForm):
    """One fault that would keep phones from working."""

    severity: Severity
    what: str
    cure: str
    commands: list[str]
    """Commands to type, in this order."""


class CheckRecord(ObjectForm):
    """The result of one check."""

    code: str
    subject: str
    state: Literal["sound", "found", "unknown", "waiting"]
    note: str
    """The facts that were found, or why the check could not be done, or the check that must succeed first."""
    found: list[CheckFinding]


class Checked(Printed):
    """`ringup check --json`"""

    ok: bool
    """True if there is no error; warnings do not count."""
    checks: list[CheckRecord]


class PbxDifference(ObjectForm):
    """One difference between Asterisk and the site."""

    code: str
    severity: Severity
    where: str
    """`Asterisk`, or the extension of the line."""
    what: str
    cure: str


class PbxVerified(Printed):
    """`ringup pbx verify --json`"""

    ok: bool
    """True if there is no error and no warning; notes do not count."""
    findings: list[PbxDifference]
