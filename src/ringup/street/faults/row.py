"""FaultRow: one kind of fault, and what begins and ends it."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from ringup.street.street import Street

End = Callable[[], None]
"""Ends a fault."""
Begin = Callable[[Street, Random], End]
"""Begins a fault; returns what ends it."""


@dataclass(frozen=True, slots=True)
class FaultRow:
    """One kind of fault."""

    key: str
    where: str
    """``cable``, ``other server``, ``server``, ``firmware``, ``pbx`` or ``phone``."""
    what: str
    """What happens."""
    looks: str
    """How it looks from outside."""
    begin: Begin
    hides_registration: bool = False
    """True if phones cannot register while it lasts, whatever the server does."""


def nothing() -> None:
    """End a fault that ends by itself."""


def one_of(street: Street, dice: Random) -> str:
    """Return the MAC of one phone of the street."""
    return dice.choice(sorted(street.residents))
