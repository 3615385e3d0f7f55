"""A fault of the machine lasts from one event to another, separately for each server."""

from hypothesis import given
from hypothesis import strategies as st

from ringup.events import MachineFault, MachineFaultOver, PbxLost, ServerStarted
from ringup.journey.faults import MOST_FAULTS, faults_after
from ringup.journey.journeys import Journeys

DISK = MachineFault(1.0, "", "disk", "/var has 3 MB left.", "Make room.")
FIREWALL = MachineFault(2.0, "", "firewall-tftp", "nft drops a request.", "Let it through: nft …")
OTHERS = MachineFault(3.0, "", "disk", "/var has 3 MB left.", "Make room.", "b")


def test_a_fault_stands_until_it_is_gone() -> None:
    journeys = Journeys()
    journeys.take([DISK, FIREWALL])
    assert list(journeys.faults) == [DISK, FIREWALL]
    journeys.take([PbxLost(4.0, "", "gone"), MachineFaultOver(5.0, "", DISK.code, DISK.what)])
    assert list(journeys.faults) == [FIREWALL]


def test_the_same_fault_with_another_cure_takes_the_place_of_the_first() -> None:
    again = MachineFault(9.0, "", "disk", DISK.what, "Make room, and restart.")
    assert faults_after((DISK, FIREWALL), again) == (FIREWALL, again)


def test_a_server_that_starts_looks_at_its_own_machine_anew() -> None:
    assert faults_after((DISK, OTHERS), ServerStarted(6.0, "", "1")) == (OTHERS,)
    assert faults_after((DISK, OTHERS), ServerStarted(6.0, "", "1", "", "b")) == (DISK,)


def test_one_server_does_not_end_the_fault_of_another() -> None:
    over = MachineFaultOver(7.0, "", DISK.code, DISK.what, "b")
    assert faults_after((DISK, OTHERS), over) == (DISK,)


@given(st.lists(st.sampled_from("abc") | st.text(max_size=3), max_size=99))
def test_there_are_never_more_than_can_be_kept(texts: list[str]) -> None:
    faults: tuple[MachineFault, ...] = ()
    for text in texts:
        faults = faults_after(faults, MachineFault(1.0, "", "rights", text, ""))
    assert len(faults) == min(MOST_FAULTS, len(set(texts)))
    assert len(set(faults)) == len(faults)
