"""The workloads: the number of phones, their requests, how they start, and what ringup must reach."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.rig.fleet import IMAGE, LOADER

ABSENT = ("CTLSEP%M.tlv", "SEP%M.cnf.xml")
SMALL = ("SIPDefault.cnf", "SIP%M.cnf", "XMLDefault.cnf.xml", "RINGLIST.DAT", "dialplan.xml")


@dataclass(frozen=True, slots=True)
class Workload:
    """One workload."""

    name: str
    what: str
    phones: int
    files: tuple[str, ...] = ()
    """The files in the order of their requests; %M stands for the phone's MAC."""
    absent: tuple[str, ...] = ()
    """Files that are requested before the others; they do not exist, and must be answered with error 1."""
    window: float = 0.0
    """Seconds over which the starts of the phones are spread."""
    at_once: int = 0
    """If it is not 0, the number of phones that boot at any time; `window` then does not count."""
    cap: float = 30.0
    """Seconds after which the run is ended."""
    share: float = 1.0
    """The server's share of its core."""
    loss: float = 0.0
    """Share of the datagrams that the client drops in each direction."""
    dhcp: bool = False

    def client_options(self) -> list[str]:
        """Return the options for storm_client or dora_client."""
        options = [f"--phones={self.phones}", f"--window={self.window}", f"--cap={self.cap}"]
        options += [f"--at-once={self.at_once}"] if self.at_once else []
        options += [f"--loss={self.loss}"] if self.loss else []
        options += [f"--absent={name}" for name in self.absent]
        return options + [f"--get={name}" for name in self.files]


def _small(name: str, what: str, phones: int, **how: float) -> Workload:
    return Workload(name, what, phones, SMALL, ABSENT, **how)  # type: ignore[arg-type]


WORKLOADS: Sequence[Workload] = (
    _small("W1", "1,000 phones within 200 ms, 5 small files and 2 absent each", 1000, window=0.2, cap=40),
    _small("W1t", "the same within 50 ms, a burst for a fast machine too", 1000, window=0.05, cap=40),
    _small("W1p", "as W1, but the server gets two fifths of its core", 1000, window=0.2, share=0.4, cap=40),
    _small("W1s", "the same, starts spread over 5 s", 1000, window=5, cap=40),
    _small("W1c", "the same, 100 phones at a time", 1000, at_once=100),
    Workload("W2", "100 phones, one file of 749,000 bytes", 100, (IMAGE,)),
    Workload("W3", "1,000 phones, one file of 749,000 bytes, at once", 1000, (IMAGE,), cap=40),
    _small("W4", "10,000 phones within 2 s, small files as in W1", 10_000, window=2),
    Workload("W5", "one phone at a time, 20 times 749,000 bytes", 20, (IMAGE,), at_once=1),
    Workload("WL", "50 phones, 130,000 bytes, 1 % loss each way (drawn in the client)", 50, (LOADER,),
             cap=90, loss=0.01),
    _small("C10", "cost per phone: 10 phones", 10, at_once=10),
    _small("C100", "cost per phone: 100 phones", 100, at_once=10),
    _small("C1k", "cost per phone: 1,000 phones", 1000, at_once=10),
    _small("C10k", "cost per phone: 10,000 phones", 10_000, at_once=10, cap=90),
    Workload("D1", "1,000 DORA within 200 ms", 1000, window=0.2, cap=40, dhcp=True),
    Workload("D2", "10,000 DORA within 2 s", 10_000, window=2, dhcp=True),
    Workload("D3k", "1,000 DORA, 50 at a time", 1000, at_once=50, dhcp=True),
    Workload("D3", "10,000 DORA, 50 at a time", 10_000, at_once=50, cap=60, dhcp=True),
)  # fmt: skip


def chosen(names: Sequence[str]) -> list[Workload]:
    """Return the workloads with these names; all workloads if no name is given."""
    known = {workload.name: workload for workload in WORKLOADS}
    if unknown := [name for name in names if name not in known]:
        raise SystemExit(f"No such workload: {', '.join(unknown)}. There are {', '.join(known)}.")
    return [known[name] for name in names] if names else list(WORKLOADS)
