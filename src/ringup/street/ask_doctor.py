"""Play a street with one fault, then diagnose its phone from the data that the server stored."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from ringup.doctor.diagnose import diagnose
from ringup.doctor.verdict import CERTAIN, Diagnosis
from ringup.events import to_record
from ringup.fleet.evidence import evidence_of, omitted_events
from ringup.fleet.glance import read_fleet
from ringup.street.faults import FAULTS
from ringup.street.script import Act, FlashState, Script
from ringup.street.seeds import LOAD, SharedFolder, opened, set_going

LATEST_BEGIN = 90.0
"""Seconds after the power-on within which the fault begins: in the boot, or soon after it."""
ASK_AFTER, ASK_AFTER_BOOTS = 300.0, 700.0
"""Seconds after the fault begins; the second for images: a phone tries a damaged one in several boots."""


@dataclass(frozen=True, slots=True)
class Case:
    """A fault in one street."""

    fault: str
    """A key of FAULTS; empty: nothing goes wrong."""
    seed: int
    flash: FlashState

    @property
    def begins(self) -> float:
        """Return when the fault begins, in seconds after the power-on."""
        return Random(self.seed).uniform(0.1, LATEST_BEGIN)  # noqa: S311 - a script's dice, not a secret


@dataclass(frozen=True, slots=True)
class Answer:
    """The doctor's diagnosis of one case, and the truth."""

    case: Case
    diagnosis: Diagnosis
    is_in_service: bool
    """True if the phone itself is registered."""
    trace: tuple[str, ...]
    """The reason why the PBX is lost, and the phone's stored events, word for word: the events alone cannot
    distinguish faults with the same trace.
    """

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the causes, the surest first."""
        return tuple(verdict.code for verdict in self.diagnosis.verdicts)

    def is_right(self, expected: Collection[str]) -> bool:
        """Return whether the first cause is expected.

        No cause is right where none is expected, where the phone is in service, and while it is on its way
        under a fault that only delays it.
        """
        if not self.codes:
            is_late = self.diagnosis.state in ("on_the_way", "too_early") and not self._hides_registration
            return self.is_in_service or is_late or not expected
        return self.codes[0] in expected

    @property
    def _hides_registration(self) -> bool:
        return bool(self.case.fault) and FAULTS[self.case.fault].hides_registration

    def is_wrong_and_certain(self, expected: Collection[str]) -> bool:
        """Return whether a cause that is not expected is called certain."""
        certain = {verdict.code for verdict in self.diagnosis.verdicts if verdict.confidence is CERTAIN}
        return not certain.issubset(expected)


def ask(case: Case, stage: SharedFolder, place: Path) -> Answer:
    """Play the case in an empty folder and ask about its phone."""
    row = FAULTS.get(case.fault)
    script = Script(case.seed, 1, case.flash, "pjsip", _acts(case))
    with opened(script, stage, place) as (street, _properties):
        (mac,) = street.phones
        set_going(street, script)
        street.run(case.begins + (ASK_AFTER_BOOTS if row and row.where == "firmware" else ASK_AFTER))
        engine, now = street.server.database, street.server_time
        fleet = read_fleet(engine, now)
        evidence = evidence_of(
            engine,
            fleet,
            stage.sites[1],
            mac,
            now,
            loads=(LOAD,),
            omitted=omitted_events(engine),
        )
        trace = (evidence.pbx_lost, *(str(to_record(event)) for event in evidence.events))
        return Answer(case, diagnose(evidence), street.phones[mac].registered, trace)


def _acts(case: Case) -> tuple[Act, ...]:
    return (Act(case.fault, case.begins, 0.0, case.seed),) if case.fault else ()


def classes(answers: Iterable[Answer]) -> dict[Case, frozenset[str]]:
    """Return for each case the faults that left the same trace on the same street."""
    by_trace: dict[tuple[int, FlashState, tuple[str, ...]], set[str]] = {}
    answers = list(answers)
    for each in answers:
        by_trace.setdefault(_street_and_trace(each), set()).add(each.case.fault)
    return {each.case: frozenset(by_trace[_street_and_trace(each)]) for each in answers}


def expected(faults: Iterable[str]) -> set[str]:
    """Return the codes of the causes that the rows of these faults name."""
    return {code for fault in faults if fault for code in FAULTS[fault].verdicts}


def _street_and_trace(answer: Answer) -> tuple[int, FlashState, tuple[str, ...]]:
    return answer.case.seed, answer.case.flash, answer.trace
