"""What may go wrong on a street, as a table: what happens, where, how hard, and how it looks from outside.

A fault of the cable changes what becomes of each datagram while it lasts. A fault of a machine is an act
and, if it ends, an act that ends it. Each is drawn from a seed, so that a run can be repeated.
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
    tell: Callable[[str], None] = lambda _text: None,
) -> None:
    """Let a fault begin so many seconds from now; 0 for `lasts`: it never ends. `tell` hears of both."""
    row = FAULTS[key]

    def begin() -> None:
        tell(f"--- {key} begins: {row.what}")
        end = row.begin(street, dice)
        if lasts:
            street.loop.call_later(lasts, finish, end)

    def finish(end: Callable[[], None]) -> None:
        tell(f"--- {key} ends")
        end()

    street.loop.call_later(begins, begin)
