"""The confusion matrix: each fault of the street, played with many seeds, beside what the doctor says of it.

`tools/confusion-matrix SEEDS` prints it. The doctor sees the stored events only. The counting alone knows the
name of a fault.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

from ringup.doctor.verdict import CERTAIN
from ringup.street.faults import FAULTS
from tests.doctor.streets import seen_after

NONE = ""
SECONDS = 420.0
PROCESSES = 2

_UNHEARD = frozenset({"never-heard"})
_UNREGISTERED = frozenset({"register-silent"})
_ELSEWHERE = frozenset({"dhcp-other-server"})
_NOTHING = frozenset({NONE})
_LOSSY = frozenset({NONE, "tftp-stalls", "tftp-answers-lost", "dhcp-offers-in-vain", "line-unreachable"})

CLASSES: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "loss": (_NOTHING, _NOTHING),
    "heavy-loss": (_LOSSY, _LOSSY),
    "duplicates": (_NOTHING, _NOTHING),
    "jitter": (_NOTHING, _NOTHING),
    "delay": (_NOTHING, _NOTHING),
    "cable-out": (_UNHEARD, _UNHEARD),
    "no-dhcp": (_UNHEARD, _UNHEARD),
    "deaf-dhcp": (frozenset({"dhcp-offers-in-vain"}),) * 2,
    "requests-filtered": (frozenset({"tftp-silent"}),) * 2,
    "blocks-filtered": (frozenset({"tftp-answers-lost"}),) * 2,
    "sip-filtered": (_UNREGISTERED, _UNREGISTERED),
    "wrong-vlan": (_UNHEARD, _UNHEARD),
    "mute-phone": (_UNHEARD, _UNHEARD),
    "deaf-phone": (frozenset({"dhcp-offers-in-vain"}),) * 2,
    "nat": (frozenset({"nat-between"}),) * 2,
    "loads-missing": (_NOTHING, frozenset({"load-absent"})),
    "image-missing": (_NOTHING, frozenset({"load-absent"})),
    "loader-missing": (_NOTHING, frozenset({"load-absent"})),
    "image-cut": (_NOTHING, frozenset({"image-again"})),
    "image-damaged": (_NOTHING, frozenset({"image-again"})),
    "server-killed": (_NOTHING, _NOTHING),
    "server-off": (_UNHEARD, _UNHEARD),
    "addresses-in-use": (_NOTHING, _NOTHING),
    "strangers": (frozenset({NONE, "dhcp-pool-empty"}),) * 2,
    "clock-step": (frozenset({NONE, "clock-set-back"}),) * 2,
    "power-cut": (_NOTHING, _NOTHING),
    "power-cut-of-all": (_NOTHING, _NOTHING),
    "flash-fails": (_NOTHING, frozenset({NONE, "image-again"})),
    "other-dhcp": (_ELSEWHERE, _ELSEWHERE),
    "other-tftp-dead": (_ELSEWHERE, _ELSEWHERE),
    "other-tftp-empty": (_ELSEWHERE, _ELSEWHERE),
    "wrong-error-code": (_ELSEWHERE, _ELSEWHERE),
    "own-file-empty": (_ELSEWHERE, _ELSEWHERE),
    "dhcp-nak": (frozenset({NONE, "dhcp-lease-loop"}),) * 2,
    "pbx-dead": (_UNREGISTERED, _UNREGISTERED),
    "pbx-restart": (_NOTHING, _NOTHING),
    "force-rport": (_UNREGISTERED, _UNREGISTERED),
    "rewritten-contact": (frozenset({"contact-rewritten"}),) * 2,
    "other-secret": (frozenset({"secret-differs"}),) * 2,
    "account-missing": (frozenset({"account-unknown"}),) * 2,
}
"""The codes that are right for each fault, of a phone with the site's load and of one from the box.

Faults that leave the same events are one class: their traces were compared. `disk-refuses` is left out, as
nobody can read the events behind a disk that refuses.
"""


class Play(NamedTuple):
    fault: str
    fresh: bool
    seed: int
    code: str
    """Of the surest verdict; empty: none."""
    certain: bool

    @property
    def is_right(self) -> bool:
        return self.code in CLASSES[self.fault][self.fresh]


def play(fault: str, fresh: bool, seed: int) -> Play:
    """Play one street, whose fault begins before the phone is switched on and never ends."""
    with tempfile.TemporaryDirectory() as folder:
        diagnosis = seen_after(Path(folder), fault, SECONDS, seed=seed, fresh=fresh, changes={"seed": seed})
    verdict = diagnosis.verdict
    is_certain = verdict is not None and verdict.confidence is CERTAIN
    return Play(fault, fresh, seed, verdict.code if verdict else NONE, is_certain)


def _play(row: tuple[str, bool, int]) -> Play:
    return play(*row)


def line(fault: str, fresh: bool, plays: list[Play]) -> str:
    """One row of the matrix."""
    codes = Counter(each.code or "none" for each in plays)
    right = sum(each.is_right for each in plays)
    surely_wrong = sum(each.certain and not each.is_right for each in plays)
    told = ", ".join(f"{code} {count}" for code, count in codes.most_common())
    state = "from the box" if fresh else "with the load"
    return f"{fault:18} {state:14} {right:4} of {len(plays):4} right, {surely_wrong} surely wrong: {told}"


def main(seeds: int, faults: list[str]) -> int:
    """Print the matrix; returns 1 if a wrong cause was called certain."""
    rows = [(fault, fresh, seed) for fault in faults for fresh in (False, True) for seed in range(seeds)]
    plays: list[Play] = []
    with ProcessPoolExecutor(PROCESSES) as pool:
        for each in pool.map(_play, rows):
            plays.append(each)
            if len(plays) % seeds == 0:
                print(line(each.fault, each.fresh, plays[-seeds:]), flush=True)
    right = sum(each.is_right for each in plays)
    surely_wrong = sum(each.certain and not each.is_right for each in plays)
    print(f"{right} of {len(plays)} right, {surely_wrong} wrong ones called certain")
    return int(surely_wrong > 0)


if __name__ == "__main__":
    wanted = sys.argv[2:] or [fault for fault in FAULTS if fault in CLASSES]
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1, wanted))
