"""Faults of the images in the firmware folder; a phone that already has its load needs no image and sees no
fault.
"""

from collections.abc import Callable
from random import Random

from ringup.street.faults.row import Begin, End, FaultRow
from ringup.street.images import Damage
from ringup.street.street import Street


def _damaged(suffix: str, make: Callable[[Random], Damage]) -> Begin:
    def begin(street: Street, dice: Random) -> End:
        return street.images.damage(suffix, make(dice))

    return begin


def _gone(_dice: Random) -> Damage:
    return lambda _data: None


def _cut(dice: Random) -> Damage:
    share = dice.uniform(0.2, 0.99)
    return lambda data: data[: int(len(data) * share)]


def _flipped(dice: Random) -> Damage:
    share = dice.uniform(0.5, 0.99)

    def damage(data: bytes) -> bytes:
        at = int(len(data) * share)
        return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]

    return damage


FIRMWARE_FAULTS: tuple[FaultRow, ...] = (
    FaultRow("loads-missing", "firmware", "the load's list is missing", "the .loads again and again",
             _damaged(".loads", _gone), hides_registration=True,
             verdicts=("load-absent",)),
    FaultRow("image-missing", "firmware", "the application's image is missing",
             "the list, then an image that is not found", _damaged(".sb2", _gone), hides_registration=True,
             verdicts=("load-absent",)),
    FaultRow("loader-missing", "firmware", "the loader's image is missing",
             "the list, then an image that is not found", _damaged(".sbn", _gone), hides_registration=True,
             verdicts=("load-absent",)),
    FaultRow("image-cut", "firmware", "the application's image is truncated", "the image again and again",
             _damaged(".sb2", _cut), hides_registration=True,
             verdicts=("image-again",)),
    FaultRow("image-damaged", "firmware", "one byte of the application's image is wrong",
             "the image again and again", _damaged(".sb2", _flipped), hides_registration=True,
             verdicts=("image-again",)),
)  # fmt: skip
