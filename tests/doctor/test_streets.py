"""The diagnosis of phones on streets with a fault, from the stored events alone."""

from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from ringup.doctor.diagnose import diagnose
from ringup.street.cable import CopyDelays, Datagram, Fault
from tests.doctor.streets import POWER_ON, evidence_on, seen_after
from tests.street.streets import all_registered, mac_of, street


class Row(NamedTuple):
    fault: str
    begins: float
    seconds: float
    fresh: bool
    code: str
    """The code of the first cause; empty for none."""
    quick: bool = True
    """False if only `./test` runs the row, because another row has the same code."""


FROM_THE_START = 0.1
IN_A_CONVERSION = 60.0
IN_SERVICE = 100.0

ROWS = (
    Row("", FROM_THE_START, 300, False, ""),
    Row("", FROM_THE_START, 400, True, "", quick=False),
    Row("loss", FROM_THE_START, 300, False, "", quick=False),
    Row("duplicates", FROM_THE_START, 300, False, "", quick=False),
    Row("jitter", FROM_THE_START, 400, True, ""),
    Row("delay", FROM_THE_START, 400, True, "", quick=False),
    Row("power-cut", IN_SERVICE, 300, False, ""),
    Row("server-killed", FROM_THE_START, 300, False, ""),
    Row("no-dhcp", FROM_THE_START, 300, False, "never-heard"),
    Row("cable-out", FROM_THE_START, 300, True, "never-heard", quick=False),
    Row("cable-out", IN_A_CONVERSION, 400, True, "fell-silent"),
    Row("cable-out", IN_SERVICE, 400, False, "line-unreachable"),
    Row("deaf-dhcp", FROM_THE_START, 300, False, "dhcp-offers-in-vain", quick=False),
    Row("deaf-dhcp", IN_A_CONVERSION, 400, True, "dhcp-offers-in-vain", quick=False),
    Row("requests-filtered", FROM_THE_START, 300, False, "tftp-silent"),
    Row("blocks-filtered", FROM_THE_START, 300, False, "tftp-answers-lost"),
    Row("blocks-filtered", FROM_THE_START, 300, True, "tftp-answers-lost", quick=False),
    Row("sip-filtered", FROM_THE_START, 300, False, "register-silent"),
    Row("pbx-dead", FROM_THE_START, 300, False, "pbx-lost"),
    Row("force-rport", FROM_THE_START, 300, True, "challenge-unanswered"),
    Row("rewritten-contact", FROM_THE_START, 300, False, "contact-rewritten"),
    Row("nat", FROM_THE_START, 200, False, "nat-between"),
    Row("dhcp-nak", FROM_THE_START, 70, False, "dhcp-lease-loop"),
    Row("deaf-phone", FROM_THE_START, 200, False, "dhcp-offers-in-vain"),
    Row("wrong-vlan", FROM_THE_START, 200, False, "never-heard", quick=False),
    Row("loads-missing", FROM_THE_START, 300, True, "load-absent", quick=False),
    Row("image-missing", FROM_THE_START, 300, True, "load-absent"),
    Row("loader-missing", FROM_THE_START, 300, True, "load-absent", quick=False),
    Row("image-cut", FROM_THE_START, 400, True, "image-again", quick=False),
    Row("image-damaged", FROM_THE_START, 400, True, "image-again"),
    Row("other-dhcp", FROM_THE_START, 300, False, "dhcp-other-server"),
    Row("other-tftp-dead", FROM_THE_START, 300, False, "dhcp-other-server", quick=False),
    Row("account-missing", FROM_THE_START, 200, False, "account-unknown"),
    Row("other-secret", FROM_THE_START, 300, False, "secret-differs"),
)


@pytest.mark.thorough
@pytest.mark.parametrize(
    "row",
    [pytest.param(row, marks=[] if row.quick else pytest.mark.thorough) for row in ROWS],
    ids=lambda row: f"{row.fault or 'nothing'}-{row.begins:.0f}-{row.fresh}",
)
def test_the_first_cause_is_that_of_the_fault(row: Row, tmp_path: Path) -> None:
    diagnosis = seen_after(tmp_path, row.fault, row.seconds, begins=row.begins, fresh=row.fresh)
    assert [verdict.code for verdict in diagnosis.verdicts][:1] == [row.code] * bool(row.code)


def test_an_image_that_the_flash_does_not_keep_is_told_while_it_lasts(tmp_path: Path) -> None:
    with street(tmp_path, fresh=True) as opened:
        opened.phones[mac_of(0)].writes_to_fail = 9
        opened.power_on(mac_of(0), after=POWER_ON)
        opened.run(400)
        verdict = diagnose(evidence_on(opened)).verdict
    assert verdict is not None
    assert verdict.code == "image-again"


def vpn(seed: int) -> Fault:
    """A network with a delay of 100 ms and a loss of one in a hundred datagrams in each direction."""
    dice = Random(seed)

    def fault(_datagram: Datagram, delays: CopyDelays) -> CopyDelays:
        return () if dice.random() < 0.01 else tuple(delay + 0.1 for delay in delays)

    return fault


@pytest.mark.parametrize("fresh", [False, True])
def test_a_slow_boot_over_a_vpn_has_no_cause_at_any_time(fresh: bool, tmp_path: Path) -> None:
    with street(tmp_path, fresh=fresh) as opened:
        opened.cable.faults.append(vpn(1))
        opened.power_on(mac_of(0), after=POWER_ON)
        opened.run(60)
        while not all_registered(opened):
            diagnosis = diagnose(evidence_on(opened))
            assert diagnosis.verdicts == ()
            assert diagnosis.state == "on_the_way"
            assert opened.loop.time() < 3_000
            opened.run(30)
        opened.run(200)
        assert diagnose(evidence_on(opened)).state == "in_service"
