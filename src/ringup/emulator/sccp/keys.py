"""The numbers of the phone's keys in SCCP messages (P-SCCP-18, P-SCCP-19)."""

from collections.abc import Mapping

BUTTONS: Mapping[str, int] = {**{str(digit): digit for digit in range(10)}, "*": 14, "#": 15}
"""The numbers in KeypadButton, by key."""

KEYS: Mapping[str, int] = {
    "Redial": 1, "NewCall": 2, "Hold": 3, "Trnsfer": 4, "CFwdAll": 5, "<<": 8, "EndCall": 9, "Resume": 10,
    "Answer": 11, "Info": 12, "Confrn": 13, "Park": 14, "Join": 15, "MeetMe": 16, "PickUp": 17,
    "GPickUp": 18, "DND": 19, "iDivert": 20, "Dial": 21,
}  # fmt: skip
"""The numbers in SoftKeyEvent, by the label of the soft key."""

MESSAGES = 0x0F
"""The number of the Messages button in Stimulus."""


def digits_of(digits: str) -> list[str]:
    """Return the keys to press for these digits; raises ValueError for any other character."""
    if not digits or set(digits) - set(BUTTONS):
        raise ValueError(f"{digits!r} cannot be pressed: keys are 0-9, * and #")
    return list(digits)
