"""FaultRow: one row of the table of faults, with the functions that begin and end the fault."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from ringup.street.street import Street

End = Callable[[], None]
"""Function that ends a fault."""
Begin = Callable[[Street, Random], End]
"""Function that begins a fault, and returns the function that ends it."""


@dataclass(frozen=True, slots=True)
class FaultRow:
    """One kind of fault, as the table lists it."""

    key: str
    where: str
    """The place of the fault: ``cable``, ``other server``, ``server``, ``firmware``, ``pbx`` or ``phone``."""
    what: str
    """What happens, in words."""
    looks: str
    """The symptoms that a person sees, in words."""
    begin: Begin
    hides_registration: bool = False
    """True if phones cannot register while the fault lasts, whatever the server does."""
    verdicts: tuple[str, ...] = ()
    """Codes of the doctor's rules that name this cause; empty if phones come up despite the fault."""


def nothing() -> None:
    """Do nothing, because the fault has ended by itself."""


def one_of(street: Street, dice: Random) -> str:
    """Return the MAC of one phone of the street."""
    return dice.choice(sorted(street.phones))
