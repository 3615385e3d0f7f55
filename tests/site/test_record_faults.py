"""Faults of a record: the fact and the cure stay separate up to the problem that the operator reads."""

import pytest

from ringup.phone.fault import FaultCode, ValueFault
from ringup.site.record_faults import FaultyRecord, fault_of_country, fault_of_keys, fault_of_other_load
from ringup.site.zones import posix_rule

CURE = "Write other_loads like `30018: SIP41.8-5-4S`."


def test_more_lines_than_keys_is_a_fault_of_the_model() -> None:
    fact = "has 2 line keys, 3 lines are given."
    assert fault_of_keys("7940", 3) == ValueFault(FaultCode.TOO_MANY_LINES, "a 7940", fact, "Remove some.")
    assert fault_of_keys("7940", 2) is None
    assert fault_of_keys("7960", 6) is None


@pytest.mark.parametrize(
    ("number", "load", "code", "fact"),
    [
        ("x", "SIP41.8-5-4S", FaultCode.NO_MODEL, "is not the number of a model."),
        ("7", "SIP41.8-5-4S", FaultCode.OWN_MODEL, "is the 7960's, which runs the site's load."),
        (
            "30018",
            "a b",
            FaultCode.NO_LOAD,
            "cannot name 'a b': a load has up to 64 letters, digits and signs.",
        ),
    ],
)
def test_loads_of_other_models_have_faults_with_a_code(
    number: str, load: str, code: FaultCode, fact: str
) -> None:
    assert fault_of_other_load(number, load) == ValueFault(code, f"loadInformation{number}", fact, CURE)
    assert fault_of_other_load("30018", "SIP41.8-5-4S") is None


def test_an_unknown_zone_is_one_sentence_and_its_cure_another() -> None:
    with pytest.raises(FaultyRecord) as raised:
        posix_rule("Narnia")
    assert raised.value.what == "time zone 'Narnia' is unknown."
    assert raised.value.cure == "Write one like Europe/London."


def test_a_country_has_a_numbering_plan() -> None:
    fault = fault_of_country("XX")
    assert fault is not None
    assert (fault.code, fault.what) == (FaultCode.NO_COUNTRY, "the country XX has no numbering plan.")
    assert [fault_of_country(code) for code in ("", "DE", "US")] == [None] * 3
