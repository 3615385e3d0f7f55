"""A fault in a value that a phone would get: a code for programs, the fact and the cure for people."""

from enum import Enum, auto
from typing import NamedTuple


class FaultCode(Enum):
    """The ways in which a parameter, its value, a load or a record can be wrong."""

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
    NO_MODEL = auto()
    """The number of a model that no phone has."""
    OWN_MODEL = auto()
    """A 7940 or 7960 where another model is wanted."""
    TOO_MANY_LINES = auto()
    UNUSABLE_SECRET = auto()
    TIMERS_IN_WRONG_ORDER = auto()
    PORTS_IN_WRONG_ORDER = auto()


class ValueFault(NamedTuple):
    """One fault."""

    code: FaultCode
    subject: str
    """What is wrong, as people call it: ``telnet_level``, ``load``."""
    fact: str
    """How the sentence goes on, with its full stop: ``is 7.``"""
    cure: str
    """The next sentence: what to write instead."""

    @property
    def what(self) -> str:
        """The subject and the fact as one sentence."""
        return f"{self.subject} {self.fact}"

    def of(self, subject: str) -> "ValueFault":
        """Return the same fault of what has another name there."""
        return self._replace(subject=subject)

    def __str__(self) -> str:
        return f"{self.what} {self.cure}"
