"""Phones that carry out a rollout's orders with the events of real boots, without taking any time."""

from dataclasses import dataclass, field
from enum import Enum, auto

from ringup.events import Event, FileNotFound, FileSent, LineRegistered, LineUnregistered
from ringup.journey.follow import fold
from ringup.journey.record import Journey

OLD = "P0S3-08-11-00"
NEW = "P0S3-8-12-00"
START = 1_700_000_000.0


class Habit(Enum):
    """What a phone does after a check-sync."""

    GOOD = auto()
    DEAF = auto()
    """It does not restart."""
    HARD_OF_HEARING = auto()
    """It does not restart at the first check-sync."""
    LOST = auto()
    """It boots, loads the image, and does not register."""
    FORGETFUL = auto()
    """It cannot write to flash: it requests the image in every boot."""
    DENIED = auto()
    """The server has no image for it."""


def mac_of(number: int) -> str:
    """Return the MAC of a phone of the fleet."""
    return f"0016460000{number:02X}"


@dataclass
class SoftPhone:
    """One phone: its flash, and its events."""

    mac: str
    habit: Habit = Habit.GOOD
    flash: str = OLD
    events: list[Event] = field(default_factory=list)
    check_syncs: int = 0

    @property
    def address(self) -> str:
        """Return the phone's address."""
        return f"10.0.0.{int(self.mac[-2:], 16) + 1}"

    def register(self, at: float) -> None:
        """Register the phone's line."""
        self.events.append(LineRegistered(at, self.mac, self.mac[-3:], f"sip:{self.mac[-3:]}@{self.address}"))

    def boot(self, at: float, load: str) -> None:
        """Boot while the phone's files name this load."""
        self.events.append(LineUnregistered(at, self.mac, self.mac[-3:]))
        self.events.append(FileNotFound(at + 1, self.mac, f"CTLSEP{self.mac}.tlv", self.address, ""))
        self._sent(at + 2, f"SEP{self.mac}.cnf.xml")
        self._sent(at + 3, f"{load}.loads")
        if self.flash != load:
            if self.habit is Habit.DENIED:
                self.events.append(FileNotFound(at + 4, self.mac, f"{load}.sb2", self.address, ""))
                return
            self._sent(at + 4, f"{load}.sb2")
            self.flash = self.flash if self.habit is Habit.FORGETFUL else load
        if self.habit is not Habit.LOST:
            for second, name in enumerate(
                ("SIPDefault.cnf", f"SIP{self.mac}.cnf", "RINGLIST.DAT", "dialplan.xml")
            ):
                self._sent(at + 5 + second, name)
            self.register(at + 9)

    def _sent(self, at: float, name: str) -> None:
        self.events.append(FileSent(at, self.mac, name, self.address, 1000, 0.1, 0))

    def obey(self, at: float, load: str) -> None:
        """React to a check-sync."""
        self.check_syncs += 1
        is_missed = self.habit is Habit.HARD_OF_HEARING and self.check_syncs == 1
        if self.habit is not Habit.DEAF and not is_missed:
            self.boot(at, load)

    def journey(self) -> Journey:
        """Return the phone's journey."""
        return fold(self.events).get(self.mac, Journey(self.mac))


def fleet(*habits: Habit) -> dict[str, SoftPhone]:
    """Return phones with these habits, all of them registered."""
    phones = {mac_of(number): SoftPhone(mac_of(number), habit) for number, habit in enumerate(habits)}
    for phone in phones.values():
        phone.boot(START - 1000, OLD) if phone.habit is Habit.GOOD else phone.register(START - 900)
    return phones
