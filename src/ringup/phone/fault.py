"""A fault in a value for a phone: a code for programs, and the fact and the cure for people."""

from enum import Enum, auto
from typing import NamedTuple


class FaultCode(Enum):
    """The ways in which a parameter, its value, a load or a record can be wrong."""

    UNKNOWN_KEY = auto()
    MISSPELT_KEY = auto()
    """The key is unknown, and a known key has a similar name."""
    UNUSABLE_KEY = auto()
    PASSWORD = auto()
    """A password in a file that everyone can read."""
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
    """The name of a loader where the name of an application belongs."""
    NO_LOAD = auto()
    NO_COUNTRY = auto()
    NO_MODEL = auto()
    """A model number that no phone has."""
    OWN_MODEL = auto()
    """A 7940 or 7960 where only other models belong."""
    TOO_MANY_LINES = auto()
    UNUSABLE_SECRET = auto()
    TIMERS_IN_WRONG_ORDER = auto()
    PORTS_IN_WRONG_ORDER = auto()


class ValueFault(NamedTuple):
    """One fault."""

    code: FaultCode
    subject: str
    """The wrong thing, as people call it: ``telnet_level``, ``load``."""
    fact: str
    """The rest of the sentence that begins with the subject, with its full stop: ``is 7.``"""
    cure: str
    """The next sentence: what to write instead."""

    @property
    def what(self) -> str:
        """Return the subject and the fact as one sentence."""
        return f"{self.subject} {self.fact}"

    def of(self, subject: str) -> "ValueFault":
        """Return the same fault for a thing with another name."""
        return self._replace(subject=subject)

    def __str__(self) -> str:
        return f"{self.what} {self.cure}"
