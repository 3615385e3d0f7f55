"""The JSON form of a diagnosis."""

from typing import Any

from ringup.doctor.verdict import Diagnosis, Verdict
from ringup.events import to_record


def diagnosis_record(diagnosis: Diagnosis) -> dict[str, Any]:
    """Return a diagnosis as data for JSON; later versions of ringup only add keys."""
    return {
        "mac": diagnosis.mac,
        "state": diagnosis.state,
        "stage": diagnosis.stage.key,
        "stage_title": diagnosis.stage.title,
        "since": diagnosis.since,
        "summary": diagnosis.summary,
        "last_good": to_record(diagnosis.last_good) if diagnosis.last_good else None,
        "expected_next": diagnosis.expected_next,
        "overdue_seconds": diagnosis.late.seconds if diagnosis.late else 0.0,
        "verdicts": [_verdict(each) for each in diagnosis.verdicts],
        "collect": list(diagnosis.collect),
        "not_asked": [each.text for each in diagnosis.not_asked],
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "code": verdict.code,
        "confidence": verdict.confidence.value,
        "what": verdict.what,
        "cause": verdict.cause,
        "cure": verdict.cure,
        "commands": list(verdict.commands),
        "apart": verdict.apart,
        "evidence": [to_record(event) for event in verdict.evidence],
    }
