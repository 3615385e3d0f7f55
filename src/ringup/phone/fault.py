"""A fault in a value that a phone would get: a code for programs, the fact and the cure for people."""

from enum import Enum, auto
from typing import NamedTuple


class FaultCode(Enum):
    """The ways in which a parameter, its value or a load can be wrong."""

    UNKNOWN_KEY = auto()
    MISSPELT_KEY = auto()
    """Unknown as well, and a known one is near."""
    UNUSABLE_KEY = auto()
    PASSWORD = auto()
    """A password where everybody can read it."""
    UNPRINTABLE = auto()
    TOO_LONG = auto()
    NOT_DIGITS = auto()
    OUT_OF_RANGE = auto()
    ODD = auto()
    NOT_A_CHOICE = auto()
    NO_ADDRESS = auto()
    NO_HOST = auto()
    NO_URL = auto()
    NO_MONTH = auto()
    NO_WEEKDAY = auto()
    NO_TIME = auto()
    NO_ZONE = auto()
    LOAD_WITH_EXTENSION = auto()
    LOAD_IN_SMALL_LETTERS = auto()
    LOAD_WITH_WRONG_ZEROS = auto()
    LOADER = auto()
    """A loader where a phone's program is wanted."""
    NO_LOAD = auto()
    TIMERS_IN_WRONG_ORDER = auto()
    PORTS_IN_WRONG_ORDER = auto()


class ValueFault(NamedTuple):
    """One fault."""

    code: FaultCode
    what: str
    cure: str

    def __str__(self) -> str:
        return f"{self.what} {self.cure}"
