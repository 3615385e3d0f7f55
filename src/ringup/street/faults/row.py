"""FaultRow: one kind of fault, with the functions that begin and end it."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from ringup.street.street import Street

End = Callable[[], None]
"""Ends a fault."""
Begin = Callable[[Street, Random], End]
"""Begins a fault; returns the function that ends it."""


@dataclass(frozen=True, slots=True)
class FaultRow:
    """One kind of fault."""

    key: str
    where: str
    """``cable``, ``other server``, ``server``, ``firmware``, ``pbx`` or ``phone``."""
    what: str
    """The event, in words."""
    looks: str
    """The symptoms."""
    begin: Begin
    hides_registration: bool = False
    """True if phones cannot register while the fault lasts, independent of the server."""
    verdicts: tuple[str, ...] = ()
    """Codes of the doctor's rules that name this cause; none: phones come up despite the fault."""


def nothing() -> None:
    """Do nothing: the fault has ended already."""


def one_of(street: Street, dice: Random) -> str:
    """Return the MAC of one phone of the street."""
    return dice.choice(sorted(street.phones))
