"""The forms of `ringup why --json`."""

from typing import Literal

from pydantic import Field

from ringup.cli.json_form import ObjectForm, Printed
from ringup.cli.json_site_forms import EventRecord
from ringup.doctor.rules.table import RULES
from ringup.journey.stages import STAGES


class VerdictRecord(ObjectForm):
    """One cause that fits."""

    code: str = Field(json_schema_extra={"enum": list(RULES)})
    confidence: Literal["certain", "likely", "possible"]
    what: str
    """The problem, as one sentence."""
    cause: str
    cure: str
    commands: list[str]
    """The lines to type after `cure`, in this order."""
    apart: str
    """The observation that distinguishes this cause from other causes that fit; empty: no other
    cause fits.
    """
    evidence: list[EventRecord]
    """The events that prove the cause, oldest first."""


class DiagnosisRecord(ObjectForm):
    """The diagnosis of one phone: its stage, and each cause that may keep it there."""

    mac: str
    state: Literal["in_service", "on_the_way", "too_early", "stuck", "never_heard"]
    stage: str = Field(json_schema_extra={"enum": [stage.key for stage in STAGES]})
    stage_title: str
    since: float
    """The time at which the phone reached its stage; 0: the phone was never seen."""
    summary: str
    """The surest cause, or the state, in one line."""
    last_good: EventRecord | None
    """The last event that shows progress."""
    expected_next: str
    """The titles of the stages that should follow; empty: no further stage is expected."""
    overdue_seconds: float
    """Seconds in an overdue stage, below 0 if the clock was set back; 0: nothing is overdue."""
    verdicts: list[VerdictRecord]
    """Every cause that fits, the surest first."""
    collect: list[str]
    """Sentences and commands for collecting more evidence, if no cause is known."""
    not_asked: list[str]
    """Facts that the doctor did not look up, each with the reason; the cause may be among them."""


class WhyPhone(Printed, DiagnosisRecord):
    """`ringup why PHONE --json`"""


class CauseGroup(ObjectForm):
    """The phones with the same cause."""

    code: str
    """Empty: no cause is known."""
    summary: str
    phones: list[str]
    """MACs."""


class Why(Printed):
    """`ringup why --json`"""

    causes: list[CauseGroup]
    """The most frequent first; phones in service are in none."""
    phones: list[DiagnosisRecord]
    """Every phone that is not in service, in the order of `ringup status`."""


class EvidenceFile(ObjectForm):
    """The result of reading one file."""

    name: str
    kind: str
    """``text`` or ``capture``; ``compressed text`` or ``compressed capture``."""
    lines: int
    """Lines, or packets of a capture."""
    unread: int
    """Number of lines that mention phones but match no form."""
    forms: dict[str, int]
    """The number of lines or packets of each form of log that was found."""
    problem: str
    """The reason why nothing was read; empty: the file was read."""


class ForeignPhone(DiagnosisRecord):
    """A phone in logs or captures; `mac` is its address if they show no MAC."""

    address: str
    """Its last address; empty while unknown."""
    attempts: int
    """The number of boots."""
    first_at: float
    """The time at which the phone was first seen; in a file without times, a thousandth of its line number,
    in seconds.
    """


class WhyFiles(Printed):
    """`ringup why FILE --json`"""

    files: list[EvidenceFile]
    is_timed: bool
    """False: the files have no times, only the order of their lines."""
    omitted: int
    """Events that were left out: the oldest of the phones with the most events."""
    phones: list[ForeignPhone]
    others: list[str]
    """MACs and addresses of other devices, perhaps not phones."""
