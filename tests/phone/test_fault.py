"""A fault in a value: its code, its subject, its fact and its cure."""

from ringup.phone.fault import FaultCode, ValueFault
from ringup.phone.firmware import check_load
from ringup.phone.parameters import check

FAULT = ValueFault(FaultCode.ODD, "start_media_port", "is 16385.", "It must be even.")


def test_the_sentences_are_made_of_the_fields() -> None:
    assert FAULT.what == "start_media_port is 16385."
    assert str(FAULT) == "start_media_port is 16385. It must be even."
    assert check("start_media_port", "16385") == FAULT


def test_the_same_fault_is_told_of_what_has_another_name() -> None:
    load = check_load("P0S3-8-12-00.sb2")
    assert load
    assert load.what == "load 'P0S3-8-12-00.sb2' has an extension."
    assert load.of("loadInformation7").what == "loadInformation7 'P0S3-8-12-00.sb2' has an extension."
    assert load.of("Load").cure == load.cure == "Write P0S3-8-12-00."
