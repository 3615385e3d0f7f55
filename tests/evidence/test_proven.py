"""A phone's next request proves that it received a file."""

import pytest

from ringup.events import Event, FileSent
from ringup.journey.follow import fold
from tests.evidence.logs import MAC, PHONE, at, kinds, reading

OWN = f"SIP{MAC}.cnf"
HEALTHY = (
    f"CTLSEP{MAC}.tlv", f"SEP{MAC}.cnf.xml", "P0S3-8-12-00.loads", "P0S3-8-12-00.sb2", "SIPDefault.cnf", OWN,
    "RINGLIST.DAT", "dialplan.xml",
)  # fmt: skip


def log(*names: str, step: int = 2) -> str:
    return "".join(
        f"Nov 27 11:05:{number * step:02d} pbx in.tftpd[7]: RRQ from {PHONE} filename {name}\n"
        for number, name in enumerate(names)
    )


def sent(text: str) -> list[Event]:
    return [event for event in reading(text).events if isinstance(event, FileSent)]


def test_a_healthy_boot_in_a_log_of_requests_reaches_its_own_file() -> None:
    assert sent(log(*HEALTHY)) == [
        FileSent(at(11, 5, 6), MAC, "P0S3-8-12-00.loads", PHONE, -1, 2.0),
        FileSent(at(11, 5, 8), MAC, "P0S3-8-12-00.sb2", PHONE, -1, 2.0),
        FileSent(at(11, 5, 12), MAC, OWN, PHONE, -1, 2.0),
    ]
    assert fold(reading(log(*HEALTHY)).events)[MAC].stage == "own_file"


def test_an_own_file_that_is_requested_again_is_not_proven() -> None:
    assert not sent(log("SIPDefault.cnf", OWN, OWN, OWN))


@pytest.mark.parametrize("name", ["SIPDefault.cnf", f"CTLSEP{MAC}.tlv", OWN])
def test_other_requests_prove_nothing(name: str) -> None:
    assert not sent(log(OWN, name))


def test_a_file_whose_outcome_was_logged_is_not_proven_again() -> None:
    absent = f"Nov 27 11:05:01 pbx in.tftpd[7]: sending NAK (1, File not found) to {PHONE}\n"
    text = log(OWN) + absent + log("RINGLIST.DAT", step=3).replace("11:05:00", "11:05:03")
    assert kinds(text) == ["FileRequested", "FileNotFound", "FileRequested"]
