"""A person dials digits one by one, until the dial template ends the dialling (P-DIAL-14)."""

from dataclasses import dataclass

from ringup.emulator.behaviour import HashKey
from ringup.emulator.sip import dial_plan
from ringup.emulator.sip.dial_file import DialPlan
from ringup.emulator.sip.timers import earliest

KEY_PAUSE = 0.2
"""Seconds between two digits of a person who knows the number."""
OFF_HOOK = 15.0
"""Seconds off-hook without a digit after which the phone goes on-hook: a guess, see P-DIAL-15."""


@dataclass(frozen=True, slots=True)
class Dialled:
    """A number that the phone decided to call."""

    number: str
    rule: str
    """The MATCH text of the rule that decided; ``#`` or ``timeout`` if no rule did."""
    typed: str
    user: str = "phone"
    route: str = "default"


class Keypad:
    """One off-hook phone, and the digits that a person dials."""

    def __init__(
        self, plan: DialPlan, line: int, keys: str, now: float, hash_key: HashKey = HashKey.DIALS
    ) -> None:
        self._plan = plan
        self._hash_key = hash_key
        self.line = line
        self.typed = ""
        self._keys = keys
        self._key_at = now + KEY_PAUSE if keys else None
        self._decision = dial_plan.match(plan, "", line)
        # A rule with an empty MATCH dials without a digit: at once (TIMEOUT 0) or after its TIMEOUT.
        self._dial_at: float | None = now + (self._decision.timeout if self._decision.complete else OFF_HOOK)
        self.on_hook = False
        """True if the phone waited for a number, but none was dialled."""

    @property
    def wake_at(self) -> float | None:
        """Return the time at which the next digit is pressed, or at which the phone stops waiting for one."""
        return earliest(self._key_at, self._dial_at)

    def wake(self, now: float) -> Dialled | None:
        """Press the digits that are due; return the number once the phone dials."""
        while True:
            due = self.wake_at
            if due is None or due > now:
                return None
            dialled = self._dial() if due == self._dial_at else self._press(due)
            if dialled:
                return dialled

    def _press(self, at: float) -> Dialled | None:
        key, self._keys = self._keys[:1], self._keys[1:]
        self._key_at = at + KEY_PAUSE if self._keys else None
        if key == "#" and not dial_plan.is_literal_hash(self._plan, self.typed, self.line):
            if self._decision.fits and self._hash_key is HashKey.WAITS:
                self._dial_at = at + self._decision.timeout
                return None
            self._dial_at = at + OFF_HOOK
            return self._number("#")
        self.typed += key
        self._decision = dial_plan.match(self._plan, self.typed, self.line)
        self._dial_at = at + self._decision.timeout
        return None

    def _dial(self) -> Dialled | None:
        self._dial_at = None
        dialled = self._number(self._decision.rule.match if self._decision.rule else "timeout")
        self.on_hook = dialled is None
        return dialled

    def _number(self, reason: str) -> Dialled | None:
        decision = self._decision
        if not decision.number:
            return None
        user = decision.rewriter.user if decision.rewriter else ""
        route = decision.rule.route if decision.rule else "default"
        return Dialled(decision.number, reason, self.typed, user or "phone", route)
