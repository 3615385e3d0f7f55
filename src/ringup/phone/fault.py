"""A fault in a value for a phone, with a code for programs, and a fact and a cure for people."""

from enum import Enum, auto
from typing import NamedTuple


class FaultCode(Enum):
    """The possible faults of a parameter, its value, a load or a record."""

    UNKNOWN_KEY = auto()
    MISSPELT_KEY = auto()
    """The parameter is unknown, and a known one has a similar name."""
    UNUSABLE_KEY = auto()
    PASSWORD = auto()
    """A password in a file that every host can read."""
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
    """A loader's name in a place for an application's name."""
    NO_LOAD = auto()
    NO_COUNTRY = auto()
    NO_MODEL = auto()
    """A model number that no phone has."""
    OWN_MODEL = auto()
    """The model is a 7940 or 7960, in a place for other models."""
    TOO_MANY_LINES = auto()
    UNUSABLE_SECRET = auto()
    TIMERS_IN_WRONG_ORDER = auto()
    PORTS_IN_WRONG_ORDER = auto()


class ValueFault(NamedTuple):
    """One fault, as a code, a fact and a cure."""

    code: FaultCode
    subject: str
    """The name of the faulty thing, like ``telnet_level`` or ``load``."""
    fact: str
    """The rest of the sentence that begins with the subject, including its full stop, like ``is 7.``"""
    cure: str
    """What to write instead, in a sentence."""

    @property
    def what(self) -> str:
        """Return the subject and the fact as one sentence."""
        return f"{self.subject} {self.fact}"

    def of(self, subject: str) -> "ValueFault":
        """Return the same fault with another subject."""
        return self._replace(subject=subject)

    def __str__(self) -> str:
        return f"{self.what} {self.cure}"
