"""The table of faults on a street (a simulated site): for each, its place, event, strength and symptoms.

A fault of the cable changes the delivery of each datagram while it lasts. A fault of a machine is an action
and, if the fault ends, a second action that ends it. All random values come from a seed, so that a run can be
repeated.
"""

from collections.abc import Callable, Mapping
from random import Random

from ringup.street.faults.cable import CABLE_FAULTS
from ringup.street.faults.firmware import FIRMWARE_FAULTS
from ringup.street.faults.machines import PHONE_FAULTS, SERVER_FAULTS
from ringup.street.faults.other_servers import OTHER_SERVER_FAULTS
from ringup.street.faults.pbx import PBX_FAULTS
from ringup.street.faults.row import FaultRow
from ringup.street.street import Street

__all__ = ["FAULTS", "ROWS", "FaultRow", "schedule"]

ROWS: tuple[FaultRow, ...] = (
    *CABLE_FAULTS,
    *OTHER_SERVER_FAULTS,
    *PBX_FAULTS,
    *SERVER_FAULTS,
    *FIRMWARE_FAULTS,
    *PHONE_FAULTS,
)

FAULTS: Mapping[str, FaultRow] = {row.key: row for row in ROWS}


def schedule(
    street: Street,
    key: str,
    begins: float,
    lasts: float,
    dice: Random,
    log: Callable[[str], None] = lambda _text: None,
) -> None:
    """Let a fault begin this many seconds from now; if `lasts` is 0, it never ends. `log` is called when it
    begins and when it ends.
    """
    row = FAULTS[key]

    def begin() -> None:
        log(f"--- {key} begins: {row.what}")
        end = row.begin(street, dice)
        if lasts:
            street.loop.call_later(lasts, finish, end)

    def finish(end: Callable[[], None]) -> None:
        log(f"--- {key} ends")
        end()

    street.loop.call_later(begins, begin)
