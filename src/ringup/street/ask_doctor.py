"""Simulate a site (a street) with one fault, then let `ringup doctor` diagnose its phone from the stored
events.
"""

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
"""Maximum seconds from power-on until the fault begins: during the boot, or soon after it."""
ASK_AFTER, ASK_AFTER_BOOTS = 300.0, 700.0
"""Seconds from the beginning of the fault until the doctor is asked. The second is for damaged images,
because a phone tries one in several boots.
"""


@dataclass(frozen=True, slots=True)
class Case:
    """One fault on one street, as a test of the doctor."""

    fault: str
    """A key of FAULTS; empty: the street has no fault."""
    seed: int
    flash: FlashState

    @property
    def begins(self) -> float:
        """Return when the fault begins, in seconds after the power-on."""
        return Random(self.seed).uniform(0.1, LATEST_BEGIN)  # noqa: S311 - a script's dice, not a secret


@dataclass(frozen=True, slots=True)
class Answer:
    """The doctor's diagnosis of one case, and facts about the phone that do not come from the server."""

    case: Case
    diagnosis: Diagnosis
    is_in_service: bool
    """True if the phone is registered, by its own account."""
    trace: tuple[str, ...]
    """The reason why ringup lost the PBX, and the phone's stored events as text. Faults that leave the same
    trace cannot be distinguished by any rule.
    """

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the codes of the causes, the most certain first."""
        return tuple(verdict.code for verdict in self.diagnosis.verdicts)

    def is_right(self, expected: Collection[str]) -> bool:
        """Return whether the doctor's first cause is an expected one.

        An answer without a cause is right if none is expected, if the phone is in service, or if it is still
        booting under a fault that only delays it.
        """
        if not self.codes:
            is_late = self.diagnosis.state in ("on_the_way", "too_early") and not self._hides_registration
            return self.is_in_service or is_late or not expected
        return self.codes[0] in expected

    @property
    def _hides_registration(self) -> bool:
        return bool(self.case.fault) and FAULTS[self.case.fault].hides_registration

    def is_wrong_and_certain(self, expected: Collection[str]) -> bool:
        """Return whether the doctor calls a cause certain that is not expected."""
        certain = {verdict.code for verdict in self.diagnosis.verdicts if verdict.confidence is CERTAIN}
        return not certain.issubset(expected)


def ask(case: Case, stage: SharedFolder, place: Path) -> Answer:
    """Simulate the case in an empty folder, and diagnose its phone."""
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
    """Return, for each case, all faults that left the same trace on the same street."""
    by_trace: dict[tuple[int, FlashState, tuple[str, ...]], set[str]] = {}
    answers = list(answers)
    for each in answers:
        by_trace.setdefault(_street_and_trace(each), set()).add(each.case.fault)
    return {each.case: frozenset(by_trace[_street_and_trace(each)]) for each in answers}


def expected(faults: Iterable[str]) -> set[str]:
    """Return the codes of the causes that the table FAULTS expects for these faults."""
    return {code for fault in faults if fault for code in FAULTS[fault].verdicts}


def _street_and_trace(answer: Answer) -> tuple[int, FlashState, tuple[str, ...]]:
    return answer.case.seed, answer.case.flash, answer.trace
